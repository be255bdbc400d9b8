//! Keys held for an upsert, so that two of them never make the same record.

use crate::driver::{Dialect, Param};
use crate::org::WriteTx;
use model::{FieldIx, ObjectSchema, Result};

/// Keys that an upsert locks one by one.
const MOST_HELD: usize = 64;

impl WriteTx<'_> {
    /// Lets nobody else look these keys up for an upsert, or add them by one, before this transaction ends. An embedded
    /// org has one writer anyway.
    ///
    /// # Errors
    /// What the database reports.
    pub fn hold_keys(&mut self, object: &ObjectSchema, field: FieldIx, keys: &[&str]) -> Result<()> {
        if self.dialect() == Dialect::Sqlite || keys.is_empty() {
            return Ok(());
        }
        let place = format!("{}.{}", object.table, object.field(field).column);
        // Locks are few on the server: a large batch holds the field as a whole, a small one its keys.
        if keys.len() > MOST_HELD {
            let sql = self.sql("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ?, 9))");
            self.connection().execute(&sql, &[place.into()])?;
            return Ok(());
        }
        let sql = self.sql("SELECT pg_advisory_xact_lock_shared(hashtextextended(current_schema() || ?, 9))");
        self.connection().execute(&sql, &[place.as_str().into()])?;
        let keys = keys.iter().map(|key| format!("{place}={key}")).collect();
        // In the order of the locks themselves, so that two batches never wait for each other.
        let sql = self.sql(
            "SELECT pg_advisory_xact_lock(held) FROM (SELECT DISTINCT hashtextextended(current_schema() || key, 10) \
             AS held FROM unnest(CAST(? AS text[])) AS key ORDER BY 1) AS keys",
        );
        self.connection().execute(&sql, &[Param::Texts(keys)])?;
        Ok(())
    }
}
