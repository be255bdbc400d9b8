//! Lists of choices that fields share.

use super::Migration;
use super::batch;

pub(super) const MIGRATION: Migration = Migration {
    number: 51,
    name: "lists of choices that fields share",
    run: |connection| batch(connection, "CREATE TABLE hf_value_set (name TEXT PRIMARY KEY, def TEXT NOT NULL)"),
};
