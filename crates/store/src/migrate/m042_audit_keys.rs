//! Under which version of the audit key each row of the log is sealed.

use super::Migration;
use super::batch;

pub(super) const MIGRATION: Migration = Migration {
    number: 42,
    name: "versions of the audit key",
    run: |connection| batch(connection, "ALTER TABLE hf_audit ADD COLUMN key_version {int} NOT NULL DEFAULT 1"),
};
