//! Credentials and sessions. Only hashes of tokens are kept.

use crate::driver::{Param, collect, first};
use crate::org::WriteTx;
use crate::read::{ReadTx, blob_column, id_column, int_column, text_column};
use model::{Error, Instant, RecordId, Result};

/// How a user proves who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    pub user: RecordId,
    /// A PHC string.
    pub password_hash: String,
    /// Hash of the security token that password sign-in over the API adds to the password.
    pub security_token_hash: Vec<u8>,
    /// Wrong passwords in a row.
    pub failures: u32,
    pub locked_until: Instant,
    pub changed: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser, by cookie.
    Browser,
    /// A client, by bearer token.
    Api,
}

impl SessionKind {
    fn as_str(self) -> &'static str {
        match self {
            SessionKind::Browser => "browser",
            SessionKind::Api => "api",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        match text {
            "browser" => Ok(SessionKind::Browser),
            "api" => Ok(SessionKind::Api),
            other => Err(Error::internal(format!("a session of kind {other}"))),
        }
    }
}

/// A live or expired session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    pub token_hash: Vec<u8>,
    pub user: RecordId,
    pub kind: SessionKind,
    /// The OAuth client it was opened through; empty for the sign-in page.
    pub client: String,
    pub created: Instant,
    pub expires: Instant,
    pub used: Instant,
    /// Expected back with every form of a browser session.
    pub csrf: String,
}

const SESSION: &str = "SELECT token_hash, user_id, kind, client, created_ms, expires_ms, used_ms, csrf FROM hf_session";

impl ReadTx<'_> {
    /// The credential of a user.
    ///
    /// # Errors
    /// What the database reports.
    pub fn credential(&mut self, user: RecordId) -> Result<Option<Credential>> {
        let sql = self.sql(
            "SELECT user_id, password_hash, token_hash, failures, locked_until_ms, changed_ms FROM hf_credential \
             WHERE user_id = ?",
        );
        first(self.connection, &sql, &[user.as_i64().into()], |row| {
            Ok(Credential {
                user: id_column(row, 0)?,
                password_hash: text_column(row, 1)?,
                security_token_hash: blob_column(row, 2)?,
                failures: u32::try_from(int_column(row, 3)?).map_err(Error::internal)?,
                locked_until: Instant::from_ms(int_column(row, 4)?),
                changed: Instant::from_ms(int_column(row, 5)?),
            })
        })
    }

    /// The session behind a token's hash, expired or not.
    ///
    /// # Errors
    /// What the database reports.
    pub fn session(&mut self, token_hash: &[u8]) -> Result<Option<SessionRow>> {
        let sql = self.sql(&format!("{SESSION} WHERE token_hash = ?"));
        let found = collect(self.connection, &sql, &[token_hash.to_vec().into()], session_row)?;
        Ok(found.into_iter().next())
    }

    /// The sessions of a user, newest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn sessions_of(&mut self, user: RecordId) -> Result<Vec<SessionRow>> {
        let sql = self.sql(&format!("{SESSION} WHERE user_id = ? ORDER BY created_ms DESC"));
        collect(self.connection, &sql, &[user.as_i64().into()], session_row)
    }
}

fn session_row(row: &dyn crate::driver::RowView) -> Result<SessionRow> {
    Ok(SessionRow {
        token_hash: blob_column(row, 0)?,
        user: id_column(row, 1)?,
        kind: SessionKind::parse(&text_column(row, 2)?)?,
        client: text_column(row, 3)?,
        created: Instant::from_ms(int_column(row, 4)?),
        expires: Instant::from_ms(int_column(row, 5)?),
        used: Instant::from_ms(int_column(row, 6)?),
        csrf: text_column(row, 7)?,
    })
}

impl WriteTx<'_> {
    /// Sets the credential of a user.
    ///
    /// # Errors
    /// What the database reports.
    pub fn credential_put(&mut self, credential: &Credential) -> Result<()> {
        let sql = self.sql(
            "INSERT INTO hf_credential (user_id, password_hash, token_hash, failures, locked_until_ms, changed_ms) \
             VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, \
             token_hash = excluded.token_hash, failures = excluded.failures, \
             locked_until_ms = excluded.locked_until_ms, changed_ms = excluded.changed_ms",
        );
        let params = [
            credential.user.as_i64().into(),
            credential.password_hash.as_str().into(),
            credential.security_token_hash.clone().into(),
            i64::from(credential.failures).into(),
            credential.locked_until.ms().into(),
            credential.changed.ms().into(),
        ];
        self.connection().execute(&sql, &params)?;
        Ok(())
    }

    /// Opens a session.
    ///
    /// # Errors
    /// What the database reports.
    pub fn session_open(&mut self, session: &SessionRow) -> Result<()> {
        let sql = self.sql(
            "INSERT INTO hf_session (token_hash, user_id, kind, client, created_ms, expires_ms, used_ms, csrf) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        );
        let params = [
            Param::Blob(session.token_hash.clone()),
            session.user.as_i64().into(),
            session.kind.as_str().into(),
            session.client.as_str().into(),
            session.created.ms().into(),
            session.expires.ms().into(),
            session.used.ms().into(),
            session.csrf.as_str().into(),
        ];
        self.connection().execute(&sql, &params)?;
        Ok(())
    }

    /// Notes that a session was used, and until when it now lives.
    ///
    /// # Errors
    /// What the database reports.
    pub fn session_touch(&mut self, token_hash: &[u8], used: Instant, expires: Instant) -> Result<()> {
        let sql = self.sql("UPDATE hf_session SET used_ms = ?, expires_ms = ? WHERE token_hash = ?");
        self.connection().execute(&sql, &[used.ms().into(), expires.ms().into(), token_hash.to_vec().into()])?;
        Ok(())
    }

    /// Ends a session. Returns whether it was there.
    ///
    /// # Errors
    /// What the database reports.
    pub fn session_close(&mut self, token_hash: &[u8]) -> Result<bool> {
        let sql = self.sql("DELETE FROM hf_session WHERE token_hash = ?");
        Ok(self.connection().execute(&sql, &[token_hash.to_vec().into()])? > 0)
    }

    /// Ends every session of a user.
    ///
    /// # Errors
    /// What the database reports.
    pub fn sessions_close_of(&mut self, user: RecordId) -> Result<u64> {
        let sql = self.sql("DELETE FROM hf_session WHERE user_id = ?");
        self.connection().execute(&sql, &[user.as_i64().into()])
    }

    /// Ends every session of a user but the one with this token hash (empty: every one). Returns how many.
    ///
    /// # Errors
    /// What the database reports.
    pub fn sessions_close_others(&mut self, user: RecordId, except: &[u8]) -> Result<u64> {
        let sql = self.sql("DELETE FROM hf_session WHERE user_id = ? AND token_hash <> ?");
        self.connection().execute(&sql, &[user.as_i64().into(), except.to_vec().into()])
    }

    /// Removes the sessions of a user that have expired. Returns how many.
    ///
    /// # Errors
    /// What the database reports.
    pub fn sessions_close_expired_of(&mut self, user: RecordId) -> Result<u64> {
        let now = self.now();
        let sql = self.sql("DELETE FROM hf_session WHERE user_id = ? AND expires_ms <= ?");
        self.connection().execute(&sql, &[user.as_i64().into(), now.ms().into()])
    }
}
