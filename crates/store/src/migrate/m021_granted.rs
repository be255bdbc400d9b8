//! Marks the tables of shares and teams that have rows, so that the others are left out of what decides who sees what.

use super::Migration;
use crate::driver::{Connection, Dialect, collect};
use crate::read::text_column;
use crate::sharing::closure;
use model::Result;

pub(super) const MIGRATION: Migration = Migration { number: 21, name: "which shares and teams there are", run };

fn run(connection: &mut dyn Connection) -> Result<()> {
    let tables = tables(connection.dialect());
    for table in collect(connection, tables, &[], |row| text_column(row, 0))? {
        let one = format!("SELECT 1 FROM \"{table}\" LIMIT 1");
        if !collect(connection, &one, &[], |row| row.int(0))?.is_empty() {
            closure::mark_granted(connection, &table)?;
        }
    }
    Ok(())
}

/// Tables with the names of shares and teams; a mark too many does no harm.
fn tables(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND (name LIKE '%Share%' OR name LIKE '%TeamMember%')"
        }
        Dialect::Postgres => {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() \
             AND table_type = 'BASE TABLE' AND (table_name LIKE '%Share%' OR table_name LIKE '%TeamMember%')"
        }
    }
}
