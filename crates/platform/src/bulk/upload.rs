//! Taking in the rows of a job as they arrive. They belong to nothing until the last of them is there: an upload that is
//! broken off leaves nothing.

use super::jobs::not_open;
use super::{jobs, terms::BulkTerms};
use crate::bulk::jobs::BulkBatch;
use crate::ctx::Ctx;
use model::{Error, ErrorCode, RecordId, Result};
use std::io::Read;
use store::{BulkBatchState, BulkJobKind, BulkJobState, Content, NewBulkBatch};
use zeroize::Zeroizing;

/// The most bytes of the rows of a job.
pub const BULK_BODY_BYTES: u64 = 150 * 1024 * 1024;
/// The most bytes of a batch of the older interface.
const CLASSIC_BODY_BYTES: u64 = 10_000_000;
/// Rows of such a batch.
const CLASSIC_ROWS: usize = 10_000;

/// Bytes that one transaction takes in: others write in between.
const OF_ONE_TURN: usize = 4 * 1024 * 1024;

impl Ctx {
    /// Takes in the rows of a job, once, and no more than `most` bytes.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INVALIDJOBSTATE` for a job that is not open or has its rows; `EXCEEDED_MAX_SIZE_REQUEST`; what
    /// `bytes` and the database report.
    pub fn bulk_upload(&self, id: RecordId, bytes: &mut dyn Read, most: u64) -> Result<()> {
        let row = self.bulk_row(id, BulkJobKind::V2Ingest)?;
        let taken = || {
            let message = "The job has its rows already; make another job for more.";
            jobs::wrong_state(message.to_owned())
        };
        if row.state != BulkJobState::Open {
            return Err(not_open(&row));
        }
        if !self.org.store.read(|tx| tx.bulk_batches(row.id))?.is_empty() {
            return Err(taken());
        }
        self.bulk_take_in(bytes, most, |tx, content| {
            let now = tx.bulk_job(row.id)?.ok_or_else(Error::not_found)?;
            if now.state != BulkJobState::Open {
                return Err(not_open(&now));
            }
            tx.bulk_batch_put(row.id, &batch_of(BulkBatchState::Held, content.id))?;
            // Two uploads that end at the same instant see each other here: the first has the job's row.
            if tx.bulk_batches(row.id)?.len() > 1 { Err(taken()) } else { Ok(()) }
        })
    }

    /// Adds a batch to a job of the older interface.
    ///
    /// # Errors
    /// As [`Ctx::bulk_upload`]; `INVALIDBATCH` for an empty one, one of too many rows or a query that cannot be answered.
    pub fn bulk_batch_add(&self, id: RecordId, bytes: &mut dyn Read) -> Result<BulkBatch> {
        let row = self.bulk_row(id, BulkJobKind::Classic)?;
        if row.state != BulkJobState::Open {
            return Err(not_open(&row));
        }
        let terms = BulkTerms::parse(&row.terms)?;
        let mut body = Zeroizing::new(Vec::new());
        bytes.take(CLASSIC_BODY_BYTES + 1).read_to_end(&mut body).map_err(super::bytes::cause_of)?;
        self.check_classic(&terms, &body)?;
        let batch = self.org.store.write(|tx| {
            let content = tx.content_of(&body)?;
            let now = tx.bulk_job(row.id)?.ok_or_else(Error::not_found)?;
            if now.state != BulkJobState::Open {
                return Err(not_open(&now));
            }
            let number = tx.bulk_batch_put(row.id, &batch_of(BulkBatchState::Queued, content.id))?;
            tx.bulk_batch(number)?.ok_or_else(|| Error::internal("a batch that was made is not there"))
        })?;
        self.org.bell.ring(self.org.id());
        Ok(batch.into())
    }

    fn check_classic(&self, terms: &BulkTerms, body: &[u8]) -> Result<()> {
        let refuse = |words: String| Err(Error::new(ErrorCode::InvalidBatch, words));
        if body.len() as u64 > CLASSIC_BODY_BYTES {
            return Err(too_large(CLASSIC_BODY_BYTES));
        }
        let Ok(text) = std::str::from_utf8(body) else { return refuse("The batch is not UTF-8.".to_owned()) };
        if terms.operation.is_query() {
            self.bulk_object(terms, text.trim())?;
        } else if let Some(rows) = super::ingest::stretch(terms.format, body, 0, CLASSIC_ROWS)? {
            if !rows.is_last {
                return refuse(format!("A batch has at most {CLASSIC_ROWS} records."));
            }
        } else if text.lines().count() > CLASSIC_ROWS + 1 {
            // Lines within values are no rows: whoever has many lines is counted again.
            let rows = super::csv::count_rows(body, terms);
            if rows > CLASSIC_ROWS as u64 {
                return refuse(format!("A batch has at most {CLASSIC_ROWS} records, and this has {rows}."));
            }
        }
        Ok(())
    }

    /// Keeps bytes as a content, a part at a time and each in a transaction of its own; the last one gives it to `owner`.
    fn bulk_take_in(
        &self,
        bytes: &mut dyn Read,
        most: u64,
        owner: impl FnOnce(&mut store::WriteTx<'_>, &Content) -> Result<()>,
    ) -> Result<()> {
        let mut writer = self.org.store.write(|tx| tx.content_begin())?;
        let mut part = Zeroizing::new(Vec::with_capacity(OF_ONE_TURN));
        let taken = loop {
            part.clear();
            match Read::take(&mut *bytes, OF_ONE_TURN as u64).read_to_end(&mut part) {
                Err(error) => break Err(super::bytes::cause_of(error)),
                Ok(0) => break Ok(()),
                Ok(_) if writer.size() + part.len() as u64 > most => break Err(too_large(most)),
                Ok(_) => {}
            }
            if let Err(error) = self.org.store.write(|tx| tx.content_push(&mut writer, &part)) {
                break Err(error);
            }
        };
        let begun = writer.id();
        let kept = taken.and_then(|()| {
            self.org.store.write(|tx| {
                let content = tx.content_end(writer, None)?;
                owner(tx, &content)
            })
        });
        if kept.is_err() {
            // What cannot be removed now is swept with all that nothing names.
            if let Err(error) = self.org.store.write(|tx| tx.content_abandon(begun)) {
                tracing::warn!(cause = error.internal_cause(), "an upload that was broken off could not be removed");
            }
        }
        kept
    }
}

fn batch_of(state: BulkBatchState, body: i64) -> NewBulkBatch {
    NewBulkBatch { state, body: Some(body), rows_list: None, from_row: 0, to_row: 0, header: String::new() }
}

fn too_large(most: u64) -> Error {
    Error::new(
        ErrorCode::ExceededMaxSizeRequest,
        format!("The rows of this upload have more than {most} bytes; split them."),
    )
}
