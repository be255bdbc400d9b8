//! One run: the report as its owner reads it, turned into one message for each recipient.

use crate::DeliveryConfig;
use crate::files::Files;
use crate::ledger::Ledger;
use crate::message;
use crate::recipients;
use crate::schedule::{RunPayload, Schedule};
use crate::services::LEDGER;
use model::{Date, Error, ErrorCode, RecordId, Result};
use platform::{Ctx, Job, JobOutcome, NewMail, ReportAnswer, ReportRequest, SystemPermission};

/// The messages of a run are in memory together until the outbox has them.
const MAX_RUN_BYTES: usize = 400_000_000;

/// Runs the job of a slot. What happens is written to the ledger, also when it fails.
///
/// # Errors
/// Why the run failed.
pub(crate) fn run(config: &DeliveryConfig, ctx: &Ctx, job: &Job) -> Result<JobOutcome> {
    let payload: RunPayload = serde_json::from_str(&job.payload).map_err(Error::internal)?;
    let ledger = Ledger::open(ctx.org(), LEDGER)?;
    let state = ledger.run_state(payload.run)?;
    if !matches!(state.as_str(), "due" | "rendering" | "delivering") {
        return Ok(JobOutcome { words: format!("The run was {state} already."), mail: Vec::new() });
    }
    let attempt = Attempt { config, ctx, ledger: &ledger, payload: &payload };
    match attempt.go() {
        Ok(Ended::Delivering(words, mail)) => Ok(JobOutcome { words, mail }),
        Ok(Ended::Early(state, words)) => {
            ledger.run_end(payload.schedule, payload.run, state, &words, ctx.now())?;
            Ok(JobOutcome { words, mail: Vec::new() })
        }
        Err(error) => {
            ledger.run_end(payload.schedule, payload.run, "failed", error.message(), ctx.now())?;
            if is_loss_of_access(&error) {
                ledger.suspend(payload.schedule, error.message())?;
            }
            Err(error)
        }
    }
}

/// Failures that will come again until somebody grants something: the schedule stops at the first.
fn is_loss_of_access(error: &Error) -> bool {
    matches!(error.code(), ErrorCode::InsufficientAccessOrReadonly | ErrorCode::NotFound)
}

enum Ended {
    /// Messages wait for the outbox.
    Delivering(String, Vec<NewMail>),
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
        if schedule.state != "active" && !(schedule.state == "paused" && self.is_last(&schedule)) {
            return Ok(Ended::Early("cancelled", format!("The schedule is {}.", schedule.state)));
        }
        if ctx.user_id() != Some(schedule.owner) {
            return Ok(Ended::Early("cancelled", "The schedule has another owner now.".to_owned()));
        }
        ctx.require(SystemPermission::ScheduleReports)?;
        self.ledger.run_update(run, &[("State", "rendering".into()), ("StartedAt", ctx.now().into())])?;
        let answer = self.answer(&schedule)?;
        if let Some(reason) = self.consent(&schedule, &answer)? {
            self.ledger.suspend(schedule.id, &reason)?;
            return Ok(Ended::Early("cancelled", reason));
        }
        let rows = i64::try_from(answer.row_count).unwrap_or(i64::MAX);
        self.ledger.run_update(run, &[("AsOf", answer.as_of.into()), ("RowsRead", rows.into())])?;
        if let Some(reason) = schedule.condition.unmet(&answer)? {
            return Ok(Ended::Early("skipped", reason));
        }
        self.deliver(&schedule, &answer)
    }

    /// A rule that is over is paused when its last run is entered; that run still goes out.
    fn is_last(&self, schedule: &Schedule) -> bool {
        schedule.rule.next_after(self.payload.due).is_none()
    }

    fn answer(&self, schedule: &Schedule) -> Result<ReportAnswer> {
        self.ctx
            .report_run(&ReportRequest {
                report: schedule.report,
                // The day that was meant, so that a late "yesterday" is the right one.
                today: Some(Date::from_civil(self.payload.slot.date())),
                zone: Some(schedule.rule.spec().zone.clone()),
            })
            .map_err(|error| match error.code() {
                ErrorCode::NotFound => Error::new(
                    ErrorCode::NotFound,
                    format!("The report is gone, or {} may not see it any more.", self.ctx.user().name),
                ),
                _ => error,
            })
    }

    /// Why the run may not go out: somebody else changed what the owner agreed to send.
    fn consent(&self, schedule: &Schedule, answer: &ReportAnswer) -> Result<Option<String>> {
        let now = schedule.digest_now(&answer.definition);
        if now == schedule.digest {
            return Ok(None);
        }
        // The owner's own change of the report is the owner's consent; a service is nobody's adversary.
        if answer.changed_by.is_none_or(|by| by == schedule.owner) {
            self.ledger.schedule_update(schedule.id, &[("Digest", now.into())])?;
            return Ok(None);
        }
        Ok(Some(
            "Somebody else changed the report. Its owner must look at the schedule and activate it again.".to_owned(),
        ))
    }

    fn deliver(&self, schedule: &Schedule, answer: &ReportAnswer) -> Result<Ended> {
        let (ctx, run) = (self.ctx, self.payload.run);
        let mut wanted: Vec<(RecordId, recipients::Resolved)> = Vec::new();
        let mut skipped = 0;
        for recipient in recipients::resolve(ctx, &schedule.recipients)? {
            let id = self.ledger.delivery_once(run, &recipient)?;
            if recipient.skipped.is_some() { skipped += 1 } else { wanted.push((id, recipient)) }
        }
        if wanted.is_empty() {
            return Ok(Ended::Early("skipped", format!("None of {skipped} recipients can get it.")));
        }
        let files = Files::make(ctx, schedule, answer, self.payload.slot.date())?;
        if let Some(first) = files.attachments.first() {
            let bytes = i64::try_from(first.content.len()).unwrap_or(i64::MAX);
            let values = [
                ("FileName", first.file_name.as_str().into()),
                ("FileBytes", bytes.into()),
                ("Sha256", files.sha256.as_str().into()),
            ];
            self.ledger.run_update(run, &values)?;
        }
        let mut mail = Vec::with_capacity(wanted.len());
        for (id, recipient) in &wanted {
            let new = message::compose(self.config, ctx, schedule, answer, &files, self.payload, *id, recipient)?;
            if mail.is_empty() && new.message.len().saturating_mul(wanted.len()) > MAX_RUN_BYTES {
                return Err(Error::new(
                    ErrorCode::QueryTooComplicated,
                    format!(
                        "{} messages of {} MB are too much for one run. Narrow the report, or name fewer recipients.",
                        wanted.len(),
                        new.message.len() / 1_000_000
                    ),
                ));
            }
            let values = [("State", "queued".into()), ("MessageId", new.summary.message_id.as_str().into())];
            self.ledger.delivery_update(*id, &values)?;
            mail.push(new);
        }
        self.ledger.run_update(run, &[("State", "delivering".into())])?;
        let words = format!("{} rows, {} messages, {skipped} recipients skipped.", answer.row_count, mail.len());
        Ok(Ended::Delivering(words, mail))
    }
}
