//! Gaps, overlaps and a day that never was. Required instants are those of Python's zoneinfo with tzdata 2025b.

use super::super::clock::{day_exists, instant_of};
use super::{at, rule, slots};
use crate::recurrence::{Clock, Occurrence};
use jiff::civil;
use model::{Instant, Zone};

/// Zone, local time, required instant, and the transition that follows it in an overlap.
const TABLE: [(&str, &str, &str, Option<&str>); 16] = [
    ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00:00Z", None),
    ("Europe/London", "2026-03-29T01:30", "2026-03-29T01:00:00Z", None),
    ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00Z", None),
    ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00Z", None),
    ("Africa/Cairo", "2026-04-24T00:30", "2026-04-23T22:00:00Z", None),
    ("America/Santiago", "2026-09-06T00:15", "2026-09-06T04:00:00Z", None),
    ("America/Havana", "2026-03-08T00:30", "2026-03-08T05:00:00Z", None),
    ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:00:00Z", None),
    ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z", Some("2026-11-01T06:00:00Z")),
    ("Europe/London", "2026-10-25T01:30", "2026-10-25T00:30:00Z", Some("2026-10-25T01:00:00Z")),
    ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z", Some("2026-10-25T01:00:00Z")),
    ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z", Some("2026-04-04T15:00:00Z")),
    ("Africa/Cairo", "2026-10-29T23:30", "2026-10-29T20:30:00Z", Some("2026-10-29T21:00:00Z")),
    ("America/Santiago", "2026-04-04T23:30", "2026-04-05T02:30:00Z", Some("2026-04-05T03:00:00Z")),
    ("America/Havana", "2026-11-01T00:30", "2026-11-01T04:30:00Z", Some("2026-11-01T05:00:00Z")),
    ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30:00Z", Some("2026-02-15T02:00:00Z")),
];

fn zone(name: &str) -> Zone {
    Zone::get(name).expect("a zone")
}

#[test]
fn a_skipped_time_runs_after_the_gap_and_a_repeated_one_the_first_time() {
    for (name, slot, expected, transition) in TABLE {
        let zone = zone(name);
        let (instant, clock) = instant_of(slot.parse().expect("a local time"), &zone);
        assert_eq!(instant, at(expected), "{name} {slot}");
        assert_eq!(clock, if transition.is_some() { Clock::Twice } else { Clock::Never }, "{name} {slot}");
        if let Some(transition) = transition {
            let next = zone.following(instant.to_timestamp()).next().expect("a transition");
            assert_eq!(Instant::from_timestamp(next.timestamp()), at(transition), "{name} {slot}");
        }
    }
}

