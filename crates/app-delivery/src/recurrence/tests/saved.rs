//! Rules as they are saved, and rules that are refused.

use super::rule;
use crate::recurrence::{OnNonBusinessDay, Rule};
use model::{Error, ErrorCode};

#[test]
fn an_unsound_rule_is_refused_with_the_property_and_the_reason() {
    let daily = |rest: &str| format!(r#"{{"freq":"daily","times":["08:00"],"zone":"UTC","start":"2026-02-01"{rest}}}"#);
    let monthly =
        |on: &str| format!(r#"{{"freq":"monthly","times":["08:00"],"zone":"UTC","start":"2026-01-01","on":{on}}}"#);
    let minutes = |rest: &str| format!(r#"{{"freq":"minutes","zone":"UTC","start":"2026-01-01",{rest}}}"#);
    let cases = [
        (r#"{"freq":"daily","times":["08:00"],"start":"2026-01-01"}"#.to_owned(), "zone: is missing"),
        (
            r#"{"freq":"daily","times":["08:00"],"zone":"Mars/Olympus","start":"2026-01-01"}"#.to_owned(),
            "zone: \"Mars/Olympus\" is not a known time zone; use a name such as Europe/Berlin",
        ),
        (
            r#"{"freq":"daily","times":["08:00"],"zone":"+01:00","start":"2026-01-01"}"#.to_owned(),
            "zone: \"+01:00\" is not a known time zone; use a name such as Europe/Berlin",
        ),
        (
            r#"{"freq":"daily","zone":"UTC","start":"2026-01-01"}"#.to_owned(),
            "times: needs at least one time such as 08:00",
        ),
        (minutes(r#""interval":7"#), "interval: must be a multiple of 5 when freq is minutes, such as 5, 10 or 15"),
        (minutes(r#""interval":0"#), "interval: must lie between 1 and 1440 for this freq"),
        (
            minutes(r#""interval":5,"times":["08:00"]"#),
            "times: belongs to daily and longer rules; say in on.window from when to when this one runs",
        ),
        (
            minutes(r#""interval":5,"on":{"window":{"from":"22:00","to":"06:00"}}"#),
            "on.window: must not end before it begins; for a night make one rule up to 23:59 and one from 00:00",
        ),
        (minutes(r#""interval":5,"on":{"window":{"from":"22:00"}}"#), "on.window.to: is missing"),
        (daily(r#","end":"2026-01-01""#), "end: must not lie before start"),
        (
            daily(r#","on":{"window":{"from":"09:00","to":"17:00"}}"#),
            "times: 08:00 lies outside on.window, which is 09:00 to 17:00",
        ),
        (daily(r#","on":{"monthDay":1}"#), "on.monthDay: belongs to monthly and yearly rules; remove it"),
        (daily(r#","on":{"month":1}"#), "on.month: belongs to yearly rules; remove it"),
        (daily(r#","calendar":{"weekdays":[]}"#), "calendar.weekdays: needs at least one working day"),
        (monthly("{}"), "on: needs exactly one of monthDay, n with weekday, or businessDay"),
        (
            monthly(r#"{"monthDay":1,"businessDay":1}"#),
            "on: needs exactly one of monthDay, n with weekday, or businessDay",
        ),
        (monthly(r#"{"n":1}"#), "on.weekday: is missing: on.n counts weekdays"),
        (monthly(r#"{"weekday":"monday"}"#), "on.n: is missing: 1 to 5, or -1 for the last weekday"),
        (monthly(r#"{"n":-2,"weekday":"monday"}"#), "on.n: must be 1 to 5, or -1 for the last"),
        (monthly(r#"{"monthDay":0}"#), "on.monthDay: must be 1 to 31, or -1 to -31 from the end"),
        (monthly(r#"{"monthDay":32}"#), "on.monthDay: must be 1 to 31, or -1 to -31 from the end"),
        (monthly(r#"{"businessDay":-6}"#), "on.businessDay: must be 1 to 23, or -1 to -5 from the end"),
        (
            monthly(r#"{"monthDay":1,"weekdays":["monday"]}"#),
            "on.weekdays: belongs to weekly and shorter rules; use on.n with on.weekday",
        ),
    ];
    for (json, expected) in cases {
        let refusal = Rule::parse(&json).expect_err(&json);
        assert_eq!(refusal.to_string(), expected, "{json}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_at_its_property() {
    let cases = [
        (r#"{"freq":"daily","times":["8am"],"zone":"UTC","start":"2026-01-01"}"#, "times", "\"8am\" is not a time"),
        (r#"{"freq":"daily","times":["24:00"],"zone":"UTC","start":"2026-01-01"}"#, "times", "\"24:00\" is not a time"),
        (r#"{"freq":"fortnightly","zone":"UTC","start":"2026-01-01"}"#, "freq", "unknown variant `fortnightly`"),
        (
            r#"{"freq":"weekly","on":{"weekdays":["mo"]},"zone":"UTC","start":"2026-01-01"}"#,
            "on.weekdays[0]",
            "\"mo\" is not a day",
        ),
        (r#"{"freq":"daily","times":["08:00"],"zone":"UTC","start":"2026-02-30"}"#, "start", ""),
        (r#"{"freq":"daily","timezone":"UTC","start":"2026-01-01"}"#, "timezone", "unknown field `timezone`"),
        (r#"{"freq":"daily","on":{"hours":1},"zone":"UTC","start":"2026-01-01"}"#, "on.hours", "unknown field `hours`"),
        (r#"{"freq":"daily","times":["08:00"],"zone":"UTC","start":"2026-01-01"} x"#, "rule", "has text after"),
        ("", "rule", "EOF"),
    ];
    for (json, property, reason) in cases {
        let refusal = Rule::parse(json).expect_err(json);
        assert_eq!(refusal.property(), property, "{json}: {refusal}");
        assert!(refusal.reason().starts_with(reason), "{json}: {refusal}");
    }
}

#[test]
fn a_refusal_becomes_an_error_of_the_field_that_holds_the_rule() {
    let error =
        Error::from(Rule::parse(r#"{"freq":"daily","times":["08:00"],"start":"2026-01-01"}"#).expect_err("no zone"));
    assert_eq!(error.code(), ErrorCode::FieldIntegrityException);
    assert_eq!(error.message(), "Recurrence, zone: is missing.");
    assert_eq!(error.fields(), ["Rule"]);
}

#[test]
fn a_rule_survives_being_saved() {
    let json = r#"{"freq":"weekly","interval":2,"on":{"weekdays":["friday","monday"]},"times":["17:30","08:00"],"zone":"europe/berlin","start":"2026-11-19"}"#;
    let saved = serde_json::to_string(&rule(json)).expect("JSON");
    assert_eq!(
        saved,
        r#"{"freq":"weekly","interval":2,"on":{"weekdays":["monday","friday"]},"times":["08:00","17:30"],"zone":"Europe/Berlin","start":"2026-11-19"}"#
    );
    assert_eq!(rule(&saved), rule(json));
}

#[test]
fn a_saved_rule_is_checked_when_it_is_read_as_a_part_of_something_else() {
    let read = serde_json::from_str::<Vec<Rule>>(
        r#"[{"freq":"daily","times":["08:00"],"zone":"Nowhere","start":"2026-01-01"}]"#,
    );
    assert!(read.expect_err("a refusal").to_string().starts_with("zone: \"Nowhere\" is not a known time zone"));
}

#[test]
fn a_form_changes_one_property_and_checks_the_rule_anew() {
    let mut spec = rule(r#"{"freq":"daily","times":["08:00"],"zone":"UTC","start":"2026-01-01"}"#).spec().clone();
    spec.on_non_business_day = OnNonBusinessDay::Next;
    assert!(Rule::new(spec.clone()).is_ok());
    spec.interval = 367;
    assert_eq!(Rule::new(spec).expect_err("too long").property(), "interval");
}
