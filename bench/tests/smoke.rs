//! The harness itself, at a size that takes a moment: every case runs on both stores and sees what hand-written SQL
//! sees. No speed is asserted.

use bench::report;
use bench::run::{Plan, run};
use bench::size::Size;
use bench::world::Backend;
use model::{Clock, Instant};
use std::sync::Arc;

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        Instant::from_ms(1_795_249_279_000)
    }
}

#[test]
fn every_case_runs_on_both_stores_and_sees_what_hand_written_sql_sees() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let plan = Plan {
        size: Size::TINY,
        backends: vec![Backend::Embedded, Backend::Postgres],
        only: None,
        dir: dir.path().to_owned(),
        program: None,
        server: None,
        pocketbase: None,
    };
    let clock: Arc<dyn Clock> = Arc::new(FixedClock);
    let results = run(&plan, &clock, &mut |_| {}).expect("a run");
    for store in &results.stores {
        for outcome in &store.outcomes {
            assert!(outcome.ours.runs() > 0, "{} of {} did not run", outcome.case, outcome.of);
            assert!(outcome.ours.rows > 0, "{} of {} saw nothing", outcome.case, outcome.of);
        }
    }
    let before = format!("old numbers\n\n{}\n\nIndexes help.\n", report::LEARNED);
    let page = report::page(&results, &plan.size, clock.now(), &before);
    assert!(page.contains("2026-11-21") && page.contains("| list of 100 | administrator |"), "{page}");
    assert!(page.ends_with("## What we learned\n\nIndexes help.\n"), "{page}");
    assert!(!page.contains("old numbers"), "{page}");
}
