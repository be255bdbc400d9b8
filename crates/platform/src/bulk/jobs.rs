//! Jobs as their creators see them: made, closed, stopped, looked at, listed, forgotten. To anybody else a job is not
//! there, unless they may change all data.

use super::terms::{BulkOperation, BulkTerms, NewBulk};
use super::{BATCH, JOB, RESULT, id_of, number_of};
use crate::ctx::Ctx;
use model::{Error, ErrorCode, Instant, RecordId, Result};
use policy::SystemPermission;
use store::{
    AuditEntry, BulkBatchRow, BulkBatchState, BulkJobKind, BulkJobRow, BulkJobState, BulkPage, NewBulkBatch,
    NewBulkJob, WriteTx,
};

/// The most bytes of a query.
const QUERY_BYTES: usize = 100_000;
/// Jobs of one page of a list.
const LISTED: u32 = 1_000;

/// A job with what its batches have come to.
#[derive(Debug, Clone)]
pub struct BulkJob {
    pub id: RecordId,
    pub kind: BulkJobKind,
    pub terms: BulkTerms,
    pub serial: bool,
    pub created_by: RecordId,
    pub created: Instant,
    pub changed: Instant,
    pub state: BulkJobState,
    /// Why it failed.
    pub message: String,
    pub counts: BulkCounts,
}

/// What the batches of a job have come to together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BulkCounts {
    pub batches: u64,
    pub queued: u64,
    pub in_progress: u64,
    pub completed: u64,
    pub failed: u64,
    pub rows_done: u64,
    pub rows_failed: u64,
    pub busy_ms: i64,
    /// Attempts that did not end well.
    pub retries: u64,
}

/// A batch of a job.
#[derive(Debug, Clone)]
pub struct BulkBatch {
    pub id: RecordId,
    pub job: RecordId,
    /// Of a query: what its result is asked for by.
    pub result: RecordId,
    pub state: BulkBatchState,
    pub message: String,
    pub created: Instant,
    pub changed: Instant,
    pub rows_done: u64,
    pub rows_failed: u64,
    pub busy_ms: i64,
}

/// Which jobs a list shows.
#[derive(Debug, Clone, Default)]
pub struct BulkList {
    pub kinds: Vec<BulkJobKind>,
    pub serial: Option<bool>,
    /// The last job of the page before.
    pub after: Option<RecordId>,
}

/// A page of a list of jobs.
#[derive(Debug, Clone)]
pub struct BulkJobPage {
    pub jobs: Vec<BulkJob>,
    /// The last of them, when there are more.
    pub next: Option<RecordId>,
}

impl BulkCounts {
    fn of(batches: &[BulkBatchRow]) -> Self {
        let in_state = |state| batches.iter().filter(|batch| batch.state == state).count() as u64;
        Self {
            batches: batches.len() as u64,
            queued: in_state(BulkBatchState::Queued) + in_state(BulkBatchState::Held),
            in_progress: in_state(BulkBatchState::InProgress),
            completed: in_state(BulkBatchState::Completed),
            failed: in_state(BulkBatchState::Failed),
            rows_done: batches.iter().map(|batch| batch.progress.done).sum(),
            rows_failed: batches.iter().map(|batch| batch.progress.failed).sum(),
            busy_ms: batches.iter().map(|batch| batch.progress.busy_ms).sum(),
            retries: batches.iter().map(|batch| u64::from(batch.attempts.saturating_sub(1))).sum(),
        }
    }
}

impl From<BulkBatchRow> for BulkBatch {
    fn from(row: BulkBatchRow) -> Self {
        Self {
            id: id_of(BATCH, row.id),
            job: id_of(JOB, row.job),
            result: id_of(RESULT, row.id),
            state: row.state,
            message: row.message,
            created: row.created,
            changed: row.changed,
            rows_done: row.progress.done,
            rows_failed: row.progress.failed,
            busy_ms: row.progress.busy_ms,
        }
    }
}

fn job_of(row: BulkJobRow, batches: &[BulkBatchRow]) -> Result<BulkJob> {
    let changed = batches.iter().map(|batch| batch.changed).fold(row.changed, Instant::max);
    Ok(BulkJob {
        id: id_of(JOB, row.id),
        kind: row.kind,
        terms: BulkTerms::parse(&row.terms)?,
        serial: row.serial,
        created_by: row.created_by,
        created: row.created,
        changed,
        state: row.state,
        message: row.message,
        counts: BulkCounts::of(batches),
    })
}

/// A job does not take something in the state it is in.
pub(super) fn wrong_state(words: String) -> Error {
    Error::new(ErrorCode::InvalidJobState, words)
}

