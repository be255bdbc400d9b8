//! How far the sender of a message has come, and when its present round of attempts began.

use super::{Migration, batch};

pub(super) const MIGRATION: Migration =
    Migration { number: 120, name: "phases of the outbox", run: |connection| batch(connection, SQL) };

const SQL: &str = "
ALTER TABLE hf_outbox ADD COLUMN phase TEXT NOT NULL DEFAULT '';
ALTER TABLE hf_outbox ADD COLUMN began_ms {int} NOT NULL DEFAULT 0;
UPDATE hf_outbox SET began_ms = created_ms;
UPDATE hf_outbox SET phase = 'dot' WHERE state = 'sending';
CREATE INDEX hf_outbox_reference ON hf_outbox (reference)
";
