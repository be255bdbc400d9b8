//! A schedule is checked when it is saved: its rule, recipients, templates and condition. What it sends was agreed to by
//! the user as whom it runs. A change by anybody else stops it, and no later save lets that change through: only that
//! user, or somebody with the permission to approve deliveries who did not make the change, writes its digest into
//! `Approval`.

use crate::bursting::Bursting;
use crate::condition::Condition;
use crate::consent::{self, CONSENT_FIELDS, Terms, definition, give_grant, live_grant};
use crate::domains;
use crate::objects::SCHEDULE;
use crate::recurrence::Rule;
use crate::schedule::formats;
use crate::services::CONSENT;
use crate::{recipients, template};
use model::{Error, ErrorCode, FieldIx, ObjectSchema, RecordId, Result, Value};
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
        check(ctx, row)?;
        agree(ctx, row)?;
        if state(row) != "suspended" {
            row.set("SuspendCode", Value::Null);
            if row.is_changed("State") && state(row) != "ended" {
                row.set("SuspendReason", Value::Null);
            }
        } else if row.is_changed("State") {
            row.set("ToldAt", Value::Null);
        }
        next_run(ctx, row)
    }

    /// Who activates a schedule that runs as them lets it run.
    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        let user = ctx.ctx().user_id();
        let at = |values: &[Value], name: &str| {
            object.find_field(name).map_or(Value::Null, |field| values[field.ix.index()].clone())
        };
        for (before, after) in rows {
            let changed = |name: &str| before.is_none_or(|before| at(before, name) != at(after, name));
            let (Some(id), Some(owner)) = (after[FieldIx::ID.index()].as_id(), at(after, "OwnerId").as_id()) else {
                continue;
            };
            let digest = at(after, "Digest").to_plain();
            let is_active = at(after, "State") == Value::from("active");
            let by_owner = user.is_none_or(|user| user == owner);
            if is_active && by_owner && changed("State") {
                give_grant(ctx, id, owner, &digest)?;
            } else if changed("Digest")
                && let Some(grant) = live_grant(ctx, id, owner)?
            {
                ctx.update(crate::objects::GRANT, grant, &[("Digest", digest.into())])?;
            }
        }
        Ok(())
    }
}

fn text(row: &HookRow<'_>, field: &str) -> String {
    row.get(field).as_text().unwrap_or_default().to_owned()
}

fn state(row: &HookRow<'_>) -> String {
    text(row, "State")
}

fn check(ctx: &mut HookCtx<'_, '_>, row: &HookRow<'_>) -> Result<()> {
    if row.is_changed("Recipients") {
        let list = recipients::parse(&text(row, "Recipients"))?;
        let rules = domains::rules_of(ctx)?;
        for address in list.iter().filter_map(recipients::Recipient::written_address) {
            if let Some(words) = rules.refusal(address) {
                return Err(recipients::refused(words));
            }
        }
        if list.iter().any(recipients::Recipient::is_column_of_addresses)
            && let Some(words) = rules.refusal_of_columns()
        {
            return Err(recipients::refused(words));
        }
    }
    if row.is_changed("Formats") {
        formats(&text(row, "Formats"))?;
    }
    if row.is_changed("Condition") {
        Condition::parse(&text(row, "Condition"))?;
    }
    if row.is_changed("Bursting") {
        let bursting = Bursting::parse(&text(row, "Bursting"))?;
        if bursting.is_some_and(|bursting| bursting.writes_addresses())
            && let Some(words) = domains::rules_of(ctx)?.refusal_of_columns()
        {
            let words = format!("One part for each: {words}");
            return Err(Error::new(ErrorCode::FieldIntegrityException, words).with_field("Bursting"));
        }
    }
    for field in ["SubjectTemplate", "BodyTemplate"] {
        if row.is_changed(field) {
            template::check(&text(row, field), field)?;
        }
    }
    if text(row, "RunAsMode") == "each_recipient" && !text(row, "Bursting").is_empty() {
        return Err(Error::new(
            ErrorCode::FieldIntegrityException,
            "Whose rows: a schedule has one part for each, or each recipient's own rows, not both.",
        )
        .with_field("RunAsMode"));
    }
    Ok(())
}

