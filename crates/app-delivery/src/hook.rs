//! A schedule is checked when it is saved: its rule, recipients, templates and condition. What it sends was agreed to by
//! the user as whom it runs; a change by anybody else stops it until that user agrees again.

use crate::condition::Condition;
use crate::objects::SCHEDULE;
use crate::recurrence::Rule;
use crate::schedule::{CONSENT_FIELDS, digest, formats};
use crate::services::CONSENT;
use crate::{recipients, template};
use model::{Error, ErrorCode, RecordId, Result, Value};
use platform::{Hook, HookCtx, HookRow, Service, SystemPermission};

pub(crate) struct ScheduleHook;

impl Hook for ScheduleHook {
    fn objects(&self) -> &'static [&'static str] {
        &[SCHEDULE]
    }

    fn service(&self) -> &'static Service {
        CONSENT
    }

    fn derives(&self) -> &'static [&'static str] {
        &["State"]
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        let user = ctx.ctx().user_id();
        if user.is_some() {
            ctx.ctx().require(SystemPermission::ScheduleReports)?;
        }
        if row.get("State").is_null() {
            row.set("State", "draft");
        }
        check(row)?;
        let owner = row.get("OwnerId").as_id();
        // A service acts for the platform itself or for an operator who loads data, never against an owner.
        let is_owner = user.is_none() || user == owner;
        let is_changed = CONSENT_FIELDS.iter().any(|field| row.is_changed(field));
        let is_activated = row.is_changed("State") && state(row) == "active";
        if is_changed || is_activated {
            agree(ctx, row, is_owner, is_changed)?;
        }
        next_run(ctx, row)
    }
}

fn text(row: &HookRow<'_>, field: &str) -> String {
    row.get(field).as_text().unwrap_or_default().to_owned()
}

fn state(row: &HookRow<'_>) -> String {
    text(row, "State")
}

fn check(row: &HookRow<'_>) -> Result<()> {
    if row.is_changed("Recipients") {
        recipients::parse(&text(row, "Recipients"))?;
    }
    if row.is_changed("Formats") {
        formats(&text(row, "Formats"))?;
    }
    if row.is_changed("Condition") {
        Condition::parse(&text(row, "Condition"))?;
    }
    for field in ["SubjectTemplate", "BodyTemplate"] {
        if row.is_changed(field) {
            template::check(&text(row, field), field)?;
        }
    }
    Ok(())
}

/// Fixes what the running user agrees to by saving, or stops the schedule where somebody else changed it.
fn agree(ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>, is_owner: bool, is_changed: bool) -> Result<()> {
    let definition = definition(ctx, row.get("ReportId").as_id())?;
    let parts: Vec<String> = CONSENT_FIELDS.iter().map(|field| row.get(field).to_plain()).collect();
    let now = digest(parts.iter().map(String::as_str), &definition);
    if is_owner {
        row.set("Digest", now);
        if state(row) == "active" {
            row.set("SuspendReason", Value::Null);
        }
        return Ok(());
    }
    if row.get("Digest").as_text() == Some(now.as_str()) {
        return Ok(());
    }
    let was_active = row.before.is_some_and(|before| {
        row.object.find_field("State").is_some_and(|field| before[field.ix.index()] == Value::from("active"))
    });
    if !is_changed && !was_active {
        return Err(Error::new(
            ErrorCode::FieldIntegrityException,
            "State: only the owner can activate this schedule, because it sends what the owner may read.",
        )
        .with_field("State"));
    }
    if state(row) == "active" {
        let who = ctx.ctx().user().name.clone();
        row.set("State", "suspended");
        row.set(
            "SuspendReason",
            format!("{who} changed what it sends. The owner must look at it and activate it again."),
        );
    }
    Ok(())
}

fn definition(ctx: &mut HookCtx<'_, '_>, report: Option<RecordId>) -> Result<String> {
    // Without a report the save is refused for that, right after the hooks.
    let Some(report) = report else { return Ok(String::new()) };
    let rows = ctx.rows(&format!("SELECT Definition FROM Report WHERE Id = '{report}'"))?;
    Ok(rows.first().map(|row| row.cells[0].value().to_plain()).unwrap_or_default())
}

fn next_run(ctx: &HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
    let rule = text(row, "Rule");
    if rule.is_empty() {
        return Ok(());
    }
    if row.is_changed("Rule") {
        Rule::parse(&rule)?;
    }
    if state(row) != "active" {
        row.set("NextRun", Value::Null);
        return Ok(());
    }
    if !row.is_changed("Rule") && !row.is_changed("State") && !row.get("NextRun").is_null() {
        return Ok(());
    }
    let next = Rule::parse(&rule)?.next_after(ctx.now()).ok_or_else(|| {
        Error::new(ErrorCode::FieldIntegrityException, "Recurrence: the rule has no run after now.").with_field("Rule")
    })?;
    row.set("NextRun", next.instant);
    Ok(())
}
