//! Failed sign-ins are counted by the address they come from, so that nobody tries one password on a thousand accounts.
//! An address has a store of attempts that fills up again with time; only a failed one is taken from it.

use crate::config::AddressLimit;
use crate::identities::Identities;
use model::{Error, ErrorCode, Instant};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

/// Addresses remembered at once. Beyond it those that failed least are forgotten: who has many addresses must not fill
/// the memory, nor push out those that failed most.
const MOST_ADDRESSES: usize = 65_536;

pub(crate) struct Throttle {
    limit: AddressLimit,
    /// When the store of an address is full again, in milliseconds; one that is full is not kept.
    full_at: Mutex<HashMap<IpAddr, i64>>,
}

impl Throttle {
    pub(crate) fn new(limit: AddressLimit) -> Self {
        Self { limit, full_at: Mutex::default() }
    }

    /// Milliseconds in which one attempt comes back.
    fn step(&self) -> i64 {
        (self.limit.period_ms / i64::from(self.limit.failures.max(1))).max(1)
    }

    /// How long an empty store takes to fill.
    fn depth(&self) -> i64 {
        self.step().saturating_mul(i64::from(self.limit.failures.max(1)))
    }

    /// Takes an attempt before it is made, so that many at once are counted like many in a row.
    ///
    /// # Errors
    /// The milliseconds until there is one again.
    fn take(&self, address: IpAddr, now: Instant) -> Result<(), i64> {
        let (now, step, depth) = (now.ms(), self.step(), self.depth());
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let address = network_of(address);
        let known = full_at.get(&address).copied();
        if known.is_none() && full_at.len() >= MOST_ADDRESSES {
            make_room(&mut full_at, now);
        }
        // A clock that was put back must not make anybody wait longer than an empty store does.
        let after = known.unwrap_or(now).clamp(now, now.saturating_add(depth)).saturating_add(step);
        let wait = after.saturating_sub(now).saturating_sub(depth);
        if wait > 0 {
            return Err(wait);
        }
        full_at.insert(address, after);
        Ok(())
    }

    /// Gives an attempt back that did not fail.
    fn give_back(&self, address: IpAddr, now: Instant) {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let address = network_of(address);
        let Some(at) = full_at.get_mut(&address) else { return };
        *at = at.saturating_sub(self.step());
        if *at <= now.ms() {
            full_at.remove(&address);
        }
    }

    /// The milliseconds until an address may try again, where it may not now.
    fn wait_ms(&self, address: IpAddr, now: Instant) -> Option<i64> {
        let full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let at = full_at.get(&network_of(address)).copied()?;
        let behind = at.saturating_sub(now.ms()).min(self.depth());
        Some(behind.saturating_add(self.step()).saturating_sub(self.depth())).filter(|wait| *wait > 0)
    }
}

/// Forgets who is as good as new, and where that is not enough the eighth that failed least.
fn make_room(full_at: &mut HashMap<IpAddr, i64>, now: i64) {
    full_at.retain(|_, at| *at > now);
    let over = MOST_ADDRESSES / 8;
    if full_at.len() > MOST_ADDRESSES - over {
        let mut ends: Vec<i64> = full_at.values().copied().collect();
        let (_, border, _) = ends.select_nth_unstable(over);
        let border = *border;
        let mut left = over;
        full_at.retain(|_, at| {
            let goes = *at <= border && left > 0;
            left -= usize::from(goes);
            !goes
        });
    }
}

/// What counts as one address: of IPv6 the first 64 bits, which one host has to itself.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(long) => IpAddr::V6(Ipv6Addr::from_bits(long.to_bits() & !u128::from(u64::MAX))),
        short => short,
    }
}

impl Identities {
    /// Makes an attempt to prove who somebody is, counted against the address it comes from when it failed as
    /// `is_failure` says.
    ///
    /// # Errors
    /// Those of the attempt; [`too_often`] where the address has none left.
    pub(crate) fn attempt<T, E: From<Error>>(
        &self,
        is_failure: impl FnOnce(&E) -> bool,
        attempt: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let Some(address) = self.address() else { return attempt() };
        let (throttle, platform) = (&self.inner().throttle, self.platform());
        if let Err(wait_ms) = throttle.take(address, platform.now()) {
            tracing::info!("a sign-in was not looked at: too many failed from its address");
            return Err(too_often(wait_ms).into());
        }
        let outcome = attempt();
        if !outcome.as_ref().is_err_and(is_failure) {
            throttle.give_back(address, platform.now());
        }
        outcome
    }

    /// The seconds until the address that is asked from may try again, where too many sign-ins failed from it.
    pub fn wait_s(&self) -> Option<i64> {
        let wait_ms = self.inner().throttle.wait_ms(self.address()?, self.platform().now())?;
        Some(seconds(wait_ms))
    }
}

