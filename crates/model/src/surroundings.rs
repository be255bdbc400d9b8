//! Time and randomness, as parameters: whoever needs one is given one.

use crate::Instant;

/// Tells the time.
pub trait Clock: Send + Sync {
    fn now(&self) -> Instant;
}

/// Fills bytes that nobody can foresee.
pub trait Entropy: Send + Sync {
    fn fill(&self, out: &mut [u8]);
}

/// `N` bytes from a source of entropy.
pub fn random_bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}
