//! Webhooks: who is told of changes at which address and how far, and what came of the latest attempts.

use super::{Migration, batch};

pub(super) const MIGRATION: Migration =
    Migration { number: 100, name: "webhooks", run: |connection| batch(connection, SQL) };

const SQL: &str = "
CREATE TABLE hf_webhook (
  id {int} PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL, objects TEXT NOT NULL, kinds TEXT NOT NULL,
  run_as {int} NOT NULL, created_ms {int} NOT NULL, changed_ms {int} NOT NULL, state TEXT NOT NULL,
  reason TEXT NOT NULL, cursor {int} NOT NULL, aim {int} NOT NULL, secret {int} NOT NULL, old_secret {int},
  old_until_ms {int} NOT NULL, failures {int} NOT NULL, failing_ms {int}, due_ms {int} NOT NULL,
  lease_ms {int} NOT NULL, turn_ms {int} NOT NULL, epoch {int} NOT NULL, test_asked {int} NOT NULL,
  generation TEXT NOT NULL
);
CREATE TABLE hf_webhook_attempt (
  id {int} PRIMARY KEY, webhook {int} NOT NULL, at_ms {int} NOT NULL, kind TEXT NOT NULL, message TEXT NOT NULL,
  events {int} NOT NULL, bytes {int} NOT NULL, status {int} NOT NULL, took_ms {int} NOT NULL, outcome TEXT NOT NULL,
  words TEXT NOT NULL
);
CREATE INDEX hf_webhook_attempt_of_webhook ON hf_webhook_attempt (webhook, id)
";
