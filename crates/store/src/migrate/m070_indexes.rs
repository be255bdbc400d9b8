//! Indexes of references that leave empty values out, in place of those that had an entry for each.

use super::Migration;
use crate::grow::complete;
use crate::schemas::Schemas;

pub(super) const MIGRATION: Migration = Migration {
    number: 70,
    name: "indexes without empty references",
    run: |connection| {
        let schema = Schemas::default().load(connection)?;
        complete(connection, &schema)
    },
};
