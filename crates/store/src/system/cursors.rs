//! Query cursors: the rows of an answer in order, so that later pages show the rows of the first call.

use crate::driver::{Dialect, Param, collect, first};
use crate::keys::{Keyring, Purpose};
use crate::org::WriteTx;
use crate::read::{ReadTx, blob_column, id_column, int_column, text_column};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::{Error, Instant, RecordId, Result};
use std::ops::Range;

/// A cursor without its rows, which may be many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub seq: i64,
    pub user: RecordId,
    pub created: Instant,
    pub query: String,
    /// How the first call asked, in the platform's words.
    pub scope: String,
    /// Rows of the whole answer.
    pub total: usize,
}

/// A cursor to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCursor {
    pub user: RecordId,
    pub query: String,
    pub scope: String,
    pub total: usize,
    /// The rows, in a form of the platform's own.
    pub rows: Vec<u8>,
}

/// A cursor lives two days.
pub(crate) const CURSOR_LIFE_MS: i64 = 2 * 86_400_000;

/// What the query of a cursor is bound to.
fn label(seq: i64) -> String {
    format!("cursor/{seq}")
}

fn open_query(keyring: &Keyring, seq: i64, sealed: &str) -> Result<String> {
    let query = keyring.open(Purpose::Files, &label(seq), &BASE64.decode(sealed).map_err(Error::internal)?)?;
    String::from_utf8(query.to_vec()).map_err(Error::internal)
}

impl ReadTx<'_> {
    /// A cursor by its number, if it has not expired at `now`.
    ///
    /// # Errors
    /// What the database reports.
    pub fn cursor(&mut self, seq: i64, now: Instant) -> Result<Option<Cursor>> {
        let sql = self.sql(
            "SELECT seq, user_id, created_ms, query, scope, total FROM hf_cursor WHERE seq = ? AND created_ms > ?",
        );
        let params = [Param::Int(seq), Param::Int(now.ms() - CURSOR_LIFE_MS)];
        let keyring = self.keyring;
        first(self.connection, &sql, &params, |row| {
            Ok(Cursor {
                seq: int_column(row, 0)?,
                user: id_column(row, 1)?,
                created: Instant::from_ms(int_column(row, 2)?),
                query: open_query(keyring, seq, &text_column(row, 3)?)?,
                scope: text_column(row, 4)?,
                total: usize::try_from(int_column(row, 5)?).map_err(Error::internal)?,
            })
        })
    }

    /// A stretch of a cursor's rows, as they were kept; as much of it as there is.
    ///
    /// # Errors
    /// What the database reports.
    pub fn cursor_rows(&mut self, seq: i64, bytes: Range<usize>) -> Result<Vec<u8>> {
        let most = usize::try_from(i32::MAX).unwrap_or(usize::MAX);
        let length = bytes.len().min(most.saturating_sub(bytes.start));
        let sql = self.sql(match self.connection.dialect() {
            Dialect::Sqlite => "SELECT substr(ids, ?, ?) FROM hf_cursor WHERE seq = ?",
            Dialect::Postgres => {
                "SELECT substring(ids FROM (?::bigint)::int FOR (?::bigint)::int) FROM hf_cursor WHERE seq = ?"
            }
        });
        let number = |value: usize| i64::try_from(value).map(Param::Int).map_err(Error::internal);
        let params = [number(bytes.start + 1)?, number(length)?, Param::Int(seq)];
        Ok(first(self.connection, &sql, &params, |row| blob_column(row, 0))?.unwrap_or_default())
    }
}

impl WriteTx<'_> {
    /// The query of every cursor as it is sealed, and what it is bound to.
    pub(crate) fn cursor_queries(&mut self) -> Result<Vec<(String, Vec<u8>)>> {
        collect(self.connection(), "SELECT seq, query FROM hf_cursor", &[], |row| {
            let sealed = BASE64.decode(text_column(row, 1)?).map_err(Error::internal)?;
            Ok((label(int_column(row, 0)?), sealed))
        })
    }

    /// Ends every cursor: what they would page through has to be asked again.
    pub(crate) fn cursors_end(&mut self) -> Result<()> {
        self.connection().execute("DELETE FROM hf_cursor", &[]).map(|_| ())
    }

    /// Keeps a cursor, drops expired ones, and returns its number.
    ///
    /// # Errors
    /// What the database reports.
    pub fn cursor_put(&mut self, cursor: &NewCursor) -> Result<i64> {
        let (now, user) = (self.now().ms(), cursor.user.as_i64());
        let seq = i64::try_from(self.next_numbers("cursor", 1)?).map_err(Error::internal)?;
        let sql = self.sql("DELETE FROM hf_cursor WHERE created_ms <= ?");
        self.connection().execute(&sql, &[(now - CURSOR_LIFE_MS).into()])?;
        // A user has ten at a time; the eleventh ends the oldest.
        let sql = self.sql(
            "DELETE FROM hf_cursor WHERE user_id = ? AND seq NOT IN \
             (SELECT seq FROM hf_cursor WHERE user_id = ? ORDER BY seq DESC LIMIT 9)",
        );
        self.connection().execute(&sql, &[user.into(), user.into()])?;
        let sql = self.sql(
            "INSERT INTO hf_cursor (seq, user_id, created_ms, query, scope, total, ids) VALUES (?, ?, ?, ?, ?, ?, ?)",
        );
        let total = i64::try_from(cursor.total).map_err(Error::internal)?;
        // A query may name the values it looks for.
        let query = self.keyring().seal(Purpose::Files, &label(seq), cursor.query.as_bytes(), self.entropy())?;
        let params = [
            Param::Int(seq),
            user.into(),
            now.into(),
            BASE64.encode(query).into(),
            cursor.scope.as_str().into(),
            total.into(),
            cursor.rows.clone().into(),
        ];
        self.connection().execute(&sql, &params)?;
        Ok(seq)
    }
}
