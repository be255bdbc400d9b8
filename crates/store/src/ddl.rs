//! Tables from metadata. An object is a table, a stored field is a column; references, unique, external-id and marked
//! fields have an index. All of it runs inside the transaction that changes the metadata.

use crate::codec::{Codec, codec_of};
use crate::driver::{Connection, Dialect};
use model::{FieldSchema, ObjectSchema, Result, Value};

/// Creates the table of an object with its indexes.
pub(crate) fn create_object(connection: &mut dyn Connection, object: &ObjectSchema) -> Result<()> {
    let dialect = connection.dialect();
    let mut columns = Vec::new();
    for field in stored(object) {
        columns.push(column(dialect, field)?);
    }
    connection.batch(&format!("CREATE TABLE \"{}\" (\n  {}\n)", object.table, columns.join(",\n  ")))?;
    for field in stored(object) {
        create_index(connection, object, field)?;
    }
    Ok(())
}

/// Adds the column of a new field.
pub(crate) fn add_field(connection: &mut dyn Connection, object: &ObjectSchema, field: &FieldSchema) -> Result<()> {
    if field.column.is_empty() {
        return Ok(());
    }
    let column = column(connection.dialect(), field)?;
    connection.batch(&format!("ALTER TABLE \"{}\" ADD COLUMN {column}", object.table))?;
    if field.def.default == Value::Bool(true) {
        // A box is ticked or not, never empty: records that are there already get what a new one would.
        connection.batch(&format!("UPDATE \"{}\" SET \"{}\" = 1", object.table, field.column))?;
    }
    create_index(connection, object, field)
}

pub(crate) fn stored(object: &ObjectSchema) -> impl Iterator<Item = &FieldSchema> {
    object.fields.iter().filter(|field| !field.column.is_empty())
}

fn column(dialect: Dialect, field: &FieldSchema) -> Result<String> {
    let codec = codec_of(field)?;
    let data_type = match (dialect, codec) {
        (Dialect::Sqlite, Codec::Text) => "TEXT COLLATE HF",
        (Dialect::Sqlite, _) => "INTEGER",
        (Dialect::Postgres, Codec::Text) => "text",
        (Dialect::Postgres, _) => "bigint",
    };
    let constraint = match codec {
        Codec::Id if field.name() == "Id" => " PRIMARY KEY",
        Codec::Bool => " NOT NULL DEFAULT 0",
        _ => "",
    };
    Ok(format!("\"{}\" {data_type}{constraint}", field.column))
}

/// Whether a field's column has an index.
pub(crate) fn wants_index(object: &ObjectSchema, field: &FieldSchema) -> bool {
    let is_reference = !field.targets.is_empty();
    let is_name = field.ix == object.name_field;
    let wanted = field.def.unique
        || field.def.external_id
        || field.def.indexed
        || is_name
        || (is_reference && !field.def.system);
    wanted && field.name() != "Id"
}

pub(crate) fn create_index(connection: &mut dyn Connection, object: &ObjectSchema, field: &FieldSchema) -> Result<()> {
    let Some(index) = index_sql(object, field)? else { return Ok(()) };
    let sql = match connection.dialect() {
        Dialect::Sqlite => index.sqlite,
        Dialect::Postgres => index.postgres,
    };
    connection.batch(&sql)
}

/// Drops the index of a field, if it has one.
pub(crate) fn drop_index(connection: &mut dyn Connection, object: &ObjectSchema, field: &FieldSchema) -> Result<()> {
    connection.batch(&format!("DROP INDEX IF EXISTS \"{}\"", index_name(object, field)))
}

/// Drops a column with its index.
pub(crate) fn drop_column(connection: &mut dyn Connection, table: &str, column: &str) -> Result<()> {
    connection.batch(&format!("DROP INDEX IF EXISTS \"{}\"", name_of_index(table, column)))?;
    connection.batch(&format!("ALTER TABLE \"{table}\" DROP COLUMN \"{column}\""))
}

/// The index of a field in both dialects.
#[derive(PartialEq, Eq)]
pub(crate) struct IndexSql {
    sqlite: String,
    postgres: String,
}

/// How a field's index is made; none for a field without one.
pub(crate) fn index_sql(object: &ObjectSchema, field: &FieldSchema) -> Result<Option<IndexSql>> {
    if !wants_index(object, field) {
        return Ok(None);
    }
    let text = codec_of(field)?.is_text();
    let sql = |dialect: Dialect| {
        let expression = match (dialect, text, field.def.case_sensitive) {
            (Dialect::Sqlite, true, true) => format!("\"{}\" COLLATE BINARY", field.column),
            (Dialect::Postgres, true, true) => format!("\"{}\" COLLATE \"C\"", field.column),
            (Dialect::Postgres, true, false) => format!("hf_fold(\"{}\")", field.column),
            _ => format!("\"{}\"", field.column),
        };
        let (unique, live) = if field.def.unique {
            (" UNIQUE", format!(" WHERE \"IsDeleted\" = 0 AND \"{}\" IS NOT NULL", field.column))
        } else {
            ("", String::new())
        };
        let name = index_name(object, field);
        format!("CREATE{unique} INDEX \"{name}\" ON \"{}\" ({expression}){live}", object.table)
    };
    Ok(Some(IndexSql { sqlite: sql(Dialect::Sqlite), postgres: sql(Dialect::Postgres) }))
}

/// PostgreSQL cuts names at 63 bytes, so long ones end in a hash of the whole.
pub(crate) fn index_name(object: &ObjectSchema, field: &FieldSchema) -> String {
    name_of_index(&object.table, &field.column)
}

fn name_of_index(table: &str, column: &str) -> String {
    let full = format!("hx_{table}_{column}");
    if full.len() <= 60 {
        return full;
    }
    let hash = full
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{}_{hash:016x}", &full[..43])
}
