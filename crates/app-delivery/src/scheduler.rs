//! What is due: schedules whose time has come get a run in the ledger and a job that acts as their owner.

use crate::ledger::Ledger;
use crate::objects::{RUN, SCHEDULE};
use crate::recurrence::{Occurrence, Rule};
use crate::schedule::{Misfire, RunKind, RunPayload, run_key};
use crate::services::SCHEDULER;
use crate::settings::{self, Switch};
use crate::{DeliveryConfig, sweep};
use model::{Error, Instant, RecordId, Result, Value};
use platform::{Org, QueryOptions};
use std::sync::Arc;

pub(crate) const JOB: &str = "delivery_run";

/// A run that is later than this is not sent any more.
const LATE_WITHIN_MS: i64 = 12 * 3_600_000;
/// A run that begins within this time was on time.
const ON_TIME_MS: i64 = 5 * 60_000;
/// Missed runs that get a row each; those before are counted in the first of them.
const MISSED_ROWS: usize = 50;

const OWNER_INACTIVE: &str = "The owner is inactive. Give the schedule to an active user, who must activate it.";

struct Due {
    id: RecordId,
    owner: RecordId,
    next_run: Instant,
    rule: String,
    misfire: Misfire,
    owner_is_active: bool,
}

/// Enters what is due, and says when to come again.
///
/// # Errors
/// What the database reports; a schedule that cannot be read is suspended and is no error.
pub(crate) fn tick(config: &DeliveryConfig, org: &Arc<Org>, now: Instant) -> Result<Option<Instant>> {
    let ledger = Ledger::open(org, SCHEDULER)?;
    // What cannot be put right now is tried again at the next look; what is due goes out nonetheless.
    let swept = sweep::sweep(config, &ledger, now);
    if ledger.together(settings::switch)? != Switch::On {
        // Nothing is due while nothing may leave; what is missed meanwhile is judged by each schedule's own policy.
        return swept.map(|()| None);
    }
    let mut broken = swept.err();
    for due in due(&ledger, now)? {
        let done = if due.owner_is_active {
            fire(org, &ledger, &due, now)
        } else {
            ledger.suspend(due.id, "owner", OWNER_INACTIVE)
        };
        match done {
            Ok(()) => {}
            // A fault of ours or of the machine: the others still get their turn, and this one comes again.
            Err(error) if error.internal_cause().is_some() => broken = Some(error),
            Err(error) => ledger.suspend(due.id, "error", error.message())?,
        }
    }
    if let Some(error) = broken {
        return Err(error);
    }
    stranded(&ledger, now)?;
    next(&ledger)
}

fn due(ledger: &Ledger, now: Instant) -> Result<Vec<Due>> {
    let text = format!(
        "SELECT OwnerId, NextRun, Rule, Misfire, Owner.IsActive FROM {SCHEDULE} WHERE State = 'active' AND NextRun <= {} \
         ORDER BY NextRun",
        now.to_timestamp()
    );
    let (_, rows) = ledger.ctx().query_all_rows(&text, QueryOptions::default())?;
    rows.into_iter()
        .map(|row| {
            let value = |at: usize| row.cells[at].value();
            let broken = || Error::internal("a due schedule without an owner or a next run");
            Ok(Due {
                id: row.id,
                owner: value(0).as_id().ok_or_else(broken)?,
                next_run: value(1).as_instant().ok_or_else(broken)?,
                rule: value(2).to_plain(),
                misfire: Misfire::parse(&value(3).to_plain()),
                owner_is_active: value(4) == &Value::Bool(true),
            })
        })
        .collect()
}

/// Enters the runs of one schedule up to now, and moves it on.
fn fire(org: &Arc<Org>, ledger: &Ledger, due: &Due, now: Instant) -> Result<()> {
    let rule = Rule::parse(&due.rule)?;
    let past: Vec<Occurrence> =
        rule.occurrences_after(due.next_run.plus_ms(-1)).take_while(|occurrence| occurrence.instant <= now).collect();
    let (run, missed) = split(past, due.misfire, now);
    record_missed(ledger, due.id, &missed)?;
    for occurrence in &run {
        let is_late = now.ms() - occurrence.instant.ms() > ON_TIME_MS;
        let key = run_key(due.id, occurrence.slot);
        let (id, _) = enter(ledger, due.id, &key, occurrence, RunKind::Scheduled, "due", is_late, None)?;
        let payload = RunPayload {
            schedule: due.id,
            run: id,
            slot: occurrence.slot,
            due: occurrence.instant,
            kind: RunKind::Scheduled,
        };
        let payload = serde_json::to_value(payload).map_err(Error::internal)?;
        // The key makes a second call for the same slot the same job, should this process die before the next line.
        org.job_enqueue_as(due.owner, JOB, &key, &payload, occurrence.instant)?;
    }
    match rule.next_after(now) {
        Some(next) => ledger.schedule_update(due.id, &[("NextRun", next.instant.into())]),
        None => ledger.schedule_update(
            due.id,
            &[("State", "ended".into()), ("SuspendReason", "The recurrence has no further run.".into())],
        ),
    }
}

