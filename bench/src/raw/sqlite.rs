//! Hand-written SQL through rusqlite on the org's own encrypted file.

use super::{COPY, EXPORT_COLUMNS, INSERTED, ListFilter, Plain, READ_COLUMNS, Raw, quoted};
use crate::meter::Seen;
use crate::world::World;
use anyhow::{Context as _, Result};
use model::RecordId;
use rusqlite::types::{ToSqlOutput, Value as SqlValue, ValueRef};
use rusqlite::{Connection, OpenFlags, Row, ToSql, params};
use secrecy::ExposeSecret as _;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use store::{Backed as _, Purpose};

pub struct SqliteRaw {
    /// On the org's own file, for reading.
    org: Connection,
    /// On a file of its own, for writing: a second writer on the org's file would make the engine's forget its cache.
    copy: Connection,
}

/// As the engine's own connections have it.
const CACHE_KIB: i64 = 64 * 1024;

impl SqliteRaw {
    /// # Errors
    /// What the database reports.
    pub fn open(world: &World) -> Result<Self> {
        let file = world.data_dir.join("orgs").join(world.org.id().to_string()).join("org.db");
        let key = hex::encode(world.org.store().keyring().key(Purpose::Store)?.expose_secret());
        let org = connect(&file, &key)?;
        let copy = connect(&world.data_dir.join("bench.db"), &key)?;
        copy.pragma_update(None, "journal_mode", "WAL")?;
        copy_table(&copy, &file, &key)?;
        Ok(Self { org, copy })
    }
}

/// A connection with the same key, cache and collation as the engine's.
fn connect(file: &Path, key: &str) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.pragma_update(None, "key", format!("x'{key}'"))?;
    connection.execute_batch(&format!(
        "PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; PRAGMA cache_size = -{CACHE_KIB};"
    ))?;
    connection.create_collation("HF", model::text::compare)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Makes the table for hand-written inserts, with the indexes and rows of the org's own.
fn copy_table(connection: &Connection, org: &Path, key: &str) -> Result<()> {
    connection.execute("ATTACH DATABASE ?1 AS org KEY ?2", params![org.to_string_lossy(), format!("x'{key}'")])?;
    let mut statement = connection.prepare(
        "SELECT sql FROM org.sqlite_master WHERE tbl_name = 'Opportunity' AND type IN ('table', 'index') \
         AND sql IS NOT NULL ORDER BY type DESC",
    )?;
    let texts = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    drop(statement);
    connection.execute_batch("BEGIN IMMEDIATE")?;
    for text in &texts {
        let own = text.replace("\"Opportunity\"", COPY);
        connection.execute_batch(&own)?;
        if own.starts_with("CREATE TABLE") {
            connection.execute_batch(&format!("INSERT INTO {COPY} SELECT * FROM org.\"Opportunity\""))?;
        }
    }
    connection.execute_batch("COMMIT; DETACH DATABASE org")?;
    Ok(())
}

/// Looks at every cell, as whoever answers with the row must.
fn touch(row: &Row<'_>, columns: usize) -> rusqlite::Result<()> {
    for at in 0..columns {
        black_box(row.get_ref(at)?);
    }
    Ok(())
}

impl Raw for SqliteRaw {
    fn read_by_id(&mut self, id: RecordId) -> Result<Seen> {
        let mut statement = self.org.prepare_cached(&format!(
            "SELECT {} FROM \"Account\" WHERE \"Id\" = ?1 AND \"IsDeleted\" = 0",
            quoted(&READ_COLUMNS, "")
        ))?;
        let mut seen = Seen::default();
        let mut rows = statement.query([id.as_i64()])?;
        while let Some(row) = rows.next()? {
            touch(row, READ_COLUMNS.len())?;
            seen.add(row.get(0)?);
        }
        Ok(seen)
    }

    fn list(&mut self, filter: &ListFilter) -> Result<Seen> {
        let mut statement = self.org.prepare_cached(
            "SELECT o.\"Id\", o.\"Name\", o.\"StageName\", o.\"Amount\", o.\"CloseDate\", a.\"Id\", a.\"Name\", \
             u.\"Id\", u.\"Name\" FROM \"Opportunity\" o LEFT JOIN \"Account\" a ON a.\"Id\" = o.\"AccountId\" \
             LEFT JOIN \"User\" u ON u.\"Id\" = o.\"OwnerId\" WHERE o.\"IsDeleted\" = 0 AND o.\"StageName\" = ?1 \
             AND o.\"Amount\" > ?2 ORDER BY o.\"CloseDate\" DESC, o.\"Id\" LIMIT 100",
        )?;
        let mut seen = Seen::default();
        let mut rows = statement.query(params![filter.stage, filter.amount_over])?;
        while let Some(row) = rows.next()? {
            touch(row, 9)?;
            seen.add(row.get(0)?);
        }
        Ok(seen)
    }

    fn group(&mut self) -> Result<Seen> {
        let mut statement = self.org.prepare_cached(
            "SELECT \"StageName\", COUNT(*), SUM(\"Amount\") FROM \"Opportunity\" WHERE \"IsDeleted\" = 0 \
             GROUP BY \"StageName\" ORDER BY \"StageName\"",
        )?;
        let mut seen = Seen::default();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            touch(row, 3)?;
            seen.add(row.get(1)?);
        }
        Ok(seen)
    }

    fn export(&mut self, limit: usize, out: &mut Vec<u8>) -> Result<Seen> {
        let mut statement = self.org.prepare_cached(&format!(
            "SELECT {} FROM \"Opportunity\" WHERE \"IsDeleted\" = 0 ORDER BY \"Id\" LIMIT {limit}",
            quoted(&EXPORT_COLUMNS, "")
        ))?;
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(EXPORT_COLUMNS)?;
        let mut seen = Seen::default();
        let mut field = Vec::new();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for at in 0..EXPORT_COLUMNS.len() {
                match row.get_ref(at)? {
                    ValueRef::Integer(number) => {
                        field.clear();
                        write!(field, "{number}")?;
                        writer.write_field(&field)?;
                    }
                    ValueRef::Text(text) => writer.write_field(text)?,
                    _ => writer.write_field("")?,
                }
            }
            writer.write_record(None::<&[u8]>)?;
            seen.add(row.get(0)?);
        }
        writer.flush()?;
        Ok(seen)
    }

    fn insert(&mut self, rows: &[Vec<Plain>]) -> Result<Seen> {
        let marks = vec!["?"; INSERTED.len()].join(", ");
        let sql = format!("INSERT INTO {COPY} ({}) VALUES ({marks})", quoted(&INSERTED, ""));
        self.copy.execute_batch("BEGIN IMMEDIATE")?;
        let mut seen = Seen::default();
        {
            let mut statement = self.copy.prepare_cached(&sql)?;
            for row in rows {
                statement.execute(rusqlite::params_from_iter(row)).context("an insert by hand")?;
                seen.rows += 1;
            }
        }
        self.copy.execute_batch("COMMIT")?;
        Ok(seen)
    }
}

impl ToSql for Plain {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Plain::Null => ToSqlOutput::Owned(SqlValue::Null),
            Plain::Int(number) => ToSqlOutput::Owned(SqlValue::Integer(*number)),
            Plain::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}
