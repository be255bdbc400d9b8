//! The one door of this crate.

use crate::config::IdentityConfig;
use crate::directory::Directory;
use crate::password::Hasher;
use crate::turns::Turns;
use model::Result;
use platform::Platform;
use std::sync::Arc;

/// Sign-in for all orgs of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Identities(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) platform: Arc<Platform>,
    pub(crate) config: IdentityConfig,
    pub(crate) hasher: Hasher,
    pub(crate) directory: Directory,
    pub(crate) turns: Turns,
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
        Ok(Self(Arc::new(Inner { platform, config, hasher, directory, turns })))
    }

    pub fn platform(&self) -> &Arc<Platform> {
        &self.0.platform
    }

    pub fn config(&self) -> &IdentityConfig {
        &self.0.config
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }
}

impl std::fmt::Debug for Identities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identities").field("config", &self.0.config).finish_non_exhaustive()
    }
}
