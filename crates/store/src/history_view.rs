//! The field history of an object as an object of its own: a view over the one table that keeps the history of all.
//! Changes of sealed fields have their values in columns apart, which only their reader opens: to everything else that
//! can be asked of the view they are empty.

use crate::driver::{Connection, Dialect};
use model::{Error, ObjectSchema, OrgSchema, RecordId, Result};

/// The column beside one of [`VALUES`] that has what sealed fields were and became.
pub(crate) fn sealed_column(value: &str) -> String {
    format!("s${value}")
}

/// The columns of values.
pub(crate) const VALUES: [&str; 2] = ["OldValue", "NewValue"];

/// Makes the view anew.
pub(crate) fn renew(connection: &mut dyn Connection, schema: &OrgSchema, object: &ObjectSchema) -> Result<()> {
    remove(connection, &object.table)?;
    create(connection, schema, object)
}

/// Removes a view; what it shows stays.
pub(crate) fn remove(connection: &mut dyn Connection, view: &str) -> Result<()> {
    connection.batch(&format!("DROP VIEW \"{view}\"; DROP INDEX \"hf_history_{view}\""))
}

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
    let value = |column: &str, sealed: u8| format!("CASE WHEN sealed = {sealed} THEN NULLIF({column}, '') END");
    let (old_open, new_open) = (value("old_value", 0), value("new_value", 0));
    let (old_sealed, new_sealed) = (value("old_value", 1), value("new_value", 1));
    // The history of a record is in the recycle bin while the record is.
    connection.batch(&format!(
        "CREATE VIEW \"{view}\" AS SELECT {id} AS \"Id\", record AS \"{record}\", field{text} AS \"Field\", \
         {old_open}{text} AS \"OldValue\", {new_open}{text} AS \"NewValue\", \
         (SELECT p.\"IsDeleted\" FROM \"{of}\" p WHERE p.\"Id\" = record) AS \"IsDeleted\", \
         at_ms AS \"CreatedDate\", actor_id AS \"CreatedById\", at_ms AS \"LastModifiedDate\", \
         actor_id AS \"LastModifiedById\", at_ms AS \"SystemModstamp\", {old_sealed} AS \"{}\", {new_sealed} AS \"{}\" FROM hf_history WHERE {ours}",
        sealed_column("OldValue"),
        sealed_column("NewValue"),
        view = object.table,
        record = record.column,
        of = of.table,
    ))?;
    connection.batch(&format!("CREATE INDEX \"hf_history_{}\" ON hf_history (({id})) WHERE {ours}", object.table))
}

#[cfg(test)]
mod tests {
    use crate::driver::first;
    use crate::read::int_column;
    use crate::testing::Installed;
    use model::schema::{AccessDefault, FieldDef, ObjectDef};

    #[test]
    fn an_org_whose_custom_objects_had_no_history_gets_it_when_it_grows() {
        Installed::on_both_stores(|installed| {
            let org = installed.create_org();
            let user = ObjectDef::new("User", "User", "Users", "005")
                .setting(AccessDefault::PublicRead)
                .field(FieldDef::text("Name", "Name", 80));
            let site = ObjectDef::new("Site__c", "Site", "Sites", "a00").field(FieldDef::text("Name", "Name", 80));
            let mut known = vec![user, site];
            let changes = |defs: Vec<ObjectDef>| {
                org.write_metadata(|tx| tx.schema_alter(defs)).expect("a schema").find_object("Site__History").is_some()
            };
            assert!(!changes(known.clone()), "it tracks nothing");
            // An older program tracked fields and made no object of their history.
            known[1].fields.push(FieldDef::text("State__c", "State", 20).tracked());
            let grown = org.write_metadata(|tx| tx.schema_grow(known)).expect("grown");
            let history = grown.find_object("Site__History").expect("a history");
            assert_eq!(history.key_prefix().as_string(), "n00");
            let rows = org.read(|tx| {
                first(tx.connection, "SELECT COUNT(*) FROM \"Site__History\"", &[], |row| int_column(row, 0))
            });
            assert_eq!(rows.expect("a view"), Some(0));
        });
    }
}
