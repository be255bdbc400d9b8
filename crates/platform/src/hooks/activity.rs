//! Tasks and events: closed by status; the end and length of an event follow from each other; their account from what,
//! or whom, they are about.

use super::{Hook, HookCtx, HookRow, refuse};
use model::{FieldIx, ObjectSchema, RecordId, Result, Value};
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
        &["EndDateTime", "DurationInMinutes", "ActivityDate"]
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        match row.object.name() {
            "Task" => {
                let closed = row.get("Status").as_text().is_some_and(|status| status.eq_ignore_ascii_case("Completed"));
                row.set("IsClosed", Value::Bool(closed));
            }
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

/// The end and the length of an event from each other, and its day.
fn settle_times(row: &mut HookRow<'_>) -> Result<()> {
    let start = row.get("StartDateTime").as_instant();
    let minutes = row.get("DurationInMinutes").as_decimal().and_then(|minutes| i64::try_from(minutes).ok());
    if minutes.is_some_and(|minutes| minutes < 0) {
        return Err(refuse("DurationInMinutes", "Duration: must not be negative"));
    }
    let Some(start) = start else { return Ok(()) };
    match (row.get("EndDateTime").as_instant(), minutes) {
        // An end that was given decides the length; otherwise the length stays and the end moves.
        (Some(end), _) if row.is_given("EndDateTime") || minutes.is_none() => {
            if end < start {
                return Err(refuse("EndDateTime", "End: must not be before the start"));
            }
            row.set("DurationInMinutes", Value::Int((end.ms() - start.ms()) / 60_000));
        }
        (_, Some(minutes)) => row.set("EndDateTime", start.plus_ms(minutes * 60_000)),
        (_, None) => {}
    }
    if row.get("ActivityDate").is_null() || (row.is_changed("StartDateTime") && !row.is_given("ActivityDate")) {
        row.set("ActivityDate", start.date_in(&model::Zone::UTC));
    }
    Ok(())
}
