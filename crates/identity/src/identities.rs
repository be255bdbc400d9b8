//! The one door of this crate.

use crate::config::IdentityConfig;
use crate::directory::Directory;
use crate::password::Hasher;
use crate::throttle::Throttle;
use crate::turns::Turns;
use model::Result;
use platform::Platform;
use std::net::IpAddr;
use std::sync::Arc;

/// The address that a request came from, as an extension of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Sign-in for all orgs of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Identities {
    inner: Arc<Inner>,
    /// Where what is asked comes from; nothing on this machine itself, without a connection.
    address: Option<IpAddr>,
}

pub(crate) struct Inner {
    pub(crate) platform: Arc<Platform>,
    pub(crate) config: IdentityConfig,
    pub(crate) hasher: Hasher,
    pub(crate) directory: Directory,
    pub(crate) turns: Turns,
    pub(crate) throttle: Throttle,
}

impl Identities {
    /// Sign-in as production wants it.
    ///
    /// # Panics
    /// Never: the default cost is one that argon2id knows.
    pub fn new(platform: Arc<Platform>) -> Self {
        Self::with_config(platform, IdentityConfig::default()).expect("the default cost is one that argon2id knows")
    }

    /// Sign-in with other costs and lengths.
    ///
    /// # Errors
    /// For a password cost that argon2id does not know.
    pub fn with_config(platform: Arc<Platform>, config: IdentityConfig) -> Result<Self> {
        let hasher = Hasher::new(config.password_cost, &**platform.entropy())?;
        let (directory, turns) = (Directory::default(), Turns::default());
        let throttle = Throttle::new(config.of_one_address);
        Ok(Self { inner: Arc::new(Inner { platform, config, hasher, directory, turns, throttle }), address: None })
    }

    /// The same sign-in, asked from an address: failures count against it, and the log notes it.
    #[must_use]
    pub fn seen_from(&self, address: Option<IpAddr>) -> Self {
        Self { inner: self.inner.clone(), address: address.map(|address| address.to_canonical()) }
    }

    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.address
    }

    pub fn platform(&self) -> &Arc<Platform> {
        &self.inner.platform
    }

    pub fn config(&self) -> &IdentityConfig {
        &self.inner.config
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}

impl std::fmt::Debug for Identities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identities").field("config", &self.inner.config).finish_non_exhaustive()
    }
}
