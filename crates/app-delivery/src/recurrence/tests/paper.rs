//! Rules against calendars on paper.

use super::{at, rule, slots};

#[test]
fn a_daily_rule_keeps_its_local_time_across_the_change_of_the_clock() {
    let rule = rule(r#"{"freq":"daily","times":["08:00"],"zone":"America/New_York","start":"2026-01-01"}"#);
    let found: Vec<_> = rule.next_n(at("2026-03-07T00:00:00Z"), 2).iter().map(|run| run.instant).collect();
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
fn minutes_stay_in_their_window() {
    let json = r#"{"freq":"minutes","interval":45,"on":{"window":{"from":"08:00","to":"10:00"},"weekdays":["saturday"]},"zone":"UTC","start":"2026-01-01"}"#;
    assert_eq!(
        slots(json, "2026-11-21T08:30:00Z", 3),
        ["Sat 2026-11-21 08:45", "Sat 2026-11-21 09:30", "Sat 2026-11-28 08:00"]
    );
}

#[test]
fn an_interval_that_does_not_divide_the_day_begins_anew_at_midnight() {
    let json = r#"{"freq":"hourly","interval":7,"zone":"UTC","start":"2026-01-01"}"#;
    assert_eq!(
        slots(json, "2026-11-21T13:00:00Z", 4),
        ["Sat 2026-11-21 14:00", "Sat 2026-11-21 21:00", "Sun 2026-11-22 00:00", "Sun 2026-11-22 07:00"]
    );
}

#[test]
fn days_are_counted_from_the_start_and_then_held_against_the_weekdays() {
    let json = r#"{"freq":"daily","interval":2,"on":{"weekdays":["Friday","monday"]},"times":["08:00"],"zone":"UTC","start":"2026-11-20"}"#;
    assert_eq!(
        slots(json, "2026-11-01T00:00:00Z", 3),
        ["Fri 2026-11-20 08:00", "Mon 2026-11-30 08:00", "Fri 2026-12-04 08:00"]
    );
}

#[test]
fn a_weekly_rule_without_weekdays_keeps_the_weekday_of_its_start() {
    let json = r#"{"freq":"weekly","times":["08:00"],"zone":"UTC","start":"2026-11-19","end":"2026-12-01"}"#;
    assert_eq!(slots(json, "2026-01-01T00:00:00Z", 9), ["Thu 2026-11-19 08:00", "Thu 2026-11-26 08:00"]);
}

#[test]
fn a_yearly_rule_finds_its_weekday_in_its_month() {
    let json = r#"{"freq":"yearly","interval":2,"on":{"month":5,"n":-1,"weekday":"monday"},"times":["09:00"],"zone":"UTC","start":"2026-01-01"}"#;
    assert_eq!(slots(json, "2026-01-01T00:00:00Z", 2), ["Mon 2026-05-25 09:00", "Mon 2028-05-29 09:00"]);
}

#[test]
fn every_third_month_is_counted_from_the_start() {
    let json =
        r#"{"freq":"monthly","interval":3,"on":{"monthDay":1},"times":["09:00"],"zone":"UTC","start":"2026-11-15"}"#;
    assert_eq!(slots(json, "2026-01-01T00:00:00Z", 2), ["Mon 2027-02-01 09:00", "Sat 2027-05-01 09:00"]);
}

#[test]
fn a_run_moved_to_the_business_day_before_may_lie_ahead_of_the_start() {
    let json = r#"{"freq":"monthly","on":{"monthDay":1},"times":["09:00"],"zone":"UTC","onNonBusinessDay":"previous","start":"2026-08-01"}"#;
    assert_eq!(slots(json, "2026-01-01T00:00:00Z", 2), ["Fri 2026-07-31 09:00", "Tue 2026-09-01 09:00"]);
}

#[test]
fn days_off_are_counted_by_the_calendar_of_the_rule() {
    let json = r#"{"freq":"monthly","on":{"businessDay":1},"times":["09:00"],"zone":"Asia/Dubai","calendar":{"weekdays":["sunday","monday","tuesday","wednesday","thursday"],"holidays":["2026-11-01"]},"start":"2026-11-01"}"#;
    assert_eq!(slots(json, "2026-10-01T00:00:00Z", 2), ["Mon 2026-11-02 09:00", "Tue 2026-12-01 09:00"]);
}

#[test]
fn a_span_of_time_leaves_out_its_begin_and_includes_its_end() {
    let rule = rule(r#"{"freq":"hourly","zone":"UTC","start":"2026-01-01"}"#);
    let found = |from: &str, to: &str| rule.between(at(from), at(to)).map(|run| run.instant).collect::<Vec<_>>();
    assert_eq!(
        found("2026-11-21T08:00:00Z", "2026-11-21T10:00:00Z"),
        [at("2026-11-21T09:00:00Z"), at("2026-11-21T10:00:00Z")]
    );
    assert_eq!(found("2026-11-21T10:00:00Z", "2026-11-21T10:59:59Z"), []);
}

#[test]
fn a_rule_that_is_over_has_no_next_run() {
    let rule = rule(r#"{"freq":"daily","times":["08:00"],"zone":"UTC","start":"2026-01-01","end":"2026-01-02"}"#);
    assert!(rule.next_after(at("2026-01-02T07:59:59Z")).is_some());
    assert_eq!(rule.next_after(at("2026-01-02T08:00:00Z")), None);
}
