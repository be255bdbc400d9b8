//! Up to which version of the key of files the rewriting of a content has come so far.

use super::{Migration, batch};

pub(super) const MIGRATION: Migration = Migration {
    number: 82,
    name: "the key that contents are being brought under",
    run: |connection| batch(connection, SQL),
};

/// Of what was half rewritten nobody noted under which version: it begins again, and may stand under any until it is done.
const SQL: &str = "
ALTER TABLE hf_content ADD COLUMN rekeyed_to {int} NOT NULL DEFAULT 0;
UPDATE hf_content SET rekeyed_to = 2147483647 WHERE rekeyed > 0
";
