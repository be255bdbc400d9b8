//! What every request shares: the platform, sign-in, the public address, the count of today's requests.

use crate::usage::Usage;
use identity::Identities;
use platform::Platform;
use std::sync::Arc;

/// What the surface is made of.
#[derive(Clone)]
pub struct ApiState {
    pub platform: Arc<Platform>,
    pub identities: Identities,
    /// The address that clients reach this server by, without a slash at the end: `https://crm.example.com`.
    pub public_url: String,
    pub limits: ApiLimits,
}

/// What one org may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiLimits {
    /// Requests in a day of UTC.
    pub requests_per_day: u64,
    /// Requests under way at one time.
    pub requests_at_once: usize,
}

/// Far above honest use, low enough to end a runaway client.
impl Default for ApiLimits {
    fn default() -> Self {
        Self { requests_per_day: 1_000_000, requests_at_once: 100 }
    }
}

pub(crate) struct Shared {
    pub(crate) platform: Arc<Platform>,
    pub(crate) identities: Identities,
    pub(crate) public_url: String,
    pub(crate) usage: Usage,
}

impl From<ApiState> for Shared {
    fn from(state: ApiState) -> Self {
        Self {
            platform: state.platform,
            identities: state.identities,
            public_url: state.public_url.trim_end_matches('/').to_owned(),
            usage: Usage::new(state.limits),
        }
    }
}
