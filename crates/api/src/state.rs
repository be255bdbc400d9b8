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
            usage: Usage::default(),
        }
    }
}
