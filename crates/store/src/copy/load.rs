//! Filling an empty database with the rows of an org.

use super::rows::{Digesting, TableDigest};
use super::shape::{Kind, Table, tables};
use crate::ddl::{create_object, tables_first};
use crate::driver::{Connection, Dialect, Param, placeholders};
use model::schema::ObjectDef;
use model::{Error, OrgSchema, Result};

/// Parameters of one statement at most; both databases take more.
const MOST_PARAMS: usize = 8_000;

/// Rows on their way into one database, in one transaction of its.
pub(crate) struct Loader<'a> {
    connection: &'a mut dyn Connection,
    /// Tables still to come, and those that have come.
    expected: Vec<Table>,
    current: Option<Filling>,
}

struct Filling {
    table: Table,
    digest: Digesting,
    waiting: Vec<Param>,
    rows: usize,
}

impl<'a> Loader<'a> {
    /// Begins in a database that has gone through the same migrations as the source, and holds no objects yet.
    pub(crate) fn new(connection: &'a mut dyn Connection, expected: Vec<Table>) -> Self {
        Self { connection, expected, current: None }
    }

    /// The tables of the org's objects, as its metadata says; then whatever the source has beyond that.
    pub(crate) fn create_objects(&mut self, defs: Vec<ObjectDef>) -> Result<()> {
        let schema = OrgSchema::build(0, defs)?;
        for object in tables_first(&schema) {
            create_object(self.connection, &schema, object)?;
        }
        let present = tables(self.connection)?;
        for wanted in &self.expected {
            let Some(have) = present.iter().find(|table| table.name == wanted.name) else {
                return Err(Error::internal(format!("the table {} follows from nothing", wanted.name)));
            };
            for (column, kind) in wanted.columns.iter().filter(|column| !have.columns.contains(column)) {
                // Left behind by a field that is computed by now.
                add_column(self.connection, &wanted.name, column, *kind)?;
            }
        }
        // What migrations put into an empty database comes with the rows.
        for table in &self.expected {
            self.connection.batch(&format!("DELETE FROM \"{}\"", table.name))?;
        }
        Ok(())
    }

    /// Begins a table.
    pub(crate) fn begin(&mut self, table: &Table) -> Result<()> {
        if self.current.is_some() || !self.expected.contains(table) {
            return Err(Error::internal(format!("the table {} came out of turn", table.name)));
        }
        self.current =
            Some(Filling { table: table.clone(), digest: Digesting::default(), waiting: Vec::new(), rows: 0 });
        Ok(())
    }

    /// One row of the table.
    pub(crate) fn row(&mut self, cells: &[Param]) -> Result<()> {
        let filling = self.current.as_mut().ok_or_else(|| Error::internal("a row of no table"))?;
        filling.digest.add(cells)?;
        filling.waiting.extend_from_slice(cells);
        filling.rows += 1;
        if filling.waiting.len() + filling.table.columns.len() > MOST_PARAMS {
            flush(self.connection, filling)?;
        }
        Ok(())
    }

    /// Ends the table and returns the digest of what came.
    pub(crate) fn end(&mut self) -> Result<TableDigest> {
        let mut filling = self.current.take().ok_or_else(|| Error::internal("no table to end"))?;
        flush(self.connection, &mut filling)?;
        Ok(filling.digest.finish())
    }

    /// Says that what is derived from rows is to be made anew.
    pub(crate) fn finish(self) -> Result<()> {
        if crate::migrate::has_table(self.connection, "hf_search_todo")? {
            self.connection.batch(
                "DELETE FROM hf_search_todo; INSERT INTO hf_search_todo (object, after) SELECT name, 0 FROM hf_object",
            )?;
        }
        Ok(())
    }
}

fn flush(connection: &mut dyn Connection, filling: &mut Filling) -> Result<()> {
    if filling.rows == 0 {
        return Ok(());
    }
    let names: Vec<_> = filling.table.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let row = format!("({})", vec!["?"; names.len()].join(", "));
    let sql = format!(
        "INSERT INTO \"{}\" ({}) VALUES {}",
        filling.table.name,
        names.join(", "),
        vec![row; filling.rows].join(", ")
    );
    let sql = placeholders(connection.dialect(), &sql);
    connection.execute(&sql, &filling.waiting)?;
    filling.waiting.clear();
    filling.rows = 0;
    Ok(())
}

fn add_column(connection: &mut dyn Connection, table: &str, column: &str, kind: Kind) -> Result<()> {
    let data_type = match (connection.dialect(), kind) {
        (Dialect::Sqlite, Kind::Int) => "INTEGER",
        (Dialect::Sqlite, Kind::Text) => "TEXT COLLATE HF",
        (Dialect::Sqlite, Kind::Blob) => "BLOB",
        (Dialect::Postgres, Kind::Int) => "bigint",
        (Dialect::Postgres, Kind::Text) => "text",
        (Dialect::Postgres, Kind::Blob) => "bytea",
    };
    connection.batch(&format!("ALTER TABLE \"{table}\" ADD COLUMN \"{column}\" {data_type}"))
}
