//! How much each org asks for: requests per day of UTC, and requests under way. The counts live as long as the process.

use crate::state::ApiLimits;
use model::{Date, Error, ErrorCode, OrgId, RecordId, Result};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) struct Usage {
    limits: ApiLimits,
    days: Mutex<HashMap<OrgId, (Date, u64)>>,
    under_way: Places<OrgId>,
    streams: Places<(OrgId, RecordId)>,
}

/// How many places each has taken.
type Places<K> = Arc<Mutex<HashMap<K, usize>>>;

/// A place among those that are counted together; it is free again when the value is dropped.
pub(crate) struct Place<K: Eq + Hash> {
    of: K,
    taken: Places<K>,
}

/// The place of one request among those of its org that are under way.
pub(crate) type Turn = Place<OrgId>;
/// The place of one stream among those of its user.
pub(crate) type StreamTurn = Place<(OrgId, RecordId)>;

/// Streams of changes that one user may have open, and all users of an org.
const STREAMS_OF_USER: usize = 5;
const STREAMS_OF_ORG: usize = 50;

impl Usage {
    pub(crate) fn new(limits: ApiLimits) -> Self {
        Self { limits, days: Mutex::default(), under_way: Arc::default(), streams: Arc::default() }
    }

    pub(crate) fn limits(&self) -> ApiLimits {
        self.limits
    }

    /// Counts a request and returns the day's number so far, this one included.
    ///
    /// # Errors
    /// `REQUEST_LIMIT_EXCEEDED` when the day's requests are used up.
    pub(crate) fn count(&self, org: OrgId, today: Date) -> Result<u64> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = days.entry(org).or_insert((today, 0));
        if entry.0 != today {
            *entry = (today, 0);
        }
        if entry.1 >= self.limits.requests_per_day {
            let message = format!(
                "TotalRequests Limit exceeded. An org may make {} requests in a day of UTC.",
                self.limits.requests_per_day
            );
            return Err(Error::new(ErrorCode::RequestLimitExceeded, message));
        }
        entry.1 += 1;
        Ok(entry.1)
    }

    /// Requests counted today.
    pub(crate) fn used(&self, org: OrgId, today: Date) -> u64 {
        let days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        days.get(&org).filter(|(day, _)| *day == today).map_or(0, |(_, used)| *used)
    }

    /// Takes a place among the org's requests under way; it is free again when the value is dropped.
    ///
    /// # Errors
    /// `REQUEST_RATE_EXCEEDED` when there are as many as may be.
    pub(crate) fn take_turn(&self, org: OrgId) -> Result<Turn> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let count = under_way.entry(org).or_default();
        if *count >= self.limits.requests_at_once {
            let message = format!(
                "{} requests of this org are under way, as many as may be at once. Wait for one to end and try again.",
                self.limits.requests_at_once
            );
            return Err(Error::new(ErrorCode::TooManyRequests, message));
        }
        *count += 1;
        Ok(Place { of: org, taken: self.under_way.clone() })
    }

    /// Takes a place for a stream, which is open for long and no request under way.
    ///
    /// # Errors
    /// `REQUEST_RATE_EXCEEDED` when the user, or the org, has as many open as may be.
    pub(crate) fn take_stream(&self, org: OrgId, user: RecordId) -> Result<StreamTurn> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let of_org: usize = streams.iter().filter(|((of, _), _)| *of == org).map(|(_, count)| count).sum();
        let count = streams.entry((org, user)).or_default();
        if *count >= STREAMS_OF_USER || of_org >= STREAMS_OF_ORG {
            let message = format!(
                "A user may have {STREAMS_OF_USER} streams of changes open, and an org {STREAMS_OF_ORG}. Close one first."
            );
            return Err(Error::new(ErrorCode::TooManyRequests, message));
        }
        *count += 1;
        Ok(Place { of: (org, user), taken: self.streams.clone() })
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.of) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_day_starts_at_one() {
        let usage = Usage::new(ApiLimits { requests_per_day: 2, ..ApiLimits::default() });
        let org = OrgId::new(1);
        let day = |text| Date::parse(text).expect("a date");
        assert_eq!(usage.count(org, day("2026-11-21")).expect("room"), 1);
        assert_eq!(usage.count(org, day("2026-11-21")).expect("room"), 2);
        assert!(usage.count(org, day("2026-11-21")).is_err());
        assert_eq!(usage.count(org, day("2026-11-22")).expect("room"), 1);
        assert_eq!(usage.used(org, day("2026-11-21")), 0);
    }

    #[test]
    fn one_user_does_not_take_the_streams_of_others() {
        let usage = Usage::new(ApiLimits::default());
        let org = OrgId::new(1);
        let user = |number: u64| RecordId::new(model::KeyPrefix::known("005"), number);
        let mut held: Vec<_> =
            (0..STREAMS_OF_USER).map(|_| usage.take_stream(org, user(1)).expect("a place")).collect();
        assert_eq!(usage.take_stream(org, user(1)).err().map(|error| error.code()), Some(ErrorCode::TooManyRequests));
        assert!(usage.take_stream(org, user(2)).is_ok());
        held.pop();
        assert!(usage.take_stream(org, user(1)).is_ok());
        let of_org = (0..STREAMS_OF_ORG as u64).map_while(|number| usage.take_stream(org, user(10 + number)).ok());
        assert_eq!(of_org.collect::<Vec<_>>().len(), STREAMS_OF_ORG - held.len());
    }

    #[test]
    fn a_place_is_free_again_when_its_request_is_answered() {
        let usage = Usage::new(ApiLimits { requests_at_once: 1, ..ApiLimits::default() });
        let (org, other) = (OrgId::new(1), OrgId::new(2));
        let turn = usage.take_turn(org).expect("the first");
        assert_eq!(usage.take_turn(org).err().map(|error| error.code()), Some(ErrorCode::TooManyRequests));
        assert!(usage.take_turn(other).is_ok(), "another org has places of its own");
        drop(turn);
        assert!(usage.take_turn(org).is_ok());
    }
}
