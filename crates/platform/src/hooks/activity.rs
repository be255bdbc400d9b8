//! Tasks and events: a task is closed by its status, and when; the end and length of an event follow from each other;
//! their account from what, or whom, they are about.

use super::{Hook, HookCtx, HookRow, refuse};
use model::{Error, ErrorCode, FieldIx, Instant, ObjectSchema, RecordId, Result, Value, Zone};
use policy::{Service, ServiceGrant};

pub(super) struct ActivityHook;

pub(crate) static ACTIVITIES: Service = Service {
    name: "activities",
    purpose: "Derives fields of an activity from its own fields, and its account from the opportunity, case or contact \
              that it is about, also when that gets another account. It tells nobody what it read.",
    grants: &[
        ServiceGrant::read("Opportunity"),
        ServiceGrant::read("Case"),
        ServiceGrant::read("Contact"),
        ServiceGrant::edit("Task"),
        ServiceGrant::edit("Event"),
    ],
};

impl Hook for ActivityHook {
    fn objects(&self) -> &'static [&'static str] {
        &["Task", "Event", "Opportunity", "Case", "Contact"]
    }

    fn service(&self) -> &'static Service {
        &ACTIVITIES
    }

    fn derives(&self) -> &'static [&'static str] {
        &["StartDateTime", "ActivityDateTime", "EndDateTime", "DurationInMinutes", "ActivityDate"]
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        match row.object.name() {
            "Task" => settle_task(row, ctx.now()),
            "Event" => settle_times(row)?,
            _ => return Ok(()),
        }
        if row.is_changed("WhatId") || row.is_changed("WhoId") {
            let (what, who) = (row.get("WhatId").as_id(), row.get("WhoId").as_id());
            row.set("AccountId", account_of(ctx, what, who)?);
        }
        Ok(())
    }

    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        match object.name() {
            "Opportunity" | "Case" => ctx.pass_on(
                object,
                rows,
                "AccountId",
                &[("Task", "WhatId", "AccountId"), ("Event", "WhatId", "AccountId")],
            ),
            "Contact" => follow_contacts(ctx, object, rows),
            _ => Ok(()),
        }
    }
}

/// The account of what an activity is about; where that has none, of the person.
fn account_of(ctx: &mut HookCtx<'_, '_>, what: Option<RecordId>, who: Option<RecordId>) -> Result<Value> {
    for id in [what, who].into_iter().flatten() {
        let Some(object) = ctx.ctx().schema().find_by_prefix(id.prefix()).map(|object| object.name().to_owned()) else {
            continue;
        };
        let account = match object.as_str() {
            "Account" => id.into(),
            "Opportunity" | "Case" | "Contact" => {
                let found = ctx.rows(&format!("SELECT AccountId FROM {object} WHERE Id = '{id}'"))?;
                found.first().map_or(Value::Null, |row| row.cells[0].value().clone())
            }
            _ => Value::Null,
        };
        if !account.is_null() {
            return Ok(account);
        }
    }
    Ok(Value::Null)
}

/// A contact that changes its account takes along what is about it: what is about something with an account of its own
/// stays there.
fn follow_contacts(
    ctx: &mut HookCtx<'_, '_>,
    object: &ObjectSchema,
    rows: &[(Option<&[Value]>, &[Value])],
) -> Result<()> {
    let Some(account) = object.find_field("AccountId").map(|field| field.ix.index()) else { return Ok(()) };
    for (before, after) in rows {
        let moved = before.is_some_and(|before| before[account] != after[account]);
        let Some(contact) = after[FieldIx::ID.index()].as_id().filter(|_| moved) else { continue };
        for activity in ["Task", "Event"] {
            for row in ctx.rows(&format!("SELECT Id, WhatId FROM {activity} WHERE WhoId = '{contact}'"))? {
                let settled = account_of(ctx, row.cells[1].value().as_id(), None)?;
                if settled.is_null() {
                    ctx.update(activity, row.id, &[("AccountId", after[account].clone())])?;
                }
            }
        }
    }
    Ok(())
}

/// What the status and the priority of a task say of it.
fn settle_task(row: &mut HookRow<'_>, now: Instant) {
    let says = |field: &str, word: &str| row.get(field).as_text().is_some_and(|text| text.eq_ignore_ascii_case(word));
    let (closed, high) = (says("Status", "Completed"), says("Priority", "High"));
    let was_closed = row.before_value("IsClosed") == Some(&Value::Bool(true));
    if !closed {
        row.set("CompletedDateTime", Value::Null);
    } else if !was_closed && row.get("CompletedDateTime").is_null() {
        // What loads a history brings the instant along.
        row.set("CompletedDateTime", now);
    }
    row.set("IsClosed", Value::Bool(closed));
    row.set("IsHighPriority", Value::Bool(high));
}

