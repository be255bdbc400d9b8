//! Many orgs in one process: what making one costs, and what memory an open one takes.

use crate::cases::Outcome;
use crate::meter::{Scope, Seen, Series, memory_kb};
use crate::world::{make_org, open_platform};
use anyhow::{Context as _, Result};
use model::Clock;
use platform::{Ctx, QueryOptions};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// Makes `count` embedded orgs below `dir`.
///
/// # Errors
/// As making an org.
pub fn make(dir: &Path, count: usize, clock: &Arc<dyn Clock>) -> Result<Outcome> {
    let platform = open_platform(dir, None, None, clock)?;
    let mut series = Series::default();
    for number in 0..=count {
        let start = Scope::Thread.read();
        make_org(&platform, &format!("org{number}"))?;
        // The first one fills caches and is not counted.
        if number > 0 {
            series.push(Scope::Thread.since(start), 1);
        }
    }
    Ok(Outcome { case: "new org", of: "", ours: series, raw: None })
}

/// Memory of a process that has opened orgs.
#[derive(Debug, Clone, Copy)]
pub struct Idle {
    pub orgs: u64,
    pub before_kb: u64,
    pub after_kb: u64,
    /// CPU of opening them all.
    pub opening_ns: u64,
}

impl Idle {
    pub fn kb_per_org(&self) -> f64 {
        self.after_kb.saturating_sub(self.before_kb) as f64 / self.orgs.max(1) as f64
    }
}

/// The word that makes this program a fresh process which only opens orgs.
pub const OPEN_ALL: &str = "open-all";

/// Opens the orgs below `dir` in a fresh process of `program`, whose memory holds nothing else.
///
/// # Errors
/// When the process fails.
pub fn idle(program: &Path, dir: &Path) -> Result<Idle> {
    let output = Command::new(program).arg(OPEN_ALL).arg(dir).output().context("a process of the bench")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    anyhow::ensure!(output.status.success(), "opening the orgs failed: {complaint}");
    let numbers: Vec<u64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [orgs, before_kb, after_kb, opening_ns] = numbers[..] else { anyhow::bail!("it said {text:?}") };
    Ok(Idle { orgs, before_kb, after_kb, opening_ns })
}

/// Opens every org below `dir`, asks each one thing as its administrator, and measures what that left in memory.
///
/// # Errors
/// As opening an org.
pub fn open_all(dir: &Path, clock: &Arc<dyn Clock>) -> Result<Idle> {
    let platform = open_platform(dir, None, None, clock)?;
    let rows = platform.org_list()?;
    let before_kb = memory_kb("VmRSS");
    let start = Scope::Thread.read();
    let mut seen = Seen::default();
    for row in &rows {
        let org = platform.org(row.org)?;
        let service = Ctx::for_service(&org, &platform::provision::PROVISION)?;
        let (_, users) = service.query_all_rows("SELECT Id FROM User LIMIT 1", QueryOptions::default())?;
        let admin = users.first().context("an administrator")?.id;
        let ctx = Ctx::for_user(&org, admin)?;
        let (_, accounts) = ctx.query_all_rows("SELECT Id, Name FROM Account LIMIT 10", QueryOptions::default())?;
        seen.rows += accounts.len() as u64;
    }
    let cost = Scope::Thread.since(start);
    std::hint::black_box(seen);
    Ok(Idle { orgs: rows.len() as u64, before_kb, after_kb: memory_kb("VmRSS"), opening_ns: cost.cpu_ns })
}
