//! Points at which a long act, on keys or in a bulk job, can be told to stop, so that tests can cut it off at each of them
//! in turn.

use model::{Error, Result};
use std::sync::atomic::{AtomicI64, Ordering};

/// Counts the points that are passed. Outside of tests nothing is ever stopped.
#[derive(Debug)]
pub struct Faults {
    left: AtomicI64,
}

impl Default for Faults {
    fn default() -> Self {
        Self { left: AtomicI64::new(i64::MAX) }
    }
}

impl Faults {
    /// The `points`-th point from now fails, as if the process had ended there; so do all after it.
    pub fn stop_after(&self, points: u32) {
        self.left.store(i64::from(points), Ordering::SeqCst);
    }

    /// How many points may still be passed.
    pub fn left(&self) -> i64 {
        self.left.load(Ordering::SeqCst)
    }

    /// Nothing fails any more.
    pub fn clear(&self) {
        self.left.store(i64::MAX, Ordering::SeqCst);
    }

    /// Passes a point.
    pub(crate) fn pass(&self, point: &str) -> Result<()> {
        let left = self.left.load(Ordering::SeqCst);
        if left == i64::MAX {
            return Ok(());
        }
        if left <= 0 {
            return Err(Error::internal(format!("stopped at {point}")));
        }
        self.left.store(left - 1, Ordering::SeqCst);
        Ok(())
    }
}
