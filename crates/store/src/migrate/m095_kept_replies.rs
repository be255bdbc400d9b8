//! Replies that are kept for callers who ask twice.

use super::{Migration, batch};

pub(super) const MIGRATION: Migration =
    Migration { number: 95, name: "replies kept for repeated requests", run: |connection| batch(connection, SQL) };

const SQL: &str = "
CREATE TABLE hf_kept_reply (
  user_id {int} NOT NULL, key_hash {blob} NOT NULL, request_hash {blob} NOT NULL, at_ms {int} NOT NULL,
  status {int} NOT NULL, location TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (user_id, key_hash)
);
CREATE INDEX hf_kept_reply_by_time ON hf_kept_reply (at_ms)
";
