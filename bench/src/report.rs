//! The results as a page: what ran where, a table for each store, and what was learned, which people write and a run
//! keeps.

use crate::cases::{BULK, CREATE, GROUP, LIST, Outcome, READ_BY_ID};
use crate::http::{EXPORT, INGEST, LONG_EXPORT};
use crate::run::Results;
use crate::size::Size;
use crate::world::Backend;
use model::Instant;
use std::fmt::Write as _;
use std::fs;

/// From here on the page is written by people.
pub const LEARNED: &str = "## What we learned";

/// What is aimed at, and how far it is.
struct Aim {
    case: &'static str,
    /// CPU milliseconds of the median run.
    cpu_ms: Option<f64>,
    ratio: Option<f64>,
    rows_per_s: Option<f64>,
}

const AIMS: [Aim; 6] = [
    Aim { case: READ_BY_ID, cpu_ms: Some(0.12), ratio: None, rows_per_s: None },
    Aim { case: LIST, cpu_ms: Some(1.0), ratio: Some(2.0), rows_per_s: None },
    Aim { case: CREATE, cpu_ms: Some(0.35), ratio: None, rows_per_s: None },
    Aim { case: BULK, cpu_ms: None, ratio: None, rows_per_s: Some(20_000.0) },
    Aim { case: GROUP, cpu_ms: None, ratio: Some(1.3), rows_per_s: None },
    Aim { case: "new org", cpu_ms: Some(100.0), ratio: None, rows_per_s: None },
];

/// Private sharing may cost so much of what the administrator's access costs.
const SHARING_RATIO: f64 = 1.5;
const IDLE_KB: f64 = 100.0;

/// The whole page; `before` is the page as it stands, whose last part is kept.
pub fn page(results: &Results, size: &Size, now: Instant, before: &str) -> String {
    let mut out = String::from("# Results of the bench\n\n");
    let Size { accounts, contacts, opportunities, users, .. } = *size;
    let date = now.date_in(&model::Zone::UTC);
    let _ = writeln!(
        out,
        "{date}, size `{}`: {accounts} accounts, {contacts} contacts, {opportunities} opportunities, {users} users in \
         {} roles of six levels, everything private.\nMachine: {}.\n",
        size.name,
        size.roles(),
        machine()
    );
    out.push_str(
        "`cargo xtask bench --size full` writes this page. Times are milliseconds of CPU of one run (on PostgreSQL the \
         server's too), ours beside\nhand-written SQL on the same database, in turn. A request makes a new context, \
         parses, authorizes, emits, reads and types; by hand it is\na prepared statement whose cells are read. Rows a \
         second are per second of CPU.\n",
    );
    for store in &results.stores {
        let _ = write!(out, "\n## {}\n\n", heading(store.backend));
        table(&mut out, &store.outcomes);
    }
    out.push_str("\n## Orgs\n\n");
    if let Some(new_org) = &results.new_org {
        table(&mut out, std::slice::from_ref(new_org));
    }
    for opened in &results.opened {
        let _ = write!(
            out,
            "\n{} orgs, each asked once, in {:.2} ms of CPU each. ",
            opened.orgs,
            opened.cpu_ns as f64 / 1e6 / opened.orgs.max(1) as f64,
        );
        let each = opened.kb_per_org();
        let _ = match opened.kept {
            kept if kept == opened.orgs => writeln!(out, "All kept open: {:.0} kB each.", opened.kb_per_open_org()),
            0 => writeln!(
                out,
                "All closed again, as a server closes an org that nobody asks for five minutes: {each:.0} kB for each \
                 (≤ {IDLE_KB:.0} kB: {}).",
                verdict(each <= IDLE_KB)
            ),
            kept => writeln!(
                out,
                "At most {kept} kept open, as a busy server does: {each:.0} kB for each org of the installation."
            ),
        };
    }
    if !results.http.is_empty() {
        http(&mut out, results);
    }
    out.push('\n');
    match before.find(LEARNED) {
        Some(at) => out.push_str(&before[at..]),
        None => {
            let _ = writeln!(out, "{LEARNED}");
        }
    }
    out
}

/// PocketBase may cost so many times what Holdfast does, at least.
const AHEAD: f64 = 3.0;

/// Rows a second on the wall that bulk jobs aim at.
const BULK_AIMS: [(&str, f64); 3] = [(INGEST, 20_000.0), (EXPORT, 150_000.0), (LONG_EXPORT, 150_000.0)];

