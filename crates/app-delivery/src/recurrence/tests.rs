//! Rules against calendars on paper.

use super::*;
use model::Zone;

fn rule(json: &str) -> Rule {
    Rule::parse(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn at(text: &str) -> Instant {
    Instant::parse(text).expect("an instant")
}

/// The first runs of a rule as local times.
fn slots(json: &str, after: &str, count: usize) -> Vec<String> {
    let rule = rule(json);
    rule.occurrences_after(at(after))
        .take(count)
        .map(|run| run.slot.strftime("%a %Y-%m-%d %H:%M").to_string())
        .collect()
}

#[test]
fn a_daily_rule_keeps_its_local_time_across_the_change_of_the_clock() {
    let rule = rule(r#"{"freq":"daily","times":["08:00"],"zone":"America/New_York","start":"2026-01-01"}"#);
    let found: Vec<_> = rule.occurrences_after(at("2026-03-07T00:00:00Z")).take(2).map(|run| run.at).collect();
    assert_eq!(found, [at("2026-03-07T13:00:00Z"), at("2026-03-08T12:00:00Z")]);
}

#[test]
fn weeks_are_counted_from_the_week_of_the_start() {
    assert_eq!(
        slots(
            r#"{"freq":"weekly","interval":2,"on":{"weekdays":["monday","friday"]},"times":["08:00","17:30"],"zone":"Europe/Berlin","start":"2026-11-19"}"#,
            "2026-11-19T00:00:00Z",
            5
        ),
        [
            "Fri 2026-11-20 08:00",
            "Fri 2026-11-20 17:30",
            "Mon 2026-11-30 08:00",
            "Mon 2026-11-30 17:30",
            "Fri 2026-12-04 08:00"
        ]
    );
}

#[test]
fn days_of_months_are_found_from_both_ends() {
    let monthly = |on: &str| {
        let json = format!(r#"{{"freq":"monthly","on":{on},"times":["09:00"],"zone":"UTC","start":"2026-01-01"}}"#);
        slots(&json, "2026-01-20T00:00:00Z", 3)
    };
    assert_eq!(monthly(r#"{"monthDay":31}"#), ["Sat 2026-01-31 09:00", "Tue 2026-03-31 09:00", "Sun 2026-05-31 09:00"]);
    assert_eq!(
        monthly(r#"{"monthDay":31,"shortMonth":"last"}"#),
        ["Sat 2026-01-31 09:00", "Sat 2026-02-28 09:00", "Tue 2026-03-31 09:00"]
    );
    assert_eq!(monthly(r#"{"monthDay":-3}"#), ["Thu 2026-01-29 09:00", "Thu 2026-02-26 09:00", "Sun 2026-03-29 09:00"]);
    assert_eq!(
        monthly(r#"{"n":5,"weekday":"friday"}"#),
        ["Fri 2026-01-30 09:00", "Fri 2026-05-29 09:00", "Fri 2026-07-31 09:00"]
    );
    assert_eq!(
        monthly(r#"{"n":-1,"weekday":"monday"}"#),
        ["Mon 2026-01-26 09:00", "Mon 2026-02-23 09:00", "Mon 2026-03-30 09:00"]
    );
    assert_eq!(
        monthly(r#"{"businessDay":1}"#),
        ["Mon 2026-02-02 09:00", "Mon 2026-03-02 09:00", "Wed 2026-04-01 09:00"]
    );
    assert_eq!(
        monthly(r#"{"businessDay":-2}"#),
        ["Thu 2026-01-29 09:00", "Thu 2026-02-26 09:00", "Mon 2026-03-30 09:00"]
    );
}

#[test]
fn a_leap_day_comes_every_four_years() {
    let json =
        r#"{"freq":"yearly","on":{"month":2,"monthDay":29},"times":["00:00"],"zone":"UTC","start":"2026-01-01"}"#;
    assert_eq!(slots(json, "2026-01-01T00:00:00Z", 2), ["Tue 2028-02-29 00:00", "Sun 2032-02-29 00:00"]);
    assert_eq!(
        slots(
            r#"{"freq":"yearly","interval":2,"on":{"month":2,"monthDay":30},"times":["00:00"],"zone":"UTC","start":"2026-01-01"}"#,
            "2026-01-01T00:00:00Z",
            1
        ),
        [""; 0],
        "a day that never comes ends the search"
    );
}

#[test]
fn runs_carried_over_days_off_meet_as_one() {
    let daily = |mode: &str| {
        let json = format!(
            r#"{{"freq":"daily","times":["08:00"],"zone":"Europe/Berlin","calendar":{{"holidays":["2026-12-25"]}},"onNonBusinessDay":"{mode}","start":"2026-12-24","end":"2026-12-27"}}"#
        );
        slots(&json, "2026-12-20T00:00:00Z", 9)
    };
    assert_eq!(daily("run").len(), 4);
    assert_eq!(daily("skip"), ["Thu 2026-12-24 08:00"]);
    assert_eq!(daily("previous"), ["Thu 2026-12-24 08:00"]);
    assert_eq!(daily("next"), ["Thu 2026-12-24 08:00", "Mon 2026-12-28 08:00"]);
}

#[test]
fn an_hourly_rule_pauses_in_an_overlap_and_merges_in_a_gap() {
    let rule = rule(r#"{"freq":"hourly","zone":"Europe/Berlin","start":"2026-01-01"}"#);
    let hours = |after: &str| -> Vec<String> {
        rule.occurrences_after(at(after)).take(4).map(|run| run.at.to_string()[11..16].to_owned()).collect()
    };
    // 00:00, 01:00, 02:00 and 04:00 of local time: the clock shows 02:00 twice.
    assert_eq!(hours("2026-10-24T21:30:00Z"), ["22:00", "23:00", "00:00", "02:00"]);
    // 02:00 is skipped and 03:00 is the instant after the gap: one run.
    assert_eq!(hours("2026-03-28T22:30:00Z"), ["23:00", "00:00", "01:00", "02:00"]);
}

#[test]
fn minutes_stay_in_their_window() {
    let json = r#"{"freq":"minutes","interval":45,"on":{"window":{"from":"08:00","to":"10:00"},"weekdays":["saturday"]},"zone":"UTC","start":"2026-01-01"}"#;
    assert_eq!(
        slots(json, "2026-11-21T08:30:00Z", 3),
        ["Sat 2026-11-21 08:45", "Sat 2026-11-21 09:30", "Sat 2026-11-28 08:00"]
    );
}

#[test]
fn a_day_that_a_zone_skipped_has_no_run() {
    let json = r#"{"freq":"daily","times":["08:00"],"zone":"Pacific/Apia","start":"2011-12-28"}"#;
    assert_eq!(
        slots(json, "2011-12-28T00:00:00Z", 3),
        ["Wed 2011-12-28 08:00", "Thu 2011-12-29 08:00", "Sat 2011-12-31 08:00"]
    );
}

#[test]
fn in_every_zone_a_daily_rule_runs_once_on_each_local_day_in_increasing_order() {
    for name in jiff::tz::db().available() {
        let zone = Zone::get(name.as_str()).expect("a zone");
        for time in ["00:30", "02:30"] {
            // A year and some days: every change of the clock, from the year's end on.
            let json = format!(r#"{{"freq":"daily","times":["{time}"],"zone":"{name}","start":"2026-01-01"}}"#);
            let mut last: Option<Occurrence> = None;
            for run in rule(&json).occurrences_after(at("2026-01-02T00:00:00Z")).take(400) {
                if let Some(last) = &last {
                    assert!(run.at > last.at, "{name}: {run:?} after {last:?}");
                    assert_eq!(run.slot.date(), last.slot.date().tomorrow().expect("a day"), "{name}");
                }
                assert_eq!(run.at.to_timestamp().to_zoned(zone.clone()).date(), run.slot.date(), "{name}: {run:?}");
                last = Some(run);
            }
        }
    }
}

#[test]
fn an_unsound_rule_is_refused_with_the_reason() {
    let cases = [
        (
            r#"{"freq":"daily","times":["08:00"],"zone":"Mars/Olympus","start":"2026-01-01"}"#,
            "\"Mars/Olympus\" is no time zone",
        ),
        (r#"{"freq":"minutes","interval":7,"zone":"UTC","start":"2026-01-01"}"#, "minutes must be a multiple of 5"),
        (r#"{"freq":"daily","zone":"UTC","start":"2026-01-01"}"#, "times needs a time such as 08:00"),
        (r#"{"freq":"daily","times":["8am"],"zone":"UTC","start":"2026-01-01"}"#, "\"8am\" is no time such as 08:00"),
        (
            r#"{"freq":"monthly","times":["08:00"],"zone":"UTC","start":"2026-01-01"}"#,
            "on needs one of monthDay, n with weekday, or businessDay",
        ),
        (
            r#"{"freq":"daily","times":["08:00"],"zone":"UTC","start":"2026-02-01","end":"2026-01-01"}"#,
            "end lies before start",
        ),
    ];
    for (json, reason) in cases {
        let error = Rule::parse(json).expect_err("a refusal");
        assert_eq!(error.message(), format!("Recurrence: {reason}."));
        assert_eq!(error.fields(), ["Rule"]);
    }
}

#[test]
fn a_rule_survives_being_saved() {
    let json = r#"{"freq":"weekly","interval":2,"on":{"weekdays":["monday"]},"times":["17:30","08:00"],"zone":"Europe/Berlin","start":"2026-11-19"}"#;
    let saved = serde_json::to_string(&rule(json)).expect("JSON");
    assert_eq!(rule(&saved), rule(json));
    assert_eq!(rule(json).words(), "Every 2 weeks on Monday at 08:00, 17:30 (Europe/Berlin)");
}
