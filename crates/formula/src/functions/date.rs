//! Dates, times of day and instants. What day it is depends on the reader's zone; clock times of instants are in GMT,
//! as in Salesforce.

use super::Outcome;
use crate::eval::{Args, Fault};
use jiff::civil;
use model::{Date, Decimal, Instant, TimeOfDay, Value};
use rust_decimal::prelude::ToPrimitive;

pub(crate) const MS_PER_DAY: i64 = 86_400_000;
/// 0001-01-01 and 9999-12-31, in days since 1970.
const FIRST_DAY: i64 = -719_162;
const LAST_DAY: i64 = 2_932_896;

/// The date so many days after 1970 began, within the years 1 to 9999.
pub(crate) fn checked_date(days: Option<i64>) -> Result<Date, Fault> {
    let days = days.filter(|days| (FIRST_DAY..=LAST_DAY).contains(days)).ok_or(Fault::NoSuchDate)?;
    i32::try_from(days).map(Date::from_days).map_err(|_| Fault::NoSuchDate)
}

/// The instant so many milliseconds after 1970 began, within the years 1 to 9999.
pub(crate) fn checked_instant(ms: Option<i64>) -> Result<Instant, Fault> {
    let ms = ms.ok_or(Fault::NoSuchDate)?;
    checked_date(Some(ms.div_euclid(MS_PER_DAY)))?;
    Ok(Instant::from_ms(ms))
}

fn number(number: impl Into<i64>) -> Outcome {
    Ok(Value::Number(Decimal::from(number.into())))
}

fn civil_date(year: i64, month: i64, day: i64) -> Result<Date, Fault> {
    let (Ok(year), Ok(month), Ok(day)) = (i16::try_from(year), i8::try_from(month), i8::try_from(day)) else {
        return Err(Fault::NoSuchDate);
    };
    let date = civil::Date::new(year, month, day).map_err(|_| Fault::NoSuchDate)?;
    if date.year() < 1 { Err(Fault::NoSuchDate) } else { Ok(Date::from_civil(date)) }
}

pub(super) fn date(args: &Args) -> Outcome {
    civil_date(args.whole(0), args.whole(1), args.whole(2)).map(Value::Date)
}

