//! One run: the report as its owner reads it, turned into one message for each recipient. Nothing of a run is queued until
//! all of it is made; then deliveries and messages are written together, once.

use crate::DeliveryConfig;
use crate::consent::live_grant_query;
use crate::editions::{self, Edition, Parcel};
use crate::ledger::{self, Ledger, cut};
use crate::message::{self, Made};
use crate::objects::{DELIVERY, RUN, SCHEDULE};
use crate::schedule::{RunKind, RunPayload, Schedule};
use crate::services::LEDGER;
use model::{Date, Error, ErrorCode, Result, Value};
use platform::{Ctx, Job, JobOutcome, ReportAnswer, ReportRequest, SystemPermission};

/// The messages of a run are in memory together until the outbox has them.
const MAX_RUN_BYTES: usize = 400_000_000;

/// Runs the job of a slot. What happens is written to the ledger, also when it fails.
///
/// # Errors
/// Why the run failed.
pub(crate) fn run(config: &DeliveryConfig, ctx: &Ctx, job: &Job) -> Result<JobOutcome> {
    let payload: RunPayload = serde_json::from_str(&job.payload).map_err(Error::internal)?;
    let ledger = Ledger::open(ctx.org(), LEDGER)?;
    let outcome = |words: String| Ok(JobOutcome { words, mail: Vec::new() });
    let state = ledger.run_state(payload.run)?;
    if !matches!(state.as_str(), "due" | "rendering") {
        return outcome(format!("The run was {state} already."));
    }
    let attempt = Attempt { config, ctx, ledger: &ledger, payload: &payload };
    match attempt.go() {
        Ok(Ended::Delivering(words)) => outcome(words),
        Ok(Ended::Early(state, words)) => {
            ledger.run_end(payload.schedule, payload.run, state, &words, ctx.now())?;
            outcome(words)
        }
        Err(error) if is_passing(&error) => Err(error),
        Err(error) => {
            ledger.run_end(payload.schedule, payload.run, "failed", error.message(), ctx.now())?;
            if is_loss_of_access(&error) && payload.kind != RunKind::Test {
                ledger.suspend(payload.schedule, "access", error.message())?;
            }
            Err(error)
        }
    }
}

/// Failures after which the queue tries again by itself.
fn is_passing(error: &Error) -> bool {
    matches!(error.code(), ErrorCode::ServerUnavailable | ErrorCode::UnableToLockRow | ErrorCode::QueryTimeout)
}

/// Failures that will come again until somebody grants something: the schedule stops at the first.
fn is_loss_of_access(error: &Error) -> bool {
    matches!(error.code(), ErrorCode::InsufficientAccessOrReadonly | ErrorCode::NotFound)
}

enum Ended {
    /// Messages wait in the outbox.
    Delivering(String),
    /// Nothing is sent: the state of the run, and why.
    Early(&'static str, String),
}

struct Attempt<'a> {
    config: &'a DeliveryConfig,
    ctx: &'a Ctx,
    ledger: &'a Ledger,
    payload: &'a RunPayload,
}

