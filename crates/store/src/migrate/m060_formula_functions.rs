//! Functions of PostgreSQL that formulas are made of. SQLite calls the evaluator itself.

use super::Migration;
use crate::driver::{Connection, Dialect};
use model::Result;

pub(super) const MIGRATION: Migration = Migration { number: 60, name: "functions for formulas", run };

fn run(connection: &mut dyn Connection) -> Result<()> {
    match connection.dialect() {
        Dialect::Sqlite => Ok(()),
        Dialect::Postgres => {
            for functions in
                [include_str!("m060_numbers.sql"), include_str!("m060_texts.sql"), include_str!("m060_moments.sql")]
            {
                connection.batch(functions)?;
            }
            Ok(())
        }
    }
}
