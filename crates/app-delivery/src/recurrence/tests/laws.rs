//! What holds for every rule and zone.

use super::{at, rule};
use crate::recurrence::{Clock, Occurrence};
use jiff::civil;
use model::{Instant, Zone};

/// Zones with unlike changes: by an hour, by half an hour, at midnight, around a fasting month, and none.
const ZONES: [&str; 9] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Santiago",
    "America/Scoresbysund",
    "America/Havana",
    "Asia/Kolkata",
];

fn assert_increasing(runs: &[Occurrence], rule: &str) {
    for pair in runs.windows(2) {
        assert!(pair[0].instant < pair[1].instant && pair[0].slot < pair[1].slot, "{rule}: {pair:?}");
    }
}

#[test]
fn a_daily_rule_runs_once_on_each_local_day_of_ten_years() {
    let (first, last) = (civil::date(2026, 1, 1), civil::date(2035, 12, 31));
    let days: Vec<_> = first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).collect();
    for name in ZONES {
        for time in ["00:00", "00:30", "01:30", "02:30", "23:30"] {
            let json = format!(
                r#"{{"freq":"daily","times":["{time}"],"zone":"{name}","start":"2026-01-01","end":"2035-12-31"}}"#
            );
            let runs = rule(&json).next_n(at("2025-12-01T00:00:00Z"), usize::MAX);
            assert_increasing(&runs, &json);
            assert_eq!(runs.iter().map(|run| run.slot.date()).collect::<Vec<_>>(), days, "{json}");
        }
    }
}

#[test]
fn in_every_zone_runs_are_on_their_slot_or_at_the_end_of_its_gap() {
    for name in jiff::tz::db().available() {
        let zone = Zone::get(name.as_str()).expect("a zone");
        let json = format!(
            r#"{{"freq":"daily","times":["00:30","02:30"],"zone":"{name}","start":"2026-01-01","end":"2026-12-31"}}"#
        );
        let runs = rule(&json).next_n(at("2025-12-01T00:00:00Z"), usize::MAX);
        assert_increasing(&runs, &json);
        assert_eq!(runs.len(), 730, "{name}");
        for run in runs {
            let shown = run.instant.to_timestamp().to_zoned(zone.clone()).datetime();
            match run.clock {
                Clock::Never => {
                    let before = run.instant.plus_ms(-1).to_timestamp().to_zoned(zone.clone()).datetime();
                    assert!(before < run.slot && run.slot < shown, "{name}: {run:?}");
                }
                Clock::Once | Clock::Twice => assert_eq!(shown, run.slot, "{name}"),
            }
        }
    }
}

#[test]
fn a_search_begun_anywhere_finds_the_same_runs() {
    let rules = [
        r#"{"freq":"minutes","interval":35,"zone":"Europe/Berlin","start":"2026-01-01"}"#,
        r#"{"freq":"hourly","interval":5,"on":{"window":{"from":"00:30","to":"22:00"}},"zone":"Africa/Cairo","start":"2026-01-01"}"#,
        r#"{"freq":"daily","times":["00:30","23:30"],"zone":"America/Scoresbysund","onNonBusinessDay":"next","start":"2026-01-01"}"#,
        r#"{"freq":"weekly","interval":2,"on":{"weekdays":["sunday"]},"times":["02:30"],"zone":"America/New_York","onNonBusinessDay":"previous","start":"2026-01-01"}"#,
    ];
    let (from, to) = (at("2026-03-01T00:00:00Z"), at("2026-05-01T00:00:00Z"));
    for json in rules {
        let rule = rule(json);
        let all: Vec<_> = rule.between(from, to).collect();
        assert_increasing(&all, json);
        assert!(all.len() > 3, "{json}");
        let mut from_each = vec![rule.next_after(from).expect("a run")];
        for run in &all[..all.len() - 1] {
            from_each.push(rule.next_after(run.instant).expect("a run"));
            assert_eq!(rule.next_after(run.instant.plus_ms(-1)), Some(*run), "{json}");
        }
        assert_eq!(from_each, all, "{json}");
        // Spans of unlike length that meet give every run once.
        let mut cuts: Vec<Instant> =
            (0..).map(|n: i64| from.plus_ms(n * n * 1_000_003)).take_while(|cut| *cut < to).collect();
        cuts.push(to);
        let pieces: Vec<_> = cuts.windows(2).flat_map(|span| rule.between(span[0], span[1])).collect();
        assert_eq!(pieces, all, "{json}");
    }
}

#[test]
fn a_rule_that_never_comes_due_ends_the_search() {
    for on in [r#"{"month":2,"monthDay":30}"#, r#"{"month":2,"businessDay":23}"#] {
        let json = format!(
            r#"{{"freq":"yearly","on":{on},"times":["08:00"],"zone":"Europe/Berlin","onNonBusinessDay":"previous","start":"2026-01-01"}}"#
        );
        assert_eq!(rule(&json).next_after(at("2026-01-01T00:00:00Z")), None, "{on}");
    }
}
