//! Days of the week by their English names.

use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A day of the week: `monday` in a rule, in any case of letters; `Monday` in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekday(pub civil::Weekday);

const NAMES: [(civil::Weekday, &str, &str); 7] = [
    (civil::Weekday::Monday, "monday", "Monday"),
    (civil::Weekday::Tuesday, "tuesday", "Tuesday"),
    (civil::Weekday::Wednesday, "wednesday", "Wednesday"),
    (civil::Weekday::Thursday, "thursday", "Thursday"),
    (civil::Weekday::Friday, "friday", "Friday"),
    (civil::Weekday::Saturday, "saturday", "Saturday"),
    (civil::Weekday::Sunday, "sunday", "Sunday"),
];

impl Weekday {
    /// Days since Monday, 0 to 6: the order of days in an ISO week.
    pub(super) fn position(self) -> usize {
        usize::from(self.0.to_monday_zero_offset().unsigned_abs())
    }
}

impl Serialize for Weekday {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(NAMES[self.position()].1)
    }
}

impl<'de> Deserialize<'de> for Weekday {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let found = NAMES.iter().find(|(_, name, _)| name.eq_ignore_ascii_case(&text));
        found
            .map(|(day, _, _)| Self(*day))
            .ok_or_else(|| serde::de::Error::custom(format!("\"{text}\" is not a day of the week such as monday")))
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAMES[self.position()].2)
    }
}
