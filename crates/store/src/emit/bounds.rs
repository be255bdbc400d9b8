//! What a statement may grow to. Both databases have bounds of their own; ours lie within them and have names.

use super::{Emitter, Statement};
use model::{Error, ErrorCode, Result};

/// SQLite binds 32,766 parameters, PostgreSQL 65,535.
const MAX_PARAMS: usize = 30_000;
/// SQLite reads a million bytes.
const MAX_BYTES: usize = 1_000_000;
/// PostgreSQL selects 1,664 columns, SQLite 2,000.
const MAX_COLUMNS: usize = 1_600;
/// SQLite joins 64 tables.
const MAX_TABLES: usize = 64;

/// Conditions of WHERE and HAVING together. Values of one field belong into IN, which takes any number of them.
const MAX_TESTS: usize = 1_000;

impl Emitter<'_> {
    /// # Errors
    /// `QUERY_TOO_COMPLICATED` with the bound that is exceeded.
    pub(super) fn check_columns(&self, count: usize) -> Result<()> {
        within("columns", count, MAX_COLUMNS)
    }

    /// # Errors
    /// `QUERY_TOO_COMPLICATED` with the bound that is exceeded.
    pub(super) fn check_tables(&self, count: usize) -> Result<()> {
        within("objects, counting each that a polymorphic reference may point to", count, MAX_TABLES)
    }

    /// The statement, with what formulas need joined.
    ///
    /// # Errors
    /// `QUERY_TOO_COMPLICATED` with the bound that is exceeded.
    pub(super) fn finish(mut self) -> Result<Statement> {
        self.joins.insert(&mut self.out.sql);
        within("conditions (IN takes any number of values)", self.tests, MAX_TESTS)?;
        let statement = self.out.finish();
        within("values compared with", statement.params.len(), MAX_PARAMS)?;
        within("bytes of SQL", statement.sql.len(), MAX_BYTES)?;
        Ok(statement)
    }
}

fn within(what: &str, count: usize, most: usize) -> Result<()> {
    if count <= most {
        return Ok(());
    }
    let message =
        format!("The query is too complicated: one statement takes at most {most} {what}, and this has {count}.");
    Err(Error::new(ErrorCode::QueryTooComplicated, message))
}
