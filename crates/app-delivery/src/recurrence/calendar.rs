//! Business days: the working days of a week, less holidays.

use super::weekday::Weekday;
use jiff::civil;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Which days are worked on. Monday to Friday when not said otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct BusinessCalendar {
    pub weekdays: Vec<Weekday>,
    pub holidays: BTreeSet<civil::Date>,
}

impl Default for BusinessCalendar {
    fn default() -> Self {
        use civil::Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
        let weekdays = [Monday, Tuesday, Wednesday, Thursday, Friday].map(Weekday).to_vec();
        Self { weekdays, holidays: BTreeSet::new() }
    }
}

impl BusinessCalendar {
    pub fn is_business_day(&self, date: civil::Date) -> bool {
        self.weekdays.contains(&Weekday(date.weekday())) && !self.holidays.contains(&date)
    }

    /// Whether a date is the n-th business day of its month, counted from its end when negative.
    pub(super) fn is_nth_of_month(&self, date: civil::Date, n: i8) -> bool {
        let days = if n > 0 { 1..=date.day() } else { date.day()..=date.days_in_month() };
        let is_worked = |day| {
            let day = civil::Date::new(date.year(), date.month(), day);
            day.is_ok_and(|day| self.is_business_day(day))
        };
        self.is_business_day(date) && days.filter(|day| is_worked(*day)).count() == usize::from(n.unsigned_abs())
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
