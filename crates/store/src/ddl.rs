//! Tables from metadata. An object is a table, a stored field is a column; references, unique, external-id and marked
//! fields have an index. All of it runs inside the transaction that changes the metadata.

use crate::codec::{Codec, codec_of};
use crate::driver::{Connection, Dialect};
use model::{FieldSchema, ObjectSchema, Result};

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
    create_index(connection, object, field)
}

fn stored(object: &ObjectSchema) -> impl Iterator<Item = &FieldSchema> {
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

fn create_index(connection: &mut dyn Connection, object: &ObjectSchema, field: &FieldSchema) -> Result<()> {
    let dialect = connection.dialect();
    let is_reference = !field.targets.is_empty();
    let is_name = field.ix == object.name_field;
    let wanted = field.def.unique
        || field.def.external_id
        || field.def.indexed
        || is_name
        || (is_reference && !field.def.system);
    if !wanted || field.name() == "Id" {
        return Ok(());
    }
    let text = codec_of(field)?.is_text();
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
    connection.batch(&format!(
        "CREATE{unique} INDEX \"{}\" ON \"{}\" ({expression}){live}",
        index_name(object, field),
        object.table
    ))
}

/// PostgreSQL cuts names at 63 bytes, so long ones end in a hash of the whole.
fn index_name(object: &ObjectSchema, field: &FieldSchema) -> String {
    let full = format!("hx_{}_{}", object.table, field.column);
    if full.len() <= 60 {
        return full;
    }
    let hash = full
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{}_{hash:016x}", &full[..43])
}

/// The platform's own tables of an org, `{int}`, `{blob}` and `{serial}` standing for the dialect's words.
const PLATFORM_TABLES: &str = r#"
CREATE TABLE hf_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE hf_object (name TEXT PRIMARY KEY, position {int} NOT NULL, def TEXT NOT NULL);
CREATE TABLE hf_sequence (name TEXT PRIMARY KEY, next {int} NOT NULL);
CREATE TABLE hf_role_closure (ancestor {int} NOT NULL, descendant {int} NOT NULL, PRIMARY KEY (ancestor, descendant));
CREATE INDEX hf_role_closure_down ON hf_role_closure (descendant);
CREATE TABLE hf_audit (
  seq {int} PRIMARY KEY, at_ms {int} NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  object TEXT NOT NULL, record {int} NOT NULL, detail TEXT NOT NULL, hash {blob} NOT NULL, mac {blob} NOT NULL);
CREATE INDEX hf_audit_record ON hf_audit (record, seq);
CREATE TABLE hf_history (
  seq {int} PRIMARY KEY, record {int} NOT NULL, object TEXT NOT NULL, field TEXT NOT NULL,
  old_value TEXT NOT NULL, new_value TEXT NOT NULL, at_ms {int} NOT NULL, actor TEXT NOT NULL);
CREATE INDEX hf_history_record ON hf_history (record, seq);
CREATE TABLE hf_outbox (
  seq {int} PRIMARY KEY, kind TEXT NOT NULL, created_ms {int} NOT NULL, due_ms {int} NOT NULL, state TEXT NOT NULL,
  attempts {int} NOT NULL, lease_ms {int} NOT NULL, epoch {int} NOT NULL, reference {int} NOT NULL,
  summary TEXT NOT NULL, payload {blob} NOT NULL, reply TEXT NOT NULL);
CREATE INDEX hf_outbox_due ON hf_outbox (state, due_ms);
CREATE TABLE hf_job (
  seq {int} PRIMARY KEY, kind TEXT NOT NULL, unique_key TEXT NOT NULL UNIQUE, run_as {int} NOT NULL,
  payload TEXT NOT NULL, due_ms {int} NOT NULL, state TEXT NOT NULL, attempts {int} NOT NULL,
  lease_ms {int} NOT NULL, epoch {int} NOT NULL, outcome TEXT NOT NULL);
CREATE INDEX hf_job_due ON hf_job (state, due_ms);
CREATE TABLE hf_credential (
  user_id {int} PRIMARY KEY, password_hash TEXT NOT NULL, token_hash {blob} NOT NULL, failures {int} NOT NULL,
  locked_until_ms {int} NOT NULL, changed_ms {int} NOT NULL);
CREATE TABLE hf_session (
  token_hash {blob} PRIMARY KEY, user_id {int} NOT NULL, kind TEXT NOT NULL, client TEXT NOT NULL,
  created_ms {int} NOT NULL, expires_ms {int} NOT NULL, used_ms {int} NOT NULL, csrf TEXT NOT NULL);
CREATE INDEX hf_session_user ON hf_session (user_id);
CREATE TABLE hf_client (client_id TEXT PRIMARY KEY, def TEXT NOT NULL);
CREATE TABLE hf_grant (
  token_hash {blob} PRIMARY KEY, kind TEXT NOT NULL, user_id {int} NOT NULL, client TEXT NOT NULL, family TEXT NOT NULL,
  created_ms {int} NOT NULL, expires_ms {int} NOT NULL, used_ms {int} NOT NULL, spent {int} NOT NULL, terms TEXT NOT NULL);
CREATE INDEX hf_grant_user ON hf_grant (user_id);
CREATE TABLE hf_cursor (
  seq {int} PRIMARY KEY, user_id {int} NOT NULL, created_ms {int} NOT NULL, query TEXT NOT NULL, scope TEXT NOT NULL,
  total {int} NOT NULL, ids {blob} NOT NULL);
CREATE TABLE hf_recent (
  user_id {int} NOT NULL, record {int} NOT NULL, at_ms {int} NOT NULL, PRIMARY KEY (user_id, record));
CREATE TABLE hf_import (file TEXT NOT NULL, line {int} NOT NULL, outcome TEXT NOT NULL, PRIMARY KEY (file, line));
"#;

/// What PostgreSQL needs beside tables: the order of text, and its form for equality.
const POSTGRES_PREPARATION: &str = r#"
CREATE COLLATION hf_order (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE FUNCTION hf_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN lower(value COLLATE "und-x-icu") COLLATE "C";
"#;

/// Makes the platform's own tables in an empty database.
pub(crate) fn create_platform_tables(connection: &mut dyn Connection) -> Result<()> {
    let (int, blob) = match connection.dialect() {
        Dialect::Sqlite => ("INTEGER", "BLOB"),
        Dialect::Postgres => ("bigint", "bytea"),
    };
    if connection.dialect() == Dialect::Postgres {
        connection.batch(POSTGRES_PREPARATION)?;
    }
    connection.batch(&PLATFORM_TABLES.replace("{int}", int).replace("{blob}", blob))
}
