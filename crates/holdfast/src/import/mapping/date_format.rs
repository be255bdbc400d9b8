//! Dates as people write them: `M/D/YYYY`, `DD.MM.YYYY`, `D MMM YYYY HH:mm`.

use jiff::civil;
use jiff::tz::AmbiguousOffset;
use model::{Date, Instant, Zone};
use serde::Deserialize;

/// A pattern of date parts and the text between them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DateFormat {
    pattern: String,
    parts: Vec<Part>,
    has_time: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Literal(char),
    Year4,
    Year2,
    /// Digits; `true` when there must be two of them.
    Month(bool),
    MonthName,
    Day(bool),
    Hour(bool),
    Hour12(bool),
    Minute,
    Second,
    AmPm,
}

/// A date, or a date with a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateReading {
    Day(Date),
    Time(civil::DateTime),
}

impl DateReading {
    pub fn day(self) -> Date {
        match self {
            DateReading::Day(date) => date,
            DateReading::Time(time) => Date::from_civil(time.date()),
        }
    }

    /// The instant in a zone; a day begins at its midnight there. A time that a clock change skips has none.
    pub fn instant(self, zone: &Zone) -> Option<Instant> {
        match self {
            DateReading::Day(date) => Some(date.start_in(zone)),
            DateReading::Time(time) => {
                let ambiguous = zone.to_ambiguous_zoned(time);
                if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
                    return None;
                }
                ambiguous.compatible().ok().map(|zoned| Instant::from_timestamp(zoned.timestamp()))
            }
        }
    }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const PARTS: &[(&str, Part)] = &[
    ("YYYY", Part::Year4),
    ("YY", Part::Year2),
    ("MMM", Part::MonthName),
    ("MM", Part::Month(true)),
    ("M", Part::Month(false)),
    ("DD", Part::Day(true)),
    ("D", Part::Day(false)),
    ("HH", Part::Hour(true)),
    ("H", Part::Hour(false)),
    ("hh", Part::Hour12(true)),
    ("h", Part::Hour12(false)),
    ("mm", Part::Minute),
    ("ss", Part::Second),
    ("a", Part::AmPm),
];

impl TryFrom<String> for DateFormat {
    type Error = String;

    fn try_from(pattern: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = pattern.as_str();
        while let Some(c) = rest.chars().next() {
            if c == '\'' {
                let (quoted, after) = rest[1..]
                    .split_once('\'')
                    .ok_or_else(|| format!("date format {pattern:?}: a quote is not closed"))?;
                parts.extend(quoted.chars().map(Part::Literal));
                rest = after;
            } else if let Some((text, part)) = PARTS.iter().find(|(text, _)| rest.starts_with(text)) {
                parts.push(*part);
                rest = &rest[text.len()..];
            } else if c.is_alphabetic() {
                return Err(format!(
                    "date format {pattern:?}: {c:?} is no part of a date; the parts are YYYY YY MMM MM M DD D HH H hh \
                     h mm ss a, other letters stand in single quotes"
                ));
            } else {
                parts.push(Part::Literal(c));
                rest = &rest[c.len_utf8()..];
            }
        }
        let has = |test: fn(&Part) -> bool| parts.iter().filter(|part| test(part)).count();
        let years = has(|part| matches!(part, Part::Year4 | Part::Year2));
        let months = has(|part| matches!(part, Part::Month(_) | Part::MonthName));
        let days = has(|part| matches!(part, Part::Day(_)));
        if (years, months, days) != (1, 1, 1) {
            return Err(format!("date format {pattern:?} needs a year, a month and a day, each once"));
        }
        let hours12 = has(|part| matches!(part, Part::Hour12(_)));
        if hours12 != has(|part| *part == Part::AmPm) {
            return Err(format!("date format {pattern:?}: h and a (am or pm) belong together"));
        }
        let has_time = hours12 + has(|part| matches!(part, Part::Hour(_))) > 0;
        Ok(Self { pattern, parts, has_time })
    }
}

impl DateFormat {
    /// The form of the API, for dates that declare none.
    pub fn iso() -> Self {
        use Part::{Day, Literal, Month, Year4};
        let parts = vec![Year4, Literal('-'), Month(true), Literal('-'), Day(true)];
        Self { pattern: "YYYY-MM-DD".to_owned(), parts, has_time: false }
    }

    /// Reads one date.
    ///
    /// # Errors
    /// Names the format and what was found.
    pub fn read(&self, text: &str) -> Result<DateReading, String> {
        self.try_read(text).ok_or_else(|| format!("{text:?} is not a date of the form {}", self.pattern))
    }

