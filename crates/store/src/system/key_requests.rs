//! Acts on keys that one administrator asked for and another confirms.

use crate::driver::{collect, first};
use crate::org::WriteTx;
use crate::read::{ReadTx, id_column, int_column, text_column};
use model::{Error, Instant, RecordId, Result};

/// A request as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRequestRow {
    pub number: u64,
    /// JSON: what is asked for.
    pub act: String,
    pub requested_by: RecordId,
    pub requested: Instant,
    pub expires: Instant,
    pub confirmed_by: Option<RecordId>,
}

impl ReadTx<'_> {
    /// Every request, in the order they were made.
    ///
    /// # Errors
    /// What the database reports.
    pub fn key_requests(&mut self) -> Result<Vec<KeyRequestRow>> {
        let sql = "SELECT number, act, requested_by, requested_ms, expires_ms, confirmed_by FROM hf_key_request \
                   ORDER BY number";
        collect(self.connection, sql, &[], |row| {
            let confirmed_by = id_column(row, 5)?;
            Ok(KeyRequestRow {
                number: u64::try_from(int_column(row, 0)?).map_err(Error::internal)?,
                act: text_column(row, 1)?,
                requested_by: id_column(row, 2)?,
                requested: Instant::from_ms(int_column(row, 3)?),
                expires: Instant::from_ms(int_column(row, 4)?),
                confirmed_by: (confirmed_by.as_i64() != 0).then_some(confirmed_by),
            })
        })
    }
}

impl WriteTx<'_> {
    /// Keeps a request, and returns its number.
    ///
    /// # Errors
    /// What the database reports.
    pub fn key_request_put(&mut self, act: &str, by: RecordId, expires: Instant) -> Result<u64> {
        let sql = self.sql(
            "INSERT INTO hf_key_request (number, act, requested_by, requested_ms, expires_ms) \
             SELECT COALESCE(MAX(number), 0) + 1, ?, ?, ?, ? FROM hf_key_request RETURNING number",
        );
        let params = [act.into(), by.as_i64().into(), self.now().ms().into(), expires.ms().into()];
        let number = first(self.connection(), &sql, &params, |row| int_column(row, 0))?;
        let number = number.ok_or_else(|| Error::internal("a request was not kept"))?;
        u64::try_from(number).map_err(Error::internal)
    }

    /// Notes who confirmed a request. Returns whether nobody had before.
    ///
    /// # Errors
    /// What the database reports.
    pub fn key_request_confirm(&mut self, number: u64, by: RecordId) -> Result<bool> {
        let sql = self.sql("UPDATE hf_key_request SET confirmed_by = ? WHERE number = ? AND confirmed_by = 0");
        let number = i64::try_from(number).map_err(Error::internal)?;
        let changed = self.connection().execute(&sql, &[by.as_i64().into(), number.into()])?;
        Ok(changed == 1)
    }
}
