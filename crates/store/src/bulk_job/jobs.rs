//! Jobs: made, found, listed, closed, forgotten.

use super::{BulkBatchState, BulkJobKind, BulkJobRow, BulkJobState, BulkPage, NewBulkJob};
use crate::driver::{Param, RowView, collect, first};
use crate::org::WriteTx;
use crate::read::{ReadTx, id_column, int_column, text_column};
use model::{Error, Instant, Result};
use std::fmt::Write as _;

pub(super) const JOB: &str =
    "j.id, j.kind, j.terms, j.serial, j.created_by, j.created_ms, j.changed_ms, j.state, j.message";

/// A job in columns that begin at `at`.
pub(super) fn job(row: &dyn RowView, at: usize) -> Result<BulkJobRow> {
    Ok(BulkJobRow {
        id: int_column(row, at)?,
        kind: BulkJobKind::parse(&text_column(row, at + 1)?)?,
        terms: text_column(row, at + 2)?,
        serial: int_column(row, at + 3)? != 0,
        created_by: id_column(row, at + 4)?,
        created: Instant::from_ms(int_column(row, at + 5)?),
        changed: Instant::from_ms(int_column(row, at + 6)?),
        state: BulkJobState::parse(&text_column(row, at + 7)?)?,
        message: text_column(row, at + 8)?,
    })
}

impl ReadTx<'_> {
    /// A job by its number.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_job(&mut self, id: i64) -> Result<Option<BulkJobRow>> {
        let sql = self.sql(&format!("SELECT {JOB} FROM hf_bulk_job j WHERE j.id = ?"));
        first(self.connection, &sql, &[id.into()], |row| job(row, 0))
    }

    /// Jobs, newest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_jobs(&mut self, page: &BulkPage) -> Result<Vec<BulkJobRow>> {
        let mut sql = format!("SELECT {JOB} FROM hf_bulk_job j WHERE 1 = 1");
        let mut params: Vec<Param> = Vec::new();
        if !page.kinds.is_empty() {
            let marks = vec!["?"; page.kinds.len()].join(", ");
            // Writing to a String cannot fail.
            let _ = write!(sql, " AND j.kind IN ({marks})");
            params.extend(page.kinds.iter().map(|kind| kind.as_str().into()));
        }
        for (condition, value) in [
            (" AND j.created_by = ?", page.created_by.map(|id| id.as_i64())),
            (" AND j.serial = ?", page.serial.map(i64::from)),
            (" AND j.id < ?", page.before),
        ] {
            if let Some(value) = value {
                sql.push_str(condition);
                params.push(value.into());
            }
        }
        let _ = write!(sql, " ORDER BY j.id DESC LIMIT {}", page.limit);
        let sql = self.sql(&sql);
        collect(self.connection, &sql, &params, |row| job(row, 0))
    }
}

impl WriteTx<'_> {
    /// Makes a job and returns its number.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_job_put(&mut self, new: &NewBulkJob) -> Result<i64> {
        let id = i64::try_from(self.next_numbers("bulk_job", 1)?).map_err(Error::internal)?;
        let sql = self.sql(
            "INSERT INTO hf_bulk_job (id, kind, terms, serial, created_by, created_ms, changed_ms, state, message) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')",
        );
        let now = self.now().ms();
        let params = [
            Param::Int(id),
            new.kind.as_str().into(),
            new.terms.as_str().into(),
            i64::from(new.serial).into(),
            new.created_by.as_i64().into(),
            now.into(),
            now.into(),
            new.state.as_str().into(),
        ];
        self.connection().execute(&sql, &params)?;
        Ok(id)
    }

    /// Brings a job from one of these states to another. Returns whether it was in one of them.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_job_turn(&mut self, id: i64, from: &[BulkJobState], to: BulkJobState, message: &str) -> Result<bool> {
        let marks = vec!["?"; from.len()].join(", ");
        let sql = self.sql(&format!(
            "UPDATE hf_bulk_job SET state = ?, message = ?, changed_ms = ? WHERE id = ? AND state IN ({marks})"
        ));
        let mut params: Vec<Param> = vec![to.as_str().into(), message.into(), self.now().ms().into(), id.into()];
        params.extend(from.iter().map(|state| state.as_str().into()));
        Ok(self.connection().execute(&sql, &params)? == 1)
    }

    /// Lets the batches that waited for the job to be closed begin.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_batches_release(&mut self, job: i64) -> Result<u64> {
        self.turn_batches(job, &[BulkBatchState::Held], BulkBatchState::Queued)
    }

    /// Ends what is not over of a job: it is not processed any further.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_batches_stop(&mut self, job: i64) -> Result<u64> {
        let open = [BulkBatchState::Held, BulkBatchState::Queued, BulkBatchState::InProgress];
        self.turn_batches(job, &open, BulkBatchState::NotProcessed)
    }

    fn turn_batches(&mut self, job: i64, from: &[BulkBatchState], to: BulkBatchState) -> Result<u64> {
        let marks = vec!["?"; from.len()].join(", ");
        let sql = self.sql(&format!(
            "UPDATE hf_bulk_batch SET state = ?, changed_ms = ?, lease_ms = 0 WHERE job = ? AND state IN ({marks})"
        ));
        let mut params: Vec<Param> = vec![to.as_str().into(), self.now().ms().into(), job.into()];
        params.extend(from.iter().map(|state| state.as_str().into()));
        self.connection().execute(&sql, &params)
    }

    /// Removes a job with its batches and all that they hold.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_job_remove(&mut self, id: i64) -> Result<()> {
        let sql = self.sql(
            "SELECT content FROM hf_bulk_part WHERE batch IN (SELECT id FROM hf_bulk_batch WHERE job = ?) \
             UNION SELECT body FROM hf_bulk_batch WHERE job = ? AND body IS NOT NULL \
             UNION SELECT rows_list FROM hf_bulk_batch WHERE job = ? AND rows_list IS NOT NULL",
        );
        let contents = collect(self.connection(), &sql, &[id.into(), id.into(), id.into()], |row| int_column(row, 0))?;
        for content in contents {
            self.content_remove(content)?;
        }
        for sql in [
            "DELETE FROM hf_bulk_part WHERE batch IN (SELECT id FROM hf_bulk_batch WHERE job = ?)",
            "DELETE FROM hf_bulk_batch WHERE job = ?",
            "DELETE FROM hf_bulk_job WHERE id = ?",
        ] {
            let sql = self.sql(sql);
            self.connection().execute(&sql, &[id.into()])?;
        }
        Ok(())
    }

    /// Removes one job that nothing happened to since `until`. Returns whether there was one.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_job_expire(&mut self, until: Instant) -> Result<bool> {
        let sql = self.sql("SELECT id FROM hf_bulk_job WHERE changed_ms <= ? ORDER BY changed_ms, id LIMIT 1");
        match first(self.connection(), &sql, &[until.ms().into()], |row| int_column(row, 0))? {
            Some(id) => self.bulk_job_remove(id).map(|()| true),
            None => Ok(false),
        }
    }
}
