//! Text that is equal in a file is equal in PostgreSQL: what `lower` leaves apart and simple folding does not (final
//! sigma, long s, Cherokee and a few others) is put together.

use super::Migration;
use crate::driver::{Connection, Dialect, collect};
use crate::read::text_column;
use model::Result;

pub(super) const MIGRATION: Migration = Migration { number: 31, name: "one equality of text", run };

/// Lower-case letters and what they fold to.
const PAIRS: [(&str, &str); 2] = [
    (
        "\u{b5}\u{17f}\u{345}\u{3c2}\u{3d0}\u{3d1}\u{3d5}\u{3d6}\u{3f0}\u{3f1}\u{3f5}\u{1e9b}\u{1fbe}\u{1fd3}\u{1fe3}\u{fb05}",
        "\u{3bc}s\u{3b9}\u{3c3}\u{3b2}\u{3b8}\u{3c6}\u{3c0}\u{3ba}\u{3c1}\u{3b5}\u{1e61}\u{3b9}\u{390}\u{3b0}\u{fb06}",
    ),
    (
        "\u{1c80}\u{1c81}\u{1c82}\u{1c83}\u{1c84}\u{1c85}\u{1c86}\u{1c87}\u{1c88}",
        "\u{432}\u{434}\u{43e}\u{441}\u{442}\u{442}\u{44a}\u{463}\u{a64b}",
    ),
];

fn run(connection: &mut dyn Connection) -> Result<()> {
    if connection.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let (mut from, mut to): (String, String) = PAIRS.into_iter().unzip();
    // Cherokee folds to its capitals.
    from.extend(('\u{ab70}'..='\u{abbf}').chain('\u{13f8}'..='\u{13fd}'));
    to.extend(('\u{13a0}'..='\u{13ef}').chain('\u{13f0}'..='\u{13f5}'));
    connection.batch(&format!(
        "CREATE OR REPLACE FUNCTION hf_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
           RETURN translate(lower(value COLLATE \"und-x-icu\"), '{from}', '{to}') COLLATE \"C\""
    ))?;
    let indexes = "SELECT indexname::text FROM pg_catalog.pg_indexes \
                   WHERE schemaname = current_schema() AND indexdef LIKE '%hf_fold%'";
    for index in collect(connection, indexes, &[], |row| text_column(row, 0))? {
        connection.batch(&format!("REINDEX INDEX \"{index}\""))?;
    }
    Ok(())
}
