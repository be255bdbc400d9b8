//! Removing records for good, with their field history.

use crate::driver::{Param, collect};
use crate::emit::SqlText;
use crate::org::WriteTx;
use crate::read::{ReadTx, id_column, int_column};
use model::{Error, FieldType, Instant, ObjectIx, ObjectSchema, RecordId, Result};
use policy::{AuthorizedWrite, WriteVerb};

impl ReadTx<'_> {
    /// Records of the written object that went into the recycle bin at or before an instant, oldest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn deleted_until(&mut self, write: &AuthorizedWrite, until: Instant, limit: u64) -> Result<Vec<RecordId>> {
        let mut out = SqlText::new(self.connection.dialect());
        out.push("SELECT \"Id\" FROM ");
        out.name(&write.object().table);
        out.push(" WHERE \"IsDeleted\" = 1 AND \"SystemModstamp\" <= ");
        out.bind(until.ms().into());
        out.push(&format!(" ORDER BY \"SystemModstamp\", \"Id\" LIMIT {limit}"));
        let statement = out.finish();
        collect(self.connection, &statement.sql, &statement.params, |row| id_column(row, 0))
    }
}

impl WriteTx<'_> {
    /// Removes records of `object` (the written one, or a detail of it) from the recycle bin for good, with their
    /// history and the traces of who looked at them.
    ///
    /// # Errors
    /// An internal error under a verb that removes nothing; what the database reports.
    pub fn purge(&mut self, write: &AuthorizedWrite, object: ObjectIx, ids: &[RecordId]) -> Result<()> {
        if !matches!(write.verb(), WriteVerb::Delete | WriteVerb::Undelete) {
            return Err(Error::internal("records were to be removed under another verb"));
        }
        if ids.is_empty() {
            return Ok(());
        }
        let object = write.schema().object(object);
        let list = Param::Ints(ids.iter().map(|id| id.as_i64()).collect());
        self.let_go_with(object, &list)?;
        let targets = [
            (object.table.as_str(), "Id", " AND \"IsDeleted\" = 1"),
            ("hf_history", "record", ""),
            ("hf_recent", "record", ""),
        ];
        for (table, column, and) in targets {
            let mut out = SqlText::new(self.dialect());
            out.push("DELETE FROM ");
            out.name(table);
            out.push(" WHERE ");
            out.name(column);
            out.bind_list(list.clone());
            out.push(and);
            let statement = out.finish();
            self.connection().execute(&statement.sql, &statement.params)?;
        }
        self.search_remove(ids)?;
        for relation in &object.children {
            let table = write.schema().object(relation.child);
            if table.grant_rows().is_some() && table.masters == [relation.field] {
                self.remove_grants(write, table.ix, ids)?;
            }
        }
        self.places.stale.note_deleted(object);
        Ok(())
    }
    /// Lets go of the contents that records in the recycle bin name.
    fn let_go_with(&mut self, object: &ObjectSchema, records: &Param) -> Result<()> {
        for field in object.fields.iter().filter(|field| *field.data_type() == FieldType::Base64) {
            let mut out = SqlText::new(self.dialect());
            out.push("SELECT ");
            out.name(&field.column);
            out.push(" FROM ");
            out.name(&object.table);
            out.push(" WHERE ");
            out.name(&field.column);
            out.push(" IS NOT NULL AND \"IsDeleted\" = 1 AND \"Id\"");
            out.bind_list(records.clone());
            let statement = out.finish();
            let contents = collect(self.connection(), &statement.sql, &statement.params, |row| int_column(row, 0))?;
            self.contents_let_go(&contents)?;
        }
        Ok(())
    }
}
