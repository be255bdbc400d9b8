//! When a schedule runs. A rule gives local dates and times; each is mapped to one instant in the rule's zone. Pure: the
//! clock is a parameter.

mod calendar;
mod dates;
mod rule;
mod zone;

#[cfg(test)]
mod tests;

pub use calendar::{BusinessCalendar, OnNonBusinessDay};
pub use rule::{Frequency, On, Rule, ShortMonth, Window};
pub use zone::Clock;

use jiff::civil;
use model::Instant;

/// Days that are looked at before a rule counts as over: longer than the eight years between some leap days.
const HORIZON_DAYS: u32 = 366 * 41;

/// One run of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The local date and time that the rule gives: what names the run, whatever happens to zones.
    pub slot: civil::DateTime,
    pub at: Instant,
    /// Whether the clock stood on that time once, never or twice.
    pub clock: Clock,
}

impl Rule {
    /// The runs after an instant, in order, each at a later instant than the one before.
    pub fn occurrences_after(&self, after: Instant) -> impl Iterator<Item = Occurrence> + '_ {
        let zone = self.zone();
        let local = after.to_timestamp().to_zoned(zone.clone()).date();
        // A slot of yesterday can be an instant of today where a gap swallowed midnight.
        let first = local.yesterday().unwrap_or(local).max(self.earliest());
        let mut last = after;
        first
            .series(jiff::Span::new().days(1))
            .zip(0..HORIZON_DAYS)
            .map(|(date, _)| date)
            .take_while(move |date| self.latest().is_none_or(|end| *date <= end))
            .filter(|date| self.runs_on(*date))
            .flat_map(move |date| {
                let zone = zone.clone();
                let exists = zone::day_exists(date, &zone);
                self.times_of_day().filter(move |_| exists).map(move |time| {
                    let slot = date.to_datetime(time);
                    let (at, clock) = zone::instant_of(slot, &zone);
                    Occurrence { slot, at, clock }
                })
            })
            .filter(move |occurrence| {
                let is_later = occurrence.at > last;
                if is_later {
                    last = occurrence.at;
                }
                is_later
            })
    }

    /// The first run after an instant; none when the rule is over.
    pub fn next_after(&self, after: Instant) -> Option<Occurrence> {
        self.occurrences_after(after).next()
    }
}
