//! Many orgs in one process: what making one costs, and what memory an open one takes.

use crate::cases::Outcome;
use crate::meter::{Scope, Series, memory_kb};
use crate::world::{make_org, open_platform};
use anyhow::{Context as _, Result};
use model::{Clock, OrgId};
use platform::{Ctx, Platform, QueryOptions};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// A server keeps 200 orgs open; of the 1,000 of the full size that is one in five.
pub const KEPT_SHARE: usize = 5;

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

/// Memory of a process that has opened every org, asked each one thing, and kept some of them open.
#[derive(Debug, Clone, Copy)]
pub struct Opened {
    pub orgs: u64,
    /// Open at most at once: the longest unused are closed, as a server does.
    pub kept: u64,
    pub before_kb: u64,
    pub after_kb: u64,
    /// CPU of opening and asking them all.
    pub cpu_ns: u64,
}

impl Opened {
    /// Kilobytes for each org that is open at the end.
    pub fn kb_per_open_org(&self) -> f64 {
        self.after_kb.saturating_sub(self.before_kb) as f64 / self.kept.max(1) as f64
    }

    /// Kilobytes for each org of the installation.
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
pub fn opened(program: &Path, dir: &Path, kept: usize) -> Result<Opened> {
    let output = Command::new(program).arg(OPEN_ALL).arg(dir).arg(kept.to_string()).output();
    let output = output.context("a process of the bench")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    anyhow::ensure!(output.status.success(), "opening the orgs failed: {complaint}");
    let numbers: Vec<u64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [orgs, kept, before_kb, after_kb, cpu_ns] = numbers[..] else { anyhow::bail!("it said {text:?}") };
    Ok(Opened { orgs, kept, before_kb, after_kb, cpu_ns })
}

/// Opens every org below `dir`, asks each one thing as its administrator, keeps so many open in the end, and measures
/// what that left in memory.
///
/// # Errors
/// As opening an org.
pub fn open_all(dir: &Path, kept: usize, clock: &Arc<dyn Clock>) -> Result<Opened> {
    let platform = open_platform(dir, None, None, clock)?;
    let rows = platform.org_list()?;
    let before_kb = memory_kb("VmRSS");
    let start = Scope::Thread.read();
    // None kept is what a server comes to when nobody asks any more; while they ask it keeps some.
    let meanwhile = if kept == 0 { rows.len() / KEPT_SHARE } else { kept };
    for row in &rows {
        ask(&platform, row.org)?;
        platform.close_idle(i64::MAX, meanwhile);
    }
    platform.close_idle(i64::MAX, kept);
    let cpu_ns = Scope::Thread.since(start).cpu_ns;
    let orgs = rows.len() as u64;
    Ok(Opened { orgs, kept: orgs.min(kept as u64), before_kb, after_kb: memory_kb("VmRSS"), cpu_ns })
}

fn ask(platform: &Platform, org: OrgId) -> Result<()> {
    let org = platform.org(org)?;
    let service = Ctx::for_service(&org, &platform::provision::PROVISION)?;
    let (_, users) = service.query_all_rows("SELECT Id FROM User LIMIT 1", QueryOptions::default())?;
    let ctx = Ctx::for_user(&org, users.first().context("an administrator")?.id)?;
    let (_, accounts) = ctx.query_all_rows("SELECT Id, Name FROM Account LIMIT 10", QueryOptions::default())?;
    std::hint::black_box(accounts);
    Ok(())
}
