//! Dates gathered into weeks, months, quarters and years, and what those periods are called.

use crate::column::Surroundings;
use crate::definition::DateGranularity;
use jiff::ToSpan as _;
use jiff::civil;
use model::{Date, Value};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The group that a date or an instant belongs to: the first day of its period, or a number for recurring ones.
pub(crate) fn bucket(value: &Value, granularity: DateGranularity, around: &Surroundings) -> Value {
    let day = match value {
        Value::Date(day) => *day,
        Value::DateTime(instant) if granularity != DateGranularity::Exact => instant.date_in(&around.zone),
        other => return other.clone(),
    };
    let civil = day.to_civil();
    let start = around.calendar.fiscal_start_month;
    match granularity {
        DateGranularity::Exact | DateGranularity::Day => Value::Date(day),
        DateGranularity::Week => {
            Value::Date(day.plus_days(-i32::from(civil.weekday().since(around.calendar.first_weekday))))
        }
        DateGranularity::Month => Value::Date(period_start(civil, 1, 1)),
        DateGranularity::Quarter => Value::Date(period_start(civil, 3, 1)),
        DateGranularity::Year => Value::Date(period_start(civil, 12, 1)),
        DateGranularity::FiscalQuarter => Value::Date(period_start(civil, 3, start)),
        DateGranularity::FiscalYear => Value::Date(period_start(civil, 12, start)),
        DateGranularity::MonthInYear => Value::Int(i64::from(civil.month())),
        DateGranularity::DayInMonth => Value::Int(i64::from(civil.day())),
    }
}

/// The first day of the period of so many months that holds a day, where periods are counted from a month of the year.
fn period_start(day: civil::Date, months: i8, first_month: u8) -> Date {
    let first = i8::try_from(first_month.clamp(1, 12)).unwrap_or(1);
    let into = (day.month() - first).rem_euclid(12) % months;
    let start = day.first_of_month().checked_sub(i64::from(into).months()).unwrap_or(civil::Date::MIN);
    Date::from_civil(start)
}

/// The period after one.
pub(crate) fn next(value: &Value, granularity: DateGranularity) -> Option<Value> {
    let day = value.as_date()?.to_civil();
    let span = match granularity {
        DateGranularity::Exact | DateGranularity::Day => 1.day(),
        DateGranularity::Week => 7.days(),
        DateGranularity::Month => 1.month(),
        DateGranularity::Quarter | DateGranularity::FiscalQuarter => 3.months(),
        DateGranularity::Year | DateGranularity::FiscalYear => 1.year(),
        DateGranularity::MonthInYear | DateGranularity::DayInMonth => return None,
    };
    day.checked_add(span).ok().map(Date::from_civil).map(Value::Date)
}

/// What a period is called; none for a value that is no period.
pub(crate) fn label(value: &Value, granularity: DateGranularity, around: &Surroundings) -> Option<String> {
    if granularity == DateGranularity::MonthInYear {
        let Value::Int(month) = value else { return None };
        return usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).map(|name| (*name).to_owned());
    }
    let day = value.as_date()?;
    let civil = day.to_civil();
    let start = i16::from(around.calendar.fiscal_start_month);
    let fiscal_year = civil.year() - i16::from(i16::from(civil.month()) < start);
    Some(match granularity {
        DateGranularity::Month => format!("{} {}", MONTHS[usize::from(civil.month().unsigned_abs()) - 1], civil.year()),
        DateGranularity::Quarter => format!("Q{} {}", (civil.month() - 1) / 3 + 1, civil.year()),
        DateGranularity::Year => civil.year().to_string(),
        DateGranularity::FiscalQuarter => {
            format!("FQ{} {fiscal_year}", (i16::from(civil.month()) - start).rem_euclid(12) / 3 + 1)
        }
        DateGranularity::FiscalYear => format!("FY {fiscal_year}"),
        DateGranularity::Week => {
            format!("{} – {}", around.formats.date(day), around.formats.date(day.plus_days(6)))
        }
        _ => around.formats.date(day),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Weekday;
    use soql::dates::Calendar;

    fn around(fiscal_start_month: u8) -> Surroundings {
        Surroundings {
            currency: "EUR".into(),
            zone: model::Zone::get("Europe/Berlin").expect("a zone"),
            zone_name: "Europe/Berlin".into(),
            today: Date::parse("2026-11-21").expect("a date"),
            now: model::Instant::parse("2026-11-21T08:00:00Z").expect("an instant"),
            calendar: Calendar { first_weekday: Weekday::Sunday, fiscal_start_month },
            formats: render::format::Formats::default(),
        }
    }

    #[test]
    fn a_day_belongs_to_the_period_that_holds_it() {
        let around = around(2);
        let day = Value::Date(Date::parse("2027-01-15").expect("a date"));
        let expected = [
            (DateGranularity::Week, "2027-01-10", "1/10/2027 – 1/16/2027"),
            (DateGranularity::Month, "2027-01-01", "January 2027"),
            (DateGranularity::Quarter, "2027-01-01", "Q1 2027"),
            (DateGranularity::Year, "2027-01-01", "2027"),
            (DateGranularity::FiscalQuarter, "2026-11-01", "FQ4 2026"),
            (DateGranularity::FiscalYear, "2026-02-01", "FY 2026"),
        ];
        for (granularity, first, name) in expected {
            let found = bucket(&day, granularity, &around);
            assert_eq!(found.to_plain(), first, "{granularity:?}");
            assert_eq!(label(&found, granularity, &around).as_deref(), Some(name), "{granularity:?}");
        }
        assert_eq!(bucket(&day, DateGranularity::DayInMonth, &around), Value::Int(15));
    }

    #[test]
    fn an_instant_belongs_to_its_local_day() {
        let late = model::Instant::parse("2026-11-30T23:30:00Z").expect("an instant");
        let found = bucket(&Value::DateTime(late), DateGranularity::Month, &around(1));
        assert_eq!(found.to_plain(), "2026-12-01");
    }
}
