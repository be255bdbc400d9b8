//! The platform as a whole: its orgs, its apps, its clock. One per process.

use crate::app::App;
use crate::open_orgs::OpenOrgs;
use crate::org::Org;
use crate::turns::OrgBell;
use crate::upgrade::{self, Shipped};
use crate::{Service, access, hooks, provision};
use model::{Clock, Entropy, Instant, OrgId, Result};
use std::sync::{Arc, OnceLock};
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
    orgs: OpenOrgs,
    shipped: OnceLock<Shipped>,
    pub(crate) bell: Arc<OrgBell>,
    pub(crate) webhook_bell: Arc<OrgBell>,
}

/// For what the operator does with orgs as a whole.
impl store::Backed for Platform {
    type Store = Store;

    fn store(&self) -> &Store {
        &self.store
    }
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
            orgs: OpenOrgs::default(),
            shipped: OnceLock::new(),
            bell: Arc::default(),
            webhook_bell: Arc::default(),
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
        self.orgs.get_or_open(id, self.now(), |generation| {
            let org = Arc::new(Org::open(
                self.store.org(id)?,
                self.apps.clone(),
                self.clock.clone(),
                self.entropy.clone(),
                self.renderer.clone(),
                [self.bell.clone(), self.webhook_bell.clone()],
                generation,
            )?);
            upgrade::run(&org, self.shipped()?)?;
            // One that cannot be written in opens all the same.
            if let Err(error) = org.store.bulk_take_over() {
                tracing::warn!(org = %id, code = %error.code(), cause = error.internal_cause(), "bulk jobs wait for their leases");
            }
            Ok(org)
        })
    }

    /// An org that is open already. It counts as no use of it.
    pub fn find_open(&self, id: OrgId) -> Option<Arc<Org>> {
        self.orgs.find(id)
    }

    /// The count of changes (see [`Org::access_generation`]) at which a closed org was closed: what was derived at that
    /// count still holds. None for one that is open, or of which this is not known.
    pub fn closed_at(&self, id: OrgId) -> Option<u64> {
        self.orgs.closed_at(id)
    }

    /// Closes an org that nobody works in; its memory and connections are given back. Returns whether it was closed.
    pub fn org_close(&self, id: OrgId) -> bool {
        self.orgs.remove_unheld(id) && self.store.org_close(id)
    }

    /// Closes orgs that were not asked for in `idle_ms`, then the longest unused until at most `most` are open. Returns
    /// those closed, each with the moment of its last use.
    pub fn close_idle(&self, idle_ms: i64, most: usize) -> Vec<(OrgId, Instant)> {
        let (now, mut closed) = (self.now(), Vec::new());
        let orgs = self.orgs.by_use();
        let mut surplus = orgs.len().saturating_sub(most);
        for (id, used) in orgs {
            let unused = now.ms() - used.ms() >= idle_ms;
            // One that somebody holds is passed over; another makes room in its place.
            if (unused || surplus > 0) && self.org_close(id) {
                surplus = surplus.saturating_sub(1);
                closed.push((id, used));
            }
        }
        closed
    }

    /// Lets go of an org that the store opens anew.
    pub(crate) fn forget_org(&self, id: OrgId) {
        self.orgs.remove(id);
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
        self.orgs.remove(id);
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
            &crate::operate::OPERATOR,
            &crate::record::FORMULAS,
            &crate::roll_up::ROLL_UPS,
            &crate::webhook::WEBHOOKS,
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
