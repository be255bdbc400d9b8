//! Dates, times of day and instants as small integers, with the text forms of the API. Zones are IANA zones.

use jiff::civil;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A time zone with its rules, from the zone data built into the binary.
pub type Zone = TimeZone;

const MS_PER_DAY: i64 = 86_400_000;
const EPOCH: civil::Date = civil::date(1970, 1, 1);

/// A calendar day: days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Date(i32);

impl Date {
    pub const fn from_days(days: i32) -> Self {
        Self(days)
    }

    pub const fn days(self) -> i32 {
        self.0
    }

    pub fn from_civil(date: civil::Date) -> Self {
        let span = EPOCH.until(date).map(|span| span.get_days()).unwrap_or_default();
        Self(span)
    }

    /// Years −9999 to 9999; a day outside is pulled to the nearest end.
    pub fn to_civil(self) -> civil::Date {
        let bounded = self.0.clamp(-4_371_587, 2_932_896);
        EPOCH.checked_add(jiff::Span::new().days(bounded)).unwrap_or(civil::Date::MAX)
    }

    /// Reads `2026-11-21`, for years 1700 to 4000, the range of the API.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shape = bytes.len() == 10
            && bytes[4] == b'-'
            && bytes[7] == b'-'
            && bytes.iter().enumerate().all(|(at, byte)| at == 4 || at == 7 || byte.is_ascii_digit());
        if !shape {
            return None;
        }
        let date = civil::Date::new(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?).ok()?;
        (1700..=4000).contains(&date.year()).then(|| Self::from_civil(date))
    }

    /// The instant at which this day starts in a zone (the first valid one when midnight is skipped).
    pub fn start_in(self, zone: &Zone) -> Instant {
        match self.to_civil().to_zoned(zone.clone()) {
            Ok(zoned) => Instant::from_timestamp(zoned.timestamp()),
            Err(_) => Instant(i64::from(self.0) * MS_PER_DAY),
        }
    }

    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_civil().fmt(f)
    }
}

/// An instant with millisecond precision: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(i64);

impl Instant {
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    pub const fn ms(self) -> i64 {
        self.0
    }

    pub fn from_timestamp(timestamp: jiff::Timestamp) -> Self {
        Self(timestamp.as_millisecond())
    }

    pub fn to_timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }

    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// The calendar day of this instant in a zone.
    pub fn date_in(self, zone: &Zone) -> Date {
        // By the offset alone: the last hours of the year 9999 are beyond what a timestamp can be.
        let offset_ms = i64::from(zone.to_offset(self.to_timestamp()).seconds()) * 1000;
        let day = self.0.saturating_add(offset_ms).div_euclid(MS_PER_DAY);
        Date(i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX }))
    }

    /// Reads `2026-11-21T08:21:19Z`, `…19.000+0000`, `…+01:00`, with or without a fraction. A zone is required.
    pub fn parse(text: &str) -> Option<Self> {
        let date = Date::parse(text.get(..10)?)?;
        if !matches!(text.as_bytes().get(10), Some(b'T' | b't')) {
            return None;
        }
        let rest = text.get(11..)?;
        let split = rest.find(['Z', 'z', '+', '-'])?;
        let time = TimeOfDay::parse(&rest[..split])?;
        let offset_ms = parse_offset(&rest[split..])?;
        Some(Self(i64::from(date.days()) * MS_PER_DAY + i64::from(time.ms()) - offset_ms))
    }
}

/// `2026-11-21T08:21:19.000+0000`: the form of the JSON API, always in UTC.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = Date(i32::try_from(self.0.div_euclid(MS_PER_DAY)).unwrap_or(i32::MAX)).to_civil();
        let time = TimeOfDay(i32::try_from(self.0.rem_euclid(MS_PER_DAY)).unwrap_or(0));
        write!(f, "{date}T{time}+0000")
    }
}

fn parse_offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    let colon_ok = !text.contains(':') || (text.len() == 6 && text.as_bytes()[3] == b':');
    if !colon_ok || digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = digits[..2].parse().ok()?;
    let minutes: i64 = digits[2..].parse().ok()?;
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60_000)
}

/// A time of day: milliseconds since midnight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimeOfDay(i32);

impl TimeOfDay {
    pub const fn from_ms(ms: i32) -> Self {
        Self(ms)
    }

    pub const fn ms(self) -> i32 {
        self.0
    }

    /// Reads `08:00:00`, `08:00:00.250`, `08:00:00.000Z`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
        let (clock, fraction) = text.split_once('.').map_or((text, None), |(clock, fraction)| (clock, Some(fraction)));
        let bytes = clock.as_bytes();
        let shape = bytes.len() == 8
            && bytes[2] == b':'
            && bytes[5] == b':'
            && bytes.iter().enumerate().all(|(at, byte)| at == 2 || at == 5 || byte.is_ascii_digit());
        if !shape {
            return None;
        }
        let hours: i32 = clock[..2].parse().ok()?;
        let minutes: i32 = clock[3..5].parse().ok()?;
        let seconds: i32 = clock[6..].parse().ok()?;
        if hours > 23 || minutes > 59 || seconds > 59 {
            return None;
        }
        let ms = match fraction {
            None => 0,
            Some(digits) if (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{digits:0<3}")[..3].parse().ok()?
            }
            Some(_) => return None,
        };
        Some(Self(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms))
    }
}

/// `08:00:00.000`: without the zone letter, which the API adds.
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, ms) = (self.0 / 1000, self.0 % 1000);
        write!(f, "{:02}:{:02}:{:02}.{ms:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_distance_from_1970() {
        assert_eq!(Date::parse("1970-01-01").map(Date::days), Some(0));
        assert_eq!(Date::parse("2026-11-21").map(|date| date.to_string()).as_deref(), Some("2026-11-21"));
        assert_eq!(Date::parse("1969-12-31").map(Date::days), Some(-1));
        for text in ["2026-02-30", "2026-1-01", "26-01-01", "2026-01-01T", "1600-01-01"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn instants_are_read_in_every_form_the_clients_send() {
        let expected = Some(Instant::from_ms(1_795_249_279_000));
        for text in [
            "2026-11-21T08:21:19Z",
            "2026-11-21T08:21:19.000Z",
            "2026-11-21T08:21:19.000+0000",
            "2026-11-21T09:21:19+01:00",
            "2026-11-21T03:21:19.0-0500",
        ] {
            assert_eq!(Instant::parse(text), expected, "{text}");
        }
        for text in ["2026-11-21T08:21:19", "2026-11-21 08:21:19Z", "2026-11-21T24:00:00Z", "2026-11-21T08:21:19+1"] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }

    #[test]
    fn instants_are_written_as_the_json_api_writes_them() {
        assert_eq!(Instant::from_ms(1_795_249_279_000).to_string(), "2026-11-21T08:21:19.000+0000");
        assert_eq!(Instant::from_ms(-1).to_string(), "1969-12-31T23:59:59.999+0000");
    }

    #[test]
    fn a_day_without_midnight_starts_at_its_first_instant() {
        let zone = Zone::get("America/Sao_Paulo").expect("zone");
        let day = Date::parse("2018-11-04").expect("date");
        assert_eq!(day.start_in(&zone).to_string(), "2018-11-04T03:00:00.000+0000");
    }
}
