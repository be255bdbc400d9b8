//! The rule as it is written and saved, before it is checked.

use super::calendar::{BusinessCalendar, OnNonBusinessDay};
use super::times;
use super::weekday::Weekday;
use jiff::civil;
use serde::{Deserialize, Serialize};

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

/// Local times of a day, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    #[serde(with = "times::one")]
    pub from: civil::Time,
    #[serde(with = "times::one")]
    pub to: civil::Time,
}

/// What happens in a month that is too short for `monthDay`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ShortMonth {
    #[default]
    Skip,
    /// The run is on the last day of the month.
    Last,
}

/// On which days: weekdays for the short frequencies, one of three ways to name a day of a month for the long ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct On {
    /// None named: every day; of a weekly rule the weekday of `start`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<Weekday>,
    /// Of rules of minutes and hours: the runs begin anew at its start each day. Of a daily rule: the bounds of `times`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// 1 to 31, or −1 to −31 from the end of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month_day: Option<i8>,
    #[serde(skip_serializing_if = "is_default")]
    pub short_month: ShortMonth,
    /// 1 to 5, or −1 for the last, of `weekday`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<i8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekday: Option<Weekday>,
    /// 1 to 23, or −1 to −5 from the end of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_day: Option<i8>,
    /// Of a yearly rule, 1 to 12; the month of `start` when none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<i8>,
}

/// A recurrence that nobody has checked yet. [`Rule::new`](super::Rule::new) makes it one that can run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleSpec {
    pub freq: Frequency,
    /// Every how many minutes, hours, days, ISO weeks, months or years, counted from `start`. Rules of minutes and hours
    /// count anew from the start of each day or window.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub interval: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    pub on: On,
    /// Local times of a day; none for rules of minutes and hours.
    #[serde(default, with = "times::many", skip_serializing_if = "Vec::is_empty")]
    pub times: Vec<civil::Time>,
    /// IANA name: never an offset, which would drift from the clock on the wall.
    pub zone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<BusinessCalendar>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_non_business_day: OnNonBusinessDay,
    /// The first day that can be named; a run moved off it to the business day before is earlier.
    pub start: civil::Date,
    /// The last day that can be named; a run moved off it to the business day after is later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<civil::Date>,
}

const fn one() -> u32 {
    1
}

fn is_one(interval: &u32) -> bool {
    *interval == 1
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
