//! The threads that work on bulk jobs.

use crate::engine::Platform;
use crate::turns::{OrgWorkers, Turns};
use std::sync::Arc;

/// Running workers of bulk jobs; they end, after the turn under way, when the value is dropped.
pub struct BulkWorkers {
    _threads: OrgWorkers,
}

impl BulkWorkers {
    /// Starts so many threads.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub fn start(platform: Arc<Platform>, threads: usize) -> std::io::Result<Self> {
        let turns = Turns { name: "bulk", bell: platform.bell.clone(), turn: Box::new(|org| org.bulk_turn()) };
        Ok(Self { _threads: OrgWorkers::start(&platform, turns, threads)? })
    }
}
