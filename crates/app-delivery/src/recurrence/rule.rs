//! The rule as it is saved, and what makes it sound.

use super::calendar::{BusinessCalendar, OnNonBusinessDay};
use jiff::civil;
use model::{Error, ErrorCode, Result, Zone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Frequency {
    Minutes,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A day of the week by its English name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekday(pub civil::Weekday);

const WEEKDAYS: [(&str, civil::Weekday); 7] = [
    ("monday", civil::Weekday::Monday),
    ("tuesday", civil::Weekday::Tuesday),
    ("wednesday", civil::Weekday::Wednesday),
    ("thursday", civil::Weekday::Thursday),
    ("friday", civil::Weekday::Friday),
    ("saturday", civil::Weekday::Saturday),
    ("sunday", civil::Weekday::Sunday),
];

impl Serialize for Weekday {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let name = WEEKDAYS.iter().find(|(_, day)| *day == self.0).map_or("monday", |(name, _)| name);
        serializer.serialize_str(name)
    }
}

impl<'de> Deserialize<'de> for Weekday {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let found = WEEKDAYS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text));
        found
            .map(|(_, day)| Self(*day))
            .ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no day of the week")))
    }
}

/// Local times of a day, both ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    #[serde(with = "clock_time")]
    pub from: civil::Time,
    #[serde(with = "clock_time")]
    pub to: civil::Time,
}

/// What a month that is too short does to its 31st.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ShortMonth {
    #[default]
    Skip,
    /// The run is on the last day.
    Last,
}

/// On which days: weekdays for the short frequencies, one of three ways to name a day of a month for the long ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct On {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<Weekday>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// 1 to 31, or −1 to −31 from the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month_day: Option<i8>,
    pub short_month: ShortMonth,
    /// 1 to 5, or −1 for the last, of `weekday`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<i8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekday: Option<Weekday>,
    /// 1 to 23, or −1 to −5 from the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_day: Option<i8>,
    /// Of a yearly rule, 1 to 12; the month it starts in when none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<i8>,
}

/// A recurrence: rule and zone, never an offset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    pub freq: Frequency,
    #[serde(default = "one")]
    pub interval: u32,
    #[serde(default)]
    pub on: On,
    /// Local times of a day; of an hourly rule none, of a rule of minutes none.
    #[serde(default, with = "clock_times", skip_serializing_if = "Vec::is_empty")]
    pub times: Vec<civil::Time>,
    /// IANA name.
    pub zone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<BusinessCalendar>,
    #[serde(default)]
    pub on_non_business_day: OnNonBusinessDay,
    /// The first day; intervals are counted from it.
    pub start: civil::Date,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<civil::Date>,
}

const fn one() -> u32 {
    1
}

impl Rule {
    /// Reads and checks a rule.
    ///
    /// # Errors
    /// Names the part of the rule that is wrong.
    pub fn parse(json: &str) -> Result<Self> {
        let mut rule: Self = serde_json::from_str(json).map_err(|error| {
            let words = error.to_string();
            refused(words.split(" at line ").next().unwrap_or_default())
        })?;
        rule.times.sort_unstable();
        rule.times.dedup();
        rule.check()?;
        Ok(rule)
    }

    /// # Errors
    /// As [`Rule::parse`].
    pub fn check(&self) -> Result<()> {
        Zone::get(&self.zone)
            .map_err(|cause| refused(&format!("\"{}\" is no time zone", self.zone)).with_internal(cause))?;
        let limit = match self.freq {
            Frequency::Minutes => 24 * 60,
            Frequency::Hourly => 24,
            Frequency::Daily => 366,
            Frequency::Weekly => 53,
            Frequency::Monthly => 120,
            Frequency::Yearly => 10,
        };
        if self.interval == 0 || self.interval > limit {
            return Err(refused(&format!("interval must lie between 1 and {limit}")));
        }
        if self.freq == Frequency::Minutes && !self.interval.is_multiple_of(5) {
            return Err(refused("minutes must be a multiple of 5"));
        }
        let runs_all_day = matches!(self.freq, Frequency::Minutes | Frequency::Hourly);
        if runs_all_day != self.times.is_empty() {
            let words = if runs_all_day {
                "times belong to daily and longer rules; give a window"
            } else {
                "times needs a time such as 08:00"
            };
            return Err(refused(words));
        }
        if self.times.len() > 24 {
            return Err(refused("times holds at most 24 times"));
        }
        if self.on.window.is_some_and(|window| window.from > window.to) {
            return Err(refused("the window ends before it begins"));
        }
        if self.end.is_some_and(|end| end < self.start) {
            return Err(refused("end lies before start"));
        }
        if self.calendar.as_ref().is_some_and(|calendar| calendar.weekdays.is_empty()) {
            return Err(refused("the calendar has no working day"));
        }
        self.check_day()
    }