/// Whether an attempt failed because what it brought was wrong.
pub(crate) fn is_wrong(error: &Error) -> bool {
    error.code() == ErrorCode::InvalidLogin
}

/// Whole seconds after which a wait is over.
fn seconds(wait_ms: i64) -> i64 {
    wait_ms.saturating_add(999).div_euclid(1_000).max(1)
}

fn too_often(wait_ms: i64) -> Error {
    let wait_s = seconds(wait_ms);
    let wait = match wait_s {
        1 => "1 second".to_owned(),
        2..=119 => format!("{wait_s} seconds"),
        _ => format!("{} minutes", wait_s.saturating_add(59) / 60),
    };
    Error::new(
        ErrorCode::TooManyRequests,
        format!("Too many sign-ins from your address failed. Try again in {wait}, with the right password or key."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle() -> Throttle {
        Throttle::new(AddressLimit { failures: 3, period_ms: 30_000 })
    }

    fn from(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn at(ms: i64) -> Instant {
        Instant::from_ms(ms)
    }

    #[test]
    fn an_address_that_failed_too_often_waits_until_one_attempt_came_back() {
        let (throttle, guesser) = (throttle(), from("192.0.2.1"));
        for _ in 0..3 {
            assert_eq!((throttle.wait_ms(guesser, at(0)), throttle.take(guesser, at(0))), (None, Ok(())));
        }
        assert_eq!((throttle.take(guesser, at(0)), throttle.wait_ms(guesser, at(0))), (Err(10_000), Some(10_000)));
        assert_eq!(throttle.take(guesser, at(4_000)), Err(6_000), "asking again costs nothing and gains nothing");
        assert_eq!(throttle.take(from("192.0.2.2"), at(0)), Ok(()), "others are others");
        assert_eq!((throttle.take(guesser, at(10_000)), throttle.take(guesser, at(10_000))), (Ok(()), Err(10_000)));
        assert_eq!(throttle.take(guesser, at(-1_000_000)), Err(10_000), "a clock put back makes nobody wait for long");
    }

    #[test]
    fn a_success_gives_back_its_own_attempt_and_no_other() {
        let (throttle, office) = (throttle(), from("192.0.2.1"));
        for _ in 0..2 {
            assert_eq!(throttle.take(office, at(0)), Ok(()));
        }
        for _ in 0..5 {
            assert_eq!(throttle.take(office, at(0)), Ok(()));
            throttle.give_back(office, at(0));
        }
        assert_eq!((throttle.take(office, at(0)), throttle.take(office, at(0))), (Ok(()), Err(10_000)));
        let other = from("192.0.2.9");
        assert_eq!(throttle.take(other, at(0)), Ok(()));
        throttle.give_back(other, at(0));
        assert_eq!(throttle.full_at.lock().expect("unpoisoned").len(), 1, "who never failed is not kept");
    }

    #[test]
    fn a_network_of_ipv6_and_the_two_forms_of_ipv4_are_one_address() {
        let throttle = throttle();
        for text in ["2001:db8::1", "2001:db8::ffff:1", "2001:db8::2:0:0:1"] {
            assert_eq!(throttle.take(from(text), at(0)), Ok(()));
        }
        assert!(throttle.take(from("2001:db8::7"), at(0)).is_err());
        assert_eq!(throttle.take(from("2001:db8:0:1::7"), at(0)), Ok(()));
        for text in ["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"] {
            assert_eq!(throttle.take(from(text), at(0)), Ok(()));
        }
        assert!(throttle.take(from("::ffff:192.0.2.1"), at(0)).is_err());
    }

    #[test]
    fn many_addresses_fill_no_memory_and_push_out_nobody_who_failed_more() {
        let (throttle, guesser) = (throttle(), from("192.0.2.1"));
        for _ in 0..3 {
            assert_eq!(throttle.take(guesser, at(0)), Ok(()));
        }
        for number in 0..2 * u32::try_from(MOST_ADDRESSES).expect("a small number") {
            assert_eq!(throttle.take(IpAddr::V4((0x0a00_0000 + number).into()), at(0)), Ok(()));
        }
        assert!(throttle.full_at.lock().expect("unpoisoned").len() <= MOST_ADDRESSES);
        assert!(throttle.take(guesser, at(0)).is_err());
        for number in 0..MOST_ADDRESSES {
            let number = u32::try_from(number).expect("a small number");
            assert_eq!(throttle.take(IpAddr::V4((0x0b00_0000 + number).into()), at(60_000)), Ok(()));
        }
        assert_eq!(throttle.take(guesser, at(60_000)), Ok(()), "time forgives all of them");
    }
}
