//! What users granted to OAuth clients: authorization codes on their way, and refresh tokens. Only hashes are kept.

use crate::driver::{Param, collect};
use crate::org::WriteTx;
use crate::read::{ReadTx, blob_column, id_column, int_column, text_column};
use model::{Error, Instant, RecordId, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientGrantKind {
    /// An authorization code, good for one exchange.
    Code,
    /// A refresh token.
    Refresh,
}

impl ClientGrantKind {
    fn as_str(self) -> &'static str {
        match self {
            ClientGrantKind::Code => "code",
            ClientGrantKind::Refresh => "refresh",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        match text {
            "code" => Ok(ClientGrantKind::Code),
            "refresh" => Ok(ClientGrantKind::Refresh),
            other => Err(Error::internal(format!("a grant of kind {other}"))),
        }
    }
}

/// One code or refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientGrantRow {
    pub token_hash: Vec<u8>,
    pub kind: ClientGrantKind,
    pub user: RecordId,
    pub client: String,
    /// Shared by all that came from one consent.
    pub family: String,
    pub created: Instant,
    pub expires: Instant,
    pub used: Instant,
    /// Whether its one use, or its replacement, has happened.
    pub spent: bool,
    /// JSON: what the exchange must bring.
    pub terms: String,
}

const GRANT: &str =
    "SELECT token_hash, kind, user_id, client, family, created_ms, expires_ms, used_ms, spent, terms FROM hf_grant";

impl ReadTx<'_> {
    /// The grant behind a token's hash, expired and spent ones included.
    ///
    /// # Errors
    /// What the database reports.
    pub fn client_grant(&mut self, token_hash: &[u8]) -> Result<Option<ClientGrantRow>> {
        let sql = self.sql(&format!("{GRANT} WHERE token_hash = ?"));
        Ok(collect(self.connection, &sql, &[token_hash.to_vec().into()], grant_row)?.into_iter().next())
    }

    /// The grants of a user, newest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn client_grants_of(&mut self, user: RecordId) -> Result<Vec<ClientGrantRow>> {
        let sql = self.sql(&format!("{GRANT} WHERE user_id = ? ORDER BY created_ms DESC"));
        collect(self.connection, &sql, &[user.as_i64().into()], grant_row)
    }
}

fn grant_row(row: &dyn crate::driver::RowView) -> Result<ClientGrantRow> {
    Ok(ClientGrantRow {
        token_hash: blob_column(row, 0)?,
        kind: ClientGrantKind::parse(&text_column(row, 1)?)?,
        user: id_column(row, 2)?,
        client: text_column(row, 3)?,
        family: text_column(row, 4)?,
        created: Instant::from_ms(int_column(row, 5)?),
        expires: Instant::from_ms(int_column(row, 6)?),
        used: Instant::from_ms(int_column(row, 7)?),
        spent: int_column(row, 8)? != 0,
        terms: text_column(row, 9)?,
    })
}

impl WriteTx<'_> {
    /// Keeps a grant.
    ///
    /// # Errors
    /// What the database reports.
    pub fn client_grant_put(&mut self, grant: &ClientGrantRow) -> Result<()> {
        let sql = self.sql(
            "INSERT INTO hf_grant (token_hash, kind, user_id, client, family, created_ms, expires_ms, used_ms, spent, terms) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        );
        let params = [
            Param::Blob(grant.token_hash.clone()),
            grant.kind.as_str().into(),
            grant.user.as_i64().into(),
            grant.client.as_str().into(),
            grant.family.as_str().into(),
            grant.created.ms().into(),
            grant.expires.ms().into(),
            grant.used.ms().into(),
            i64::from(grant.spent).into(),
            grant.terms.as_str().into(),
        ];
        self.connection().execute(&sql, &params)?;
        Ok(())
    }

    /// Notes the use of a grant: until when it now lives, and whether that was its last use. Returns false when it was
    /// spent already or is gone: of two who come at once, one is refused.
    ///
    /// # Errors
    /// What the database reports.
    pub fn client_grant_use(&mut self, token_hash: &[u8], expires: Instant, spent: bool) -> Result<bool> {
        let now = self.now();
        let sql =
            self.sql("UPDATE hf_grant SET used_ms = ?, expires_ms = ?, spent = ? WHERE token_hash = ? AND spent = 0");
        let params = [now.ms().into(), expires.ms().into(), i64::from(spent).into(), token_hash.to_vec().into()];
        Ok(self.connection().execute(&sql, &params)? > 0)
    }

    /// Ends all that came from one consent of a user. Returns how many grants.
    ///
    /// # Errors
    /// What the database reports.
    pub fn client_grants_close_family(&mut self, user: RecordId, family: &str) -> Result<u64> {
        let sql = self.sql("DELETE FROM hf_grant WHERE user_id = ? AND family = ?");
        self.connection().execute(&sql, &[user.as_i64().into(), family.into()])
    }

    /// Ends every grant of a user. Returns how many.
    ///
    /// # Errors
    /// What the database reports.
    pub fn client_grants_close_of(&mut self, user: RecordId) -> Result<u64> {
        let sql = self.sql("DELETE FROM hf_grant WHERE user_id = ?");
        self.connection().execute(&sql, &[user.as_i64().into()])
    }

    /// Removes the grants of a user that have expired. Returns how many.
    ///
    /// # Errors
    /// What the database reports.
    pub fn client_grants_close_expired_of(&mut self, user: RecordId) -> Result<u64> {
        let now = self.now();
        let sql = self.sql("DELETE FROM hf_grant WHERE user_id = ? AND expires_ms <= ?");
        self.connection().execute(&sql, &[user.as_i64().into(), now.ms().into()])
    }

    /// Ends every session of a user that was opened through a client, in the API or by a browser that it let in, and takes
    /// back what waits to become one. Returns how many sessions.
    ///
    /// # Errors
    /// What the database reports.
    pub fn sessions_close_of_client(&mut self, user: RecordId, client: &str) -> Result<u64> {
        let waiting = self.sql("DELETE FROM hf_grant WHERE user_id = ? AND client = ? AND kind = 'code'");
        self.connection().execute(&waiting, &[user.as_i64().into(), client.into()])?;
        let sql = self.sql("DELETE FROM hf_session WHERE user_id = ? AND client = ?");
        self.connection().execute(&sql, &[user.as_i64().into(), client.into()])
    }

    /// Removes a client with every grant and session that came through it. Returns whether it was there.
    ///
    /// # Errors
    /// What the database reports.
    pub fn client_remove(&mut self, client: &str) -> Result<bool> {
        for condition in ["hf_session WHERE client = ?", "hf_grant WHERE client = ?"] {
            let sql = self.sql(&format!("DELETE FROM {condition}"));
            self.connection().execute(&sql, &[client.into()])?;
        }
        let sql = self.sql("DELETE FROM hf_client WHERE client_id = ?");
        Ok(self.connection().execute(&sql, &[client.into()])? > 0)
    }
}
