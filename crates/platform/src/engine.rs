//! The platform as a whole: its orgs, its apps, its clock. One per process.

use crate::app::App;
use crate::org::Org;
use crate::upgrade::{self, Shipped};
use crate::{Service, access, hooks, provision};
use model::{Clock, Entropy, Instant, OrgId, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use store::{OrgRow, Store, StoreConfig};

/// What a platform is made of.
pub struct PlatformConfig {
    pub store: StoreConfig,
    pub apps: Vec<Arc<dyn App>>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub renderer: Arc<dyn crate::Renderer>,
    /// Drives connections to PostgreSQL.
    pub runtime: Option<tokio::runtime::Handle>,
}

pub struct Platform {
    store: Store,
    apps: Arc<[Arc<dyn App>]>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    renderer: Arc<dyn crate::Renderer>,
    orgs: RwLock<HashMap<OrgId, Arc<Org>>>,
    opening: Mutex<()>,
    shipped: OnceLock<Shipped>,
}

impl Platform {
    /// Opens the installation.
    ///
    /// # Errors
    /// In words for the operator.
    pub fn open(config: PlatformConfig) -> Result<Self> {
        let store = Store::open(config.store, config.clock.clone(), config.entropy.clone(), config.runtime)?;
        Ok(Self {
            store,
            apps: config.apps.into(),
            clock: config.clock,
            entropy: config.entropy,
            renderer: config.renderer,
            orgs: RwLock::default(),
            opening: Mutex::default(),
            shipped: OnceLock::new(),
        })
    }

    pub fn apps(&self) -> &[Arc<dyn App>] {
        &self.apps
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub fn entropy(&self) -> &Arc<dyn Entropy> {
        &self.entropy
    }

    /// The orgs of the installation.
    ///
    /// # Errors
    /// What the control database reports.
    pub fn org_list(&self) -> Result<Vec<OrgRow>> {
        self.store.org_list()
    }

    /// An org at work. One that was made by an older version is brought up to this one when it is first asked for.
    ///
    /// # Errors
    /// `NOT_FOUND`, or in words for the operator.
    pub fn org(&self, id: OrgId) -> Result<Arc<Org>> {
        if let Some(open) = self.find_open(id) {
            return Ok(open);
        }
        let _one_at_a_time = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = self.find_open(id) {
            return Ok(open);
        }
        let store = self.store.org(id)?;
        let org = Arc::new(Org::open(
            store,
            self.apps.clone(),
            self.clock.clone(),
            self.entropy.clone(),
            self.renderer.clone(),
        )?);
        upgrade::run(&org, self.shipped()?)?;
        self.orgs.write().unwrap_or_else(PoisonError::into_inner).insert(id, org.clone());
        Ok(org)
    }

    fn find_open(&self, id: OrgId) -> Option<Arc<Org>> {
        self.orgs.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// The objects that this program brings: the standard ones and those of its apps.
    fn shipped(&self) -> Result<&Shipped> {
        if let Some(shipped) = self.shipped.get() {
            return Ok(shipped);
        }
        let objects = crate::standard::objects().into_iter().chain(self.apps.iter().flat_map(|app| app.objects()));
        let shipped = Shipped::new(objects.collect())?;
        Ok(self.shipped.get_or_init(|| shipped))
    }

    /// Makes an org: standard objects and those of all apps, profiles, stages, price book, first administrator.
    ///
    /// # Errors
    /// The API's codes for a bad administrator; nothing is left behind then.
    pub fn org_create(&self, new: &provision::NewOrg) -> Result<provision::MadeOrg> {
        let store = self.store.org_create(self.shipped()?.objects().to_vec())?;
        let id = store.org();
        drop(store);
        let made = self.org(id).and_then(|org| provision::fill(&org, new));
        if made.is_err() {
            // An org without an administrator is of no use to anybody.
            self.org_delete(id)?;
        }
        made
    }

    /// Destroys an org: its keys, then its data.
    ///
    /// # Errors
    /// `NOT_FOUND`; what the file system or the database reports.
    pub fn org_delete(&self, id: OrgId) -> Result<()> {
        self.orgs.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
        self.store.org_delete(id)
    }

    /// Every service that anything of the platform works as, for administrators to read.
    pub fn services(&self) -> Vec<&'static Service> {
        [
            &access::ACCESS,
            &provision::PROVISION,
            &crate::sign_in::SIGN_IN,
            &upgrade::UPGRADE,
            &crate::record::RECYCLE_BIN,
            &crate::metadata::METADATA,
        ]
        .into_iter()
        .chain(hooks::services())
        .chain(self.apps.iter().flat_map(|app| app.services()))
        .collect()
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where the clock is read")]
    fn now(&self) -> Instant {
        Instant::from_timestamp(jiff::Timestamp::now())
    }
}

/// The machine's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    // The one place where random numbers are drawn.
    fn fill(&self, out: &mut [u8]) {
        rand::fill(out);
    }
}
