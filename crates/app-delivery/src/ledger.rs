//! Rows that the platform writes about runs and deliveries.

use crate::objects::{DELIVERY, RUN, SCHEDULE};
use crate::recipients::Resolved;
use model::{Error, ErrorCode, Instant, ObjectSchema, RecordId, Result, Value};
use platform::literal::quoted;
use platform::provision::LOADING;
use platform::{Ctx, Org, QueryOptions, RecordDraft, Service};
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

    fn update(&self, object: &str, id: RecordId, values: &[(&str, Value)]) -> Result<()> {
        let draft = draft(self.ctx.object(object)?, RecordDraft::of(id), values)?;
        first(self.ctx.records_update(object, vec![draft], LOADING)?)?.into_id().map(|_| ())
    }

    fn create(&self, object: &str, values: &[(&str, Value)]) -> Result<RecordId> {
        let draft = draft(self.ctx.object(object)?, RecordDraft::new(), values)?;
        first(self.ctx.records_create(object, vec![draft], LOADING)?)?.into_id()
    }

    /// Creates a row unless one with its unique key is there. Returns it and whether it is new.
    fn create_once(
        &self,
        object: &str,
        key_field: &str,
        key: &str,
        values: &[(&str, Value)],
    ) -> Result<(RecordId, bool)> {
        if let Some(found) = self.find(object, key_field, key)? {
            return Ok((found, false));
        }
        match self.create(object, values) {
            Err(error) if error.code() == ErrorCode::DuplicateValue => {
                // Another worker was faster.
                self.find(object, key_field, key)?.map(|found| (found, false)).ok_or(error)
            }
            made => made.map(|id| (id, true)),
        }
    }

    fn find(&self, object: &str, key_field: &str, key: &str) -> Result<Option<RecordId>> {
        let text = format!("SELECT Id FROM {object} WHERE {key_field} = {}", quoted(key));
        let (_, rows) = self.ctx.query_all_rows(&text, QueryOptions::default())?;
        Ok(rows.first().map(|row| row.id))
    }

    pub(crate) fn schedule_update(&self, id: RecordId, values: &[(&str, Value)]) -> Result<()> {
        self.update(SCHEDULE, id, values)
    }

    /// Stops a schedule with the reason its owner reads.
    pub(crate) fn suspend(&self, id: RecordId, reason: &str) -> Result<()> {
        self.update(SCHEDULE, id, &[("State", "suspended".into()), ("SuspendReason", cut(reason, 255).into())])
    }

    pub(crate) fn run_once(&self, key: &str, values: &[(&str, Value)]) -> Result<(RecordId, bool)> {
        self.create_once(RUN, "RunKey", key, values)
    }

    pub(crate) fn run_update(&self, id: RecordId, values: &[(&str, Value)]) -> Result<()> {
        self.update(RUN, id, values)
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
        self.run_update(
            run,
            &[("State", state.into()), ("Reason", cut(reason, 2_000).into()), ("FinishedAt", now.into())],
        )?;
        let outcome = cut(&format!("{state}: {reason}"), 255);
        self.schedule_update(schedule, &[("LastRun", now.into()), ("LastOutcome", outcome.into())])
    }

    pub(crate) fn run_state(&self, run: RecordId) -> Result<String> {
        let text = format!("SELECT State FROM {RUN} WHERE Id = '{run}'");
        let (_, rows) = self.ctx.query_all_rows(&text, QueryOptions::default())?;
        rows.first().map(|row| row.cells[0].value().to_plain()).ok_or_else(Error::not_found)
    }

    /// The delivery of a run to one recipient, made once however often the run is begun again.
    pub(crate) fn delivery_once(&self, run: RecordId, recipient: &Resolved) -> Result<RecordId> {
        let key = cut(&format!("{run}/{}", recipient.key), 255);
        let state = if recipient.skipped.is_some() { "skipped" } else { "pending" };
        let values = [
            ("RunId", run.into()),
            ("Recipient", cut(&recipient.name, 255).into()),
            ("Address", cut(&recipient.address, 255).into()),
            ("DeliveryKey", key.as_str().into()),
            ("State", state.into()),
            ("Reason", recipient.skipped.as_deref().map(|reason| cut(reason, 255)).into()),
        ];
        self.create_once(DELIVERY, "DeliveryKey", &key, &values).map(|(id, _)| id)
    }

    pub(crate) fn delivery_update(&self, id: RecordId, values: &[(&str, Value)]) -> Result<()> {
        self.update(DELIVERY, id, values)
    }

    /// The run and schedule of a delivery.
    pub(crate) fn delivery_run(&self, id: RecordId) -> Result<(RecordId, RecordId)> {
        let text = format!("SELECT RunId, Run.ScheduleId FROM {DELIVERY} WHERE Id = '{id}'");
        let (_, rows) = self.ctx.query_all_rows(&text, QueryOptions::default())?;
        let row = rows.first().ok_or_else(Error::not_found)?;
        let id = |at: usize| row.cells[at].value().as_id().ok_or_else(|| Error::internal("a delivery without its run"));
        Ok((id(0)?, id(1)?))
    }

    /// How many deliveries of a run stand in each state.
    pub(crate) fn delivery_counts(&self, run: RecordId) -> Result<Vec<(String, u64)>> {
        let text = format!("SELECT State FROM {DELIVERY} WHERE RunId = '{run}' ORDER BY State");
        let (_, rows) = self.ctx.query_all_rows(&text, QueryOptions::default())?;
        let mut counts: Vec<(String, u64)> = Vec::new();
        for row in rows {
            let state = row.cells[0].value().to_plain();
            match counts.iter_mut().find(|(known, _)| *known == state) {
                Some((_, count)) => *count += 1,
                None => counts.push((state, 1)),
            }
        }
        Ok(counts)
    }
}

fn draft(object: &ObjectSchema, draft: RecordDraft, values: &[(&str, Value)]) -> Result<RecordDraft> {
    values.iter().try_fold(draft, |draft, (field, value)| draft.set(object, field, value.clone()))
}

fn first(results: Vec<platform::RowResult>) -> Result<platform::RowResult> {
    results.into_iter().next().ok_or_else(|| Error::internal("a batch of one gave no result"))
}

/// A text that fits its field, marked where it was cut.
pub(crate) fn cut(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    text.chars().take(chars.saturating_sub(1)).chain(['…']).collect()
}
