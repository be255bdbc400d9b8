//! The tables of an org's database as the database itself describes them.

use crate::driver::{Connection, Dialect, collect};
use crate::read::{int_column, text_column};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Int,
    Text,
    Blob,
}

/// A table: columns by name, and the columns of its key in the key's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<(String, Kind)>,
    pub(crate) key: Vec<String>,
}

/// Derived from other rows, and made anew behind a copy.
const DERIVED: [&str; 2] = ["hf_search", "hf_search_todo"];

/// Every table that holds something of the org's own, by name; the metadata first, since the others follow from it.
///
/// # Errors
/// For a column of a type that this crate does not use: it would be lost on the way.
pub(crate) fn tables(connection: &mut dyn Connection) -> Result<Vec<Table>> {
    let found = match connection.dialect() {
        Dialect::Sqlite => of_file(connection)?,
        Dialect::Postgres => of_server(connection)?,
    };
    let mut tables = Vec::new();
    for (name, columns) in found {
        if DERIVED.contains(&name.as_str()) {
            continue;
        }
        let mut table = Table { name, columns: Vec::new(), key: Vec::new() };
        let mut key = Vec::new();
        for column in columns {
            let kind = match column.data_type.to_ascii_lowercase().as_str() {
                "integer" | "bigint" => Kind::Int,
                "text" => Kind::Text,
                "blob" | "bytea" => Kind::Blob,
                other => {
                    return Err(Error::internal(format!(
                        "{}.{} is of type {other}, which copies do not carry",
                        table.name, column.name
                    )));
                }
            };
            if column.key_place > 0 {
                key.push((column.key_place, column.name.clone()));
            }
            table.columns.push((column.name, kind));
        }
        table.columns.sort();
        key.sort();
        table.key = key.into_iter().map(|(_, name)| name).collect();
        if table.key.is_empty() {
            return Err(Error::internal(format!("{} has no primary key, so its rows have no order", table.name)));
        }
        tables.push(table);
    }
    tables.sort_by_key(|table| (table.name != "hf_object", table.name.clone()));
    Ok(tables)
}

struct Column {
    name: String,
    data_type: String,
    /// Its place in the key, from 1; 0 outside of it.
    key_place: i64,
}

type Found = BTreeMap<String, Vec<Column>>;

fn of_file(connection: &mut dyn Connection) -> Result<Found> {
    // Virtual tables and the shadow tables below them are of another type.
    let sql = "SELECT t.name, c.name, c.type, c.pk FROM pragma_table_list t, pragma_table_info(t.name) c \
               WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    gather(connection, sql)
}

fn of_server(connection: &mut dyn Connection) -> Result<Found> {
    let sql = "SELECT t.relname::text, a.attname::text, format_type(a.atttypid, NULL)::text, \
                 COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0)::bigint \
               FROM pg_catalog.pg_class t \
               JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema() \
               JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 AND a.attgenerated = '' \
               LEFT JOIN pg_catalog.pg_index i ON i.indrelid = t.oid AND i.indisprimary \
               WHERE t.relkind = 'r'";
    gather(connection, sql)
}

fn gather(connection: &mut dyn Connection, sql: &str) -> Result<Found> {
    let mut found = Found::new();
    for (table, column) in collect(connection, sql, &[], |row| {
        let column =
            Column { name: text_column(row, 1)?, data_type: text_column(row, 2)?, key_place: int_column(row, 3)? };
        Ok((text_column(row, 0)?, column))
    })? {
        found.entry(table).or_default().push(column);
    }
    Ok(found)
}