/// What says when an event is.
const TIMES: [&str; 6] =
    ["IsAllDayEvent", "ActivityDate", "ActivityDateTime", "StartDateTime", "EndDateTime", "DurationInMinutes"];

const DAY: i64 = 24 * 60;

/// The times of an event from each other. One that names no time is refused.
fn settle_times(row: &mut HookRow<'_>) -> Result<()> {
    if !TIMES.iter().any(|field| row.is_changed(field)) {
        return Ok(());
    }
    if minutes_of(row).is_some_and(|minutes| minutes < 0) {
        return Err(refuse("DurationInMinutes", "Duration: must not be negative"));
    }
    match *row.get("IsAllDayEvent") == Value::Bool(true) {
        true => settle_days(row),
        false => settle_hours(row),
    }
}

fn minutes_of(row: &HookRow<'_>) -> Option<i64> {
    row.get("DurationInMinutes").as_decimal().and_then(|minutes| i64::try_from(minutes).ok())
}

/// When it begins: two fields say so, and the one that moved wins.
fn start_of(row: &HookRow<'_>) -> Option<Instant> {
    let moved = ["StartDateTime", "ActivityDateTime"].into_iter().filter(|field| row.is_changed(field));
    let told = moved.chain(["StartDateTime"]).find_map(|field| row.get(field).as_instant());
    told.or_else(|| row.get("ActivityDateTime").as_instant())
}

/// An event with a beginning and an end.
fn settle_hours(row: &mut HookRow<'_>) -> Result<()> {
    let minutes = minutes_of(row);
    let end = row.get("EndDateTime").as_instant();
    let Some(start) = start_of(row) else {
        let missing: &[&str] = match minutes.is_none() && end.is_none() {
            true => &["DurationInMinutes", "ActivityDateTime"],
            false => &["ActivityDateTime"],
        };
        return Err(missing_times(missing).with_field("StartDateTime"));
    };
    match (end, minutes) {
        // An end that was given decides the length; otherwise the length stays and the end moves.
        (Some(end), _) if row.is_given("EndDateTime") || minutes.is_none() => {
            if end < start {
                return Err(refuse("EndDateTime", "End: must not be before the start"));
            }
            row.set("DurationInMinutes", Value::Int((end.ms() - start.ms()) / 60_000));
        }
        (_, Some(minutes)) => row.set("EndDateTime", start.plus_ms(minutes * 60_000)),
        (_, None) => return Err(missing_times(&["DurationInMinutes"]).with_field("DurationInMinutes")),
    }
    row.set("StartDateTime", start);
    row.set("ActivityDateTime", start);
    if row.get("ActivityDate").is_null() || !row.is_given("ActivityDate") {
        row.set("ActivityDate", start.date_in(&Zone::UTC));
    }
    Ok(())
}

/// An event of whole days: they are kept as midnights of UTC, the last day's as the end, whatever zone reads them.
fn settle_days(row: &mut HookRow<'_>) -> Result<()> {
    let day_moved = row.is_changed("ActivityDate") && !row.is_changed("StartDateTime");
    let day = row.get("ActivityDate").as_date().filter(|_| day_moved);
    let first = day.or_else(|| start_of(row).map(|start| start.date_in(&Zone::UTC)));
    let Some(first) = first.or_else(|| row.get("ActivityDate").as_date()) else {
        return Err(missing_times(&["ActivityDate"]).with_field("ActivityDate"));
    };
    let end = row.get("EndDateTime").as_instant().filter(|_| row.is_given("EndDateTime"));
    let days = match end.map(|end| end.date_in(&Zone::UTC)) {
        Some(last) if last < first => return Err(refuse("EndDateTime", "End: must not be before the start")),
        Some(last) => i64::from(last.days() - first.days()) + 1,
        None => (minutes_of(row).unwrap_or(DAY) + DAY - 1).div_euclid(DAY).max(1),
    };
    let start = first.start_in(&Zone::UTC);
    row.set("ActivityDate", first);
    row.set("StartDateTime", start);
    row.set("ActivityDateTime", start);
    row.set("EndDateTime", start.plus_ms((days - 1) * DAY * 60_000));
    row.set("DurationInMinutes", Value::Int(days * DAY));
    Ok(())
}

fn missing_times(fields: &[&str]) -> Error {
    let message = format!("Required fields are missing: [{}]", fields.join(", "));
    Error::new(ErrorCode::RequiredFieldMissing, message)
}
