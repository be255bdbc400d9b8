//! The bench over HTTP, at a size that takes a moment: the built binary answers everything that is measured, with as many
//! rows as there are. No speed is asserted.

use crate::program::BINARY;
use bench::report;
use bench::run::{HTTP, Plan, run};
use bench::size::Size;
use bench::world::Backend;
use model::Clock;
use platform::SystemClock;
use std::sync::Arc;

#[test]
fn the_bench_asks_the_built_binary_everything_over_http() {
    let dir = test_support::temp_dir().expect("a folder");
    let plan = Plan {
        size: Size::TINY,
        backends: vec![Backend::Embedded],
        only: Some(HTTP.to_owned()),
        dir: dir.path().to_owned(),
        program: None,
        server: Some(BINARY.into()),
        pocketbase: None,
    };
    // Sessions that the bench opens are judged by the server's clock.
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let results = run(&plan, &clock, &mut |_| {}).expect("a run");
    let cases: Vec<&str> = results.http.iter().map(|asked| asked.case).collect();
    let expected = [
        "read by id",
        "list of 100",
        "group by stage",
        "bulk query",
        "create one",
        "create 200 at once",
        "bulk ingest",
        "bulk query of all accounts",
    ];
    assert_eq!(cases, expected);
    for asked in &results.http {
        assert!(asked.series.rows > 0 && asked.peak_kb > 1_000, "{} saw nothing", asked.case);
    }
    let page = report::page(&results, &plan.size, clock.now(), "");
    assert!(page.contains("## Over HTTP") && page.contains("| bulk ingest | "), "{page}");
}
