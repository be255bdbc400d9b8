//! Contents that nothing names any more: those of records that are gone for good, those that another one took the place
//! of, and those that were staged or begun and never taken. Bodies and results of bulk jobs are named by their batches,
//! secrets by their webhooks and keys of mail.

use crate::driver::{Param, collect, first};
use crate::emit::SqlText;
use crate::org::WriteTx;
use crate::read::int_column;
use model::{FieldType, Instant, Result};

/// Contents that one transaction removes.
const OF_ONE_TURN: u64 = 50;

impl WriteTx<'_> {
    /// Removes contents that no record names, of those that nobody touched since `until`. Whoever takes one touches it
    /// in the same transaction, so that none goes under a record on its way. Returns how many went; when that is none,
    /// there is no more to remove.
    ///
    /// # Errors
    /// What the database reports.
    pub fn contents_sweep(&mut self, until: Instant) -> Result<u64> {
        let schema = self.schema();
        let mut out = SqlText::new(self.dialect());
        out.push("SELECT c.id FROM hf_content c WHERE c.touched_ms <= ");
        out.bind(until.ms().into());
        for object in schema.objects() {
            for field in object.fields.iter().filter(|field| *field.data_type() == FieldType::Base64) {
                out.push(" AND NOT EXISTS (SELECT 1 FROM ");
                out.name(&object.table);
                out.push(" r WHERE ");
                out.column("r", &field.column);
                out.push(" = c.id)");
            }
        }
        out.push(
            " AND NOT EXISTS (SELECT 1 FROM hf_bulk_part p WHERE p.content = c.id) \
             AND NOT EXISTS (SELECT 1 FROM hf_bulk_batch b WHERE b.body = c.id OR b.rows_list = c.id) \
             AND NOT EXISTS (SELECT 1 FROM hf_webhook w WHERE w.secret = c.id OR w.old_secret = c.id) \
             AND NOT EXISTS (SELECT 1 FROM hf_dkim_key k WHERE k.secret = c.id)",
        );
        out.push(&format!(" ORDER BY c.touched_ms LIMIT {OF_ONE_TURN}"));
        let statement = out.finish();
        let ids = collect(self.connection(), &statement.sql, &statement.params, |row| int_column(row, 0))?;
        let mut gone = 0;
        for id in ids {
            // Somebody may have taken it since it was found.
            let sql = self.sql("DELETE FROM hf_content WHERE id = ? AND touched_ms <= ?");
            if self.connection().execute(&sql, &[Param::Int(id), until.ms().into()])? == 0 {
                continue;
            }
            self.content_chunks_remove(id)?;
            gone += 1;
        }
        Ok(gone)
    }

    /// Removes a content that its only owner lets go of, whole or begun.
    pub(crate) fn content_remove(&mut self, id: i64) -> Result<()> {
        let sql = self.sql("DELETE FROM hf_content WHERE id = ?");
        self.connection().execute(&sql, &[Param::Int(id)])?;
        self.content_chunks_remove(id)
    }

    /// Gives up a content that was begun and has not been ended.
    ///
    /// # Errors
    /// What the database reports.
    pub fn content_abandon(&mut self, begun: i64) -> Result<()> {
        let sql = self.sql("SELECT is_whole FROM hf_content WHERE id = ?");
        match first(self.connection(), &sql, &[begun.into()], |row| int_column(row, 0))? {
            Some(0) => self.content_remove(begun),
            _ => Ok(()),
        }
    }

    fn content_chunks_remove(&mut self, id: i64) -> Result<()> {
        let sql = self.sql("DELETE FROM hf_content_chunk WHERE content = ?");
        self.connection().execute(&sql, &[Param::Int(id)]).map(|_| ())
    }
}