/// Reads `2026-11-21`; month and day may have one digit.
fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits =
        |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || year.len() != 4 || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    civil_date(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Reads `2026-11-21 08:21:19`, in GMT; the letter T and Z of the ISO form may stand.
fn parse_instant(text: &str) -> Option<Instant> {
    let (date, time) = text.split_once([' ', 'T'])?;
    let (date, time) = (parse_date(date)?, parse_time(time.trim_start_matches(' '))?);
    Some(Instant::from_ms(i64::from(date.days()) * MS_PER_DAY + i64::from(time.ms())))
}

/// Reads `08:21:19` and `8:21:19.125`: at most milliseconds, parts of one or two digits.
fn parse_time(text: &str) -> Option<TimeOfDay> {
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<String> = clock.split(':').map(|part| format!("{part:0>2}")).collect();
    if fraction.len() > 3 || clock.split(':').any(str::is_empty) {
        return None;
    }
    TimeOfDay::parse(&format!("{}.{fraction}", parts.join(":")))
}

fn midnight(date: Date) -> Instant {
    Instant::from_ms(i64::from(date.days()) * MS_PER_DAY)
}

fn day_in_gmt(instant: Instant) -> Result<Date, Fault> {
    checked_date(Some(instant.ms().div_euclid(MS_PER_DAY)))
}

fn clock(instant: Instant) -> TimeOfDay {
    TimeOfDay::from_ms(i32::try_from(instant.ms().rem_euclid(MS_PER_DAY)).unwrap_or_default())
}

pub(super) fn date_value(args: &Args) -> Outcome {
    Ok(Value::Date(match args.at(0) {
        Value::Date(date) => *date,
        Value::DateTime(instant) => instant.date_in(args.context.zone),
        _ => parse_date(args.text(0).trim()).ok_or_else(|| Fault::NotADate(args.text(0).to_owned()))?,
    }))
}

pub(super) fn datetime_value(args: &Args) -> Outcome {
    Ok(Value::DateTime(match args.at(0) {
        Value::Date(date) => midnight(*date),
        Value::DateTime(instant) => *instant,
        _ => parse_instant(args.text(0).trim()).ok_or_else(|| Fault::NotADateTime(args.text(0).to_owned()))?,
    }))
}

pub(super) fn time_value(args: &Args) -> Outcome {
    Ok(Value::Time(match args.at(0) {
        Value::Time(time) => *time,
        Value::DateTime(instant) => clock(*instant),
        _ => parse_time(args.text(0).trim()).ok_or_else(|| Fault::NotATime(args.text(0).to_owned()))?,
    }))
}

pub(super) fn add_months(args: &Args) -> Outcome {
    let months = args.whole(1);
    match args.at(0) {
        Value::DateTime(instant) => {
            let day = day_in_gmt(*instant)?;
            let ms = i64::from(clock(*instant).ms());
            Ok(Value::DateTime(midnight(shift_months(day, months)?).plus_ms(ms)))
        }
        _ => shift_months(args.date(0), months).map(Value::Date),
    }
}

fn shift_months(date: Date, months: i64) -> Result<Date, Fault> {
    let from = date.to_civil();
    let count = i64::from(from.year()) * 12 + i64::from(from.month()) - 1;
    let count = count.checked_add(months).ok_or(Fault::NoSuchDate)?;
    let first = civil_date(count.div_euclid(12), count.rem_euclid(12) + 1, 1)?.to_civil();
    let was_last = from.day() == from.days_in_month();
    let day = if was_last { first.days_in_month() } else { from.day().min(first.days_in_month()) };
    civil_date(i64::from(first.year()), i64::from(first.month()), i64::from(day))
}

pub(super) fn now(args: &Args) -> Outcome {
    Ok(Value::DateTime(args.context.now))
}

pub(super) fn today(args: &Args) -> Outcome {
    Ok(Value::Date(args.context.now.date_in(args.context.zone)))
}

pub(super) fn time_now(args: &Args) -> Outcome {
    Ok(Value::Time(clock(args.context.now)))
}

pub(super) fn year(args: &Args) -> Outcome {
    number(args.date(0).to_civil().year())
}

pub(super) fn month(args: &Args) -> Outcome {
    number(args.date(0).to_civil().month())
}

pub(super) fn day(args: &Args) -> Outcome {
    number(args.date(0).to_civil().day())
}

pub(super) fn day_of_year(args: &Args) -> Outcome {
    number(args.date(0).to_civil().day_of_year())
}

fn iso_week_date(args: &Args) -> Result<civil::ISOWeekDate, Fault> {
    let date = match args.at(0) {
        Value::DateTime(instant) => day_in_gmt(*instant)?,
        _ => args.date(0),
    };
    Ok(date.to_civil().iso_week_date())
}

pub(super) fn iso_week(args: &Args) -> Outcome {
    number(iso_week_date(args)?.week())
}

pub(super) fn iso_year(args: &Args) -> Outcome {
    number(iso_week_date(args)?.year())
}

pub(super) fn weekday(args: &Args) -> Outcome {
    number(args.date(0).to_civil().weekday().to_sunday_one_offset())
}

pub(super) fn hour(args: &Args) -> Outcome {
    number(args.time(0).ms() / 3_600_000)
}

pub(super) fn minute(args: &Args) -> Outcome {
    number(args.time(0).ms() / 60_000 % 60)
}

pub(super) fn second(args: &Args) -> Outcome {
    number(args.time(0).ms() / 1000 % 60)
}

pub(super) fn millisecond(args: &Args) -> Outcome {
    number(args.time(0).ms() % 1000)
}

pub(super) fn unix_timestamp(args: &Args) -> Outcome {
    match args.at(0) {
        Value::Date(date) => number(midnight(*date).ms() / 1000),
        Value::Time(time) => number(time.ms() / 1000),
        _ => number(args.instant(0).ms().div_euclid(1000)),
    }
}

pub(super) fn from_unix_time(args: &Args) -> Outcome {
    let ms = crate::decimal::multiply(args.number(0), Decimal::ONE_THOUSAND).and_then(|ms| ms.trunc().to_i64());
    checked_instant(ms).map(Value::DateTime)
}

pub(super) fn format_duration(args: &Args) -> Outcome {
    let (seconds, with_days) = match (args.at(0), args.at(1)) {
        (Value::Time(start), Value::Time(end)) => (i64::from(end.ms() - start.ms()) / 1000, false),
        (Value::DateTime(start), Value::DateTime(end)) => ((end.ms() - start.ms()) / 1000, true),
        _ => (args.number(0).trunc().to_i64().ok_or(Fault::TooBig)?, args.flag(1)),
    };
    let seconds = seconds.unsigned_abs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    Ok(Value::Text(if with_days {
        format!("{}:{:02}:{minutes:02}:{rest:02}", hours / 24, hours % 24)
    } else {
        format!("{hours:02}:{minutes:02}:{rest:02}")
    }))
}
