//! On which local days a rule runs, and at which times of them.

use super::calendar::{BusinessCalendar, OnNonBusinessDay};
use super::rule::{Frequency, Rule, ShortMonth, Weekday};
use jiff::civil;

/// Days off in a row that a run is carried over.
const MAX_DAYS_OFF: usize = 60;

impl Rule {
    pub(super) fn earliest(&self) -> civil::Date {
        self.start
    }

    /// The last day that can have a run: one carried over days off may lie after the rule's end.
    pub(super) fn latest(&self) -> Option<civil::Date> {
        let off = i64::try_from(MAX_DAYS_OFF).unwrap_or(0);
        self.end.map(|end| end.saturating_add(jiff::Span::new().days(off)))
    }

    /// Whether a run stands on this local day, once days off are taken account of.
    pub(super) fn runs_on(&self, date: civil::Date) -> bool {
        let calendar = self.calendar.clone().unwrap_or_default();
        match self.on_non_business_day {
            OnNonBusinessDay::Run => self.is_named(date, &calendar),
            OnNonBusinessDay::Skip => calendar.is_business_day(date) && self.is_named(date, &calendar),
            OnNonBusinessDay::Next => self.is_carried_to(date, &calendar, civil::Date::yesterday),
            OnNonBusinessDay::Previous => self.is_carried_to(date, &calendar, civil::Date::tomorrow),
        }
    }

    /// Whether a business day has a run of its own, or takes one over from the days off beside it.
    fn is_carried_to(
        &self,
        date: civil::Date,
        calendar: &BusinessCalendar,
        step: fn(civil::Date) -> Result<civil::Date, jiff::Error>,
    ) -> bool {
        if !calendar.is_business_day(date) {
            return false;
        }
        let days_off = std::iter::successors(step(date).ok(), |day| step(*day).ok())
            .take(MAX_DAYS_OFF)
            .take_while(|day| !calendar.is_business_day(*day));
        std::iter::once(date).chain(days_off).any(|day| self.is_named(day, calendar))
    }

    /// Whether the rule itself names this day.
    fn is_named(&self, date: civil::Date, calendar: &BusinessCalendar) -> bool {
        if date < self.start || self.end.is_some_and(|end| date > end) {
            return false;
        }
        let on = &self.on;
        let weekday = Weekday(date.weekday());
        let is_weekday = on.weekdays.is_empty() || on.weekdays.contains(&weekday);
        match self.freq {
            Frequency::Minutes | Frequency::Hourly => is_weekday,
            Frequency::Daily => is_weekday && self.is_turn(days_between(self.start, date)),
            Frequency::Weekly => {
                let named = if on.weekdays.is_empty() { weekday.0 == self.start.weekday() } else { is_weekday };
                named && self.is_turn(days_between(monday_of(self.start), monday_of(date)) / 7)
            }
            Frequency::Monthly => {
                self.is_turn(months_between(self.start, date)) && self.is_day_of_month(date, calendar)
            }
            Frequency::Yearly => {
                date.month() == on.month.unwrap_or(self.start.month())
                    && self.is_turn(i32::from(date.year()) - i32::from(self.start.year()))
                    && self.is_day_of_month(date, calendar)
            }
        }
    }

    /// Whether a period so far from the first one has its turn.
    fn is_turn(&self, periods: i32) -> bool {
        i32::try_from(self.interval).is_ok_and(|interval| interval > 0 && periods % interval == 0)
    }

    fn is_day_of_month(&self, date: civil::Date, calendar: &BusinessCalendar) -> bool {
        let on = &self.on;
        let length = date.days_in_month();
        if let Some(day) = on.month_day {
            let wanted = if day > 0 { day } else { length + 1 + day };
            let is_cut = day > length && on.short_month == ShortMonth::Last;
            return date.day() == if is_cut { length } else { wanted };
        }
        if let (Some(n), Some(weekday)) = (on.n, on.weekday) {
            let is_nth = if n > 0 { (date.day() - 1) / 7 + 1 == n } else { date.day() + 7 > length };
            return date.weekday() == weekday.0 && is_nth;
        }
        on.business_day.is_some_and(|n| calendar.is_nth_of_month(date, n))
    }

    /// The local times of a day with runs. Those of rules of hours and minutes start anew each day, at the start of the
    /// window.
    pub(super) fn times_of_day(&self) -> impl Iterator<Item = civil::Time> + '_ {
        let minutes_of =
            |time: civil::Time| u32::from(time.hour().unsigned_abs()) * 60 + u32::from(time.minute().unsigned_abs());
        let step = match self.freq {
            Frequency::Minutes => self.interval,
            Frequency::Hourly => self.interval * 60,
            _ => 0,
        };
        let (from, to) =
            self.on.window.map_or((0, 24 * 60 - 1), |window| (minutes_of(window.from), minutes_of(window.to)));
        let spread = (step > 0)
            .then(|| (from..=to).step_by(usize::try_from(step).unwrap_or(1)))
            .into_iter()
            .flatten()
            .filter_map(|minute| {
                civil::Time::new(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0).ok()
            });
        self.times.iter().copied().filter(move |_| step == 0).chain(spread)
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
