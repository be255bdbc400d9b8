//! Rows that the platform writes about runs and deliveries.

use crate::objects::{DELIVERY, RUN, SCHEDULE};
use model::{Error, ErrorCode, Instant, ObjectSchema, RecordId, Result, Value};
use platform::literal::quoted;
use platform::provision::LOADING;
use platform::{Ctx, Org, QueryOptions, RecordDraft, Service, Unit};
use std::sync::Arc;

/// The ledger in the hands of one service.
pub(crate) struct Ledger {
    ctx: Ctx,
}

impl Ledger {
    pub(crate) fn open(org: &Arc<Org>, service: &'static Service) -> Result<Self> {
        Ok(Self { ctx: Ctx::for_service(org, service)? })
    }

    pub(crate) fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// Writes several rows in one transaction: all of them are kept or none.
    pub(crate) fn together<T>(&self, work: impl FnOnce(&mut Unit<'_, '_>) -> Result<T>) -> Result<T> {
        self.ctx.in_one_transaction(work)
    }

    pub(crate) fn schedule_update(&self, id: RecordId, values: &[(&str, Value)]) -> Result<()> {
        self.together(|unit| update(unit, SCHEDULE, id, values))
    }

    pub(crate) fn run_update(&self, id: RecordId, values: &[(&str, Value)]) -> Result<()> {
        self.together(|unit| update(unit, RUN, id, values))
    }

    /// Stops a schedule with the reason its owner reads.
    pub(crate) fn suspend(&self, id: RecordId, code: &str, reason: &str) -> Result<()> {
        self.together(|unit| suspend(unit, id, code, reason))
    }

    /// Creates a run unless one with its key is there. Returns it and whether it is new.
    pub(crate) fn run_once(&self, key: &str, values: &[(&str, Value)]) -> Result<(RecordId, bool)> {
        if let Some(found) = self.find_run(key)? {
            return Ok((found, false));
        }
        match self.together(|unit| create(unit, RUN, &[values.to_vec()])) {
            Err(error) if error.code() == ErrorCode::DuplicateValue => {
                // Another worker was faster.
                self.find_run(key)?.map(|found| (found, false)).ok_or(error)
            }
            made => made?.first().map(|id| (*id, true)).ok_or_else(|| Error::internal("no run was made")),
        }
    }

    fn find_run(&self, key: &str) -> Result<Option<RecordId>> {
        let text = format!("SELECT Id FROM {RUN} WHERE RunKey = {}", quoted(key));
        let (_, rows) = self.ctx.query_all_rows(&text, QueryOptions::default())?;
        Ok(rows.first().map(|row| row.id))
    }

    /// Ends a run, and tells it on the schedule.
    pub(crate) fn run_end(
        &self,
        schedule: RecordId,
        run: RecordId,
        state: &str,
        reason: &str,
        now: Instant,
    ) -> Result<()> {
        self.together(|unit| run_end(unit, schedule, run, state, reason, now))
    }

    pub(crate) fn run_state(&self, run: RecordId) -> Result<String> {
        let text = format!("SELECT State FROM {RUN} WHERE Id = '{run}'");
        let (_, rows) = self.ctx.query_all_rows(&text, QueryOptions::default())?;
        rows.first().map(|row| row.cells[0].value().to_plain()).ok_or_else(Error::not_found)
    }
}

/// Changes one row in a transaction that is under way.
pub(crate) fn update(unit: &mut Unit<'_, '_>, object: &str, id: RecordId, values: &[(&str, Value)]) -> Result<()> {
    let draft = draft(unit.ctx().object(object)?, RecordDraft::of(id), values)?;
    let results = unit.update(object, &[draft], LOADING)?;
    results.into_iter().try_for_each(|result| result.into_id().map(|_| ()))
}

/// Makes rows in a transaction that is under way: all of them, or none.
pub(crate) fn create(unit: &mut Unit<'_, '_>, object: &str, rows: &[Vec<(&str, Value)>]) -> Result<Vec<RecordId>> {
    let schema = unit.ctx().object(object)?;
    let drafts = rows.iter().map(|row| draft(schema, RecordDraft::new(), row)).collect::<Result<Vec<_>>>()?;
    unit.create(object, &drafts, LOADING)?.into_iter().map(platform::RowResult::into_id).collect()
}

/// Stops a schedule; its owner is told by the next look of the scheduler.
pub(crate) fn suspend(unit: &mut Unit<'_, '_>, id: RecordId, code: &str, reason: &str) -> Result<()> {
    let values = [
        ("State", "suspended".into()),
        ("SuspendCode", code.into()),
        ("SuspendReason", cut(reason, 255).into()),
        ("ToldAt", Value::Null),
    ];
    update(unit, SCHEDULE, id, &values)
}

pub(crate) fn run_end(
    unit: &mut Unit<'_, '_>,
    schedule: RecordId,
    run: RecordId,
    state: &str,
    reason: &str,
    now: Instant,
) -> Result<()> {
    let values = [("State", state.into()), ("Reason", cut(reason, 2_000).into()), ("FinishedAt", now.into())];
    update(unit, RUN, run, &values)?;
    let outcome = cut(&format!("{state}: {reason}"), 255);
    update(unit, SCHEDULE, schedule, &[("LastRun", now.into()), ("LastOutcome", outcome.into())])
}

/// States of a delivery in which something is still to come of it by itself.
pub(crate) const OPEN_STATES: &str = "'pending', 'queued', 'sending', 'deferred'";

/// Ends a run whose deliveries have all come to an end. False when one has not.
pub(crate) fn run_settle(unit: &mut Unit<'_, '_>, schedule: RecordId, run: RecordId, now: Instant) -> Result<bool> {
    let open = format!("SELECT Id FROM {DELIVERY} WHERE RunId = '{run}' AND State IN ({OPEN_STATES}) LIMIT 1");
    if !unit.rows(&open)?.is_empty() {
        return Ok(false);
    }
    let mut counts: Vec<(String, u64)> = Vec::new();
    for row in unit.rows(&format!("SELECT State FROM {DELIVERY} WHERE RunId = '{run}' ORDER BY State"))? {
        let state = row.cells[0].value().to_plain();
        match counts.iter_mut().find(|(known, _)| *known == state) {
            Some((_, count)) => *count += 1,
            None => counts.push((state, 1)),
        }
    }
    let has = |states: &[&str]| counts.iter().any(|(state, _)| states.contains(&state.as_str()));
    let state = if has(&["accepted", "kept"]) {
        "done"
    } else if has(&["failed", "uncertain", "bounced"]) {
        "failed"
    } else if has(&["cancelled"]) {
        "cancelled"
    } else {
        "skipped"
    };
    let words: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    run_end(unit, schedule, run, state, &words.join(", "), now)?;
    Ok(true)
}

fn draft(object: &ObjectSchema, draft: RecordDraft, values: &[(&str, Value)]) -> Result<RecordDraft> {
    values.iter().try_fold(draft, |draft, (field, value)| draft.set(object, field, value.clone()))
}

/// A text that fits its field, marked where it was cut.
pub(crate) fn cut(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    text.chars().take(chars.saturating_sub(1)).chain(['…']).collect()
}
