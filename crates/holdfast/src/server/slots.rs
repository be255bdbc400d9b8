//! Places for connections: so many in all, and so many from one address, that a single client cannot take them all.

use super::Limits;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Clone)]
pub(super) struct Slots {
    all: Arc<Semaphore>,
    /// All of them, as the semaphore counts.
    count: u32,
    of_one_address: usize,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place, given back when dropped.
pub(super) struct Slot {
    address: Option<IpAddr>,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    _permit: OwnedSemaphorePermit,
}

impl Slots {
    pub(super) fn new(limits: &Limits) -> Self {
        let count = u32::try_from(limits.connections).unwrap_or(u32::MAX);
        Self {
            all: Arc::new(Semaphore::new(limits.connections)),
            count,
            of_one_address: limits.connections_of_one_address,
            taken: Arc::default(),
        }
    }

    /// A place for a connection from this address, if there is one.
    pub(super) fn take(&self, address: IpAddr) -> Option<Slot> {
        let permit = self.all.clone().try_acquire_owned().ok()?;
        let address = Some(address.to_canonical()).filter(|address| !address.is_loopback()).map(network_of);
        if let Some(address) = address {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let count = taken.entry(address).or_default();
            if *count >= self.of_one_address {
                return None;
            }
            *count += 1;
        }
        Some(Slot { address, taken: self.taken.clone(), _permit: permit })
    }

    /// Returns when every place is free.
    pub(super) async fn all_free(&self) {
        // The semaphore is never closed.
        let _ = self.all.acquire_many(self.count).await;
    }
}

/// What counts as one address: of IPv6 the first 64 bits, which one host has to itself.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(long) => IpAddr::V6(Ipv6Addr::from_bits(long.to_bits() & !u128::from(u64::MAX))),
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots() -> Slots {
        Slots::new(&Limits { connections: 4, connections_of_one_address: 2, ..Limits::default() })
    }

    fn from(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn one_address_does_not_take_the_places_of_others() {
        let slots = slots();
        let held = [slots.take(from("192.0.2.1")), slots.take(from("::ffff:192.0.2.1"))];
        assert!(held.iter().all(Option::is_some));
        assert!(slots.take(from("192.0.2.1")).is_none());
        assert!(slots.take(from("192.0.2.2")).is_some());
        drop(held);
        let held = [slots.take(from("2001:db8::1")), slots.take(from("2001:db8::2:0:0:1"))];
        assert!(held.iter().all(Option::is_some));
        assert!(slots.take(from("2001:db8:0:0:ffff::1")).is_none(), "a host has a whole network of them");
        drop(held);
        assert!(slots.take(from("192.0.2.1")).is_some());
        assert!(slots.taken.lock().expect("nobody panicked").is_empty(), "an address that left is forgotten");
    }

    #[test]
    fn this_machine_may_take_all_places_and_no_more() {
        let slots = slots();
        let held: Vec<_> = (0..4).map(|_| slots.take(from("127.0.0.1")).expect("a place")).collect();
        assert!(slots.take(from("127.0.0.1")).is_none() && slots.take(from("192.0.2.1")).is_none());
        drop(held);
        assert!(slots.take(from("192.0.2.1")).is_some(), "a refusal keeps nothing");
    }
}
