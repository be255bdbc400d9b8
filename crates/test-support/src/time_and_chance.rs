//! The clock and the random numbers of a test, which move only as the test says.

use model::{Clock, Entropy, Instant};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// A clock that a test moves by hand.
#[derive(Debug)]
pub struct TestClock {
    at_ms: AtomicI64,
    tick_ms: AtomicI64,
}

impl TestClock {
    /// 2026-11-21T08:21:19Z, a Saturday.
    pub const START: Instant = Instant::from_ms(1_795_249_279_000);

    pub fn at(start: Instant) -> Self {
        Self { at_ms: AtomicI64::new(start.ms()), tick_ms: AtomicI64::new(0) }
    }

    pub fn advance(&self, ms: i64) {
        self.at_ms.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn advance_minutes(&self, minutes: i64) {
        self.advance(minutes * 60_000);
    }

    /// Moves it to an instant as ISO 8601 writes it.
    ///
    /// # Panics
    /// When the text is no instant.
    pub fn set(&self, text: &str) {
        self.at_ms.store(Instant::parse(text).expect("an instant").ms(), Ordering::SeqCst);
    }

    /// From now on each look at the clock moves it by so much.
    pub fn tick(&self, ms: i64) {
        self.tick_ms.store(ms, Ordering::SeqCst);
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::at(Self::START)
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        Instant::from_ms(self.at_ms.fetch_add(self.tick_ms.load(Ordering::SeqCst), Ordering::SeqCst))
    }
}

/// Random numbers that are the same in every run; never for real keys.
#[derive(Debug)]
pub struct TestEntropy(AtomicU64);

impl TestEntropy {
    pub fn from_seed(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for TestEntropy {
    fn fill(&self, out: &mut [u8]) {
        for byte in out {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = (z >> 32) as u8;
        }
    }
}