/// Fixes what the running user agrees to by saving, or stops the schedule where somebody else changed it.
fn agree(ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
    let is_changed = CONSENT_FIELDS.iter().any(|field| row.is_changed(field));
    let is_activated = row.is_changed("State") && state(row) == "active";
    let approval = Some(text(row, "Approval")).filter(|text| !text.is_empty() && row.is_given("Approval"));
    if !is_changed && !is_activated && approval.is_none() {
        return Ok(());
    }
    let user = ctx.ctx().user_id();
    // A service acts for the platform itself or for an operator who loads data, never against an owner.
    let is_owner = user.is_none() || user == row.get("OwnerId").as_id();
    let definition_now = definition(ctx, row.get("ReportId").as_id())?;
    let terms = Terms::new(|field| row.get(field).clone(), &definition_now);
    let now = terms.digest()?;
    let agreed = text(row, "Digest");
    if let Some(approval) = approval {
        return approve(ctx, row, &terms, &approval, is_owner && user.is_some());
    }
    if now == agreed {
        // Nothing differs, or not any more.
        row.set("ChangedById", Value::Null);
    } else if is_owner && !is_pending(ctx, row, &agreed)? {
        row.set("Digest", now);
        row.set("Terms", terms.to_json()?);
        row.set("ChangedById", Value::Null);
        return Ok(());
    } else if is_changed && !is_owner {
        row.set("ChangedById", user);
        if state(row) == "active" {
            let who = ctx.ctx().user().name.clone();
            stop_for_consent(row, &format!("{who} changed what it sends. The owner must look at it and approve it."));
        }
        return Ok(());
    }
    if is_activated {
        may_activate(ctx, row, now == agreed, is_owner)?;
    }
    Ok(())
}

fn stop_for_consent(row: &mut HookRow<'_>, words: &str) {
    row.set("State", "suspended");
    row.set("SuspendCode", "consent");
    row.set("SuspendReason", crate::ledger::cut(words, 255));
}

/// Whether something that was not agreed to was there before this save.
fn is_pending(ctx: &mut HookCtx<'_, '_>, row: &HookRow<'_>, agreed: &str) -> Result<bool> {
    if row.before.is_none() {
        return Ok(false);
    }
    if agreed.is_empty() {
        // Somebody else made it for its owner, who has agreed to nothing yet.
        return Ok(!row.get("ChangedById").is_null());
    }
    let report = row.before_value("ReportId").and_then(Value::as_id);
    let definition = definition(ctx, report)?;
    let before = Terms::new(|field| row.before_value(field).cloned().unwrap_or(Value::Null), &definition);
    Ok(before.digest()? != agreed)
}

/// Lets a change by somebody else through, by the digest that the one who approves has seen.
fn approve(
    ctx: &mut HookCtx<'_, '_>,
    row: &mut HookRow<'_>,
    terms: &Terms,
    approval: &str,
    is_owner: bool,
) -> Result<()> {
    let refused =
        |words: &str| Err(Error::new(ErrorCode::FieldIntegrityException, words.to_owned()).with_field("Approval"));
    let user = ctx.ctx().user_id();
    let editor = row.get("ChangedById").as_id();
    if !is_owner {
        ctx.ctx().require(SystemPermission::ApproveDelivery)?;
        if user.is_none() || user == editor {
            return refused("Approved change: whoever made a change cannot approve it.");
        }
        if CONSENT_FIELDS.iter().any(|field| row.is_changed(field)) {
            return refused("Approved change: approve what is there, without changing it in the same step.");
        }
    }
    let now = terms.digest()?;
    if approval != now {
        return refused("Approved change: it was changed since you looked at it. Look at it again.");
    }
    row.set("Digest", now);
    row.set("Terms", terms.to_json()?);
    row.set("ChangedById", Value::Null);
    row.set("ApprovedById", user);
    if row.before_value("SuspendCode").is_some_and(|code| code == &Value::from("consent")) && state(row) == "suspended"
    {
        row.set("State", "active");
    }
    if state(row) == "active" {
        may_activate(ctx, row, true, is_owner)?;
    }
    Ok(())
}

