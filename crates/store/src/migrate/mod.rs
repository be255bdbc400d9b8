//! Migrations of the platform's own tables (`hf_*`): a list in code, and in each org's database the set of numbers that
//! were applied to it. A new org goes through the same list, so a fresh schema and a migrated one are the same.
//!
//! To add one: a file of its own beside this one, one line in [`MIGRATIONS`]. A migration that was ever released is
//! never edited; what it got wrong, a later one puts right. Numbers are given out by topic and may be released out of
//! order, which is why an org keeps a set of them and not the highest.

mod m001_platform_tables;
mod m002_shipped;
mod m020_sharing;
mod m021_granted;
mod m030_search;
mod m031_folding;
mod m040_sealed;
mod m041_key_requests;
mod m042_audit_keys;
mod m050_history_actor;
mod m051_value_sets;
mod m060_formula_functions;
mod m070_indexes;
mod m080_trail;
mod m081_contents;
mod m082_rekeying;
mod m090_bulk_jobs;
mod m095_kept_replies;
mod m100_webhooks;
mod m105_report_instances;
mod m110_sign_in_source;
mod m120_outbox_phases;
mod m125_dashboard_agreements;
mod m130_dkim_keys;
mod run;
#[cfg(test)]
mod tests;

pub(crate) use run::has_table;

use crate::driver::{Connection, Dialect};
use model::Result;

/// Every migration, by number.
pub(crate) static MIGRATIONS: &[Migration] = &[
    m001_platform_tables::MIGRATION,
    m002_shipped::MIGRATION,
    m020_sharing::MIGRATION,
    m021_granted::MIGRATION,
    m030_search::MIGRATION,
    m031_folding::MIGRATION,
    m040_sealed::MIGRATION,
    m041_key_requests::MIGRATION,
    m042_audit_keys::MIGRATION,
    m050_history_actor::MIGRATION,
    m051_value_sets::MIGRATION,
    m060_formula_functions::MIGRATION,
    m070_indexes::MIGRATION,
    m080_trail::MIGRATION,
    m081_contents::MIGRATION,
    m082_rekeying::MIGRATION,
    m090_bulk_jobs::MIGRATION,
    m095_kept_replies::MIGRATION,
    m100_webhooks::MIGRATION,
    m105_report_instances::MIGRATION,
    m110_sign_in_source::MIGRATION,
    m120_outbox_phases::MIGRATION,
    m125_dashboard_agreements::MIGRATION,
    m130_dkim_keys::MIGRATION,
];

/// One change of the platform's own tables. It runs once per org, in a transaction of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    pub(crate) number: u32,
    /// What it brings, for the operator.
    pub(crate) name: &'static str,
    /// For SQL alone: `|connection| batch(connection, SQL)`.
    pub(crate) run: fn(&mut dyn Connection) -> Result<()>,
}

/// Runs statements in which `{int}` and `{blob}` stand for the dialect's words.
pub(crate) fn batch(connection: &mut dyn Connection, sql: &str) -> Result<()> {
    let (int, blob) = match connection.dialect() {
        Dialect::Sqlite => ("INTEGER", "BLOB"),
        Dialect::Postgres => ("bigint", "bytea"),
    };
    connection.batch(&sql.replace("{int}", int).replace("{blob}", blob))
}
