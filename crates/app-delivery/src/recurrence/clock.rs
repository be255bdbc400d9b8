//! Local times as instants. A time that the clock skips runs once, at the first instant after the gap; a time that it
//! shows twice runs once, the first time.

use jiff::civil;
use jiff::tz::{AmbiguousOffset, Offset};
use model::{Instant, Zone};

/// How often a clock on the wall shows a local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    Once,
    /// Skipped: the run is at the first instant after the gap.
    Never,
    /// Shown twice: the run is at the first of them.
    Twice,
}

pub(super) fn instant_of(slot: civil::DateTime, zone: &Zone) -> (Instant, Clock) {
    match zone.to_ambiguous_timestamp(slot).offset() {
        AmbiguousOffset::Unambiguous { offset } => (instant_at(slot, offset), Clock::Once),
        AmbiguousOffset::Fold { before, .. } => (instant_at(slot, before), Clock::Twice),
        AmbiguousOffset::Gap { before, after } => (end_of_gap(slot, before, after, zone), Clock::Never),
    }
}

/// Whether a local day exists at all: some zones skipped one to change sides of the date line.
pub(super) fn day_exists(date: civil::Date, zone: &Zone) -> bool {
    let midnight = date.to_datetime(civil::Time::midnight());
    match zone.to_ambiguous_timestamp(midnight).offset() {
        AmbiguousOffset::Gap { before, after } => {
            let end = end_of_gap(midnight, before, after, zone);
            end.to_timestamp().to_zoned(zone.clone()).date() == date
        }
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => true,
    }
}

/// The instant of the transition that skips a slot. Read with the later offset the slot lies before it. Zone data also
/// holds transitions that change the name of the time alone; they skip nothing and are passed over.
fn end_of_gap(slot: civil::DateTime, before: Offset, after: Offset, zone: &Zone) -> Instant {
    let earlier = after.to_timestamp(slot).ok();
    let skips_slot = |at: jiff::Timestamp| before.to_datetime(at) <= slot && slot < after.to_datetime(at);
    let transition = earlier.and_then(|earlier| {
        let mut candidates = zone.following(earlier).map(|transition| transition.timestamp()).take(4);
        candidates.find(|at| skips_slot(*at))
    });
    transition.map_or_else(|| instant_at(slot, before), Instant::from_timestamp)
}

fn instant_at(slot: civil::DateTime, offset: Offset) -> Instant {
    let timestamp = offset.to_timestamp(slot);
    // Only the first and last days that the calendar knows have local times without an instant.
    Instant::from_timestamp(timestamp.unwrap_or(jiff::Timestamp::MAX))
}