#[test]
fn a_daily_rule_runs_exactly_once_on_the_day_of_each_change() {
    for (name, slot, expected, _) in TABLE {
        let slot: civil::DateTime = slot.parse().expect("a local time");
        let time = slot.strftime("%H:%M");
        let json = format!(r#"{{"freq":"daily","times":["{time}"],"zone":"{name}","start":"2026-01-01"}}"#);
        let day = at(expected).plus_ms(-36 * 3_600_000);
        let runs: Vec<Occurrence> = rule(&json).between(day, day.plus_ms(72 * 3_600_000)).collect();
        let on_slot: Vec<Instant> = runs.iter().filter(|run| run.slot == slot).map(|run| run.instant).collect();
        assert_eq!(on_slot, [at(expected)], "{name} {slot}");
        assert_eq!(runs.len(), 3, "{name}: one run on each of three days");
    }
}

#[test]
fn an_hourly_rule_pauses_in_an_overlap_and_merges_in_a_gap() {
    let rule = rule(r#"{"freq":"hourly","zone":"Europe/Berlin","start":"2026-01-01"}"#);
    let hours = |after: &str| -> Vec<String> {
        rule.next_n(at(after), 4).iter().map(|run| run.instant.to_string()[11..16].to_owned()).collect()
    };
    // 00:00, 01:00, 02:00 and 03:00 of local time: the clock shows 02:00 twice.
    assert_eq!(hours("2026-10-24T21:30:00Z"), ["22:00", "23:00", "00:00", "02:00"]);
    // 02:00 is skipped and 03:00 is the instant after the gap: one run.
    assert_eq!(hours("2026-03-28T22:30:00Z"), ["23:00", "00:00", "01:00", "02:00"]);
}

#[test]
fn the_slots_of_a_gap_are_one_run_under_the_name_of_the_first() {
    let rule = rule(r#"{"freq":"minutes","interval":15,"zone":"Europe/Berlin","start":"2026-01-01"}"#);
    let runs = rule.next_n(at("2026-03-29T00:45:00Z"), 2);
    assert_eq!(runs[0].slot, civil::date(2026, 3, 29).at(2, 0, 0, 0));
    assert_eq!((runs[0].instant, runs[0].clock), (at("2026-03-29T01:00:00Z"), Clock::Never));
    assert_eq!((runs[1].instant, runs[1].clock), (at("2026-03-29T01:15:00Z"), Clock::Once));
    // The search begins after the gap and names the run no differently when it begins inside the hour before.
    assert_eq!(rule.next_after(at("2026-03-29T00:59:59Z")), Some(runs[0]));
}

#[test]
fn a_slot_whose_gap_swallows_midnight_runs_on_the_next_local_day() {
    // The clock of Ittoqqortoormiit goes from 23:00 to 24:00 on the evening of 2026-03-28.
    let json = r#"{"freq":"daily","times":["23:30"],"zone":"America/Scoresbysund","start":"2026-01-01"}"#;
    let run = rule(json).next_after(at("2026-03-29T00:59:00Z")).expect("a run");
    assert_eq!(run.slot, civil::date(2026, 3, 28).at(23, 30, 0, 0));
    assert_eq!(run.instant, at("2026-03-29T01:00:00Z"));
}

#[test]
fn a_day_that_a_zone_skipped_does_not_exist() {
    let apia = zone("Pacific/Apia");
    assert!(!day_exists(civil::date(2011, 12, 30), &apia));
    assert!(day_exists(civil::date(2011, 12, 29), &apia));
    assert!(day_exists(civil::date(2011, 12, 31), &apia));
    // Midnight is skipped here, the day is not.
    assert!(day_exists(civil::date(2026, 4, 24), &zone("Africa/Cairo")));
}

#[test]
fn a_day_that_a_zone_skipped_has_no_run() {
    for time in ["00:00", "08:00", "23:55"] {
        let json = format!(r#"{{"freq":"daily","times":["{time}"],"zone":"Pacific/Apia","start":"2011-12-28"}}"#);
        let days = slots(&json, "2011-12-27T00:00:00Z", 3);
        assert_eq!(
            days,
            [format!("Wed 2011-12-28 {time}"), format!("Thu 2011-12-29 {time}"), format!("Sat 2011-12-31 {time}")]
        );
    }
}

#[test]
fn no_run_is_moved_to_a_day_that_a_zone_skipped() {
    // 2011-12-31 was a Saturday; the Friday before it did not exist.
    let json = r#"{"freq":"daily","times":["08:00"],"zone":"Pacific/Apia","onNonBusinessDay":"previous","start":"2011-12-31","end":"2011-12-31"}"#;
    assert_eq!(slots(json, "2011-12-01T00:00:00Z", 3), ["Thu 2011-12-29 08:00"]);
}

#[test]
fn zones_without_changes_keep_their_offset() {
    for (name, expected) in [("Asia/Kolkata", "02:30"), ("America/Sao_Paulo", "11:00"), ("Pacific/Apia", "19:00")] {
        let json = format!(r#"{{"freq":"daily","times":["08:00"],"zone":"{name}","start":"2026-01-01"}}"#);
        for run in rule(&json).between(at("2026-02-01T00:00:00Z"), at("2026-12-01T00:00:00Z")) {
            assert_eq!((&run.instant.to_string()[11..16], run.clock), (expected, Clock::Once), "{name}");
        }
    }
}
