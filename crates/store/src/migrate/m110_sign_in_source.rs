//! The addresses of sign-ins, beside what else is told of them.

use super::Migration;
use crate::driver::{Connection, Dialect, collect};
use crate::read::text_column;
use model::Result;

pub(super) const MIGRATION: Migration = Migration { number: 110, name: "addresses of sign-ins", run };

fn run(connection: &mut dyn Connection) -> Result<()> {
    connection.batch("ALTER TABLE hf_trail ADD COLUMN source TEXT NOT NULL DEFAULT ''")?;
    // An org has one view of sign-ins, or none while it is being made. Its own words are what is known of its columns.
    let (of_views, before, after) = match connection.dialect() {
        Dialect::Sqlite => (
            "SELECT name, sql FROM sqlite_master WHERE type = 'view' AND sql LIKE '%FROM hf_trail WHERE told = 1'",
            "NULL COLLATE HF AS \"SourceIp\"",
            "NULLIF(source, '') COLLATE HF AS \"SourceIp\"",
        ),
        Dialect::Postgres => (
            "SELECT viewname::text, definition FROM pg_views WHERE schemaname = current_schema() \
             AND definition LIKE '%hf_trail%' AND definition LIKE '%\"SourceIp\"%'",
            "NULL::text AS \"SourceIp\"",
            "NULLIF(source, ''::text) AS \"SourceIp\"",
        ),
    };
    let views = collect(connection, of_views, &[], |row| Ok((text_column(row, 0)?, text_column(row, 1)?)))?;
    for (name, words) in views {
        let words = words.replace(before, after);
        match connection.dialect() {
            Dialect::Sqlite => connection.batch(&format!("DROP VIEW \"{name}\"; {words}"))?,
            Dialect::Postgres => connection.batch(&format!("CREATE OR REPLACE VIEW \"{name}\" AS {words}"))?,
        }
    }
    Ok(())
}
