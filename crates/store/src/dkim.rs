//! Keys that an org's mail is signed with. Their secrets are contents, so that they are sealed, rewritten under new keys,
//! copied and backed up as files are.

use crate::driver::{Param, RowView, collect};
use crate::org::WriteTx;
use crate::read::{ReadTx, int_column, text_column};
use model::{Error, Instant, Result};
use zeroize::Zeroizing;

/// A key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimKeyRow {
    pub id: i64,
    pub domain: String,
    pub selector: String,
    /// As a signature names it.
    pub algorithm: String,
    /// What the domain's DNS is to say.
    pub record: String,
    /// The content that is the secret.
    pub secret: i64,
    pub created: Instant,
}

fn key(row: &dyn RowView) -> Result<DkimKeyRow> {
    Ok(DkimKeyRow {
        id: int_column(row, 0)?,
        domain: text_column(row, 1)?,
        selector: text_column(row, 2)?,
        algorithm: text_column(row, 3)?,
        record: text_column(row, 4)?,
        secret: int_column(row, 5)?,
        created: Instant::from_ms(int_column(row, 6)?),
    })
}

impl ReadTx<'_> {
    /// Every key, by domain and selector.
    ///
    /// # Errors
    /// What the database reports, here and below.
    pub fn dkim_keys(&mut self) -> Result<Vec<DkimKeyRow>> {
        let sql = "SELECT id, domain, selector, algorithm, record, secret, created_ms FROM hf_dkim_key ORDER BY domain, selector";
        collect(self.connection, sql, &[], key)
    }

    /// The secret of a key; none when it is not there, was altered, or its own key is gone.
    ///
    /// # Errors
    /// What the database reports.
    pub fn dkim_secret(&mut self, key: &DkimKeyRow) -> Result<Option<Zeroizing<Vec<u8>>>> {
        self.content_small(key.secret)
    }
}

impl WriteTx<'_> {
    /// Keeps a key and returns its number. `row.id` and `row.secret` are given here.
    ///
    /// # Errors
    /// What the database reports.
    pub fn dkim_key_put(&mut self, row: &DkimKeyRow, secret: &[u8]) -> Result<i64> {
        let id = i64::try_from(self.next_numbers("dkim_key", 1)?).map_err(Error::internal)?;
        let content = self.content_of(secret)?.id;
        let sql = self.sql(
            "INSERT INTO hf_dkim_key (id, domain, selector, algorithm, record, secret, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        );
        let params = [
            Param::Int(id),
            row.domain.as_str().into(),
            row.selector.as_str().into(),
            row.algorithm.as_str().into(),
            row.record.as_str().into(),
            content.into(),
            row.created.ms().into(),
        ];
        self.connection().execute(&sql, &params)?;
        Ok(id)
    }

    /// Removes a key with its secret.
    ///
    /// # Errors
    /// What the database reports.
    pub fn dkim_key_remove(&mut self, row: &DkimKeyRow) -> Result<()> {
        let sql = self.sql("DELETE FROM hf_dkim_key WHERE id = ?");
        self.connection().execute(&sql, &[Param::Int(row.id)])?;
        self.content_remove(row.secret)
    }
}