/// Which of the past runs still run, and which were missed.
fn split(past: Vec<Occurrence>, misfire: Misfire, now: Instant) -> (Vec<Occurrence>, Vec<Occurrence>) {
    let age = |occurrence: &Occurrence| now.ms() - occurrence.instant.ms();
    let latest = past.last().cloned();
    past.into_iter().partition(|occurrence| match misfire {
        Misfire::Each => age(occurrence) <= LATE_WITHIN_MS,
        Misfire::Coalesce => age(occurrence) <= LATE_WITHIN_MS && Some(occurrence) == latest.as_ref(),
        Misfire::Skip => age(occurrence) <= ON_TIME_MS,
    })
}

fn record_missed(ledger: &Ledger, schedule: RecordId, missed: &[Occurrence]) -> Result<()> {
    let hidden = missed.len().saturating_sub(MISSED_ROWS);
    for (at, occurrence) in missed[hidden..].iter().enumerate() {
        let reason = match (at, hidden) {
            (0, 1..) => format!("Nothing ran at that time, nor at {hidden} times before it."),
            _ => "Nothing ran at that time, and it is too late now.".to_owned(),
        };
        let key = run_key(schedule, occurrence.slot);
        enter(ledger, schedule, &key, occurrence, RunKind::Scheduled, "missed", false, Some(reason))?;
    }
    if let Some(last) = missed.last() {
        let outcome = format!(
            "missed: {} of {}",
            if missed.len() == 1 { "the run" } else { "runs up to that" },
            last.slot.strftime("%Y-%m-%d %H:%M")
        );
        ledger.schedule_update(schedule, &[("LastOutcome", outcome.into())])?;
    }
    Ok(())
}

/// Enters a run in the ledger once. Returns it, and whether it is new.
pub(crate) fn enter(
    ledger: &Ledger,
    schedule: RecordId,
    key: &str,
    occurrence: &Occurrence,
    kind: RunKind,
    state: &str,
    is_late: bool,
    reason: Option<String>,
) -> Result<(RecordId, bool)> {
    let values = [
        ("ScheduleId", schedule.into()),
        ("Slot", occurrence.slot.strftime("%Y-%m-%d %H:%M").to_string().into()),
        ("RunKey", key.into()),
        ("Kind", kind.as_str().into()),
        ("DueAt", occurrence.instant.into()),
        ("State", state.into()),
        ("IsLate", is_late.into()),
        ("Reason", reason.into()),
    ];
    ledger.run_once(key, &values)
}

/// Runs whose owner became inactive after they were entered: their job cannot act, so the ledger says so.
fn stranded(ledger: &Ledger, now: Instant) -> Result<()> {
    let text =
        format!("SELECT ScheduleId FROM {RUN} WHERE State IN ('due', 'rendering') AND Schedule.Owner.IsActive = false");
    let (_, rows) = ledger.ctx().query_all_rows(&text, QueryOptions::default())?;
    for row in rows {
        let Some(schedule) = row.cells[0].value().as_id() else { continue };
        ledger.run_end(schedule, row.id, "failed", "The owner is inactive.", now)?;
        ledger.suspend(schedule, "owner", OWNER_INACTIVE)?;
    }
    Ok(())
}

fn next(ledger: &Ledger) -> Result<Option<Instant>> {
    let text =
        format!("SELECT NextRun FROM {SCHEDULE} WHERE State = 'active' AND NextRun != null ORDER BY NextRun LIMIT 1");
    let (_, rows) = ledger.ctx().query_all_rows(&text, QueryOptions::default())?;
    Ok(rows.first().and_then(|row| row.cells[0].value().as_instant()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(hours_ago: &[i64]) -> Vec<Occurrence> {
        hours_ago
            .iter()
            .map(|hours| Occurrence {
                slot: jiff::civil::date(2026, 11, 21).at(0, 0, 0, 0),
                instant: Instant::from_ms(-hours * 3_600_000),
                clock: crate::recurrence::Clock::Once,
            })
            .collect()
    }

    #[test]
    fn missed_runs_are_sent_as_the_schedule_says() {
        let counts = |misfire, hours: &[i64]| {
            let (run, missed) = split(past(hours), misfire, Instant::from_ms(0));
            (run.len(), missed.len())
        };
        assert_eq!(counts(Misfire::Coalesce, &[30, 6, 3, 0]), (1, 3));
        assert_eq!(counts(Misfire::Coalesce, &[30, 13]), (0, 2));
        assert_eq!(counts(Misfire::Each, &[30, 6, 3, 0]), (3, 1));
        assert_eq!(counts(Misfire::Skip, &[30, 6, 3, 0]), (1, 3));
        assert_eq!(counts(Misfire::Skip, &[3]), (0, 1));
    }
}
