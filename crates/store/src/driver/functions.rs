//! What SQLite lacks and our SQL needs: the collation of `model::text`, LIKE without case, multi-select tests, parts
//! of dates in a zone.

use model::{Date, Instant, Zone, text};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, Error, Result};
use soql::plan::DateFunction;

/// The name of the collation in SQL.
pub(crate) const COLLATION: &str = "HF";

pub(crate) fn register(connection: &Connection) -> Result<()> {
    connection.create_collation(COLLATION, text::compare)?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("hf_like", 2, flags, like)?;
    connection.create_scalar_function("hf_includes", 2, flags, includes)?;
    connection.create_scalar_function("hf_date_part", 4, flags, date_part)?;
    connection.create_scalar_function("hf_distance", 7, flags, distance)?;
    connection.create_scalar_function("hf_labels", 3, flags, labels)?;
    connection.create_scalar_function("hf_word_like", -1, flags, word_like)?;
    connection.create_scalar_function("hf_formula", -1, flags, super::formula::evaluate)
}

/// `hf_like(value, pattern)`: 0 for null.
fn like(context: &Context<'_>) -> Result<bool> {
    let pattern = context.get_raw(1).as_str().map_err(|error| Error::UserFunctionError(error.into()))?;
    Ok(match context.get_raw(0).as_str_or_null() {
        Ok(Some(value)) => text::like(value, pattern),
        _ => false,
    })
}

/// `hf_includes(value, groups)`: groups is `A;B` joined by the unit separator; 0 for null.
fn includes(context: &Context<'_>) -> Result<bool> {
    let groups = context.get_raw(1).as_str().map_err(|error| Error::UserFunctionError(error.into()))?;
    let Ok(Some(value)) = context.get_raw(0).as_str_or_null() else { return Ok(false) };
    let chosen: Vec<&str> = value.split(';').collect();
    Ok(groups
        .split('\u{1f}')
        .any(|group| group.split(';').all(|wanted| chosen.iter().any(|have| text::eq_fold(have, wanted)))))
}

/// `hf_date_part(function, value, zone, fiscal_start)`: zone `''` for a date, else an IANA name for an instant.
fn date_part(context: &Context<'_>) -> Result<Option<i64>> {
    let Ok(Some(raw)) = context.get_raw(1).as_i64_or_null() else { return Ok(None) };
    let zone_name = context.get_raw(2).as_str().map_err(|error| Error::UserFunctionError(error.into()))?;
    let function: i64 = context.get(0)?;
    let fiscal_start: i64 = context.get(3)?;
    let (date, hour) = if zone_name.is_empty() {
        (Date::from_days(i32::try_from(raw).unwrap_or(i32::MAX)), 0)
    } else {
        let zone = context
            .get_or_create_aux(2, |value| -> std::result::Result<Zone, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Zone::get(value.as_str()?)?)
            })
            .map_err(|error| Error::UserFunctionError(error.to_string().into()))?;
        let local = Instant::from_ms(raw).to_timestamp().to_zoned((*zone).clone());
        (Date::from_civil(local.date()), i64::from(local.hour()))
    };
    Ok(function_from_number(function).map(|function| part_of(function, date, hour, fiscal_start)))
}

/// `hf_distance(latitude, its factor, to, longitude, its factor, to, radius)`, degrees of the target in billionths.
fn distance(context: &Context<'_>) -> Result<Option<i64>> {
    let degrees = |at: usize| -> Result<Option<f64>> {
        let (raw, factor): (Option<i64>, i64) = (context.get(at)?, context.get(at + 1)?);
        Ok(raw.map(|raw| raw as f64 / factor as f64))
    };
    let target = |at: usize| -> Result<f64> { Ok(context.get::<i64>(at)? as f64 / 1_000_000_000.0) };
    let (Some(latitude), Some(longitude)) = (degrees(0)?, degrees(3)?) else { return Ok(None) };
    Ok(Some(crate::emit::distance(latitude, longitude, target(2)?, target(5)?, context.get(6)?)))
}

/// `hf_labels(values, keys, labels)`: the labels of values joined by `;`, keys folded, both lists as JSON arrays.
fn labels(context: &Context<'_>) -> Result<Option<String>> {
    let Some(values) = context.get::<Option<String>>(0)? else { return Ok(None) };
    let list = |at: usize| -> Result<Vec<String>> {
        serde_json::from_str(&context.get::<String>(at)?).map_err(|error| Error::UserFunctionError(error.into()))
    };
    let (keys, labels) = (list(1)?, list(2)?);
    let label_of = |value: &str| {
        let folded = text::fold(value);
        keys.iter().position(|key| *key == folded).and_then(|at| labels.get(at)).map_or(value.to_owned(), String::clone)
    };
    Ok(Some(values.split(';').map(label_of).collect::<Vec<_>>().join(";")))
}

/// `hf_word_like(pattern, is_phone, text, is_phone, text, …)`: whether some word of some text is as the pattern says.
fn word_like(context: &Context<'_>) -> Result<bool> {
    let pattern = context.get_raw(0).as_str().map_err(|error| Error::UserFunctionError(error.into()))?;
    for at in (1..context.len().saturating_sub(1)).step_by(2) {
        if let Ok(Some(value)) = context.get_raw(at + 1).as_str_or_null()
            && crate::search::word_like(value, context.get::<i64>(at)? != 0, pattern)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The functions by the number they travel under in SQL.
pub(crate) const NUMBERED: [DateFunction; 13] = [
    DateFunction::CalendarMonth,
    DateFunction::CalendarQuarter,
    DateFunction::CalendarYear,
    DateFunction::DayInMonth,
    DateFunction::DayInWeek,
    DateFunction::DayInYear,
    DateFunction::DayOnly,
    DateFunction::FiscalMonth,
    DateFunction::FiscalQuarter,
    DateFunction::FiscalYear,
    DateFunction::HourInDay,
    DateFunction::WeekInMonth,
    DateFunction::WeekInYear,
];

fn function_from_number(number: i64) -> Option<DateFunction> {
    usize::try_from(number).ok().and_then(|at| NUMBERED.get(at).copied())
}

fn part_of(function: DateFunction, date: Date, hour: i64, fiscal_start: i64) -> i64 {
    let day = date.to_civil();
    let month = i64::from(day.month());
    // Months since the fiscal year began, 0 to 11.
    let into_fiscal = (month - fiscal_start).rem_euclid(12);
    match function {
        DateFunction::CalendarMonth => month,
        DateFunction::CalendarQuarter => (month - 1) / 3 + 1,
        DateFunction::CalendarYear => i64::from(day.year()),
        DateFunction::DayInMonth => i64::from(day.day()),
        DateFunction::DayInWeek => i64::from(day.weekday().to_sunday_one_offset()),
        DateFunction::DayInYear => i64::from(day.day_of_year()),
        DateFunction::DayOnly => i64::from(date.days()),
        DateFunction::FiscalMonth => into_fiscal + 1,
        DateFunction::FiscalQuarter => into_fiscal / 3 + 1,
        // A fiscal year carries the number of the calendar year in which it starts.
        DateFunction::FiscalYear => i64::from(day.year()) - i64::from(month < fiscal_start),
        DateFunction::HourInDay => hour,
        DateFunction::WeekInMonth => (i64::from(day.day()) - 1) / 7 + 1,
        DateFunction::WeekInYear => (i64::from(day.day_of_year()) - 1) / 7 + 1,
    }
}
