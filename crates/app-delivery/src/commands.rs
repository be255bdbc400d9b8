//! What surfaces and loaders do with schedules beside editing their fields: make one from typed parts, send one now.

use crate::condition::Condition;
use crate::ledger::Ledger;
use crate::objects::SCHEDULE;
use crate::recipients::Recipient;
use crate::recurrence::{Clock, Occurrence, Rule};
use crate::schedule::{RunKind, RunPayload, Schedule};
use crate::scheduler::{JOB, enter};
use crate::services::SCHEDULER;
use crate::settings::{self, Switch};
use model::{Error, ErrorCode, RecordId, Result};
use platform::provision::LOADING;
use platform::{Ctx, RecordDraft, SaveOptions, SystemPermission};

/// A schedule to be made.
#[derive(Debug, Clone)]
pub struct NewSchedule {
    pub name: String,
    pub report: RecordId,
    /// The running user; the context's own when none. Only a service may name another who thereby consents.
    pub owner: Option<RecordId>,
    pub rule: Rule,
    pub recipients: Vec<Recipient>,
    /// Empty for the subject that names the report and the day.
    pub subject: String,
    pub message: String,
    pub condition: Condition,
    /// Runs from its next slot on; else a draft.
    pub active: bool,
}

/// Creates a schedule.
///
/// # Errors
/// As any create, beside the field that is wrong.
pub fn schedule_create(ctx: &Ctx, new: &NewSchedule) -> Result<RecordId> {
    let json = |value: std::result::Result<String, serde_json::Error>| value.map_err(Error::internal);
    let object = ctx.object(SCHEDULE)?;
    let mut draft = RecordDraft::new()
        .set(object, "Name", new.name.as_str())?
        .set(object, "ReportId", new.report)?
        .set(object, "State", if new.active { "active" } else { "draft" })?
        .set(object, "Rule", json(serde_json::to_string(new.rule.spec()))?)?
        .set(object, "Recipients", json(serde_json::to_string(&new.recipients))?)?
        .set(object, "SubjectTemplate", new.subject.as_str())?
        .set(object, "BodyTemplate", new.message.as_str())?
        .set(object, "Condition", json(serde_json::to_string(&new.condition))?)?;
    if let Some(owner) = new.owner {
        draft = draft.set(object, "OwnerId", owner)?;
    }
    let options = if ctx.user_id().is_none() { LOADING } else { SaveOptions::ALL };
    let result = ctx.records_create(SCHEDULE, vec![draft], options)?.into_iter().next();
    result.ok_or_else(|| Error::internal("a batch of one gave no result"))?.into_id()
}

/// Characters of a caller's key.
const MAX_KEY: usize = 40;

/// Runs an active schedule once, beside its recurrence. The same key is the same run, however often it is asked for.
/// Returns the run; its job waits in the queue.
///
/// # Errors
/// `NOT_FOUND` for a schedule that the user may not see; a refusal for anybody but the owner, as whom it runs, and for a
/// schedule that is not active.
pub fn send_now(ctx: &Ctx, schedule: RecordId, key: &str) -> Result<RecordId> {
    let found = own(ctx, schedule)?;
    if found.state != "active" {
        let words = format!("State: the schedule is {}. Activate it first.", found.state);
        return Err(Error::new(ErrorCode::FieldIntegrityException, words).with_field("State"));
    }
    begin(ctx, &found, RunKind::Now, key)
}

/// Sends a schedule's mail to its owner alone, marked as a test, whatever state the schedule is in. Keys as of
/// [`send_now`].
///
/// # Errors
/// `NOT_FOUND` for a schedule that the user may not see; a refusal for anybody but the owner.
pub fn send_test(ctx: &Ctx, schedule: RecordId, key: &str) -> Result<RecordId> {
    begin(ctx, &own(ctx, schedule)?, RunKind::Test, key)
}

fn own(ctx: &Ctx, schedule: RecordId) -> Result<Schedule> {
    let found = Schedule::fetch(ctx, schedule)?;
    if ctx.user_id() == Some(found.owner) {
        return Ok(found);
    }
    Err(Error::new(
        ErrorCode::InsufficientAccessOrReadonly,
        "Only the owner can send this now, because it sends what the owner may read.",
    ))
}

fn begin(ctx: &Ctx, schedule: &Schedule, kind: RunKind, key: &str) -> Result<RecordId> {
    ctx.require(SystemPermission::ScheduleReports)?;
    let is_plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if key.is_empty() || key.len() > MAX_KEY || !is_plain {
        let words = format!("The key of a run has 1 to {MAX_KEY} letters, digits, - and _.");
        return Err(Error::new(ErrorCode::MissingArgument, words));
    }
    let ledger = Ledger::open(ctx.org(), SCHEDULER)?;
    if ledger.together(settings::switch)? != Switch::On {
        let words = "Delivery is switched off or held for this organization. Ask whoever manages all schedules.";
        return Err(Error::new(ErrorCode::FunctionalityNotEnabled, words));
    }
    let now = ctx.now();
    let slot = now.to_timestamp().to_zoned(schedule.rule.zone().clone()).datetime();
    let key = format!("delivery/{}/{}/{key}", schedule.id, kind.as_str());
    let occurrence = Occurrence { slot, instant: now, clock: Clock::Once };
    let (run, _) = enter(&ledger, schedule.id, &key, &occurrence, kind, "due", false, None)?;
    let payload = RunPayload { schedule: schedule.id, run, slot, due: now, kind };
    let payload = serde_json::to_value(payload).map_err(Error::internal)?;
    // Also for a run that is there already: whoever entered it may have died before this line, and the key makes a
    // second job the first.
    ctx.job_enqueue(JOB, &key, &payload, now)?;
    Ok(run)
}
