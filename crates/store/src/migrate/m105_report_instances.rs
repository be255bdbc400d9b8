//! Runs of reports in the background, with what they answered.

use super::{Migration, batch};

pub(super) const MIGRATION: Migration =
    Migration { number: 105, name: "reports run in the background", run: |connection| batch(connection, SQL) };

const SQL: &str = "
CREATE TABLE hf_report_instance (
  number {int} NOT NULL PRIMARY KEY, user_id {int} NOT NULL, report_id {int} NOT NULL, state TEXT NOT NULL,
  has_details {int} NOT NULL, requested_ms {int} NOT NULL, completed_ms {int} NOT NULL, question {blob} NOT NULL,
  answer {blob} NOT NULL, rights TEXT NOT NULL
);
CREATE INDEX hf_report_instance_by_user ON hf_report_instance (user_id, report_id, number);
CREATE INDEX hf_report_instance_by_time ON hf_report_instance (requested_ms)
";
