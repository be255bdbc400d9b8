//! Agreements of users to dashboards that are shown with their rights.

use super::{Migration, batch};

pub(super) const MIGRATION: Migration =
    Migration { number: 125, name: "agreements to dashboards", run: |connection| batch(connection, SQL) };

const SQL: &str = "
CREATE TABLE hf_dashboard_agreement (
  dashboard_id {int} NOT NULL, user_id {int} NOT NULL, print TEXT NOT NULL, asked_by {int} NOT NULL,
  asked_ms {int} NOT NULL, agreed {int} NOT NULL, answered_ms {int} NOT NULL,
  PRIMARY KEY (dashboard_id, user_id)
);
CREATE INDEX hf_dashboard_agreement_by_user ON hf_dashboard_agreement (user_id)
";
