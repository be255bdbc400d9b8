//! What batches give back, a stretch of rows at a time.

use super::BulkPart;
use crate::content::Content;
use crate::driver::{Param, first};
use crate::org::WriteTx;
use crate::read::{ReadTx, int_column};
use model::{Error, Result};

impl ReadTx<'_> {
    /// The part of a batch with this number, from 0.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_part(&mut self, batch: i64, number: i64) -> Result<Option<BulkPart>> {
        self.part(batch, "number = ?", number)
    }

    /// The part of a batch that holds a row.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_part_of_row(&mut self, batch: i64, row: u64) -> Result<Option<BulkPart>> {
        let row = i64::try_from(row).map_err(Error::internal)?;
        self.part(batch, "first_row <= ? AND rows_held > 0", row)
    }

    fn part(&mut self, batch: i64, which: &str, value: i64) -> Result<Option<BulkPart>> {
        let sql = self.sql(&format!(
            "SELECT number, content, first_row, rows_held FROM hf_bulk_part WHERE batch = ? AND {which} \
             ORDER BY number DESC LIMIT 1"
        ));
        first(self.connection, &sql, &[batch.into(), value.into()], |row| {
            Ok(BulkPart {
                number: int_column(row, 0)?,
                content: int_column(row, 1)?,
                first_row: u64::try_from(int_column(row, 2)?).map_err(Error::internal)?,
                rows: u64::try_from(int_column(row, 3)?).map_err(Error::internal)?,
            })
        })
    }
}

impl WriteTx<'_> {
    /// Keeps bytes as a content of their own.
    ///
    /// # Errors
    /// What the database reports.
    pub fn content_of(&mut self, bytes: &[u8]) -> Result<Content> {
        let mut writer = self.content_begin()?;
        self.content_push(&mut writer, bytes)?;
        self.content_end(writer, None)
    }

    /// Adds a part to a batch.
    ///
    /// # Errors
    /// What the database reports.
    pub fn bulk_part_put(&mut self, batch: i64, part: &BulkPart) -> Result<()> {
        let sql =
            self.sql("INSERT INTO hf_bulk_part (batch, number, content, first_row, rows_held) VALUES (?, ?, ?, ?, ?)");
        let number = |count: u64| i64::try_from(count).map(Param::Int).map_err(Error::internal);
        let params =
            [batch.into(), part.number.into(), part.content.into(), number(part.first_row)?, number(part.rows)?];
        self.connection().execute(&sql, &params).map(|_| ())
    }
}