fn may_activate(ctx: &mut HookCtx<'_, '_>, row: &HookRow<'_>, is_agreed: bool, is_owner: bool) -> Result<()> {
    let refused =
        |words: &str| Err(Error::new(ErrorCode::FieldIntegrityException, words.to_owned()).with_field("State"));
    if !is_agreed {
        return refused("State: somebody else changed what this sends. Look at the change and approve it first.");
    }
    if is_owner {
        return Ok(());
    }
    let (id, owner) = (row.get("Id").as_id(), row.get("OwnerId").as_id());
    let granted = match (id, owner) {
        (Some(id), Some(owner)) if row.before.is_some() => live_grant(ctx, id, owner)?.is_some(),
        _ => false,
    };
    if granted {
        return Ok(());
    }
    refused("State: only the owner can activate this schedule, because it sends what the owner may read.")
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

/// What stops a schedule from outside of it: a changed report, a revoked grant.
pub(crate) struct OutsideHook;

impl Hook for OutsideHook {
    fn objects(&self) -> &'static [&'static str] {
        &["Report"]
    }

    fn service(&self) -> &'static Service {
        CONSENT
    }

    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        let Some(field) = object.find_field("Definition") else { return Ok(()) };
        for (before, after) in rows {
            let Some(before) = before else { continue };
            let (old, new) = (before[field.ix.index()].to_plain(), after[field.ix.index()].to_plain());
            if let Some(report) = after[FieldIx::ID.index()].as_id().filter(|_| old != new) {
                report_changed(ctx, report, &old, &new)?;
            }
        }
        Ok(())
    }
}

fn report_changed(ctx: &mut HookCtx<'_, '_>, report: RecordId, old: &str, new: &str) -> Result<()> {
    let user = ctx.ctx().user_id();
    let text =
        format!("SELECT {}, State, Digest FROM {SCHEDULE} WHERE ReportId = '{report}'", CONSENT_FIELDS.join(", "));
    for row in ctx.rows(&text)? {
        let value = |at: usize| row.cells[CONSENT_FIELDS.len() + at].value().to_plain();
        let (state, agreed) = (value(0), value(1));
        let (was, now) = (Terms::of_row(&row, old), Terms::of_row(&row, new));
        let digest = now.digest()?;
        let is_owner = user.is_none() || user == row.cells[1].value().as_id();
        if digest == agreed {
            ctx.update(SCHEDULE, row.id, &[("ChangedById", Value::Null)])?;
        } else if is_owner && was.digest()? == agreed {
            ctx.update(SCHEDULE, row.id, &[("Digest", digest.into()), ("Terms", now.to_json()?.into())])?;
        } else if !is_owner {
            ctx.update(SCHEDULE, row.id, &[("ChangedById", user.into())])?;
            if state == "active" {
                let words = format!(
                    "{} changed the report. The owner must look at the change and approve it.",
                    ctx.ctx().user().name
                );
                consent::suspend(ctx, row.id, "consent", &words)?;
            }
        }
    }
    Ok(())
}

/// A grant is given by activating a schedule; all that can be done to one is to revoke it.
pub(crate) struct GrantHook;

impl Hook for GrantHook {
    fn objects(&self) -> &'static [&'static str] {
        &[crate::objects::GRANT]
    }

    fn service(&self) -> &'static Service {
        CONSENT
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        let user = ctx.ctx().user_id();
        let refused = |words: &str| Err(Error::new(ErrorCode::FieldIntegrityException, words.to_owned()));
        if user.is_some() && row.before.is_none() {
            return refused("A grant is given by activating a schedule.");
        }
        if row.is_changed("IsRevoked") {
            if row.get("IsRevoked") != &Value::Bool(true) {
                if row.before.is_none() {
                    return Ok(());
                }
                return refused("A revoked grant stays revoked. Activate the schedule to give another.");
            }
            row.set("RevokedAt", ctx.now());
            row.set("RevokedById", user);
        }
        Ok(())
    }

    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        for (_, after) in rows {
            let value = |name: &str| object.find_field(name).map(|field| &after[field.ix.index()]);
            let Some(schedule) = value("ScheduleId").and_then(Value::as_id) else { continue };
            if value("IsRevoked") != Some(&Value::Bool(true)) {
                continue;
            }
            let rows = ctx.rows(&format!("SELECT State, OwnerId FROM {SCHEDULE} WHERE Id = '{schedule}'"))?;
            let Some(row) = rows.first() else { continue };
            let is_active = row.cells[0].value() == &Value::from("active");
            let of_owner = row.cells[1].value().as_id() == value("UserId").and_then(Value::as_id);
            if is_active && of_owner {
                let words =
                    format!("{} revoked the grant. Activate the schedule to give another.", ctx.ctx().user().name);
                consent::suspend(ctx, schedule, "grant", &words)?;
            }
        }
        Ok(())
    }
}
