//! The runs of a rule, in order.

use super::check::Rule;
use super::clock::{self, Clock};
use jiff::ToSpan;
use jiff::civil;
use model::Instant;

/// Days that are looked at before a rule counts as over: fifty years, so that a rule that never comes due ends the search.
const HORIZON_DAYS: usize = 366 * 50;

/// One run of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The local date and time that the rule gives: what names the run, whatever happens to zones.
    pub slot: civil::DateTime,
    pub instant: Instant,
    /// Whether the clock shows that time once, never or twice.
    pub clock: Clock,
}

impl Rule {
    /// The runs after an instant, each at a later instant than the one before; slots that fall on one instant are one run,
    /// named by the first of them. Ends with the rule, and fifty years after the instant or the start of the rule.
    pub fn occurrences_after(&self, after: Instant) -> impl Iterator<Item = Occurrence> + '_ {
        let local = after.to_timestamp().to_zoned(self.zone().clone()).date();
        // A slot of yesterday can be an instant of today where a gap swallowed midnight.
        let first = local.yesterday().unwrap_or(local).max(self.earliest_day());
        let latest = self.latest_day();
        let mut last = after;
        first
            .series(1.day())
            .take(HORIZON_DAYS)
            .take_while(move |date| latest.is_none_or(|latest| *date <= latest))
            .filter(|date| self.runs_on(*date) && self.day_exists(*date))
            .flat_map(|date| self.times_of_day().iter().map(move |time| date.to_datetime(*time)))
            .map(|slot| {
                let (instant, clock) = clock::instant_of(slot, self.zone());
                Occurrence { slot, instant, clock }
            })
            // Later slots never have earlier instants, so one step back is enough to find those that are one.
            .filter(move |occurrence| {
                let is_later = occurrence.instant > last;
                last = last.max(occurrence.instant);
                is_later
            })
    }

    /// The first run after an instant; none when the rule is over.
    pub fn next_after(&self, after: Instant) -> Option<Occurrence> {
        self.occurrences_after(after).next()
    }

    /// The first `n` runs after an instant; fewer when the rule is over.
    pub fn next_n(&self, after: Instant, n: usize) -> Vec<Occurrence> {
        self.occurrences_after(after).take(n).collect()
    }

    /// The runs after `from`, up to and including `to`: spans that meet share no run and miss none.
    pub fn between(&self, from: Instant, to: Instant) -> impl Iterator<Item = Occurrence> + '_ {
        self.occurrences_after(from).take_while(move |occurrence| occurrence.instant <= to)
    }

    pub(super) fn day_exists(&self, date: civil::Date) -> bool {
        clock::day_exists(date, self.zone())
    }
}
