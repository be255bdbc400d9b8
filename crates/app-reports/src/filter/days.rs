//! Dates and named ranges of a filter, as days.

use crate::column::Surroundings;
use model::Date;
use soql::dates::{DateLiteral, DateUnit, Span};

/// Days from `first` until before `after`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Days {
    pub(crate) first: Date,
    pub(crate) after: Date,
}

impl Days {
    /// Reads a date or a literal: `2026-11-21`, `THIS_MONTH`, `LAST_N_DAYS:30`, `last 30 days`.
    pub(crate) fn parse(text: &str, around: &Surroundings) -> Option<Self> {
        let text = text.trim();
        if let Some(day) =
            Date::parse(text.get(..10).unwrap_or(text)).filter(|_| text.len() == 10 || text.contains('T'))
        {
            return Some(Self { first: day, after: day.plus_days(1) });
        }
        let (first, after) = literal(text)?.range(around.today, &around.calendar)?;
        Some(Self { first, after })
    }

    /// As [`Days::parse`], for the range a report is about: there the next n days begin with today.
    pub(crate) fn parse_duration(text: &str, around: &Surroundings) -> Option<Self> {
        let found = Self::parse(text, around)?;
        let counts_from_today = literal(text)
            .is_some_and(|literal| matches!((literal.span, literal.unit), (Span::NextN(_), DateUnit::Day)));
        let back = if counts_from_today { -1 } else { 0 };
        Some(Self { first: found.first.plus_days(back), after: found.after.plus_days(back) })
    }
}

/// A literal by its name, with the number after a colon or in its place among the words.
fn literal(text: &str) -> Option<DateLiteral> {
    let joined = text.trim().to_ascii_uppercase().split_whitespace().collect::<Vec<_>>().join("_");
    if let Some((name, number)) = joined.split_once(':') {
        return DateLiteral::parse(name.trim_end_matches('_'), number.trim_matches('_').parse().ok());
    }
    if let Some(found) = DateLiteral::parse(&joined, None) {
        return Some(found);
    }
    let number = joined.split('_').find_map(|word| word.parse::<u32>().ok())?;
    let name = joined.replacen(&number.to_string(), "N", 1);
    DateLiteral::parse(&name, Some(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Weekday;
    use soql::dates::Calendar;

    fn days(text: &str, duration: bool) -> Option<(String, String)> {
        let around = Surroundings {
            currency: "EUR".into(),
            zone: model::Zone::UTC,
            zone_name: "UTC".into(),
            today: Date::parse("2026-11-21").expect("a date"),
            now: model::Instant::parse("2026-11-21T08:00:00Z").expect("an instant"),
            calendar: Calendar { first_weekday: Weekday::Monday, fiscal_start_month: 2 },
            formats: render::format::Formats::default(),
        };
        let found = if duration { Days::parse_duration(text, &around) } else { Days::parse(text, &around) }?;
        Some((found.first.to_string(), found.after.plus_days(-1).to_string()))
    }

    #[test]
    fn literals_cover_the_days_of_the_table() {
        let expected = [
            ("YESTERDAY", "2026-11-20", "2026-11-20"),
            ("this week", "2026-11-16", "2026-11-22"),
            ("THIS_FISCAL_QUARTER", "2026-11-01", "2027-01-31"),
            ("LAST_90_DAYS", "2026-08-23", "2026-11-21"),
            ("LAST_N_DAYS:2", "2026-11-19", "2026-11-21"),
            ("LAST 2 DAYS", "2026-11-19", "2026-11-21"),
            ("NEXT_N_DAYS:2", "2026-11-22", "2026-11-23"),
            ("N_DAYS_AGO:3", "2026-11-18", "2026-11-18"),
            ("3 days ago", "2026-11-18", "2026-11-18"),
            ("NEXT_N_MONTHS:2", "2026-12-01", "2027-01-31"),
            ("2026-02-03", "2026-02-03", "2026-02-03"),
            ("2026-02-03T10:00:00Z", "2026-02-03", "2026-02-03"),
        ];
        for (text, first, last) in expected {
            assert_eq!(days(text, false), Some((first.to_owned(), last.to_owned())), "{text}");
        }
        assert_eq!(days("SOMEDAY", false), None);
        assert_eq!(days("2026-13-01", false), None);
    }

    #[test]
    fn the_next_days_of_the_standard_date_filter_begin_today() {
        assert_eq!(days("NEXT_N_DAYS:7", true), Some(("2026-11-21".into(), "2026-11-27".into())));
        assert_eq!(days("LAST_N_DAYS:7", true), Some(("2026-11-14".into(), "2026-11-21".into())));
    }
}