impl Attempt<'_> {
    fn go(&self) -> Result<Ended> {
        let (ctx, run) = (self.ctx, self.payload.run);
        let schedule = Schedule::fetch(ctx, self.payload.schedule)?;
        let is_test = self.payload.kind == RunKind::Test;
        // A rule that is over ends its schedule when its last run is entered; that run still goes out.
        if !is_test && !matches!(schedule.state.as_str(), "active" | "ended") {
            return Ok(Ended::Early("cancelled", format!("The schedule is {}.", schedule.state)));
        }
        if ctx.user_id() != Some(schedule.owner) {
            return Ok(Ended::Early("cancelled", "The schedule has another owner now.".to_owned()));
        }
        ctx.require(SystemPermission::ScheduleReports)?;
        let begun =
            [("State", "rendering".into()), ("StartedAt", ctx.now().into()), ("RunAsId", schedule.owner.into())];
        self.ledger.run_update(run, &begun)?;
        let request = self.request(&schedule);
        let answer = answer(ctx, &request)?;
        if !is_test && let Some((code, reason)) = self.consent(&schedule, &answer)? {
            self.ledger.suspend(schedule.id, code, &reason)?;
            return Ok(Ended::Early("cancelled", reason));
        }
        let rows = i64::try_from(answer.row_count).unwrap_or(i64::MAX);
        self.ledger.run_update(run, &[("AsOf", answer.as_of.into()), ("RowsRead", rows.into())])?;
        if !is_test && let Some(reason) = self.unmet(&schedule, &answer)? {
            return Ok(Ended::Early("skipped", reason));
        }
        self.deliver(&schedule, &request, answer)
    }

    fn request(&self, schedule: &Schedule) -> ReportRequest {
        ReportRequest {
            report: schedule.report,
            // The day that was meant, so that a late "yesterday" is the right one.
            today: Some(Date::from_civil(self.payload.slot.date())),
            zone: Some(schedule.rule.spec().zone.clone()),
        }
    }

    /// Why the run may not go out: the grant is gone, or something is not as the owner agreed to it.
    fn consent(&self, schedule: &Schedule, answer: &ReportAnswer) -> Result<Option<(&'static str, String)>> {
        let text = live_grant_query(schedule.id, schedule.owner, self.ctx.now());
        if self.ledger.together(|unit| unit.rows(&text))?.is_empty() {
            let words = "The grant was revoked or has expired. The owner must activate the schedule to give another.";
            return Ok(Some(("grant", words.to_owned())));
        }
        if schedule.digest_now(&answer.definition)? == schedule.digest {
            return Ok(None);
        }
        let words = "What it sends is not what its owner agreed to. The owner must look at the change and approve it.";
        Ok(Some(("consent", words.to_owned())))
    }

    /// Why the condition keeps the run back. Whether it held is remembered for the next run.
    fn unmet(&self, schedule: &Schedule, answer: &ReportAnswer) -> Result<Option<String>> {
        let unmet = schedule.condition.unmet(answer)?;
        let holds = unmet.is_none();
        if self.payload.kind == RunKind::Scheduled && holds != schedule.condition_held {
            self.ledger.schedule_update(schedule.id, &[("ConditionHeld", holds.into())])?;
        }
        let again = self.payload.kind == RunKind::Scheduled && schedule.only_on_change && schedule.condition_held;
        Ok(unmet.or_else(|| again.then(|| "The condition held the last time as well.".to_owned())))
    }

    fn deliver(&self, schedule: &Schedule, request: &ReportRequest, answer: ReportAnswer) -> Result<Ended> {
        let (ctx, run, kind) = (self.ctx, self.payload.run, self.payload.kind);
        let mut plan = editions::plan(ctx, self.ledger, schedule, request, answer, self.payload)?;
        if let Some(reason) = plan.refusal {
            return Ok(Ended::Early("failed", reason));
        }
        let mut made: Vec<Option<Made>> = Vec::with_capacity(plan.parcels.len());
        let mut bytes = 0;
        for parcel in &mut plan.parcels {
            if parcel.stop.is_some() {
                made.push(None);
                continue;
            }
            let edition = &plan.editions[parcel.edition];
            let message = match message::compose(self.config, ctx, schedule, edition, self.payload, parcel) {
                Err(error) if error.fields() == ["To"] => {
                    // One who cannot be written to keeps nothing from the others.
                    parcel.stop = Some(("skipped", error.message().to_owned()));
                    made.push(None);
                    continue;
                }
                message => message?,
            };
            bytes += message.bytes.len();
            if bytes > MAX_RUN_BYTES {
                return Err(Error::new(
                    ErrorCode::QueryTooComplicated,
                    format!(
                        "The messages of a run have {} MB at most. Narrow the report, or name fewer recipients.",
                        MAX_RUN_BYTES / 1_000_000
                    ),
                ));
            }
            made.push(Some(message));
        }
        let messages = made.iter().flatten().count();
        let stopped = plan.parcels.len() - messages;
        let mut values = plan.proof.clone();
        if let [only] = plan.editions.as_slice()
            && let Some(first) = only.files.attachments.first()
        {
            let bytes = i64::try_from(first.content.len()).unwrap_or(i64::MAX);
            values.extend([
                ("FileName", first.file_name.as_str().into()),
                ("FileBytes", bytes.into()),
                ("Sha256", only.files.sha256.as_str().into()),
            ]);
        }
        let written = self.ledger.together(|unit| {
            let rows: Vec<_> = plan
                .parcels
                .iter()
                .zip(&made)
                .map(|(parcel, made)| delivery_row(self.payload, parcel, &plan.editions[parcel.edition], made.as_ref()))
                .collect();
            let ids = ledger::create(unit, DELIVERY, &rows)?;
            for (id, made) in ids.into_iter().zip(made) {
                let Some(made) = made else { continue };
                let number = unit.mail(made.into_mail(id))?;
                ledger::update(unit, DELIVERY, id, &[("OutboxNumber", number.into())])?;
            }
            if messages == 0 {
                let words = format!("None of {stopped} recipients can get it.");
                ledger::update(unit, RUN, run, &values)?;
                return ledger::run_end(unit, schedule.id, run, "skipped", &words, ctx.now());
            }
            values.push(("State", "delivering".into()));
            ledger::update(unit, RUN, run, &values)?;
            if kind == RunKind::Scheduled {
                ledger::update(unit, SCHEDULE, schedule.id, &[("LastRun", ctx.now().into())])?;
            }
            Ok(())
        });
        match written {
            // Another worker, taken for dead, wrote the same deliveries: each key is there once.
            Err(error) if error.code() == ErrorCode::DuplicateValue && self.ledger.run_state(run)? != "rendering" => {
                Ok(Ended::Delivering("Another worker did it.".to_owned()))
            }
            written => {
                written?;
                Ok(Ended::Delivering(format!("{messages} messages, {stopped} recipients left out.")))
            }
        }
    }
}

