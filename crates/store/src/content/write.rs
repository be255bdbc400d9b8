//! Writing a content: chunk by chunk, as its bytes arrive.

use super::{CHUNK, Content, label};
use crate::driver::{Param, first};
use crate::emit::SqlText;
use crate::keys::Purpose;
use crate::org::WriteTx;
use crate::read::int_column;
use md5::{Digest, Md5};
use model::{Error, Result};
use policy::Identity;
use zeroize::Zeroizing;

/// A content that is being written. It may be carried from one transaction to the next, so that a long one holds
/// nobody up; until it is ended nothing can name it.
pub struct ContentWriter {
    id: i64,
    size: u64,
    digest: Md5,
    chunks: i64,
    pending: Zeroizing<Vec<u8>>,
}

impl ContentWriter {
    /// The number of the content, to give it up by.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl WriteTx<'_> {
    /// Begins a content.
    ///
    /// # Errors
    /// What the database reports.
    pub fn content_begin(&mut self) -> Result<ContentWriter> {
        let id = i64::try_from(self.next_numbers("content", 1)?).map_err(Error::internal)?;
        let version = self.newest_files_key()?;
        let sql = self.sql(
            "INSERT INTO hf_content (id, size, checksum, chunks, key_version, rekeyed, touched_ms, is_whole) \
             VALUES (?, 0, '', 0, ?, 0, ?, 0)",
        );
        let now = self.now().ms();
        self.connection().execute(&sql, &[id.into(), version.into(), now.into()])?;
        Ok(ContentWriter {
            id,
            size: 0,
            digest: Md5::new(),
            chunks: 0,
            pending: Zeroizing::new(Vec::with_capacity(CHUNK)),
        })
    }

    /// Adds bytes to a content.
    ///
    /// # Errors
    /// What the database reports.
    pub fn content_push(&mut self, writer: &mut ContentWriter, mut bytes: &[u8]) -> Result<()> {
        writer.digest.update(bytes);
        writer.size += bytes.len() as u64;
        while !bytes.is_empty() {
            // The last chunk is marked, so a full one waits until it is known that more follows.
            if writer.pending.len() == CHUNK {
                self.put_chunk(writer, false)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - writer.pending.len()));
            writer.pending.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Ends a content, for a record of this transaction or, staged, for one that `identity` writes later.
    ///
    /// # Errors
    /// What the database reports.
    pub fn content_end(&mut self, mut writer: ContentWriter, staged_by: Option<&Identity>) -> Result<Content> {
        self.put_chunk(&mut writer, true)?;
        let ContentWriter { id, size, digest, chunks, .. } = writer;
        let checksum = hex::encode(digest.finalize());
        let staged_by = staged_by.and_then(Identity::user_id);
        let sql = self.sql(
            "UPDATE hf_content SET size = ?, checksum = ?, chunks = ?, touched_ms = ?, staged_by = ?, is_whole = 1 \
             WHERE id = ?",
        );
        let params = [
            Param::Int(i64::try_from(size).map_err(Error::internal)?),
            checksum.as_str().into(),
            chunks.into(),
            self.now().ms().into(),
            staged_by.map(model::RecordId::as_i64).into(),
            id.into(),
        ];
        if self.connection().execute(&sql, &params)? != 1 {
            return Err(Error::internal(format!("content {id} went while it was written")));
        }
        Ok(Content { id, size, checksum, chunks, staged_by })
    }

    /// Gives a staged content to a record that this transaction writes. It is given once, and to whoever staged it.
    ///
    /// # Errors
    /// `NOT_FOUND` for one that is not there to be taken; what the database reports.
    pub fn content_claim(&mut self, id: i64, identity: &Identity) -> Result<Content> {
        let sql = self.sql(
            "UPDATE hf_content SET staged_by = NULL, touched_ms = ? WHERE id = ? AND staged_by = ? AND is_whole = 1",
        );
        let user = identity.user_id().ok_or_else(Error::not_found)?;
        let now = self.now().ms();
        if self.connection().execute(&sql, &[now.into(), id.into(), user.as_i64().into()])? != 1 {
            return Err(Error::not_found());
        }
        self.content(id)?.ok_or_else(Error::not_found)
    }

    /// Notes that rows let go of contents just now: who is reading one reads it to its end before the sweep comes.
    ///
    /// # Errors
    /// What the database reports.
    pub fn contents_let_go(&mut self, ids: &[i64]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut out = SqlText::new(self.dialect());
        out.push("UPDATE hf_content SET touched_ms = ");
        out.bind(self.now().ms().into());
        out.push(" WHERE id");
        out.bind_list(Param::Ints(ids.to_vec()));
        let statement = out.finish();
        self.connection().execute(&statement.sql, &statement.params).map(|_| ())
    }

    fn put_chunk(&mut self, writer: &mut ContentWriter, last: bool) -> Result<()> {
        let label = label(writer.id, writer.chunks, last);
        let sealed = self.keyring().seal(Purpose::Files, &label, &writer.pending, self.entropy())?;
        let sql = self.sql("INSERT INTO hf_content_chunk (content, number, bytes) VALUES (?, ?, ?)");
        self.connection().execute(&sql, &[writer.id.into(), writer.chunks.into(), sealed.into()])?;
        writer.chunks += 1;
        writer.pending.clear();
        Ok(())
    }

    pub(super) fn newest_files_key(&self) -> Result<i64> {
        let keys = self.keyring().key_versions(Purpose::Files)?;
        keys.first().map(|(version, _)| i64::from(*version)).ok_or_else(|| Error::internal("no key of files"))
    }

    /// How many contents stand, in whole or in part, under a version of the key of files. One that is being rewritten may
    /// have chunks under every version from its own to the one it is brought under.
    pub(crate) fn contents_under(&mut self, version: u32) -> Result<u64> {
        let sql =
            self.sql("SELECT COUNT(*) FROM hf_content WHERE key_version = ? OR (key_version <= ? AND rekeyed_to >= ?)");
        let version = Param::Int(i64::from(version));
        let params = [version.clone(), version.clone(), version];
        let count = first(self.connection(), &sql, &params, |row| int_column(row, 0))?;
        u64::try_from(count.unwrap_or_default()).map_err(Error::internal)
    }
}
