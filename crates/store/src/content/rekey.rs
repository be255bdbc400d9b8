//! Bringing contents under the newest key of files, a few chunks at a time.

use super::label;
use crate::driver::{Param, first};
use crate::keys::Purpose;
use crate::org::{OrgStore, WriteTx};
use crate::read::{blob_column, int_column};
use model::{Error, Result};

/// Chunks that one transaction rewrites: 4 MiB.
const CHUNKS: i64 = 16;

impl OrgStore {
    /// Rewrites some chunks of a content that stands under an older key. Cut off anywhere, the next call goes on from
    /// there. Says whether there may be more to do.
    ///
    /// # Errors
    /// What the database reports.
    pub fn contents_rekey(&self) -> Result<bool> {
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
        self.write(|tx| tx.rekey_chunks(newest)).map(|()| true)
    }
}

impl WriteTx<'_> {
    fn rekey_chunks(&mut self, newest: i64) -> Result<()> {
        let sql = self.sql(
            "SELECT id, chunks, rekeyed FROM hf_content WHERE key_version < ? AND is_whole = 1 ORDER BY id LIMIT 1",
        );
        let found = first(self.connection(), &sql, &[newest.into()], |row| {
            Ok((int_column(row, 0)?, int_column(row, 1)?, int_column(row, 2)?))
        })?;
        let Some((id, chunks, from)) = found else { return Ok(()) };
        // Held until the end: neither the sweep nor another rewriting comes in between.
        let sql = self.sql("UPDATE hf_content SET rekeyed = ?, key_version = ? WHERE id = ? AND rekeyed = ?");
        let until = chunks.min(from + CHUNKS);
        let old = "SELECT key_version FROM hf_content WHERE id = ?";
        let select = self.sql(old);
        let version = first(self.connection(), &select, &[id.into()], |row| int_column(row, 0))?.unwrap_or(newest);
        let (next, version) = if until == chunks { (0, newest) } else { (until, version) };
        let params = [Param::Int(next), Param::Int(version), Param::Int(id), Param::Int(from)];
        if self.connection().execute(&sql, &params)? == 0 {
            return Ok(());
        }
        let (read, write) = (
            self.sql("SELECT bytes FROM hf_content_chunk WHERE content = ? AND number = ?"),
            self.sql("UPDATE hf_content_chunk SET bytes = ? WHERE content = ? AND number = ?"),
        );
        for number in from..until {
            let sealed = first(self.connection(), &read, &[id.into(), number.into()], |row| blob_column(row, 0))?;
            let sealed = sealed.ok_or_else(|| Error::internal(format!("content {id} lacks its chunk {number}")))?;
            let label = label(id, number, number + 1 == chunks);
            let plain = self.keyring().open(Purpose::Files, &label, &sealed)?;
            let renewed = self.keyring().seal(Purpose::Files, &label, &plain, self.entropy())?;
            self.connection().execute(&write, &[Param::Blob(renewed), id.into(), number.into()])?;
        }
        Ok(())
    }
}
