//! Contents of files, in sealed chunks beside the rows that name them.

use super::{Migration, batch};

pub(super) const MIGRATION: Migration =
    Migration { number: 81, name: "contents of files", run: |connection| batch(connection, SQL) };

const SQL: &str = "
CREATE TABLE hf_content (
  id {int} PRIMARY KEY, size {int} NOT NULL, checksum TEXT NOT NULL, chunks {int} NOT NULL, key_version {int} NOT NULL,
  rekeyed {int} NOT NULL, touched_ms {int} NOT NULL, staged_by {int}, is_whole {int} NOT NULL
);
CREATE TABLE hf_content_chunk (
  content {int} NOT NULL, number {int} NOT NULL, bytes {blob} NOT NULL, PRIMARY KEY (content, number)
);
CREATE INDEX hf_content_by_key ON hf_content (key_version);
CREATE INDEX hf_content_by_time ON hf_content (touched_ms)
";
