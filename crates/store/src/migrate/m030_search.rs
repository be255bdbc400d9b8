//! The full-text index, and the objects whose records are still to be put into it.

use super::{Migration, batch};
use crate::driver::{Connection, Dialect};
use model::Result;

pub(super) const MIGRATION: Migration = Migration { number: 30, name: "full-text search", run };

fn run(connection: &mut dyn Connection) -> Result<()> {
    let index = match connection.dialect() {
        Dialect::Sqlite => FILE,
        Dialect::Postgres => SERVER,
    };
    batch(connection, index)?;
    batch(connection, TODO)
}

/// The terms are whole already: letters, digits and what is beyond ASCII stay together, and so do our own marks.
const FILE: &str = r#"
CREATE VIRTUAL TABLE hf_search USING fts5(
  terms, content='', contentless_delete=1, tokenize="ascii tokenchars ':^_'");
"#;

const SERVER: &str = "
CREATE TABLE hf_search (id bigint PRIMARY KEY, terms tsvector NOT NULL);
CREATE INDEX hf_search_terms ON hf_search USING gin (terms);
";

/// Records of an object after this id wait to be indexed.
const TODO: &str = "
CREATE TABLE hf_search_todo (object TEXT PRIMARY KEY, after {int} NOT NULL);
INSERT INTO hf_search_todo (object, after) SELECT name, 0 FROM hf_object;
";
