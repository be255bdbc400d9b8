//! What the program last brought of each object: the common ancestor of the org's declaration and the next one shipped.

use super::{Migration, batch};

pub(super) const MIGRATION: Migration = Migration {
    number: 2,
    name: "what the program last shipped",
    run: |connection| batch(connection, "CREATE TABLE hf_shipped (name TEXT PRIMARY KEY, def TEXT NOT NULL)"),
};
