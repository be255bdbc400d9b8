//! Date literals against ranges worked out by hand.

use crate::world::{context, instant, schema, zone};
use jiff::civil::Weekday;
use model::{Date, Value};
use soql::ResolveContext;
use soql::dates::{Calendar, DateLiteral};
use soql::plan::{Cond, Operand};

fn date(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

fn literal(text: &str) -> DateLiteral {
    match text.split_once(':') {
        Some((name, number)) => DateLiteral::parse(name, number.parse().ok()),
        None => DateLiteral::parse(text, None),
    }
    .expect("a literal")
}

fn range(today: &str, calendar: Calendar, text: &str) -> String {
    let (start, end) = literal(text).range(date(today), &calendar).expect("in range");
    format!("{start} {end}")
}

const MONDAYS: Calendar = Calendar { first_weekday: Weekday::Monday, fiscal_start_month: 1 };
const SUNDAYS: Calendar = Calendar { first_weekday: Weekday::Sunday, fiscal_start_month: 1 };

#[test]
fn literals_are_whole_days_and_periods() {
    // 21 November 2026 is a Saturday.
    for (text, expected) in [
        ("YESTERDAY", "2026-11-20 2026-11-21"),
        ("today", "2026-11-21 2026-11-22"),
        ("TOMORROW", "2026-11-22 2026-11-23"),
        ("LAST_WEEK", "2026-11-09 2026-11-16"),
        ("THIS_WEEK", "2026-11-16 2026-11-23"),
        ("NEXT_WEEK", "2026-11-23 2026-11-30"),
        ("LAST_MONTH", "2026-10-01 2026-11-01"),
        ("THIS_MONTH", "2026-11-01 2026-12-01"),
        ("NEXT_MONTH", "2026-12-01 2027-01-01"),
        ("LAST_QUARTER", "2026-07-01 2026-10-01"),
        ("THIS_QUARTER", "2026-10-01 2027-01-01"),
        ("NEXT_QUARTER", "2027-01-01 2027-04-01"),
        ("LAST_YEAR", "2025-01-01 2026-01-01"),
        ("THIS_YEAR", "2026-01-01 2027-01-01"),
        ("NEXT_YEAR", "2027-01-01 2028-01-01"),
        ("LAST_90_DAYS", "2026-08-23 2026-11-22"),
        ("NEXT_90_DAYS", "2026-11-22 2027-02-20"),
        ("LAST_N_DAYS:0", "2026-11-21 2026-11-22"),
        ("LAST_N_DAYS:7", "2026-11-14 2026-11-22"),
        ("NEXT_N_DAYS:7", "2026-11-22 2026-11-29"),
        ("N_DAYS_AGO:7", "2026-11-14 2026-11-15"),
        ("LAST_N_WEEKS:2", "2026-11-02 2026-11-16"),
        ("NEXT_N_WEEKS:2", "2026-11-23 2026-12-07"),
        ("N_WEEKS_AGO:2", "2026-11-02 2026-11-09"),
        ("LAST_N_MONTHS:12", "2025-11-01 2026-11-01"),
        ("NEXT_N_MONTHS:3", "2026-12-01 2027-03-01"),
        ("N_MONTHS_AGO:11", "2025-12-01 2026-01-01"),
        ("LAST_N_QUARTERS:4", "2025-10-01 2026-10-01"),
        ("NEXT_N_QUARTERS:1", "2027-01-01 2027-04-01"),
        ("N_QUARTERS_AGO:3", "2026-01-01 2026-04-01"),
        ("LAST_N_YEARS:2", "2024-01-01 2026-01-01"),
        ("NEXT_N_YEARS:2", "2027-01-01 2029-01-01"),
        ("N_YEARS_AGO:2", "2024-01-01 2025-01-01"),
    ] {
        assert_eq!(range("2026-11-21", MONDAYS, text), expected, "{text}");
    }
}

#[test]
fn weeks_start_where_the_locale_says() {
    assert_eq!(range("2026-11-21", SUNDAYS, "THIS_WEEK"), "2026-11-15 2026-11-22");
    assert_eq!(range("2026-11-22", SUNDAYS, "THIS_WEEK"), "2026-11-22 2026-11-29");
    assert_eq!(range("2026-11-22", MONDAYS, "THIS_WEEK"), "2026-11-16 2026-11-23");
    assert_eq!(range("2027-01-02", SUNDAYS, "LAST_WEEK"), "2026-12-20 2026-12-27");
    let saturdays = Calendar { first_weekday: Weekday::Saturday, ..SUNDAYS };
    assert_eq!(range("2026-11-21", saturdays, "THIS_WEEK"), "2026-11-21 2026-11-28");
}

#[test]
fn fiscal_periods_start_where_the_org_says() {
    for (start, today, text, expected) in [
        (1, "2026-11-21", "THIS_FISCAL_YEAR", "2026-01-01 2027-01-01"),
        (2, "2026-11-21", "THIS_FISCAL_YEAR", "2026-02-01 2027-02-01"),
        (2, "2026-01-31", "THIS_FISCAL_YEAR", "2025-02-01 2026-02-01"),
        (2, "2026-01-31", "THIS_FISCAL_QUARTER", "2025-11-01 2026-02-01"),
        (2, "2026-11-21", "LAST_FISCAL_QUARTER", "2026-08-01 2026-11-01"),
        (4, "2026-03-31", "THIS_FISCAL_YEAR", "2025-04-01 2026-04-01"),
        (4, "2026-04-01", "LAST_FISCAL_YEAR", "2025-04-01 2026-04-01"),
        (4, "2026-04-01", "THIS_FISCAL_QUARTER", "2026-04-01 2026-07-01"),
        (10, "2026-11-21", "NEXT_FISCAL_YEAR", "2027-10-01 2028-10-01"),
        (10, "2026-11-21", "LAST_N_FISCAL_YEARS:2", "2024-10-01 2026-10-01"),
        (10, "2026-11-21", "NEXT_N_FISCAL_QUARTERS:2", "2027-01-01 2027-07-01"),
        (12, "2026-11-30", "THIS_FISCAL_YEAR", "2025-12-01 2026-12-01"),
        (12, "2026-12-01", "THIS_FISCAL_YEAR", "2026-12-01 2027-12-01"),
        (12, "2026-11-21", "N_FISCAL_QUARTERS_AGO:1", "2026-06-01 2026-09-01"),
        (12, "2026-11-21", "N_FISCAL_YEARS_AGO:1", "2024-12-01 2025-12-01"),
    ] {
        let calendar = Calendar { fiscal_start_month: start, ..MONDAYS };
        assert_eq!(range(today, calendar, text), expected, "{text} on {today}, fiscal year from month {start}");
    }
}

#[test]
fn months_of_any_length_and_leap_days() {
    assert_eq!(range("2028-02-29", MONDAYS, "THIS_MONTH"), "2028-02-01 2028-03-01");
    assert_eq!(range("2028-02-29", MONDAYS, "N_YEARS_AGO:1"), "2027-01-01 2028-01-01");
    assert_eq!(range("2028-03-01", MONDAYS, "YESTERDAY"), "2028-02-29 2028-03-01");
}

#[test]
fn ranges_beyond_the_calendar_of_the_api_do_not_exist() {
    for text in ["LAST_N_DAYS:4294967295", "N_YEARS_AGO:400", "NEXT_N_YEARS:4294967295", "NEXT_N_FISCAL_QUARTERS:9000"]
    {
        assert_eq!(literal(text).range(date("2026-11-21"), &MONDAYS), None, "{text}");
    }
}

#[test]
fn a_name_takes_a_number_or_none() {
    for (name, number) in [
        ("TODAY", Some(1)),
        ("LAST_N_DAYS", None),
        ("THIS_DAY", None),
        ("LAST_90_DAYS", Some(1)),
        ("LAST_90_WEEKS", None),
        ("N_DAY_AGO", Some(1)),
        ("LAST_N_DAY", Some(1)),
        ("LAST_N_FISCAL_QUARTERSS", Some(1)),
        ("", None),
        ("N_é_AGO", Some(1)),
    ] {
        assert_eq!(DateLiteral::parse(name, number), None, "{name} {number:?}");
    }
}

/// The instants of a literal for a datetime field: `now` and `zone` → `start end`.
fn instants(now: &str, zone_name: &str, text: &str) -> String {
    let ctx = ResolveContext { now: instant(now), zone: zone(zone_name), ..context() };
    let query = format!("SELECT Id FROM Account WHERE CreatedDate = {text}");
    let plan = soql::plan(&query, schema(), &ctx).expect("a plan");
    match plan.select.filter {
        Some(Cond::Compare {
            right: Operand::Range { start: Value::DateTime(start), end: Value::DateTime(end) },
            ..
        }) => format!("{start} {end}").replace(":00.000+0000", "Z"),
        other => panic!("no range: {other:?}"),
    }
}

#[test]
fn days_run_from_local_midnight_to_local_midnight() {
    for (now, zone, text, expected) in [
        // Clocks go forward: 23 hours.
        ("2026-03-29T12:00:00Z", "Europe/Berlin", "TODAY", "2026-03-28T23:00Z 2026-03-29T22:00Z"),
        ("2026-03-08T12:00:00Z", "America/New_York", "TODAY", "2026-03-08T05:00Z 2026-03-09T04:00Z"),
        // Clocks go back: 25 hours.
        ("2026-10-25T12:00:00Z", "Europe/Berlin", "TODAY", "2026-10-24T22:00Z 2026-10-25T23:00Z"),
        ("2026-11-01T12:00:00Z", "America/New_York", "TODAY", "2026-11-01T04:00Z 2026-11-02T05:00Z"),
        // Half an hour.
        ("2026-10-03T16:00:00Z", "Australia/Lord_Howe", "TODAY", "2026-10-03T13:30Z 2026-10-04T13:00Z"),
        // Midnight itself is skipped: the day starts at one.
        ("2026-04-24T10:00:00Z", "Africa/Cairo", "TODAY", "2026-04-23T22:00Z 2026-04-24T21:00Z"),
        ("2026-09-06T12:00:00Z", "America/Santiago", "TODAY", "2026-09-06T04:00Z 2026-09-07T03:00Z"),
        ("2026-03-08T12:00:00Z", "America/Havana", "TODAY", "2026-03-08T05:00Z 2026-03-09T04:00Z"),
        // No clock change, far from Greenwich: the local day is not the UTC day.
        ("2026-11-21T20:00:00Z", "Asia/Kolkata", "TODAY", "2026-11-21T18:30Z 2026-11-22T18:30Z"),
        ("2026-11-21T08:00:00Z", "Pacific/Apia", "YESTERDAY", "2026-11-19T11:00Z 2026-11-20T11:00Z"),
        ("2026-11-21T01:00:00Z", "America/Sao_Paulo", "THIS_MONTH", "2026-11-01T03:00Z 2026-12-01T03:00Z"),
        // Periods over a change of the clocks.
        ("2026-11-10T12:00:00Z", "America/New_York", "LAST_N_DAYS:15", "2026-10-26T04:00Z 2026-11-11T05:00Z"),
        ("2026-04-10T12:00:00Z", "Europe/Berlin", "LAST_MONTH", "2026-02-28T23:00Z 2026-03-31T22:00Z"),
    ] {
        assert_eq!(instants(now, zone, text), expected, "{text} at {now} in {zone}");
    }
}
