//! A data directory opened for work: platform, sign-in, and the runtime that drives connections.

use crate::cli::Failure;
use crate::root_key::RootKeyProvider;
use crate::sealed::SealedRenderer;
use identity::{AddressLimit, Identities, IdentityConfig};
use platform::{Platform, PlatformConfig, SystemClock, SystemEntropy};
use std::path::PathBuf;
use std::sync::Arc;
use store::{RootKeySource, StoreConfig};

/// Where an installation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub data_dir: PathBuf,
    pub root_key: RootKeyProvider,
    /// New orgs are made in this PostgreSQL instead of in files.
    pub database: Option<String>,
    pub location: String,
    /// Who mail comes from.
    pub sender: Sender,
    /// Where mail that cannot be delivered comes back to, when it is read.
    pub bounce_address: Option<String>,
    /// How people reach the server, without a slash at the end: where links in mail lead.
    pub public_url: String,
    /// How many sign-ins may fail from one address.
    pub sign_in_limit: AddressLimit,
}

/// Who mail comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    pub name: String,
    pub address: String,
}

impl Sender {
    /// Reads `Holdfast <reports@example.com>` or the address alone.
    ///
    /// # Errors
    /// In words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mailbox: lettre::message::Mailbox = text
            .parse()
            .map_err(|_| format!("{text:?} is no sender; it looks like Holdfast <reports@example.com>."))?;
        let name = mailbox.name.unwrap_or_else(|| Self::default().name);
        Ok(Self { name, address: mailbox.email.to_string() })
    }
}

/// For mail that stays in the outbox page.
impl Default for Sender {
    fn default() -> Self {
        Self { name: "Holdfast".to_owned(), address: "holdfast@localhost".to_owned() }
    }
}

/// An open installation. Dropping it closes everything, the runtime last.
pub struct Installation {
    pub platform: Arc<Platform>,
    pub identities: Identities,
    pub runtime: tokio::runtime::Runtime,
}

impl Installation {
    /// Opens a place, or makes a new installation there.
    ///
    /// # Errors
    /// In words for the operator.
    pub fn open(place: &Place) -> Result<Self, Failure> {
        // First of all: a descriptor that somebody forgot to open must not turn out to be one of ours.
        let root_key = place.root_key.source(&[])?;
        Self::open_with(place, root_key)
    }

    /// Opens a place with a root key that was read already.
    ///
    /// # Errors
    /// As [`Installation::open`].
    pub fn open_with(place: &Place, root_key: RootKeySource) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::new(format!("This machine gives no threads to work with: {error}.")))?;
        let renderer = SealedRenderer::of_this_program().map_err(|error| {
            Failure::new(format!("The program does not find its own file, which it starts to make documents: {error}."))
        })?;
        let platform = Platform::open(PlatformConfig {
            store: StoreConfig {
                data_dir: place.data_dir.clone(),
                root_key,
                postgres_url: place.database.clone(),
                location: place.location.clone(),
            },
            apps: crate::apps::apps(place),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            renderer: Arc::new(renderer),
            runtime: Some(runtime.handle().clone()),
        })?;
        let platform = Arc::new(platform);
        let config =
            IdentityConfig { of_one_address: place.sign_in_limit, ..IdentityConfig::for_server(&place.public_url) };
        let identities = Identities::with_config(platform.clone(), config)?;
        Ok(Self { platform, identities, runtime })
    }
}
