//! Query cursors: the ids of an answer in order, so that later pages show the rows of the first call.

use crate::driver::{Param, first};
use crate::org::WriteTx;
use crate::read::{ReadTx, blob_column, id_column, int_column, text_column};
use model::{Error, Instant, RecordId, Result};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub seq: i64,
    pub user: RecordId,
    pub created: Instant,
    pub query: String,
    /// How the first call asked, in the platform's words.
    pub scope: String,
    pub ids: Vec<RecordId>,
}

/// A cursor lives two days.
pub(crate) const CURSOR_LIFE_MS: i64 = 2 * 86_400_000;

impl ReadTx<'_> {
    /// A cursor by its number, if it has not expired at `now`.
    ///
    /// # Errors
    /// What the database reports.
    pub fn cursor(&mut self, seq: i64, now: Instant) -> Result<Option<Cursor>> {
        let sql = self
            .sql("SELECT seq, user_id, created_ms, query, scope, ids FROM hf_cursor WHERE seq = ? AND created_ms > ?");
        let params = [Param::Int(seq), Param::Int(now.ms() - CURSOR_LIFE_MS)];
        first(self.connection, &sql, &params, |row| {
            let bytes = blob_column(row, 5)?;
            let ids = bytes
                .chunks_exact(8)
                .map(|chunk| chunk.try_into().map(|raw| RecordId::from_i64(i64::from_be_bytes(raw))))
                .collect::<std::result::Result<Vec<_>, _>>()
                .map_err(Error::internal)?;
            Ok(Cursor {
                seq: int_column(row, 0)?,
                user: id_column(row, 1)?,
                created: Instant::from_ms(int_column(row, 2)?),
                query: text_column(row, 3)?,
                scope: text_column(row, 4)?,
                ids,
            })
        })
    }
}

impl WriteTx<'_> {
    /// Keeps a cursor, drops expired ones, and returns its number.
    ///
    /// # Errors
    /// What the database reports.
    pub fn cursor_put(&mut self, user: RecordId, query: &str, scope: &str, ids: &[RecordId]) -> Result<i64> {
        let now = self.now().ms();
        let seq = i64::try_from(self.next_numbers("cursor", 1)?).map_err(Error::internal)?;
        let sql = self.sql("DELETE FROM hf_cursor WHERE created_ms <= ?");
        self.connection().execute(&sql, &[(now - CURSOR_LIFE_MS).into()])?;
        // A user has ten at a time; the eleventh ends the oldest.
        let sql = self.sql(
            "DELETE FROM hf_cursor WHERE user_id = ? AND seq NOT IN \
             (SELECT seq FROM hf_cursor WHERE user_id = ? ORDER BY seq DESC LIMIT 9)",
        );
        self.connection().execute(&sql, &[user.as_i64().into(), user.as_i64().into()])?;
        let bytes: Vec<u8> = ids.iter().flat_map(|id| id.as_i64().to_be_bytes()).collect();
        let sql = self.sql(
            "INSERT INTO hf_cursor (seq, user_id, created_ms, query, scope, total, ids) VALUES (?, ?, ?, ?, ?, ?, ?)",
        );
        let total = i64::try_from(ids.len()).map_err(Error::internal)?;
        let params =
            [Param::Int(seq), user.as_i64().into(), now.into(), query.into(), scope.into(), total.into(), bytes.into()];
        self.connection().execute(&sql, &params)?;
        Ok(seq)
    }
}
