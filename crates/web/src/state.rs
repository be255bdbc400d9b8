//! What the interface works on.

use identity::Identities;
use platform::Platform;
use std::sync::Arc;

/// Everything the pages need. Cheap to clone.
#[derive(Clone)]
pub struct WebState {
    pub platform: Arc<Platform>,
    pub identities: Identities,
    /// Where people reach the interface, without a slash at the end.
    pub public_url: String,
    /// Whether people come by HTTPS: cookies are then `Secure` and carry the `__Host-` prefix.
    pub secure_cookies: bool,
}