impl Ctx {
    /// Makes a job for rows that are uploaded afterwards, or for the queries of the older interface.
    ///
    /// # Errors
    /// `INVALIDJOB`, `INVALID_TYPE`, `INVALID_FIELD`, `INSUFFICIENT_ACCESS_OR_READONLY`.
    pub fn bulk_create(&self, new: NewBulk, kind: BulkJobKind) -> Result<BulkJob> {
        let mut terms = new.terms;
        terms.object = terms.check(self)?.name().to_owned();
        if kind == BulkJobKind::V2Ingest && terms.operation.is_query() {
            return Err(Error::new(ErrorCode::InvalidJob, "operation: a query is made at jobs/query."));
        }
        self.bulk_put(terms, new.serial, kind, BulkJobState::Open, |_, _| Ok(()))
    }

    /// Makes a job that answers a query.
    ///
    /// # Errors
    /// The query's own; `FUNCTIONALITY_NOT_ENABLED` for what has no place in a file of rows.
    pub fn bulk_query(&self, terms: BulkTerms, text: &str) -> Result<BulkJob> {
        let mut terms = terms;
        terms.object = self.bulk_object(&terms, text)?;
        self.bulk_put(terms, false, BulkJobKind::V2Query, BulkJobState::UploadComplete, |tx, job| {
            let body = Some(tx.content_of(text.as_bytes())?.id);
            let batch = NewBulkBatch {
                state: BulkBatchState::Queued,
                body,
                rows_list: None,
                from_row: 0,
                to_row: 0,
                header: String::new(),
            };
            tx.bulk_batch_put(job, &batch).map(|_| ())
        })
    }

    /// The object that a query asks for, when a bulk job can answer it.
    pub(super) fn bulk_object(&self, terms: &BulkTerms, text: &str) -> Result<String> {
        if text.len() > QUERY_BYTES {
            let message = format!("A query has at most {QUERY_BYTES} characters.");
            return Err(Error::new(ErrorCode::MalformedQuery, message));
        }
        if !matches!(terms.operation, BulkOperation::Query | BulkOperation::QueryAll) {
            return Err(Error::new(ErrorCode::InvalidJob, "operation: a query is a query or a queryAll."));
        }
        let plan = self.bulk_plan(terms, text)?;
        let select = &plan.plan().select;
        match select.source(soql::plan::SourceIx::ROOT).target {
            soql::plan::Target::Object(object) => Ok(plan.schema().object(object).name().to_owned()),
            soql::plan::Target::AnyOf(_) => Err(Error::internal("a query over no object")),
        }
    }

    fn bulk_put(
        &self,
        terms: BulkTerms,
        serial: bool,
        kind: BulkJobKind,
        state: BulkJobState,
        with: impl FnOnce(&mut WriteTx<'_>, i64) -> Result<()>,
    ) -> Result<BulkJob> {
        let created_by = self.user_id().ok_or_else(|| Error::internal("a bulk job needs a user to act as"))?;
        let new = NewBulkJob { kind, terms: terms.to_text()?, serial, created_by, state };
        let (row, batches) = self.org.store.write(|tx| {
            let id = tx.bulk_job_put(&new)?;
            with(tx, id)?;
            self.bulk_audit(tx, "bulk_job_create", id, &terms)?;
            let row = tx.bulk_job(id)?.ok_or_else(|| Error::internal("a job that was made is not there"))?;
            Ok((row, tx.bulk_batches(id)?))
        })?;
        self.org.bell.ring(self.org.id());
        job_of(row, &batches)
    }

    fn bulk_audit(&self, tx: &mut WriteTx<'_>, action: &'static str, job: i64, terms: &BulkTerms) -> Result<()> {
        let detail = serde_json::json!({ "operation": terms.operation.as_str(), "object": terms.object }).to_string();
        let entry = AuditEntry { action, object: "", record: Some(id_of(JOB, job)), detail };
        tx.audit(&self.identity, &entry)
    }

    /// A job's row, if it is there for the asker.
    pub(super) fn bulk_row(&self, id: RecordId, kind: BulkJobKind) -> Result<BulkJobRow> {
        let number = number_of(JOB, id).ok_or_else(Error::not_found)?;
        self.org
            .store
            .read(|tx| tx.bulk_job(number))?
            .filter(|row| row.kind == kind)
            .filter(|row| Some(row.created_by) == self.user_id() || self.has(SystemPermission::ModifyAllData))
            .ok_or_else(Error::not_found)
    }

    /// A job as it stands.
    ///
    /// # Errors
    /// `NOT_FOUND` for one that is not there for the asker.
    pub fn bulk_job(&self, id: RecordId, kind: BulkJobKind) -> Result<BulkJob> {
        let row = self.bulk_row(id, kind)?;
        let batches = self.org.store.read(|tx| tx.bulk_batches(row.id))?;
        job_of(row, &batches)
    }

    /// Jobs, newest first: the asker's own, or everybody's for who may change all data.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_jobs(&self, list: &BulkList) -> Result<BulkJobPage> {
        let own = (!self.has(SystemPermission::ModifyAllData)).then_some(self.user_id()).flatten();
        let page = BulkPage {
            kinds: list.kinds.clone(),
            created_by: own,
            serial: list.serial,
            before: list.after.and_then(|id| number_of(JOB, id)),
            limit: LISTED + 1,
        };
        let mut rows = self.org.store.read(|tx| tx.bulk_jobs(&page))?;
        let more = rows.len() > LISTED as usize;
        rows.truncate(LISTED as usize);
        let next = rows.last().filter(|_| more).map(|row| id_of(JOB, row.id));
        let jobs = rows.into_iter().map(|row| job_of(row, &[])).collect::<Result<_>>()?;
        Ok(BulkJobPage { jobs, next })
    }

