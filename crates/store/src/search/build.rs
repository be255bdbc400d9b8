//! Building the index of records that were there before it: in steps that each end in a commit, so that a restart goes
//! on where the last one stopped.

use crate::driver::{Dialect, Param, first};
use crate::emit::SqlText;
use crate::org::{OrgStore, WriteTx};
use crate::read::{ReadTx, int_column, text_column};
use model::{KeyPrefix, ObjectSchema, OrgSchema, RecordId, Result};
use std::collections::BTreeSet;

impl OrgStore {
    /// Indexes up to `rows` records that wait for it. Returns whether more wait.
    ///
    /// # Errors
    /// What the database reports.
    pub fn search_build_step(&self, rows: usize) -> Result<bool> {
        self.write(|tx| {
            let sql = match tx.dialect() {
                Dialect::Sqlite => "SELECT object, after FROM hf_search_todo ORDER BY object LIMIT 1",
                // Whoever else builds waits for this step.
                Dialect::Postgres => "SELECT object, after FROM hf_search_todo ORDER BY object LIMIT 1 FOR UPDATE",
            };
            let next = first(tx.connection(), sql, &[], |row| Ok((text_column(row, 0)?, int_column(row, 1)?)))?;
            let Some((name, after)) = next else { return Ok(false) };
            let schema = tx.schema();
            let object = schema.find_object(&name).filter(|object| object.searched_fields().next().is_some());
            let (count, last) = match object {
                Some(object) => tx.search_read(object, |out| {
                    out.push(" WHERE r.\"Id\" > ");
                    out.bind(Param::Int(after));
                    out.push(&format!(" ORDER BY r.\"Id\" LIMIT {rows}"));
                    // A record that somebody changes right now is read as it is after that.
                    out.push(if out.dialect == Dialect::Postgres { " FOR UPDATE OF r" } else { "" });
                })?,
                None => (0, None),
            };
            match last.filter(|_| count == rows) {
                Some(last) => {
                    let sql = tx.sql("UPDATE hf_search_todo SET after = ? WHERE object = ?");
                    tx.connection().execute(&sql, &[Param::Int(last.as_i64()), name.as_str().into()])?;
                }
                None => {
                    let sql = tx.sql("DELETE FROM hf_search_todo WHERE object = ?");
                    tx.connection().execute(&sql, &[name.as_str().into()])?;
                }
            }
            Ok(true)
        })
    }
}

impl ReadTx<'_> {
    /// Whether records wait to be indexed.
    ///
    /// # Errors
    /// What the database reports.
    pub fn search_waits(&mut self) -> Result<bool> {
        Ok(first(self.connection, "SELECT 1 FROM hf_search_todo LIMIT 1", &[], |_| Ok(()))?.is_some())
    }
}

impl WriteTx<'_> {
    /// Empties the index and has it built anew, step by step.
    ///
    /// # Errors
    /// What the database reports.
    pub fn search_forget(&mut self) -> Result<()> {
        let empty = match self.dialect() {
            Dialect::Sqlite => "INSERT INTO hf_search (hf_search) VALUES ('delete-all')",
            Dialect::Postgres => "TRUNCATE hf_search",
        };
        self.connection().execute(empty, &[])?;
        self.connection().execute("DELETE FROM hf_search_todo", &[])?;
        self.connection().execute("INSERT INTO hf_search_todo (object, after) SELECT name, 0 FROM hf_object", &[])?;
        Ok(())
    }

    /// Has objects indexed anew whose records are searched otherwise than before: a term carries the name of its field,
    /// so a field that was renamed, deleted, taken back or moved to another column has terms that are no longer true.
    pub(crate) fn search_schema_changed(&mut self, before: &OrgSchema, after: &OrgSchema) -> Result<()> {
        for object in after.objects() {
            let Some(known) = before.objects().iter().find(|known| known.table == object.table) else { continue };
            if known.name() != object.name() {
                let sql = self.sql("UPDATE hf_search_todo SET object = ? WHERE object = ?");
                self.connection().execute(&sql, &[object.name().into(), known.name().into()])?;
            }
            if known.def == object.def {
                continue;
            }
            let (searched, now) = (searched(known), searched(object));
            let held: BTreeSet<String> = known.def.columns().collect();
            // A field that is new holds nothing yet.
            let gained = now.difference(&searched).any(|(_, column)| held.contains(&column.to_ascii_lowercase()));
            let lost = searched.difference(&now).next().is_some();
            if gained || lost || known.name_field().name() != object.name_field().name() {
                let sql = self.sql(
                    "INSERT INTO hf_search_todo (object, after) VALUES (?, 0) \
                     ON CONFLICT (object) DO UPDATE SET after = 0",
                );
                self.connection().execute(&sql, &[object.name().into()])?;
            }
        }
        Ok(())
    }

    /// Takes records out of the index that are removed for good.
    pub(crate) fn search_remove(&mut self, ids: &[RecordId]) -> Result<()> {
        let mut out = SqlText::new(self.dialect());
        out.push(match self.dialect() {
            Dialect::Sqlite => "DELETE FROM hf_search WHERE rowid",
            Dialect::Postgres => "DELETE FROM hf_search WHERE id",
        });
        out.bind_list(Param::Ints(ids.iter().map(|id| id.as_i64()).collect()));
        let statement = out.finish();
        self.connection().execute(&statement.sql, &statement.params).map(|_| ())
    }

    /// Takes all records of an object out of the index whose table is removed.
    pub(crate) fn search_remove_all(&mut self, prefix: KeyPrefix) -> Result<()> {
        let sql = match self.dialect() {
            Dialect::Sqlite => "DELETE FROM hf_search WHERE rowid BETWEEN ?1 AND ?2",
            Dialect::Postgres => "DELETE FROM hf_search WHERE id BETWEEN $1 AND $2",
        };
        let (first, last) = RecordId::range_of(prefix);
        self.connection().execute(sql, &[first.as_i64().into(), last.as_i64().into()]).map(|_| ())
    }
}

/// The searched fields of an object with their columns.
fn searched(object: &ObjectSchema) -> BTreeSet<(&str, &str)> {
    object.searched_fields().map(|field| (field.name(), field.column.as_str())).collect()
}
