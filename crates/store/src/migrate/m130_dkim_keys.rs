//! Keys that mail is signed with: for which domain, and what its DNS says of them. The secrets are contents.

use super::{Migration, batch};

pub(super) const MIGRATION: Migration =
    Migration { number: 130, name: "keys of mail", run: |connection| batch(connection, SQL) };

const SQL: &str = "
CREATE TABLE hf_dkim_key (
  id {int} PRIMARY KEY, domain TEXT NOT NULL, selector TEXT NOT NULL, algorithm TEXT NOT NULL, record TEXT NOT NULL,
  secret {int} NOT NULL, created_ms {int} NOT NULL
);
CREATE UNIQUE INDEX hf_dkim_key_by_name ON hf_dkim_key (domain, selector)
";