    /// Says that everything is there: what was uploaded is processed.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INVALIDJOBSTATE` for a job that is not open.
    pub fn bulk_close(&self, id: RecordId, kind: BulkJobKind) -> Result<BulkJob> {
        let row = self.bulk_row(id, kind)?;
        let to = if kind == BulkJobKind::Classic { BulkJobState::Closed } else { BulkJobState::UploadComplete };
        self.org.store.write(|tx| {
            if !tx.bulk_job_turn(row.id, &[BulkJobState::Open], to, "")? {
                // Closing once more says nothing new.
                return if row.state == to { Ok(()) } else { Err(not_open(&row)) };
            }
            if tx.bulk_batches_release(row.id)? == 0 && kind == BulkJobKind::V2Ingest {
                tx.bulk_job_turn(row.id, &[to], BulkJobState::JobComplete, "")?;
            }
            Ok(())
        })?;
        self.org.bell.ring(self.org.id());
        self.bulk_job(id, kind)
    }

    /// Stops a job: what was done stays done, the rest is not.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INVALIDJOBSTATE` for a job that has ended.
    pub fn bulk_abort(&self, id: RecordId, kind: BulkJobKind) -> Result<BulkJob> {
        let row = self.bulk_row(id, kind)?;
        let stoppable =
            [BulkJobState::Open, BulkJobState::Closed, BulkJobState::UploadComplete, BulkJobState::InProgress];
        let terms = BulkTerms::parse(&row.terms)?;
        self.org.store.write(|tx| {
            if !tx.bulk_job_turn(row.id, &stoppable, BulkJobState::Aborted, "")? {
                let words = format!("Aborting is possible until a job has ended; this one is {}.", row.state.as_str());
                return Err(wrong_state(words));
            }
            tx.bulk_batches_stop(row.id)?;
            self.bulk_audit(tx, "bulk_job_abort", row.id, &terms)
        })?;
        self.bulk_job(id, kind)
    }

    /// Forgets a job with all that it was given and gave back.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INVALIDJOBSTATE` for one that is being processed.
    pub fn bulk_delete(&self, id: RecordId, kind: BulkJobKind) -> Result<()> {
        let row = self.bulk_row(id, kind)?;
        let terms = BulkTerms::parse(&row.terms)?;
        self.org.store.write(|tx| {
            let state = tx.bulk_job(row.id)?.ok_or_else(Error::not_found)?.state;
            if state == BulkJobState::InProgress {
                return Err(wrong_state("A job that is being processed cannot be deleted; abort it first.".to_owned()));
            }
            tx.bulk_job_remove(row.id)?;
            self.bulk_audit(tx, "bulk_job_delete", row.id, &terms)
        })
    }

    /// The batches of a job of the older interface, in their order.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn bulk_batches(&self, id: RecordId) -> Result<Vec<BulkBatch>> {
        let row = self.bulk_row(id, BulkJobKind::Classic)?;
        let batches = self.org.store.read(|tx| tx.bulk_batches(row.id))?;
        Ok(batches.into_iter().map(BulkBatch::from).collect())
    }

    /// One batch of a job of the older interface.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn bulk_batch(&self, job: RecordId, batch: RecordId) -> Result<BulkBatch> {
        self.bulk_batch_row(job, batch).map(|(_, row)| row.into())
    }

    pub(super) fn bulk_batch_row(&self, job: RecordId, batch: RecordId) -> Result<(BulkJobRow, BulkBatchRow)> {
        let row = self.bulk_row(job, BulkJobKind::Classic)?;
        let number = number_of(BATCH, batch).ok_or_else(Error::not_found)?;
        let found = self.org.store.read(|tx| tx.bulk_batch(number))?.filter(|batch| batch.job == row.id);
        found.map(|batch| (row, batch)).ok_or_else(Error::not_found)
    }
}

pub(super) fn not_open(row: &BulkJobRow) -> Error {
    wrong_state(format!("The job takes this while it is Open; it is {}.", row.state.as_str()))
}