/// Runs the report as a user.
pub(crate) fn answer(ctx: &Ctx, request: &ReportRequest) -> Result<ReportAnswer> {
    ctx.report_run(request).map_err(|error| match error.code() {
        ErrorCode::NotFound => Error::new(
            ErrorCode::NotFound,
            format!("The report is gone, or {} may not see it any more.", ctx.user().name),
        ),
        _ => error,
    })
}

fn delivery_row<'a>(
    payload: &RunPayload,
    parcel: &Parcel,
    edition: &Edition,
    made: Option<&Made>,
) -> Vec<(&'a str, Value)> {
    let (state, reason) = match &parcel.stop {
        Some((state, reason)) => (*state, Some(cut(reason, 255))),
        None => ("queued", None),
    };
    let rows = i64::try_from(edition.answer.row_count).unwrap_or(i64::MAX);
    let mut values = vec![
        ("RunId", payload.run.into()),
        ("Recipient", cut(&parcel.recipient.name, 255).into()),
        ("Address", cut(&parcel.recipient.address, 255).into()),
        ("BurstKey", edition.key.as_deref().map(|key| cut(key, 255)).into()),
        ("DeliveryKey", parcel.delivery_key(payload, edition).into()),
        ("RunAsId", edition.run_as.into()),
        ("State", state.into()),
        ("Reason", reason.into()),
    ];
    if let Some(made) = made {
        values.extend([
            ("MessageId", made.message_id().into()),
            ("TokenHash", made.token_hash.as_str().into()),
            ("RowsSent", rows.into()),
            ("FileName", edition.files.attachments.first().map(|file| file.file_name.clone()).into()),
            ("Sha256", Some(edition.files.sha256.clone()).filter(|hash| !hash.is_empty()).into()),
        ]);
    }
    values
}
