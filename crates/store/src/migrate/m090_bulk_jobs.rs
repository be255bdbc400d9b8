//! Bulk jobs: what was asked, the batches of rows with how far each has come, and the contents that hold results.

use super::{Migration, batch};

pub(super) const MIGRATION: Migration =
    Migration { number: 90, name: "bulk jobs", run: |connection| batch(connection, SQL) };

const SQL: &str = "
CREATE TABLE hf_bulk_job (
  id {int} PRIMARY KEY, kind TEXT NOT NULL, terms TEXT NOT NULL, serial {int} NOT NULL, created_by {int} NOT NULL,
  created_ms {int} NOT NULL, changed_ms {int} NOT NULL, state TEXT NOT NULL, message TEXT NOT NULL
);
CREATE INDEX hf_bulk_job_by_change ON hf_bulk_job (changed_ms);
CREATE TABLE hf_bulk_batch (
  id {int} PRIMARY KEY, job {int} NOT NULL, number {int} NOT NULL, state TEXT NOT NULL, message TEXT NOT NULL,
  created_ms {int} NOT NULL, changed_ms {int} NOT NULL, body {int}, rows_list {int}, from_row {int} NOT NULL,
  to_row {int} NOT NULL, place {int} NOT NULL, line {int} NOT NULL, header TEXT NOT NULL, done {int} NOT NULL,
  failed {int} NOT NULL, parts {int} NOT NULL, busy_ms {int} NOT NULL, attempts {int} NOT NULL, lease_ms {int} NOT NULL,
  epoch {int} NOT NULL, turn_ms {int} NOT NULL
);
CREATE INDEX hf_bulk_batch_of_job ON hf_bulk_batch (job, number);
CREATE INDEX hf_bulk_batch_waiting ON hf_bulk_batch (state, turn_ms);
CREATE TABLE hf_bulk_part (
  batch {int} NOT NULL, number {int} NOT NULL, content {int} NOT NULL, first_row {int} NOT NULL, rows_held {int} NOT NULL,
  PRIMARY KEY (batch, number)
);
CREATE INDEX hf_bulk_part_of_content ON hf_bulk_part (content)
";