    fn check_day(&self) -> Result<()> {
        let on = &self.on;
        let of_month = matches!(self.freq, Frequency::Monthly | Frequency::Yearly);
        let ways = [on.month_day.is_some(), on.n.is_some() || on.weekday.is_some(), on.business_day.is_some()];
        let count = ways.iter().filter(|way| **way).count();
        if of_month && count != 1 {
            return Err(refused("on needs one of monthDay, n with weekday, or businessDay"));
        }
        if !of_month && count > 0 {
            return Err(refused("a day of the month belongs to monthly and yearly rules"));
        }
        if of_month && !on.weekdays.is_empty() {
            return Err(refused("weekdays belong to weekly and shorter rules"));
        }
        if on.n.is_some() != on.weekday.is_some() {
            return Err(refused("n and weekday go together"));
        }
        let within = |value: Option<i8>, low: i8, high: i8| {
            value.is_none_or(|value| value != 0 && (low..=high).contains(&value))
        };
        if !within(on.month_day, -31, 31) {
            return Err(refused("monthDay must lie between 1 and 31, or −1 and −31"));
        }
        if on.n.is_some_and(|n| n != -1 && !(1..=5).contains(&n)) {
            return Err(refused("n must be 1 to 5, or −1 for the last"));
        }
        if !within(on.business_day, -5, 23) {
            return Err(refused("businessDay must lie between 1 and 23, or −1 and −5"));
        }
        if !within(on.month, 1, 12) {
            return Err(refused("month must lie between 1 and 12"));
        }
        Ok(())
    }

    pub(super) fn zone(&self) -> Zone {
        // A rule is checked before it is saved; zone data may lose a name later, and then its runs go by UTC, where
        // they can be seen to be wrong, instead of never.
        Zone::get(&self.zone).unwrap_or(Zone::UTC)
    }

    /// The rule in words: `Every 2 weeks on Monday and Friday at 08:00 (Europe/Berlin)`.
    pub fn words(&self) -> String {
        let unit = match self.freq {
            Frequency::Minutes => "minute",
            Frequency::Hourly => "hour",
            Frequency::Daily => "day",
            Frequency::Weekly => "week",
            Frequency::Monthly => "month",
            Frequency::Yearly => "year",
        };
        let every =
            if self.interval == 1 { format!("Every {unit}") } else { format!("Every {} {unit}s", self.interval) };
        let mut out = every;
        if !self.on.weekdays.is_empty() {
            let days: Vec<String> = self.on.weekdays.iter().map(|day| format!("{:?}", day.0)).collect();
            out.push_str(&format!(" on {}", days.join(", ")));
        }
        if !self.times.is_empty() {
            let times: Vec<String> = self.times.iter().map(|time| time.strftime("%H:%M").to_string()).collect();
            out.push_str(&format!(" at {}", times.join(", ")));
        }
        out.push_str(&format!(" ({})", self.zone));
        out
    }
}

fn refused(words: &str) -> Error {
    Error::new(ErrorCode::FieldIntegrityException, format!("Recurrence: {words}.")).with_field("Rule")
}

/// `08:00`.
mod clock_time {
    use jiff::civil::Time;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn parse<E: serde::de::Error>(text: &str) -> Result<Time, E> {
        Time::strptime("%H:%M", text).map_err(|_| E::custom(format!("{text:?} is no time such as 08:00")))
    }

    pub(super) fn serialize<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&time.strftime("%H:%M"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        parse(&String::deserialize(deserializer)?)
    }
}

/// `["08:00", "17:30"]`.
mod clock_times {
    use jiff::civil::Time;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(times: &[Time], serializer: S) -> Result<S::Ok, S::Error> {
        let texts: Vec<String> = times.iter().map(|time| time.strftime("%H:%M").to_string()).collect();
        texts.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Time>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts.iter().map(|text| super::clock_time::parse(text)).collect()
    }
}
