//! The field history of an object as an object of its own: a view over the one table that keeps the history of all.

use crate::driver::{Connection, Dialect};
use model::{Error, ObjectSchema, OrgSchema, RecordId, Result};

/// Creates the view of a history object. Its columns are fixed: the declaration names no others.
pub(crate) fn create(connection: &mut dyn Connection, schema: &OrgSchema, object: &ObjectSchema) -> Result<()> {
    let [record] = object.masters.as_slice() else {
        return Err(Error::internal(format!("{} does not name the record it tells of", object.name())));
    };
    let record = object.field(*record);
    let [of] = record.targets.as_slice() else {
        return Err(Error::internal(format!("{} tells of more than one kind of record", object.name())));
    };
    let of = schema.object(*of);
    let text = match connection.dialect() {
        Dialect::Sqlite => " COLLATE HF",
        Dialect::Postgres => "",
    };
    let id = format!("{} + seq", RecordId::range_of(object.key_prefix()).0.as_i64());
    // By id and not by name: an object may be renamed.
    let (first, last) = RecordId::range_of(of.key_prefix());
    let ours = format!("record >= {} AND record <= {}", first.as_i64(), last.as_i64());
    // The history of a record is in the recycle bin while the record is.
    connection.batch(&format!(
        "CREATE VIEW \"{view}\" AS SELECT {id} AS \"Id\", record AS \"{record}\", field{text} AS \"Field\", \
         NULLIF(old_value, ''){text} AS \"OldValue\", NULLIF(new_value, ''){text} AS \"NewValue\", \
         (SELECT p.\"IsDeleted\" FROM \"{of}\" p WHERE p.\"Id\" = record) AS \"IsDeleted\", \
         at_ms AS \"CreatedDate\", actor_id AS \"CreatedById\", at_ms AS \"LastModifiedDate\", \
         actor_id AS \"LastModifiedById\", at_ms AS \"SystemModstamp\" FROM hf_history WHERE {ours}",
        view = object.table,
        record = record.column,
        of = of.table,
    ))?;
    connection.batch(&format!("CREATE INDEX \"hf_history_{}\" ON hf_history (({id})) WHERE {ours}", object.table))
}
