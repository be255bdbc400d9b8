//! Date literals (`THIS_QUARTER`, `LAST_N_DAYS:30`): their names, and the days each one covers.

use jiff::civil::{self, Weekday};
use model::Date;
use std::fmt;

/// A named range of days, relative to today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DateLiteral {
    pub span: Span,
    pub unit: DateUnit,
}

/// Which periods, seen from the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    Last,
    This,
    Next,
    /// The n periods before the current one; counted in days, today too.
    LastN(u32),
    /// The n periods after the current one.
    NextN(u32),
    /// The one period n back.
    Ago(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateUnit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
    FiscalQuarter,
    FiscalYear,
}

/// What of a locale and an org decides where weeks and fiscal years start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub first_weekday: Weekday,
    /// The month the fiscal year starts in, 1 to 12.
    pub fiscal_start_month: u8,
}

const UNITS: [(DateUnit, &str, &str); 7] = [
    (DateUnit::Day, "DAY", "DAYS"),
    (DateUnit::Week, "WEEK", "WEEKS"),
    (DateUnit::Month, "MONTH", "MONTHS"),
    (DateUnit::Quarter, "QUARTER", "QUARTERS"),
    (DateUnit::Year, "YEAR", "YEARS"),
    (DateUnit::FiscalQuarter, "FISCAL_QUARTER", "FISCAL_QUARTERS"),
    (DateUnit::FiscalYear, "FISCAL_YEAR", "FISCAL_YEARS"),
];

/// Whether a literal of this name takes a number after a colon; `None` when there is no such literal.
pub(crate) fn takes_number(name: &str) -> Option<bool> {
    let numbered = DateLiteral::parse(name, Some(1)).is_some();
    (numbered || DateLiteral::parse(name, None).is_some()).then_some(numbered)
}

impl DateLiteral {
    /// Finds a literal by name, case-free: those with an N take a number, the others none.
    pub fn parse(name: &str, number: Option<u32>) -> Option<Self> {
        // Longest name: LAST_N_FISCAL_QUARTERS and NEXT_N_FISCAL_QUARTERS.
        let mut upper = [0u8; 22];
        let upper = upper.get_mut(..name.len())?;
        upper.copy_from_slice(name.as_bytes());
        upper.make_ascii_uppercase();
        let name = std::str::from_utf8(upper).ok()?;
        let plural = |word: &str| UNITS.iter().find(|(_, _, plural)| *plural == word).map(|(unit, ..)| *unit);
        // Days have names of their own in the singular.
        let singular =
            |word: &str| UNITS[1..].iter().find(|(_, singular, _)| *singular == word).map(|(unit, ..)| *unit);

        let (span, unit) = if let Some(n) = number {
            if let Some(word) = name.strip_prefix("LAST_N_") {
                (Span::LastN(n), plural(word)?)
            } else if let Some(word) = name.strip_prefix("NEXT_N_") {
                (Span::NextN(n), plural(word)?)
            } else {
                (Span::Ago(n), plural(name.strip_prefix("N_")?.strip_suffix("_AGO")?)?)
            }
        } else {
            match name {
                "YESTERDAY" => (Span::Last, DateUnit::Day),
                "TODAY" => (Span::This, DateUnit::Day),
                "TOMORROW" => (Span::Next, DateUnit::Day),
                "LAST_90_DAYS" => (Span::LastN(90), DateUnit::Day),
                "NEXT_90_DAYS" => (Span::NextN(90), DateUnit::Day),
                _ => {
                    let (which, word) = name.split_once('_')?;
                    let span = match which {
                        "LAST" => Span::Last,
                        "THIS" => Span::This,
                        "NEXT" => Span::Next,
                        _ => return None,
                    };
                    (span, singular(word)?)
                }
            }
        };
        Some(Self { span, unit })
    }

    /// The days `[start, end)`; `None` when they leave the years 1700 to 4000, the range of the API.
    pub fn range(self, today: Date, calendar: &Calendar) -> Option<(Date, Date)> {
        // Periods relative to the current one: [first, after).
        let (first, after) = match (self.span, self.unit) {
            (Span::Last, _) => (-1, 0),
            (Span::This, _) => (0, 1),
            (Span::Next, _) => (1, 2),
            (Span::LastN(n), DateUnit::Day) => (-i64::from(n), 1),
            (Span::LastN(n), _) => (-i64::from(n), 0),
            (Span::NextN(n), _) => (1, 1 + i64::from(n)),
            (Span::Ago(n), _) => (-i64::from(n), 1 - i64::from(n)),
        };
        let start = period_start(self.unit, today, first, calendar)?;
        let end = period_start(self.unit, today, after, calendar)?;
        Some((start, end))
    }
}

/// The first day of the period `shift` periods after the one that holds `today`.
fn period_start(unit: DateUnit, today: Date, shift: i64, calendar: &Calendar) -> Option<Date> {
    let fiscal_offset = i64::from(calendar.fiscal_start_month.clamp(1, 12)) - 1;
    let (months, offset) = match unit {
        DateUnit::Day => return day(i64::from(today.days()) + shift),
        DateUnit::Week => {
            let into_week = today.to_civil().weekday().since(calendar.first_weekday);
            return day(i64::from(today.days()) - i64::from(into_week) + 7 * shift);
        }
        DateUnit::Month => (1, 0),
        DateUnit::Quarter => (3, 0),
        DateUnit::Year => (12, 0),
        DateUnit::FiscalQuarter => (3, fiscal_offset),
        DateUnit::FiscalYear => (12, fiscal_offset),
    };
    let civil = today.to_civil();
    let month = i64::from(civil.year()) * 12 + i64::from(civil.month()) - 1;
    let start = ((month - offset).div_euclid(months) + shift) * months + offset;
    let year = i16::try_from(start.div_euclid(12)).ok()?;
    let month = i8::try_from(start.rem_euclid(12) + 1).ok()?;
    in_range(Date::from_civil(civil::Date::new(year, month, 1).ok()?))
}

fn day(days: i64) -> Option<Date> {
    in_range(Date::from_days(i32::try_from(days).ok()?))
}

fn in_range(date: Date) -> Option<Date> {
    (1700..=4000).contains(&date.to_civil().year()).then_some(date)
}

impl fmt::Display for DateLiteral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, singular, plural) = UNITS.iter().find(|(unit, ..)| *unit == self.unit).unwrap_or(&UNITS[0]);
        match (self.span, self.unit) {
            (Span::Last, DateUnit::Day) => f.write_str("YESTERDAY"),
            (Span::This, DateUnit::Day) => f.write_str("TODAY"),
            (Span::Next, DateUnit::Day) => f.write_str("TOMORROW"),
            (Span::Last, _) => write!(f, "LAST_{singular}"),
            (Span::This, _) => write!(f, "THIS_{singular}"),
            (Span::Next, _) => write!(f, "NEXT_{singular}"),
            (Span::LastN(n), _) => write!(f, "LAST_N_{plural}:{n}"),
            (Span::NextN(n), _) => write!(f, "NEXT_N_{plural}:{n}"),
            (Span::Ago(n), _) => write!(f, "N_{plural}_AGO:{n}"),
        }
    }
}
