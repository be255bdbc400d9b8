//! Typed values as text for people: the cell of a table in a mail, on a page or in a PDF.

use super::{DateOrder, Locale, NumberStyle};
use crate::table::ColumnKind;
use model::{Date, Instant, TimeOfDay, Value, Zone};

/// Whether an amount shows its currency as `EUR` or as `€`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MoneyStyle {
    #[default]
    Code,
    /// The symbol, where it means one currency alone; else the code.
    Symbol,
}

/// How one reader wants values shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Formats {
    pub locale: Locale,
    pub money: MoneyStyle,
}

impl Formats {
    pub fn new(locale: Locale) -> Self {
        Self { locale, ..Self::default() }
    }

    /// A day in numbers.
    pub fn date(&self, date: Date) -> String {
        let civil = date.to_civil();
        let (year, month, day) = (civil.year(), civil.month(), civil.day());
        match self.locale.date_order {
            DateOrder::MonthDayYear => format!("{month}/{day}/{year}"),
            DateOrder::DayMonthYear => format!("{day:02}/{month:02}/{year}"),
            DateOrder::DayMonthYearDotted => format!("{day:02}.{month:02}.{year}"),
            DateOrder::YearMonthDay => format!("{year}-{month:02}-{day:02}"),
        }
    }

    /// A time of day, to the minute.
    pub fn time(&self, time: TimeOfDay) -> String {
        let minutes = time.ms() / 60_000;
        self.clock(minutes / 60 % 24, minutes % 60)
    }

    /// An instant as day and time in a zone, without the zone's name.
    pub fn date_time(&self, instant: Instant, zone: &Zone) -> String {
        let zoned = instant.to_timestamp().to_zoned(zone.clone());
        let clock = self.clock(i32::from(zoned.hour()), i32::from(zoned.minute()));
        format!("{} {clock}", self.date(Date::from_civil(zoned.date())))
    }

    fn clock(&self, hour: i32, minute: i32) -> String {
        if !self.locale.twelve_hours {
            return format!("{hour:02}:{minute:02}");
        }
        let half = if hour < 12 { "AM" } else { "PM" };
        let shown = if hour % 12 == 0 { 12 } else { hour % 12 };
        format!("{shown}:{minute:02} {half}")
    }

    /// A value under a column. A value of another type than the column's is shown as what it is: a record count under
    /// a date, the word "Total" under an amount. `zone` is the column's, `UTC` when there is none.
    pub fn value(&self, value: &Value, kind: &ColumnKind, zone: Option<&Zone>) -> String {
        match value {
            Value::Null => String::new(),
            Value::Bool(true) => self.locale.yes.to_owned(),
            Value::Bool(false) => self.locale.no.to_owned(),
            Value::Int(_) | Value::Number(_) => {
                let number = value.as_decimal().unwrap_or_default();
                let style = NumberStyle::of(kind).unwrap_or_else(|| NumberStyle::Plain {
                    scale: u8::try_from(number.normalize().scale()).unwrap_or(u8::MAX),
                });
                self.number(number, &style)
            }
            Value::Text(text) => text.clone(),
            Value::Date(date) => self.date(*date),
            Value::DateTime(instant) => self.date_time(*instant, zone.unwrap_or(&Zone::UTC)),
            Value::Time(time) => self.time(*time),
            Value::Id(id) => id.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_follow_the_reader() {
        let instant = Instant::parse("2026-03-09T17:05:00Z").expect("an instant");
        let zone = Zone::get("Europe/Berlin").expect("a zone");
        assert_eq!(Formats::new(Locale::EN_US).date_time(instant, &zone), "3/9/2026 6:05 PM");
        assert_eq!(Formats::new(Locale::EN_GB).date_time(instant, &zone), "09/03/2026 18:05");
        assert_eq!(Formats::new(Locale::DE_DE).date_time(instant, &zone), "09.03.2026 18:05");
        let midnight = TimeOfDay::parse("00:30:00").expect("a time");
        assert_eq!(Formats::new(Locale::EN_US).time(midnight), "12:30 AM");
    }

    #[test]
    fn a_word_under_an_amount_stays_a_word() {
        let kind = ColumnKind::Currency { code: "EUR".into() };
        assert_eq!(Formats::default().value(&"Total".into(), &kind, None), "Total");
        assert_eq!(Formats::default().value(&Value::Int(3), &ColumnKind::Date, None), "3");
    }
}
