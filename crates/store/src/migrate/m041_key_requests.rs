//! Acts on keys that wait for a second administrator.

use super::Migration;
use super::batch;

pub(super) const MIGRATION: Migration = Migration {
    number: 41,
    name: "acts on keys that wait for a second administrator",
    run: |connection| {
        batch(
            connection,
            "CREATE TABLE hf_key_request (number {int} PRIMARY KEY, act TEXT NOT NULL, requested_by {int} NOT NULL, \
             requested_ms {int} NOT NULL, expires_ms {int} NOT NULL, confirmed_by {int} NOT NULL DEFAULT 0)",
        )
    },
};