    fn try_read(&self, text: &str) -> Option<DateReading> {
        let mut rest = text;
        let (mut year, mut month, mut day) = (0i16, 0i8, 0i8);
        let (mut hour, mut minute, mut second) = (0i8, 0i8, 0i8);
        let mut afternoon = None;
        for part in &self.parts {
            match part {
                Part::Literal(c) => rest = rest.strip_prefix(*c)?,
                Part::Year4 => year = digits(&mut rest, 4, 4)?,
                Part::Year2 => {
                    let short: i16 = digits(&mut rest, 2, 2)?;
                    year = if short < 70 { 2000 + short } else { 1900 + short };
                }
                Part::Month(two) => month = digits(&mut rest, if *two { 2 } else { 1 }, 2)?,
                Part::MonthName => month = month_name(&mut rest)?,
                Part::Day(two) => day = digits(&mut rest, if *two { 2 } else { 1 }, 2)?,
                Part::Hour(two) => hour = digits(&mut rest, if *two { 2 } else { 1 }, 2)?,
                Part::Hour12(two) => {
                    hour = digits(&mut rest, if *two { 2 } else { 1 }, 2)?;
                    if !(1..=12).contains(&hour) {
                        return None;
                    }
                }
                Part::Minute => minute = digits(&mut rest, 2, 2)?,
                Part::Second => second = digits(&mut rest, 2, 2)?,
                Part::AmPm => {
                    let word = rest.get(..2)?.to_ascii_lowercase();
                    afternoon = Some(match word.as_str() {
                        "am" => false,
                        "pm" => true,
                        _ => return None,
                    });
                    rest = &rest[2..];
                }
            }
        }
        if !rest.is_empty() {
            return None;
        }
        if let Some(afternoon) = afternoon {
            hour = hour % 12 + if afternoon { 12 } else { 0 };
        }
        let date = civil::Date::new(year, month, day).ok()?;
        if !(1700..=4000).contains(&date.year()) {
            return None;
        }
        if !self.has_time {
            return Some(DateReading::Day(Date::from_civil(date)));
        }
        let time = civil::Time::new(hour, minute, second, 0).ok()?;
        Some(DateReading::Time(date.to_datetime(time)))
    }
}

/// Takes between `least` and `most` digits off the front.
fn digits<N: std::str::FromStr>(rest: &mut &str, least: usize, most: usize) -> Option<N> {
    let count = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if count < least {
        return None;
    }
    let (number, after) = rest.split_at(count);
    *rest = after;
    number.parse().ok()
}

/// Takes an English month name, short or whole, off the front.
fn month_name(rest: &mut &str) -> Option<i8> {
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (word, after) = rest.split_at(letters);
    let word = word.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| word.starts_with(month))?;
    let whole = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ][at];
    let known = word == MONTHS[at] || word == whole || (at == 8 && word == "sept");
    *rest = after;
    known.then(|| i8::try_from(at).unwrap_or_default() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, text: &str) -> Option<String> {
        let format = DateFormat::try_from(pattern.to_owned()).expect("a format");
        format.read(text).ok().map(|reading| match reading {
            DateReading::Day(date) => date.to_string(),
            DateReading::Time(time) => time.to_string(),
        })
    }

    #[test]
    fn american_german_and_named_dates_are_read() {
        assert_eq!(read("M/D/YYYY", "3/1/2017").as_deref(), Some("2017-03-01"));
        assert_eq!(read("M/D/YYYY", "12/31/2017").as_deref(), Some("2017-12-31"));
        assert_eq!(read("DD.MM.YYYY", "01.03.2017").as_deref(), Some("2017-03-01"));
        assert_eq!(read("D MMM YY", "1 Sept 69").as_deref(), Some("2069-09-01"));
        assert_eq!(read("D MMM YY", "1 march 70").as_deref(), Some("1970-03-01"));
    }

    #[test]
    fn times_are_read_with_either_clock() {
        assert_eq!(read("M/D/YYYY h:mm a", "3/1/2017 12:05 AM").as_deref(), Some("2017-03-01T00:05:00"));
        assert_eq!(read("YYYY-MM-DD'T'HH:mm:ss", "2017-03-01T23:59:58").as_deref(), Some("2017-03-01T23:59:58"));
        assert_eq!(read("M/D/YYYY h:mm a", "3/1/2017 13:05 PM"), None);
    }

    #[test]
    fn a_date_of_another_form_is_refused() {
        for text in ["13/1/2017", "3/1/17", "2/30/2017", "3/1/2017 ", "", "3-1-2017", "0/1/2017", "3/1/20170"] {
            assert_eq!(read("M/D/YYYY", text), None, "{text:?}");
        }
        assert_eq!(read("DD.MM.YYYY", "1.3.2017"), None);
    }

    #[test]
    fn a_pattern_must_make_a_whole_date() {
        for pattern in ["M/YYYY", "M/D/YYYY D", "D.M.YYYY q", "D.M.YYYY h:mm", "'D"] {
            assert!(DateFormat::try_from(pattern.to_owned()).is_err(), "{pattern}");
        }
    }

    #[test]
    fn a_time_that_a_clock_change_skips_has_no_instant() {
        let zone = Zone::get("Europe/Berlin").expect("zone");
        let format = DateFormat::try_from("YYYY-MM-DD HH:mm".to_owned()).expect("a format");
        assert_eq!(format.read("2017-03-26 02:30").expect("a reading").instant(&zone), None);
        assert!(format.read("2017-03-26 03:30").expect("a reading").instant(&zone).is_some());
    }
}
