//! What a request costs the server, asked over HTTP on loopback by one client with one connection: the built binary, and
//! beside it PocketBase on the same records.

mod client;
mod cost;
pub mod holdfast;
pub mod pocketbase;

use crate::cases::{CREATE, CREATE_MANY, GROUP, LIST, READ_BY_ID};
use crate::dataset::{STAGES, mixed};
use crate::meter::{Scope, Series};
use crate::size::Size;
use anyhow::{Context as _, Result};
use cost::ServerCost;
use serde_json::{Map, Value as Json};
use std::num::NonZero;

pub const INGEST: &str = "bulk ingest";
pub const EXPORT: &str = "bulk query";
pub const LONG_EXPORT: &str = "bulk query of all accounts";

/// Records of one request that makes many.
pub const MANY: usize = 200;

/// What a list is narrowed by.
pub struct Narrowed {
    pub stage: &'static str,
    pub amount_over: usize,
}

/// A server with the records of the dataset in it. Records are named by their place in the dataset.
pub trait Served {
    fn process(&self) -> u32;
    fn account_get(&mut self, at: usize) -> Result<()>;
    /// A hundred opportunities by close date, with account and owner.
    fn opportunity_list(&mut self, narrowed: &Narrowed) -> Result<()>;
    /// Number and total of all opportunities by stage.
    fn group(&mut self) -> Result<()>;
    fn opportunity_create(&mut self, at: usize) -> Result<()>;
    fn opportunities_create(&mut self, at: std::ops::Range<usize>) -> Result<()>;
    /// As many accounts as this, by the quickest way in that there is.
    fn accounts_ingest(&mut self, at: std::ops::Range<usize>) -> Result<()>;
    /// Ten columns of every opportunity, by the quickest way out that there is. Returns how many there were.
    fn opportunities_export(&mut self) -> Result<usize>;
}

/// What one kind of request cost.
pub struct Asked {
    pub case: &'static str,
    /// Time on the wall, of the one who asks.
    pub series: Series,
    /// CPU milliseconds of the server for each request.
    pub cpu_ms: f64,
    pub rows_per_cpu_s: f64,
    pub rows_per_s: f64,
    /// The most memory that the server had meanwhile.
    pub peak_kb: u64,
}

/// Asks a server everything.
///
/// # Errors
/// When it refuses a request, or answers with other rows than there are.
pub fn ask_all<S: Served>(served: &mut S, size: &Size, progress: &mut dyn FnMut(&str)) -> Result<Vec<Asked>> {
    let some = (size.rounds / 5).max(1);
    progress("    reading");
    let mut asked = vec![
        ask(served, READ_BY_ID, size.rounds * 4, 1, |served, round| {
            served.account_get(mixed(round as u64) as usize % size.accounts)
        })?,
        ask(served, LIST, some, 100, |served, round| {
            let stage = STAGES[mixed(round as u64) as usize % STAGES.len()];
            served.opportunity_list(&Narrowed { stage, amount_over: 50_000 + round % 100 * 100 })
        })?,
        ask(served, GROUP, size.long_rounds, STAGES.len(), |served, _| served.group())?,
    ];
    asked.push(ask(served, EXPORT, 1, size.opportunities, |served, _| {
        let found = served.opportunities_export()?;
        anyhow::ensure!(found == size.opportunities, "{found} rows of {}", size.opportunities);
        Ok(())
    })?);
    progress("    writing");
    let mut next = size.opportunities;
    let mut taken = |count: usize| {
        let from = next;
        next += count;
        from
    };
    let rounds = size.rounds / 2 + 1;
    let from = taken(rounds + 1);
    asked.push(ask(served, CREATE, rounds, 1, |served, round| served.opportunity_create(from + round))?);
    let rounds = (size.bulk / MANY).max(1);
    let from = taken((rounds + 1) * MANY);
    asked.push(ask(served, CREATE_MANY, rounds, MANY, |served, round| {
        let from = from + round * MANY;
        served.opportunities_create(from..from + MANY)
    })?);
    // A batch of its own fills caches: the case runs once.
    let from = size.accounts;
    served.accounts_ingest(from..from + MANY)?;
    asked.push(ask_once(served, INGEST, size.ingest, |served| {
        served.accounts_ingest(from + MANY..from + MANY + size.ingest)
    })?);
    Ok(asked)
}

fn ask<S: Served>(
    served: &mut S,
    case: &'static str,
    rounds: usize,
    rows: usize,
    mut request: impl FnMut(&mut S, usize) -> Result<()>,
) -> Result<Asked> {
    // The first request fills caches and is not counted.
    request(served, rounds).with_context(|| case.to_owned())?;
    measured(served, case, rounds, rows, &mut request)
}

/// A case that is long enough to be measured by one run.
pub(crate) fn ask_once<S: Served>(
    served: &mut S,
    case: &'static str,
    rows: usize,
    request: impl FnOnce(&mut S) -> Result<()>,
) -> Result<Asked> {
    let mut request = Some(request);
    measured(served, case, 1, rows, &mut |served, _| request.take().map_or(Ok(()), |request| request(served)))
}

fn measured<S: Served>(
    served: &mut S,
    case: &'static str,
    rounds: usize,
    rows: usize,
    request: &mut dyn FnMut(&mut S, usize) -> Result<()>,
) -> Result<Asked> {
    let mut series = Series::default();
    let cost = ServerCost::begin(served.process());
    let begun = Scope::Thread.read();
    for round in 0..rounds {
        let start = Scope::Thread.read();
        request(served, round).with_context(|| case.to_owned())?;
        series.push(Scope::Thread.since(start), rows as u64);
    }
    let wall = Scope::Thread.since(begun).wall_ns;
    let (cpu_ns, peak_kb) = (cost.cpu_ns(), cost.peak_kb());
    let per_s = |ns: u64| series.rows as f64 * 1e9 / NonZero::new(ns).map_or(1, NonZero::get) as f64;
    Ok(Asked {
        case,
        cpu_ms: cpu_ns as f64 / 1e6 / rounds as f64,
        rows_per_cpu_s: per_s(cpu_ns),
        rows_per_s: per_s(wall),
        peak_kb,
        series,
    })
}

/// A record as JSON, with names of the server's own.
fn record(names: &[&str], values: impl Iterator<Item = Json>) -> Map<String, Json> {
    names.iter().map(|name| (*name).to_owned()).zip(values).collect()
}
