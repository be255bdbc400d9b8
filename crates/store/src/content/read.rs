//! Reading a content, chunk by chunk.

use super::{Content, label};
use crate::driver::first;
use crate::emit::ReadOptions;
use crate::keys::Purpose;
use crate::read::{Cell, ReadTx, blob_column, int_column, text_column};
use model::{Error, RecordId, Result};
use policy::AuthorizedPlan;
use zeroize::Zeroizing;

impl ReadTx<'_> {
    /// The content that the first column of a plan's first record shows; none when there is no such record or content
    /// for the asker.
    ///
    /// # Errors
    /// What the database reports.
    pub fn content_shown(&mut self, plan: &AuthorizedPlan, options: &ReadOptions) -> Result<Option<Content>> {
        let rows = self.records(plan, options, None)?;
        let shown = rows.first().and_then(|row| row.cells.first());
        let Some(Cell::Content { record, field }) = shown else { return Ok(None) };
        let schema = &plan.plan().schema;
        let Some(object) = schema.find_by_prefix(record.prefix()) else { return Ok(None) };
        let Some(field) = object.find_field(field) else { return Ok(None) };
        let sql = self.sql(&format!("SELECT \"{}\" FROM \"{}\" WHERE \"Id\" = ?", field.column, object.table));
        let id = first(self.connection, &sql, &[record.as_i64().into()], |row| row.int(0))?.flatten();
        id.map_or(Ok(None), |id| self.content(id))
    }

    /// A content by its number, when it is there and whole.
    ///
    /// # Errors
    /// What the database reports.
    pub fn content(&mut self, id: i64) -> Result<Option<Content>> {
        let sql = self.sql("SELECT size, checksum, chunks, staged_by FROM hf_content WHERE id = ? AND is_whole = 1");
        first(self.connection, &sql, &[id.into()], |row| {
            Ok(Content {
                id,
                size: u64::try_from(int_column(row, 0)?).map_err(Error::internal)?,
                checksum: text_column(row, 1)?,
                chunks: int_column(row, 2)?,
                staged_by: row.int(3)?.map(RecordId::from_i64),
            })
        })
    }

    /// One chunk of a content, from 0 to one less than it has.
    ///
    /// # Errors
    /// When it is not there, was altered or belongs elsewhere; what the database reports.
    pub fn content_chunk(&mut self, content: &Content, number: i64) -> Result<Zeroizing<Vec<u8>>> {
        let sealed = self.content_sealed(content, number)?;
        let sealed =
            sealed.ok_or_else(|| Error::internal(format!("content {} lacks its chunk {number}", content.id)))?;
        let opened = self.content_opened(content, number, &sealed)?;
        opened.ok_or_else(|| Error::internal(format!("chunk {number} of content {} does not open", content.id)))
    }

    /// A content that is one chunk, such as a secret; nothing when it is not there, was altered, or its key is gone.
    pub(crate) fn content_small(&mut self, id: i64) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let Some(found) = self.content(id)? else { return Ok(None) };
        let Some(sealed) = self.content_sealed(&found, 0)? else { return Ok(None) };
        self.content_opened(&found, 0, &sealed)
    }

    /// A chunk as it lies in the database.
    pub(crate) fn content_sealed(&mut self, content: &Content, number: i64) -> Result<Option<Vec<u8>>> {
        let sql = self.sql("SELECT bytes FROM hf_content_chunk WHERE content = ? AND number = ?");
        first(self.connection, &sql, &[content.id.into(), number.into()], |row| blob_column(row, 0))
    }

    /// A chunk opened; nothing when it was altered or its key is gone.
    pub(crate) fn content_opened(
        &self,
        content: &Content,
        number: i64,
        sealed: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let label = label(content.id, number, number + 1 == content.chunks);
        Ok(self.keyring.opened(Purpose::Files, &label, sealed)?.map(|(_, plain)| plain))
    }
}
