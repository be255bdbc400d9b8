//! Batches: added to a job, found, and taken further.

use super::{BulkBatchEnd, BulkBatchRow, BulkBatchState, BulkProgress, NewBulkBatch};
use crate::driver::{Param, RowView, collect, first};
use crate::org::WriteTx;
use crate::read::{ReadTx, int_column, text_column};
use model::{Error, Instant, Result};

pub(super) const BATCH: &str = "b.id, b.job, b.number, b.state, b.message, b.created_ms, b.changed_ms, b.body, \
                                b.rows_list, b.from_row, b.to_row, b.place, b.line, b.header, b.done, b.failed, \
                                b.parts, b.busy_ms, b.attempts, b.epoch";
/// How many columns these are.
pub(super) const BATCH_COLUMNS: usize = 20;

fn count(row: &dyn RowView, at: usize) -> Result<u64> {
    u64::try_from(int_column(row, at)?).map_err(Error::internal)
}

fn number(count: u64) -> Result<Param> {
    i64::try_from(count).map(Param::Int).map_err(Error::internal)
}

pub(super) fn batch(row: &dyn RowView) -> Result<BulkBatchRow> {
    Ok(BulkBatchRow {
        id: int_column(row, 0)?,
        job: int_column(row, 1)?,
        number: int_column(row, 2)?,
        state: BulkBatchState::parse(&text_column(row, 3)?)?,
        message: text_column(row, 4)?,
        created: Instant::from_ms(int_column(row, 5)?),
        changed: Instant::from_ms(int_column(row, 6)?),
        body: row.int(7)?,
        progress: BulkProgress {
            rows_list: row.int(8)?,
            from_row: count(row, 9)?,
            to_row: count(row, 10)?,
            place: count(row, 11)?,
            line: count(row, 12)?,
            header: text_column(row, 13)?,
            done: count(row, 14)?,
            failed: count(row, 15)?,
            parts: int_column(row, 16)?,
            busy_ms: int_column(row, 17)?,
        },
        attempts: u32::try_from(int_column(row, 18)?).map_err(Error::internal)?,
        epoch: int_column(row, 19)?,
    })
}

impl ReadTx<'_> {
    /// A batch by its number.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_batch(&mut self, id: i64) -> Result<Option<BulkBatchRow>> {
        let sql = self.sql(&format!("SELECT {BATCH} FROM hf_bulk_batch b WHERE b.id = ?"));
        first(self.connection, &sql, &[id.into()], batch)
    }

    /// The batches of a job in their order.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_batches(&mut self, job: i64) -> Result<Vec<BulkBatchRow>> {
        let sql = self.sql(&format!("SELECT {BATCH} FROM hf_bulk_batch b WHERE b.job = ? ORDER BY b.number"));
        collect(self.connection, &sql, &[job.into()], batch)
    }
}

impl WriteTx<'_> {
    /// Adds a batch to a job and returns its number.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_batch_put(&mut self, job: i64, new: &NewBulkBatch) -> Result<i64> {
        let now = Param::Int(self.now().ms());
        // It also makes batches that are added at the same instant wait for each other.
        let sql = self.sql("UPDATE hf_bulk_job SET changed_ms = ? WHERE id = ?");
        self.connection().execute(&sql, &[now.clone(), job.into()])?;
        let sql = self.sql("SELECT COALESCE(MAX(number), 0) + 1 FROM hf_bulk_batch WHERE job = ?");
        let place = first(self.connection(), &sql, &[job.into()], |row| int_column(row, 0))?.unwrap_or(1);
        let id = i64::try_from(self.next_numbers("bulk_batch", 1)?).map_err(Error::internal)?;
        let sql = self.sql(
            "INSERT INTO hf_bulk_batch (id, job, number, state, message, created_ms, changed_ms, body, rows_list, \
             from_row, to_row, place, line, header, done, failed, parts, busy_ms, attempts, lease_ms, epoch, turn_ms) \
             VALUES (?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, 1, ?, 0, 0, 0, 0, 0, 0, 0, ?)",
        );
        let params = [
            Param::Int(id),
            job.into(),
            place.into(),
            new.state.as_str().into(),
            now.clone(),
            now.clone(),
            new.body.into(),
            new.rows_list.into(),
            number(new.from_row)?,
            number(new.to_row)?,
            number(new.from_row)?,
            new.header.as_str().into(),
            now,
        ];
        self.connection().execute(&sql, &params)?;
        Ok(id)
    }

    /// Keeps how far a claimed batch has come, and holds it for `lease_ms` more. Says whether it is still held: when not,
    /// what the transaction did must not be kept.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_batch_advance(&mut self, held: &BulkBatchRow, progress: &BulkProgress, lease_ms: i64) -> Result<bool> {
        let sql = self.sql(
            "UPDATE hf_bulk_batch SET rows_list = ?, from_row = ?, to_row = ?, place = ?, line = ?, header = ?, \
             done = ?, failed = ?, parts = ?, busy_ms = ?, changed_ms = ?, attempts = 0, lease_ms = ? \
             WHERE id = ? AND epoch = ? AND state = 'InProgress'",
        );
        let now = self.now().ms();
        let params = [
            progress.rows_list.into(),
            number(progress.from_row)?,
            number(progress.to_row)?,
            number(progress.place)?,
            number(progress.line)?,
            progress.header.as_str().into(),
            number(progress.done)?,
            number(progress.failed)?,
            progress.parts.into(),
            progress.busy_ms.into(),
            now.into(),
            (now + lease_ms).into(),
            held.id.into(),
            held.epoch.into(),
        ];
        Ok(self.connection().execute(&sql, &params)? == 1)
    }

    /// Ends a claimed batch. Says whether it was still held.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_batch_end(&mut self, held: &BulkBatchRow, end: &BulkBatchEnd) -> Result<bool> {
        let sql = self.sql(
            "UPDATE hf_bulk_batch SET state = ?, message = ?, changed_ms = ?, lease_ms = 0 \
             WHERE id = ? AND epoch = ? AND state = 'InProgress'",
        );
        let now = self.now().ms();
        let params = [
            end.state.as_str().into(),
            end.message.as_str().into(),
            now.into(),
            held.id.into(),
            Param::Int(held.epoch),
        ];
        if self.connection().execute(&sql, &params)? != 1 {
            return Ok(false);
        }
        let sql = self.sql(
            "UPDATE hf_bulk_job SET state = COALESCE(?, state), message = CASE WHEN ? = '' THEN message ELSE ? END, \
             changed_ms = ? WHERE id = ?",
        );
        // The message of a batch is its job's only where the batch is all of the job.
        let message = if end.job.is_some() { end.message.as_str() } else { "" };
        let params =
            [end.job.map(|state| state.as_str()).into(), message.into(), message.into(), now.into(), held.job.into()];
        self.connection().execute(&sql, &params)?;
        Ok(true)
    }
}
