//! Local times as instants. A time that the clock skips runs once, at the first instant after the gap; a time that it
//! shows twice runs once, the first time.

use jiff::civil;
use jiff::tz::{AmbiguousOffset, Offset};
use model::{Instant, Zone};

/// How often a clock showed a local time.
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
        AmbiguousOffset::Unambiguous { offset } => (instant(slot, offset), Clock::Once),
        AmbiguousOffset::Fold { before, .. } => (instant(slot, before), Clock::Twice),
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

/// The instant of the transition: read with the later offset, a skipped time lies before it.
fn end_of_gap(slot: civil::DateTime, before: Offset, after: Offset, zone: &Zone) -> Instant {
    let earlier = after.to_timestamp(slot).ok();
    let transition = earlier.and_then(|earlier| zone.following(earlier).next());
    transition.map_or_else(|| instant(slot, before), |transition| Instant::from_timestamp(transition.timestamp()))
}

fn instant(slot: civil::DateTime, offset: Offset) -> Instant {
    let timestamp = offset.to_timestamp(slot);
    // Only the last day of the year 9999 has local times without an instant.
    Instant::from_timestamp(timestamp.unwrap_or(jiff::Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Zone, local time, required instant, and the second instant of an overlap.
    const TABLE: [(&str, &str, &str, Option<&str>); 16] = [
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00:00Z", None),
        ("Europe/London", "2026-03-29T01:30", "2026-03-29T01:00:00Z", None),
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00Z", None),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00Z", None),
        ("Africa/Cairo", "2026-04-24T00:30", "2026-04-23T22:00:00Z", None),
        ("America/Santiago", "2026-09-06T00:15", "2026-09-06T04:00:00Z", None),
        ("America/Havana", "2026-03-08T00:30", "2026-03-08T05:00:00Z", None),
        ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:00:00Z", None),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z", Some("2026-11-01T06:00:00Z")),
        ("Europe/London", "2026-10-25T01:30", "2026-10-25T00:30:00Z", Some("2026-10-25T01:00:00Z")),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z", Some("2026-10-25T01:00:00Z")),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z", Some("2026-04-04T15:00:00Z")),
        ("Africa/Cairo", "2026-10-29T23:30", "2026-10-29T20:30:00Z", Some("2026-10-29T21:00:00Z")),
        ("America/Santiago", "2026-04-04T23:30", "2026-04-05T02:30:00Z", Some("2026-04-05T03:00:00Z")),
        ("America/Havana", "2026-11-01T00:30", "2026-11-01T04:30:00Z", Some("2026-11-01T05:00:00Z")),
        ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30:00Z", Some("2026-02-15T02:00:00Z")),
    ];

    #[test]
    fn a_skipped_time_runs_after_the_gap_and_a_repeated_one_the_first_time() {
        for (name, slot, expected, transition) in TABLE {
            let zone = Zone::get(name).expect("a zone");
            let (at, clock) = instant_of(slot.parse().expect("a local time"), &zone);
            assert_eq!(Some(at), Instant::parse(expected), "{name} {slot}");
            assert_eq!(clock, if transition.is_some() { Clock::Twice } else { Clock::Never }, "{name} {slot}");
            if let Some(transition) = transition {
                let next = zone.following(at.to_timestamp()).next().expect("a transition");
                assert_eq!(
                    Some(Instant::from_timestamp(next.timestamp())),
                    Instant::parse(transition),
                    "{name} {slot}"
                );
            }
        }
    }

    #[test]
    fn a_day_that_a_zone_skipped_does_not_exist() {
        let apia = Zone::get("Pacific/Apia").expect("a zone");
        assert!(!day_exists(civil::date(2011, 12, 30), &apia));
        assert!(day_exists(civil::date(2011, 12, 29), &apia));
        assert!(day_exists(civil::date(2011, 12, 31), &apia));
        // Midnight is skipped here, the day is not.
        assert!(day_exists(civil::date(2026, 4, 24), &Zone::get("Africa/Cairo").expect("a zone")));
    }
}
