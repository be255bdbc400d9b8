//! What became of a record's tracked fields, as far as the reader may see them.

use crate::ctx::Ctx;
use model::{Error, RecordId, Result};
use store::HistoryRow;

impl Ctx {
    /// The changes of a record's tracked fields, newest first, of fields that the user may read.
    ///
    /// # Errors
    /// `NOT_FOUND` for a record that is not there or that the user may not see.
    pub fn record_history(&self, id: RecordId, limit: u32) -> Result<Vec<HistoryRow>> {
        let object = self.schema.find_by_prefix(id.prefix()).ok_or_else(Error::not_found)?;
        let object = self.object(object.name())?;
        if self.readable_among(object, &[id])?.is_empty() {
            return Err(Error::not_found());
        }
        let rows = self.org.store.read(|tx| tx.history_of(id, limit))?;
        let may_read =
            |name: &str| object.find_field(name).is_some_and(|field| self.can_read_field(object.ix, field.ix));
        Ok(rows.into_iter().filter(|row| may_read(&row.field)).collect())
    }
}
