//! Requests of each org per day. The count lives as long as the process.

use model::{Date, Error, ErrorCode, OrgId, Result};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Requests that one org may make in a day of UTC: far above honest use, low enough to end a runaway client.
pub(crate) const DAILY_REQUESTS: u64 = 1_000_000;

#[derive(Default)]
pub(crate) struct Usage {
    orgs: Mutex<HashMap<OrgId, (Date, u64)>>,
}

impl Usage {
    /// Counts a request and returns the day's number so far, this one included.
    ///
    /// # Errors
    /// `REQUEST_LIMIT_EXCEEDED` when the day's requests are used up.
    pub(crate) fn count(&self, org: OrgId, today: Date) -> Result<u64> {
        let mut orgs = self.orgs.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = orgs.entry(org).or_insert((today, 0));
        if entry.0 != today {
            *entry = (today, 0);
        }
        if entry.1 >= DAILY_REQUESTS {
            return Err(Error::new(ErrorCode::RequestLimitExceeded, "TotalRequests Limit exceeded."));
        }
        entry.1 += 1;
        Ok(entry.1)
    }

    /// Requests counted today.
    pub(crate) fn used(&self, org: OrgId, today: Date) -> u64 {
        let orgs = self.orgs.lock().unwrap_or_else(PoisonError::into_inner);
        orgs.get(&org).filter(|(day, _)| *day == today).map_or(0, |(_, used)| *used)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_day_starts_at_one() {
        let usage = Usage::default();
        let org = OrgId::new(1);
        let day = |text| Date::parse(text).expect("a date");
        assert_eq!(usage.count(org, day("2026-11-21")).expect("room"), 1);
        assert_eq!(usage.count(org, day("2026-11-21")).expect("room"), 2);
        assert_eq!(usage.count(org, day("2026-11-22")).expect("room"), 1);
        assert_eq!(usage.used(org, day("2026-11-21")), 0);
    }
}
