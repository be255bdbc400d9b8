//! The threads that tell webhooks.

use super::notice::WebhookNotice;
use super::transport::WebhookTransport;
use crate::engine::Platform;
use crate::turns::{OrgWorkers, Turns};
use std::sync::Arc;

/// How messages leave, and whom mail about them comes from.
#[derive(Clone)]
pub struct WebhookTeller {
    pub transport: Arc<dyn WebhookTransport>,
    pub notice: WebhookNotice,
}

/// Running workers of webhooks; they end, after the message under way, when the value is dropped.
pub struct WebhookWorkers {
    _threads: OrgWorkers,
}

impl WebhookWorkers {
    /// Starts so many threads.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub fn start(platform: &Arc<Platform>, teller: WebhookTeller, threads: usize) -> std::io::Result<Self> {
        let turn = move |org: &Arc<crate::Org>| org.webhook_turn(&teller);
        let turns = Turns { name: "webhook", bell: platform.webhook_bell.clone(), turn: Box::new(turn) };
        Ok(Self { _threads: OrgWorkers::start(platform, turns, threads)? })
    }
}
