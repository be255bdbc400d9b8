//! Business days: the working days of a week, less holidays.

use super::rule::Weekday;
use jiff::civil;
use serde::{Deserialize, Serialize};

/// Which days are worked on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BusinessCalendar {
    #[serde(default = "monday_to_friday")]
    pub weekdays: Vec<Weekday>,
    #[serde(default)]
    pub holidays: Vec<civil::Date>,
}

fn monday_to_friday() -> Vec<Weekday> {
    use civil::Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
    [Monday, Tuesday, Wednesday, Thursday, Friday].map(Weekday).to_vec()
}

impl Default for BusinessCalendar {
    fn default() -> Self {
        Self { weekdays: monday_to_friday(), holidays: Vec::new() }
    }
}

impl BusinessCalendar {
    pub fn is_business_day(&self, date: civil::Date) -> bool {
        self.weekdays.contains(&Weekday(date.weekday())) && !self.holidays.contains(&date)
    }

    /// Whether a date is the n-th business day of its month, counted from its end when negative.
    pub(super) fn is_nth_of_month(&self, date: civil::Date, n: i8) -> bool {
        if !self.is_business_day(date) {
            return false;
        }
        let (from, to) = if n > 0 { (1, date.day()) } else { (date.day(), date.days_in_month()) };
        let count = (from..=to)
            .filter_map(|day| civil::Date::new(date.year(), date.month(), day).ok())
            .filter(|day| self.is_business_day(*day))
            .count();
        count == usize::from(n.unsigned_abs())
    }
}

/// What becomes of a run on a day that is not worked on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OnNonBusinessDay {
    #[default]
    Run,
    Skip,
    /// On the business day before; runs that meet there are one.
    Previous,
    /// On the business day after; runs that meet there are one.
    Next,
}