fn http(out: &mut String, results: &Results) {
    out.push_str(
        "\n## Over HTTP\n\nThe built binary on the embedded store, asked over HTTP on loopback by one client, beside PocketBase on the same \
         records: over a file that\nis not encrypted, without audit, history or record access. PocketBase has no bulk \
         jobs: rows go in by its batches of 200 and come out by its\npages of 1,000. CPU is the server's, in \
         milliseconds for each request, on average: of another process the kernel counts hundredths of a second.\nWall is the \
         client's; the peak is the server's resident memory.\n\n\
         | case | CPU | PocketBase | ahead | wall p50 | p99 | PocketBase p50 | p99 | rows/s | rows/s of CPU | peak MB | PocketBase | aims |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n",
    );
    for asked in &results.http {
        let theirs = results.pocketbase.iter().find(|theirs| theirs.case == asked.case);
        let number = |value: Option<f64>, places: usize| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{value:.places$}"))
        };
        let ahead = theirs.map(|theirs| theirs.cpu_ms / asked.cpu_ms.max(1e-6));
        let mut words = Vec::new();
        if let Some(ahead) = ahead {
            words.push(format!("≥ {AHEAD:.0} ×: {}", verdict(ahead >= AHEAD)));
        }
        if let Some((_, least)) = BULK_AIMS.iter().find(|(case, _)| *case == asked.case) {
            words.push(format!("≥ {least:.0} rows/s: {}", verdict(asked.rows_per_s >= *least)));
        }
        let _ = writeln!(
            out,
            "| {} | {:.3} | {} | {} | {:.3} | {:.3} | {} | {} | {:.0} | {:.0} | {:.0} | {} | {} |",
            asked.case,
            asked.cpu_ms,
            number(theirs.map(|theirs| theirs.cpu_ms), 3),
            number(ahead, 1),
            asked.series.wall_ms(0.5),
            asked.series.wall_ms(0.99),
            number(theirs.map(|theirs| theirs.series.wall_ms(0.5)), 3),
            number(theirs.map(|theirs| theirs.series.wall_ms(0.99)), 3),
            asked.rows_per_s,
            asked.rows_per_cpu_s,
            asked.peak_kb as f64 / 1024.0,
            number(theirs.map(|theirs| theirs.peak_kb as f64 / 1024.0), 0),
            words.join("; ")
        );
    }
}

fn heading(backend: Backend) -> &'static str {
    match backend {
        Backend::Embedded => "Embedded store (SQLCipher)",
        Backend::Postgres => "PostgreSQL",
    }
}

fn table(out: &mut String, outcomes: &[Outcome]) {
    out.push_str("| case | who | ours p50 | p99 | by hand p50 | p99 | ratio | rows/s | by hand | peak MB | aims |\n");
    out.push_str("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|\n");
    for outcome in outcomes {
        let ours = &outcome.ours;
        let raw = outcome.raw.as_ref();
        let number = |value: Option<f64>, places: usize| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{value:.places$}"))
        };
        let ratio = raw.map(|raw| ours.cpu_ms(0.5) / raw.cpu_ms(0.5).max(1e-6));
        let peak = (ours.peak_kb > 0).then_some(ours.peak_kb as f64 / 1024.0);
        let _ = writeln!(
            out,
            "| {} | {} | {:.3} | {:.3} | {} | {} | {} | {:.0} | {} | {} | {} |",
            outcome.case,
            outcome.of,
            ours.cpu_ms(0.5),
            ours.cpu_ms(0.99),
            number(raw.map(|raw| raw.cpu_ms(0.5)), 3),
            number(raw.map(|raw| raw.cpu_ms(0.99)), 3),
            number(ratio, 1),
            ours.rows_per_s(),
            number(raw.map(|raw| raw.rows_per_s()), 0),
            number(peak, 0),
            aims(outcome, ratio, outcomes)
        );
    }
}

fn aims(outcome: &Outcome, ratio: Option<f64>, all: &[Outcome]) -> String {
    let mut words = Vec::new();
    let admin = all.iter().find(|other| other.case == outcome.case).filter(|first| first.of == "administrator");
    if let Some(admin) = admin.filter(|admin| admin.of != outcome.of) {
        let of_admin = outcome.ours.cpu_ms(0.5) / admin.ours.cpu_ms(0.5).max(1e-6);
        words.push(format!("{of_admin:.1} × admin (≤ {SHARING_RATIO}: {})", verdict(of_admin <= SHARING_RATIO)));
    } else if let Some(aim) = AIMS.iter().find(|aim| aim.case == outcome.case) {
        if let Some(most) = aim.cpu_ms {
            words.push(format!("≤ {most} ms: {}", verdict(outcome.ours.cpu_ms(0.5) <= most)));
        }
        if let (Some(most), Some(ratio)) = (aim.ratio, ratio) {
            words.push(format!("≤ {most} ×: {}", verdict(ratio <= most)));
        }
        if let Some(least) = aim.rows_per_s {
            words.push(format!("≥ {least:.0} rows/s: {}", verdict(outcome.ours.rows_per_s() >= least)));
        }
    }
    words.join("; ")
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
}

/// Processor, its number, and memory, as the kernel names them.
fn machine() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':')).map(|(_, name)| name);
    let count = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kb = memory.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0);
    format!("{count} × {}, {} GB, Linux", model.unwrap_or("unknown processor").trim(), kb / 1_048_576)
}
