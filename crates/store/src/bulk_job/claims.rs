//! Who works on which batch. One that was worked on last comes last, so that no job waits for the end of a longer one.

use super::batches::{BATCH, BATCH_COLUMNS, batch};
use super::jobs::{JOB, job};
use super::{BulkBatchRow, BulkBatchState, BulkClaim};
use crate::driver::{Dialect, Param, first};
use crate::org::{OrgStore, WriteTx};
use crate::read::{ReadTx, int_column};
use model::{Error, Instant, Result};

/// A batch that may be worked on: one of a serial job only when those before it are over.
const WAITING: &str = "b.state IN ('Queued', 'InProgress') AND b.lease_ms <= ? AND (j.serial = 0 OR NOT EXISTS \
                       (SELECT 1 FROM hf_bulk_batch e WHERE e.job = b.job AND e.number < b.number \
                        AND e.state IN ('Queued', 'InProgress')))";

impl OrgStore {
    /// Ends the claims of a process that is gone, so that its batches are gone on with at once. A file belongs to one
    /// process at a time: as it is opened, nobody works on it. In a schema of PostgreSQL others may, and leases run out.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_take_over(&self) -> Result<()> {
        if self.dialect() == Dialect::Postgres || !self.read(|tx| tx.bulk_is_claimed())? {
            return Ok(());
        }
        self.write(|tx| {
            let sql = "UPDATE hf_bulk_batch SET lease_ms = 0 WHERE state = 'InProgress'";
            tx.connection().execute(sql, &[]).map(|_| ())
        })
    }
}

impl ReadTx<'_> {
    fn bulk_is_claimed(&mut self) -> Result<bool> {
        let sql = "SELECT 1 FROM hf_bulk_batch WHERE state = 'InProgress' LIMIT 1";
        Ok(first(self.connection, sql, &[], |row| int_column(row, 0))?.is_some())
    }

    /// When a batch may next be worked on, if any waits: now or earlier when one waits for nothing but a worker.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_next(&mut self) -> Result<Option<Instant>> {
        let sql = "SELECT MIN(lease_ms) FROM hf_bulk_batch WHERE state IN ('Queued', 'InProgress')";
        Ok(first(self.connection, sql, &[], |row| row.int(0))?.flatten().map(Instant::from_ms))
    }
}

impl WriteTx<'_> {
    /// Takes the batch that waits longest, for `lease_ms`.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_claim(&mut self, lease_ms: i64) -> Result<Option<BulkClaim>> {
        let now = self.now().ms();
        let lock = match self.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR UPDATE OF b SKIP LOCKED",
        };
        let sql = self.sql(&format!(
            "SELECT {BATCH}, {JOB} FROM hf_bulk_batch b JOIN hf_bulk_job j ON j.id = b.job WHERE {WAITING} \
             ORDER BY b.turn_ms, b.id LIMIT 1{lock}"
        ));
        let found = first(self.connection(), &sql, &[now.into()], |row| {
            Ok(BulkClaim { batch: batch(row)?, job: job(row, BATCH_COLUMNS)? })
        })?;
        let Some(mut claim) = found else { return Ok(None) };
        let sql = self.sql(
            "UPDATE hf_bulk_batch SET state = 'InProgress', epoch = epoch + 1, attempts = attempts + 1, lease_ms = ?, \
             changed_ms = ? WHERE id = ?",
        );
        self.connection().execute(&sql, &[(now + lease_ms).into(), now.into(), claim.batch.id.into()])?;
        claim.batch.state = BulkBatchState::InProgress;
        claim.batch.epoch += 1;
        claim.batch.attempts += 1;
        let sql = self.sql(
            "UPDATE hf_bulk_job SET state = 'InProgress', changed_ms = ? WHERE id = ? AND state = 'UploadComplete'",
        );
        self.connection().execute(&sql, &[now.into(), claim.job.id.into()])?;
        Ok(Some(claim))
    }

    /// Gives a claimed batch back, to be worked on from `due`.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_release(&mut self, held: &BulkBatchRow, due: Instant, failed: bool) -> Result<()> {
        let sql = self.sql(
            "UPDATE hf_bulk_batch SET lease_ms = ?, turn_ms = ?, attempts = attempts * ? \
             WHERE id = ? AND epoch = ? AND state = 'InProgress'",
        );
        // A turn that ended well is no attempt.
        let kept = Param::Int(i64::from(failed));
        let now = self.now().ms();
        let params = [due.ms().into(), now.into(), kept, held.id.into(), held.epoch.into()];
        self.connection().execute(&sql, &params).map(|_| ())
    }

    /// How many batches of a job are not over.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_open_batches(&mut self, job: i64) -> Result<u64> {
        let sql =
            self.sql("SELECT COUNT(*) FROM hf_bulk_batch WHERE job = ? AND state IN ('Held', 'Queued', 'InProgress')");
        let count = first(self.connection(), &sql, &[job.into()], |row| int_column(row, 0))?;
        u64::try_from(count.unwrap_or_default()).map_err(Error::internal)
    }
}
