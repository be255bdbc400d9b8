//! Bringing contents under the newest key of files, a few chunks at a time.

use super::label;
use crate::driver::{Param, first};
use crate::keys::Purpose;
use crate::org::{OrgStore, WriteTx};
use crate::read::{blob_column, int_column};
use model::Result;

impl OrgStore {
    /// Rewrites up to `batch` chunks of a content that stands under an older key. Cut off anywhere, the next call goes on from
    /// there. Says whether there may be more to do.
    ///
    /// # Errors
    /// What the database reports.
    pub fn contents_rekey(&self, batch: u32) -> Result<bool> {
        let keys = self.keyring().key_versions(Purpose::Files)?;
        let [(newest, _), _, ..] = keys.as_slice() else { return Ok(false) };
        let newest = i64::from(*newest);
        let wanted = "SELECT COUNT(*) FROM hf_content WHERE key_version < ? AND is_whole = 1";
        let waiting = self.read(|tx| {
            let sql = tx.sql(wanted);
            first(tx.connection, &sql, &[newest.into()], |row| int_column(row, 0))
        })?;
        if waiting.unwrap_or_default() == 0 {
            return Ok(false);
        }
        self.write(|tx| tx.rekey_chunks(newest, batch)).map(|()| true)
    }
}

impl WriteTx<'_> {
    fn rekey_chunks(&mut self, newest: i64, batch: u32) -> Result<()> {
        let sql = self.sql(
            "SELECT id, chunks, rekeyed, rekeyed_to, key_version FROM hf_content \
             WHERE key_version < ? AND is_whole = 1 ORDER BY id LIMIT 1",
        );
        let found = first(self.connection(), &sql, &[newest.into()], |row| {
            let progress = (int_column(row, 2)?, int_column(row, 3)?);
            Ok((int_column(row, 0)?, int_column(row, 1)?, progress, int_column(row, 4)?))
        })?;
        let Some((id, chunks, (rekeyed, rekeyed_to), version)) = found else { return Ok(()) };
        // How far it came counts for the version it was brought under then: since a newer one came, from the start again.
        let from = if rekeyed_to == newest { rekeyed } else { 0 };
        let until = chunks.min(from + i64::from(batch));
        let (next, version) = if until == chunks { (0, newest) } else { (until, version) };
        // Held until the end: neither the sweep nor another rewriting comes in between.
        let sql = self.sql(
            "UPDATE hf_content SET rekeyed = ?, rekeyed_to = ?, key_version = ? \
             WHERE id = ? AND rekeyed = ? AND rekeyed_to = ?",
        );
        let params = [next, newest, version, id, rekeyed, rekeyed_to].map(Param::Int);
        if self.connection().execute(&sql, &params)? == 0 {
            return Ok(());
        }
        for number in from..until {
            self.rekey_chunk(id, number, number + 1 == chunks)?;
        }
        Ok(())
    }

    /// Brings a chunk under the newest key. One that is not there or does not open stays as it is: it is an error where
    /// it is read, and no reason to stop here.
    fn rekey_chunk(&mut self, content: i64, number: i64, last: bool) -> Result<()> {
        let label = label(content, number, last);
        let read = self.sql("SELECT bytes FROM hf_content_chunk WHERE content = ? AND number = ?");
        let sealed = first(self.connection(), &read, &[content.into(), number.into()], |row| blob_column(row, 0))?;
        let opened = match &sealed {
            Some(sealed) => self.keyring().opened(Purpose::Files, &label, sealed)?,
            None => None,
        };
        let Some((_, plain)) = opened else {
            tracing::error!(content, number, "a chunk of a content is not there or does not open");
            return Ok(());
        };
        let renewed = self.keyring().seal(Purpose::Files, &label, &plain, self.entropy())?;
        let write = self.sql("UPDATE hf_content_chunk SET bytes = ? WHERE content = ? AND number = ?");
        self.connection().execute(&write, &[Param::Blob(renewed), content.into(), number.into()])?;
        Ok(())
    }
}
