//! The journal of imports: which rows of which file are done, written with the rows themselves.

use crate::driver::collect;
use crate::org::WriteTx;
use crate::read::{ReadTx, int_column};
use model::{Error, Result};

impl ReadTx<'_> {
    /// The rows of a file (by its hash) that are done.
    ///
    /// # Errors
    /// What the database reports.
    pub fn import_done(&mut self, file: &str) -> Result<Vec<u64>> {
        let sql = self.sql("SELECT line FROM hf_import WHERE file = ? ORDER BY line");
        collect(self.connection, &sql, &[file.into()], |row| {
            u64::try_from(int_column(row, 0)?).map_err(Error::internal)
        })
    }
}

impl WriteTx<'_> {
    /// Notes a row as done.
    ///
    /// # Errors
    /// What the database reports.
    pub fn import_put(&mut self, file: &str, line: u64, outcome: &str) -> Result<()> {
        let sql = self.sql(
            "INSERT INTO hf_import (file, line, outcome) VALUES (?, ?, ?) \
             ON CONFLICT (file, line) DO UPDATE SET outcome = excluded.outcome",
        );
        let line = i64::try_from(line).map_err(Error::internal)?;
        self.connection().execute(&sql, &[file.into(), line.into(), outcome.into()])?;
        Ok(())
    }
}
