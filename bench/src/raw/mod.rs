//! The same questions as hand-written SQL on the same database: the same encrypted file with the same key, cache and
//! collation, or the same schema of the same server. Statements are prepared once, values are bound, every cell is read.

mod postgres;
mod sqlite;

pub use postgres::{PostgresRaw, postmaster};
pub use sqlite::SqliteRaw;

use crate::meter::Seen;
use crate::world::{Backend, World};
use anyhow::{Context as _, Result};
use model::RecordId;

/// What a list is narrowed by.
#[derive(Debug, Clone)]
pub struct ListFilter {
    pub stage: &'static str,
    /// Hundredths.
    pub amount_over: i64,
}

/// A record as plain columns, in the order of [`columns`](crate::dataset::OPPORTUNITY_FIELDS) with the id first.
#[derive(Debug, Clone)]
pub enum Plain {
    Null,
    Int(i64),
    Text(String),
}

/// A table that hand-written inserts go to: a copy of the org's with the same indexes and rows.
pub const COPY: &str = "bench_opportunity";

/// Hand-written SQL.
pub trait Raw {
    fn read_by_id(&mut self, id: RecordId) -> Result<Seen>;
    fn list(&mut self, filter: &ListFilter) -> Result<Seen>;
    fn group(&mut self) -> Result<Seen>;
    /// Ten columns of so many opportunities as CSV.
    fn export(&mut self, limit: usize, out: &mut Vec<u8>) -> Result<Seen>;
    /// Inserts rows in one transaction.
    fn insert(&mut self, rows: &[Vec<Plain>]) -> Result<Seen>;
}

/// The columns of an insert.
pub const INSERTED: [&str; 27] = [
    "Id",
    "Name",
    "AccountId",
    "StageName",
    "Amount",
    "CloseDate",
    "Type",
    "LeadSource",
    "NextStep",
    "TotalOpportunityQuantity",
    "OwnerId",
    "Probability",
    "ExpectedRevenue",
    "IsClosed",
    "IsWon",
    "ForecastCategory",
    "ForecastCategoryName",
    "FiscalQuarter",
    "FiscalYear",
    "Fiscal",
    "IsPrivate",
    "IsDeleted",
    "CreatedDate",
    "CreatedById",
    "LastModifiedDate",
    "LastModifiedById",
    "SystemModstamp",
];

/// What a record page shows of an account.
pub const READ_COLUMNS: [&str; 12] = [
    "Id",
    "Name",
    "Type",
    "Industry",
    "AnnualRevenue",
    "NumberOfEmployees",
    "Phone",
    "Website",
    "BillingCity",
    "BillingCountry",
    "OwnerId",
    "LastModifiedDate",
];

/// What an export writes of an opportunity.
pub const EXPORT_COLUMNS: [&str; 10] =
    ["Id", "Name", "AccountId", "StageName", "Amount", "CloseDate", "Type", "LeadSource", "NextStep", "OwnerId"];

pub(crate) fn quoted(columns: &[&str], alias: &str) -> String {
    columns.iter().map(|column| format!("{alias}\"{column}\"")).collect::<Vec<_>>().join(", ")
}

/// Opens the org's database beside the engine.
///
/// # Errors
/// What the database reports.
pub fn open(world: &World) -> Result<Box<dyn Raw + '_>> {
    Ok(match world.backend {
        Backend::Embedded => Box::new(SqliteRaw::open(world)?),
        Backend::Postgres => {
            let runtime = world.runtime.as_ref().context("a runtime")?;
            let url = world.postgres_url.as_deref().context("an address")?;
            Box::new(PostgresRaw::open(runtime, url, world.org.id())?)
        }
    })
}
