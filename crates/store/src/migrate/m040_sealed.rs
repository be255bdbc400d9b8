//! Sealed fields: which values of the history are encrypted, and how far the rewriting of values has come.

use super::{Migration, batch};

pub(super) const MIGRATION: Migration = Migration {
    number: 40,
    name: "sealed fields",
    run: |connection| {
        batch(
            connection,
            "ALTER TABLE hf_history ADD COLUMN sealed {int} NOT NULL DEFAULT 0;
             CREATE TABLE hf_reseal (
               object TEXT NOT NULL, field TEXT NOT NULL, goal TEXT NOT NULL, version {int} NOT NULL,
               stage TEXT NOT NULL, last_id {int} NOT NULL, done {int} NOT NULL, total {int} NOT NULL,
               started_ms {int} NOT NULL, PRIMARY KEY (object, field, goal))",
        )
    },
};
