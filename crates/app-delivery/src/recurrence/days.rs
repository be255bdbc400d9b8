//! On which local days a rule runs.

use super::calendar::OnNonBusinessDay;
use super::check::Rule;
use super::spec::{Frequency, ShortMonth};
use super::weekday::Weekday;
use jiff::civil;
use std::iter::successors;

impl Rule {
    /// The first day that can have a run: one moved to the business day before may lie ahead of `start`.
    pub(super) fn earliest_day(&self) -> civil::Date {
        let start = self.spec().start;
        match self.spec().on_non_business_day {
            OnNonBusinessDay::Previous => {
                let mut earlier = successors(Some(start), |day| day.yesterday().ok());
                earlier.find(|day| self.is_open(*day)).unwrap_or(start)
            }
            _ => start,
        }
    }

    /// The last day that can have a run: one moved to the business day after may lie beyond `end`.
    pub(super) fn latest_day(&self) -> Option<civil::Date> {
        let end = self.spec().end?;
        match self.spec().on_non_business_day {
            OnNonBusinessDay::Next => {
                let mut later = successors(Some(end), |day| day.tomorrow().ok());
                later.find(|day| self.is_open(*day)).or(Some(end))
            }
            _ => Some(end),
        }
    }

    /// Whether a run stands on this local day, once days off are taken account of.
    pub(super) fn runs_on(&self, date: civil::Date) -> bool {
        match self.spec().on_non_business_day {
            OnNonBusinessDay::Run => self.is_named(date),
            OnNonBusinessDay::Skip => self.is_open(date) && self.is_named(date),
            OnNonBusinessDay::Next => self.takes_runs_of(date, civil::Date::yesterday),
            OnNonBusinessDay::Previous => self.takes_runs_of(date, civil::Date::tomorrow),
        }
    }

    /// Whether runs may be moved to this day: it is worked on, and the zone did not skip it.
    fn is_open(&self, date: civil::Date) -> bool {
        self.calendar().is_business_day(date) && self.day_exists(date)
    }

    /// Whether an open day has a run of its own, or takes one over from the days off beside it. A local day that the zone
    /// skipped has no run to give.
    fn takes_runs_of(&self, date: civil::Date, step: fn(civil::Date) -> Result<civil::Date, jiff::Error>) -> bool {
        if !self.is_open(date) {
            return false;
        }
        let days_off = successors(step(date).ok(), |day| step(*day).ok()).take_while(|day| !self.is_open(*day));
        std::iter::once(date).chain(days_off).any(|day| self.is_named(day) && self.day_exists(day))
    }

    /// Whether the rule itself names this day.
    fn is_named(&self, date: civil::Date) -> bool {
        let spec = self.spec();
        if date < spec.start || spec.end.is_some_and(|end| date > end) {
            return false;
        }
        let on = &spec.on;
        let weekday = Weekday(date.weekday());
        let is_weekday = on.weekdays.is_empty() || on.weekdays.contains(&weekday);
        match spec.freq {
            Frequency::Minutes | Frequency::Hourly => is_weekday,
            Frequency::Daily => is_weekday && self.is_turn(days_between(spec.start, date)),
            Frequency::Weekly => {
                let named = if on.weekdays.is_empty() { weekday.0 == spec.start.weekday() } else { is_weekday };
                named && self.is_turn(days_between(monday_of(spec.start), monday_of(date)) / 7)
            }
            Frequency::Monthly => self.is_turn(months_between(spec.start, date)) && self.is_day_of_month(date),
            Frequency::Yearly => {
                date.month() == on.month.unwrap_or(spec.start.month())
                    && self.is_turn(i32::from(date.year()) - i32::from(spec.start.year()))
                    && self.is_day_of_month(date)
            }
        }
    }

    /// Whether the period so many periods after the first one has its turn.
    fn is_turn(&self, periods: i32) -> bool {
        i32::try_from(self.spec().interval).is_ok_and(|interval| interval > 0 && periods % interval == 0)
    }

    fn is_day_of_month(&self, date: civil::Date) -> bool {
        let on = &self.spec().on;
        let length = date.days_in_month();
        if let Some(day) = on.month_day {
            let is_too_short = day.abs() > length;
            return match on.short_month {
                ShortMonth::Last if is_too_short => date.day() == length,
                _ => date.day() == if day > 0 { day } else { length + 1 + day },
            };
        }
        if let (Some(n), Some(weekday)) = (on.n, on.weekday) {
            let is_nth = if n > 0 { (date.day() - 1) / 7 + 1 == n } else { date.day() + 7 > length };
            return date.weekday() == weekday.0 && is_nth;
        }
        on.business_day.is_some_and(|n| self.calendar().is_nth_of_month(date, n))
    }
}

fn days_between(from: civil::Date, to: civil::Date) -> i32 {
    from.until(to).map(|span| span.get_days()).unwrap_or_default()
}

fn months_between(from: civil::Date, to: civil::Date) -> i32 {
    (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month()) - i32::from(from.month())
}

fn monday_of(date: civil::Date) -> civil::Date {
    let into_week = i64::from(date.weekday().to_monday_zero_offset());
    date.saturating_sub(jiff::Span::new().days(into_week))
}
