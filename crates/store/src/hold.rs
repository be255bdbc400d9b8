//! What a transaction holds without changing it: keys of an upsert, so that two of them never make the same record, and
//! records that are to stay as they are read.

use crate::driver::{Dialect, Param, first};
use crate::org::WriteTx;
use crate::read::id_column;
use crate::sealed::token_of;
use model::{FieldIx, ObjectSchema, RecordId, Result};

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
        let field = object.field(field);
        let place = format!("{}.{}", object.table, field.column);
        // Locks are few on the server: a large batch holds the field as a whole, a small one its keys.
        if keys.len() > MOST_HELD {
            let sql = self.sql("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ?, 9))");
            self.connection().execute(&sql, &[place.into()])?;
            return Ok(());
        }
        let sql = self.sql("SELECT pg_advisory_xact_lock_shared(hashtextextended(current_schema() || ?, 9))");
        self.connection().execute(&sql, &[place.as_str().into()])?;
        // What is sealed reaches the server only as a token.
        let shown = |key: &&str| -> Result<String> {
            if field.is_sealed() {
                Ok(hex::encode(token_of(&*self.field_keys()?, object, field, key)?))
            } else {
                Ok((*key).to_owned())
            }
        };
        let keys = keys.iter().map(|key| Ok(format!("{place}={}", shown(key)?))).collect::<Result<_>>()?;
        // In the order of the locks themselves, so that two batches never wait for each other.
        let sql = self.sql(
            "SELECT pg_advisory_xact_lock(held) FROM (SELECT DISTINCT hashtextextended(current_schema() || key, 10) \
             AS held FROM unnest(CAST(? AS text[])) AS key ORDER BY 1) AS keys",
        );
        self.connection().execute(&sql, &[Param::Texts(keys)])?;
        Ok(())
    }

    /// Lets no other transaction change the record before this one ends, and waits for one that is changing it; any
    /// number may keep it at once. A change holds the row in full before it writes, so the weakest lock stands in its
    /// way. An embedded org has one writer anyway.
    ///
    /// # Errors
    /// What the database reports.
    pub fn keep_record(&mut self, object: &ObjectSchema, id: RecordId) -> Result<()> {
        if self.dialect() == Dialect::Sqlite {
            return Ok(());
        }
        let sql =
            self.sql(&format!("SELECT r.\"Id\" FROM \"{}\" r WHERE r.\"Id\" = ? FOR KEY SHARE OF r", object.table));
        first(self.connection(), &sql, &[id.as_i64().into()], |row| id_column(row, 0)).map(|_| ())
    }
}
