//! What an operation costs: CPU of the thread, of the process, of the database server's processes, and time on the wall.

use anyhow::Result;
use rustix::time::{ClockId, clock_gettime};
use std::fs;

/// Whose CPU counts.
#[derive(Debug, Clone)]
pub enum Scope {
    /// An embedded store works on the thread that asks.
    Thread,
    /// All threads of this process, and the processes of a PostgreSQL server.
    WithServer { postmaster: u32 },
}

/// The clocks at one instant, in nanoseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading {
    cpu: u64,
    wall: u64,
}

/// What one run cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost {
    pub cpu_ns: u64,
    pub wall_ns: u64,
}

impl Scope {
    /// Reads the clocks.
    pub fn read(&self) -> Reading {
        let cpu = match self {
            Scope::Thread => clock(ClockId::ThreadCPUTime),
            Scope::WithServer { postmaster } => clock(ClockId::ProcessCPUTime) + server_cpu(*postmaster),
        };
        Reading { cpu, wall: clock(ClockId::Monotonic) }
    }

    /// What was spent since.
    pub fn since(&self, start: Reading) -> Cost {
        let wall_ns = clock(ClockId::Monotonic).saturating_sub(start.wall);
        Cost { cpu_ns: self.read().cpu.saturating_sub(start.cpu), wall_ns }
    }
}

fn clock(id: ClockId) -> u64 {
    let time = clock_gettime(id);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}

/// CPU of a server and its backends; each of them has one thread, whose account the kernel keeps in nanoseconds.
fn server_cpu(postmaster: u32) -> u64 {
    let own = on_cpu(&postmaster.to_string());
    let children = fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children")).unwrap_or_default();
    children.split_whitespace().map(on_cpu).fold(own, |sum, cpu| sum + cpu)
}

fn on_cpu(process: &str) -> u64 {
    let account = fs::read_to_string(format!("/proc/{process}/schedstat")).unwrap_or_default();
    account.split_whitespace().next().and_then(|ns| ns.parse().ok()).unwrap_or(0)
}

/// User and system time of a whole process that is not ours, in nanoseconds; the kernel counts in hundredths of a second.
pub fn process_cpu_ns(process: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name may hold spaces; what follows its last parenthesis does not.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(ticks * 10_000_000)
}

/// Lines of `/proc/self/status`, in kilobytes.
pub fn memory_kb(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
    found.and_then(|text| text.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}

/// Forgets the peak so far, so that the next one belongs to the next case.
pub fn reset_peak() {
    // Where the kernel refuses, the peak is that of the whole run, which is more and never less.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// What a run saw: two contenders that saw different things did not do the same work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    pub rows: u64,
    /// Sum of the ids, or of what else identifies the rows.
    pub digest: u64,
}

impl Seen {
    pub fn add(&mut self, digest: i64) {
        self.rows += 1;
        self.digest = self.digest.wrapping_add(digest.cast_unsigned());
    }
}

/// The runs of one contender.
#[derive(Debug, Clone, Default)]
pub struct Series {
    costs: Vec<Cost>,
    pub rows: u64,
    pub peak_kb: u64,
}

impl Series {
    pub fn push(&mut self, cost: Cost, rows: u64) {
        self.costs.push(cost);
        self.rows += rows;
    }

    pub fn runs(&self) -> usize {
        self.costs.len()
    }

    /// CPU milliseconds that a fraction of the runs stayed under.
    pub fn cpu_ms(&self, fraction: f64) -> f64 {
        quantile(self.costs.iter().map(|cost| cost.cpu_ns), fraction)
    }

    /// Wall milliseconds that a fraction of the runs stayed under.
    pub fn wall_ms(&self, fraction: f64) -> f64 {
        quantile(self.costs.iter().map(|cost| cost.wall_ns), fraction)
    }

    /// Rows for each second of CPU.
    pub fn rows_per_s(&self) -> f64 {
        let cpu: u64 = self.costs.iter().map(|cost| cost.cpu_ns).sum();
        if cpu == 0 { 0.0 } else { self.rows as f64 * 1e9 / cpu as f64 }
    }
}

fn quantile(values: impl Iterator<Item = u64>, fraction: f64) -> f64 {
    let mut sorted: Vec<u64> = values.collect();
    sorted.sort_unstable();
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let at = (last as f64 * fraction).round() as usize;
    sorted[at.min(last)] as f64 / 1e6
}

/// One side of a comparison.
pub type Run<'a> = Box<dyn FnMut(usize) -> Result<Seen> + 'a>;

/// Cases with at most so many rounds are long enough for their memory to be watched.
const LONG: usize = 50;

/// Runs all sides in turn on each item, so that a busy machine is equally busy for all of them. Sides that saw
/// different things are an error: their costs would not compare.
///
/// # Errors
/// Those of the sides, and a difference between them.
pub fn in_turn(scope: &Scope, rounds: usize, sides: &mut [Run<'_>]) -> Result<Vec<Series>> {
    let mut series = vec![Series::default(); sides.len()];
    // Resetting the peak costs more than a quick case does.
    let watch_memory = rounds <= LONG;
    // The first round fills caches and is not counted.
    for round in 0..=rounds {
        let mut first = None;
        for (side, series) in sides.iter_mut().zip(&mut series) {
            if watch_memory {
                reset_peak();
            }
            let start = scope.read();
            let seen = side(round)?;
            let cost = scope.since(start);
            let expected = *first.get_or_insert(seen);
            anyhow::ensure!(seen == expected, "round {round}: one side saw {expected:?}, another {seen:?}");
            if round > 0 {
                series.push(cost, seen.rows);
                if watch_memory {
                    series.peak_kb = series.peak_kb.max(memory_kb("VmHWM"));
                }
            }
        }
    }
    Ok(series)
}
