//! The days of the demo year: where it starts, how busy each month is, and which hours people work.

use super::random::Rng;
use model::{Date, Instant, Zone};

/// How much closes in each month, January first: quarters end with a rush, August rests, December is the largest.
const MONTH_WEIGHT: [i64; 12] = [68, 84, 138, 72, 88, 140, 78, 48, 132, 82, 94, 168];

/// How much more is sold at the end of the year than at its start.
const GROWTH_PERCENT: i64 = 32;

const MINUTE_MS: i64 = 60_000;

/// The spans of one world.
pub(super) struct Calendar {
    /// The first day of the company's books; nothing is older.
    pub(super) opening: Date,
    /// The first day on which a deal closes: the first of a month, twelve months before this one.
    pub(super) year_start: Date,
    pub(super) today: Date,
    /// The last day of the second quarter after the current one.
    pub(super) horizon: Date,
}

/// A month or the part of it that lies in a span.
#[derive(Clone, Copy)]
pub(super) struct Month {
    pub(super) first: Date,
    pub(super) last: Date,
    pub(super) weight: i64,
}

impl Calendar {
    pub(super) fn new(today: Date) -> Self {
        let year_start = month_start(today, -12);
        let into_quarter = (i32::from(today.to_civil().month()) - 1) % 3;
        Self {
            opening: month_start(today, -18),
            year_start,
            today,
            horizon: month_start(today, 9 - into_quarter).plus_days(-1),
        }
    }

    /// The last day on which anything was done.
    pub(super) fn yesterday(&self) -> Date {
        self.today.plus_days(-1)
    }

    /// The months from `first` to `last`, weighted by season, growth and the share of the month inside.
    pub(super) fn months(&self, first: Date, last: Date) -> Vec<Month> {
        let mut months = Vec::new();
        let mut start = month_start(first, 0);
        while start <= last {
            let next = month_start(start, 1);
            let (from, to) = (start.max(first), next.plus_days(-1).min(last));
            let share = i64::from(to.days() - from.days() + 1) * 1_000 / i64::from(next.days() - start.days());
            let season = MONTH_WEIGHT[usize::from(start.to_civil().month().unsigned_abs()) - 1];
            let age = i64::from(start.days() - self.year_start.days()).max(0);
            let growth = 36_500 + GROWTH_PERCENT * age;
            months.push(Month { first: from, last: to, weight: season * share * growth / 1_000 });
            start = next;
        }
        months
    }

    /// A working day of the month; the last week of a quarter takes more than its share.
    pub(super) fn closing_day(month: Month, rng: &mut Rng) -> Date {
        let full_month = month_start(month.first, 1).plus_days(-1) == month.last;
        let quarter_end = month.last.to_civil().month() % 3 == 0;
        let rush = if quarter_end { 480 } else { 280 };
        let first = if full_month && rng.chance(rush) { month.last.plus_days(-6) } else { month.first };
        let day = first.plus_days(rng.between(0, month.last.days() - first.days()));
        let working = working_day_before(day);
        if working < month.first { working_day_after(day).min(month.last) } else { working }
    }

    /// A working day from `first` to `last`.
    pub(super) fn working_day(first: Date, last: Date, rng: &mut Rng) -> Date {
        let day = first.plus_days(rng.between(0, (last.days() - first.days()).max(0)));
        let working = working_day_before(day);
        if working < first { working_day_after(day) } else { working }
    }

    /// A moment in working hours of the zone, never after the start of today.
    pub(super) fn moment(&self, day: Date, zone: &Zone, rng: &mut Rng) -> Instant {
        let minutes = i64::from(rng.around(8 * 60, 18 * 60));
        self.not_after_now(day.start_in(zone).plus_ms(minutes * MINUTE_MS + i64::from(rng.between(0, 59_999))), rng)
    }

    /// The instant itself, or one in the last working hours when it has not come yet.
    pub(super) fn not_after_now(&self, instant: Instant, rng: &mut Rng) -> Instant {
        let now = Instant::from_ms(i64::from(self.today.days()) * 86_400_000);
        if instant < now { instant } else { now.plus_ms(-i64::from(rng.between(1, 600)) * MINUTE_MS) }
    }
}

/// The first of the month that lies `months` away.
pub(super) fn month_start(date: Date, months: i32) -> Date {
    let first = date.to_civil().first_of_month();
    Date::from_civil(first.saturating_add(jiff::Span::new().months(months)))
}

/// Monday is 0.
pub(super) fn weekday(date: Date) -> i32 {
    (date.days() + 3).rem_euclid(7)
}

pub(super) fn working_day_before(date: Date) -> Date {
    date.plus_days(-(weekday(date) - 4).max(0))
}

pub(super) fn working_day_after(date: Date) -> Date {
    if weekday(date) > 4 { date.plus_days(7 - weekday(date)) } else { date }
}

/// The zone of that name; places and people name zones of the built-in tables only.
pub(super) fn zone(name: &str) -> Zone {
    Zone::get(name).unwrap_or(Zone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).expect("a date")
    }

    #[test]
    fn the_spans_start_and_end_with_months_and_quarters() {
        let calendar = Calendar::new(day("2026-11-21"));
        assert_eq!(calendar.opening, day("2025-05-01"));
        assert_eq!(calendar.year_start, day("2025-11-01"));
        assert_eq!(calendar.horizon, day("2027-06-30"));
        assert_eq!(Calendar::new(day("2024-02-29")).horizon, day("2024-09-30"));
        assert_eq!(Calendar::new(day("2025-01-01")).year_start, day("2024-01-01"));
    }

    #[test]
    fn working_days_are_monday_to_friday() {
        assert_eq!(weekday(day("2026-11-23")), 0);
        assert_eq!(working_day_before(day("2026-11-22")), day("2026-11-20"));
        assert_eq!(working_day_after(day("2026-11-21")), day("2026-11-23"));
        let mut rng = Rng::new(3);
        let months = Calendar::new(day("2026-11-21")).months(day("2025-11-01"), day("2026-11-20"));
        assert_eq!(months.len(), 13);
        for month in months {
            for _ in 0..100 {
                let closing = Calendar::closing_day(month, &mut rng);
                assert!((month.first..=month.last).contains(&closing) && weekday(closing) < 5, "{closing}");
            }
        }
    }
}
