//! Building the index of records that were there before it: in steps that each end in a commit, so that a restart goes
//! on where the last one stopped.

use crate::driver::{Dialect, Param, first};
use crate::org::{OrgStore, WriteTx};
use crate::read::{ReadTx, int_column, text_column};
use model::{ObjectSchema, OrgSchema, Result};

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

    /// Has objects indexed anew whose records are searched otherwise than before.
    pub(crate) fn search_schema_changed(&mut self, before: &OrgSchema, after: &OrgSchema) -> Result<()> {
        let fields = |object: &ObjectSchema| -> Vec<String> {
            object.searched_fields().map(|field| field.name().to_owned()).collect()
        };
        for object in after.objects() {
            let Some(known) = before.find_object(object.name()) else { continue };
            let searched = fields(known);
            let columns: Vec<String> = known.def.columns().collect();
            // A field that is new holds nothing yet, and one that is searched no longer is asked for no longer. A renamed
            // field, and a deleted one that was taken back, have their values in a column that was there before.
            let otherwise = object.searched_fields().any(|field| {
                !searched.iter().any(|name| name == field.name())
                    && (known.find_field(field.name()).is_some()
                        || columns.contains(&field.column.to_ascii_lowercase()))
            });
            if otherwise || known.name_field().name() != object.name_field().name() {
                let sql = self.sql(
                    "INSERT INTO hf_search_todo (object, after) VALUES (?, 0) \
                     ON CONFLICT (object) DO UPDATE SET after = 0",
                );
                self.connection().execute(&sql, &[object.name().into()])?;
            }
        }
        Ok(())
    }
}
