//! One org at work: its store, its settings, its cache of who may do what.

use crate::access::AccessCache;
use crate::app::App;
use crate::hooks::Hook;
use crate::turns::OrgBell;
use model::{Clock, Entropy, Instant, OrgId, OrgSchema, RecordId, Result};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use store::{OrgStore, ReadOptions};

/// Settings of an org as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgSettings {
    pub name: String,
    /// ISO 4217 code.
    pub currency: String,
    /// IANA name.
    pub zone: String,
    pub locale: String,
    /// 1 to 12.
    pub fiscal_start_month: u8,
    /// Password sign-in over SOAP and the OAuth password grant; off unless the org turns it on.
    pub password_api_sign_in: bool,
    /// Such a sign-in needs the security token behind the password; an org may do without.
    #[serde(default = "required")]
    pub security_token_required: bool,
}

fn required() -> bool {
    true
}

/// The name of the setting that holds [`OrgSettings`].
pub(crate) const SETTINGS: &str = "org";

pub struct Org {
    pub(crate) store: Arc<OrgStore>,
    pub(crate) access: AccessCache,
    pub(crate) apps: Arc<[Arc<dyn App>]>,
    pub(crate) hooks: Vec<Arc<dyn Hook>>,
    pub(crate) rules: crate::record::RuleCache,
    settings: RwLock<Arc<OrgSettings>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    renderer: Arc<dyn crate::Renderer>,
    last_used_ms: AtomicI64,
    /// Tells the workers of bulk jobs that there is something to do.
    pub(crate) bell: Arc<OrgBell>,
    /// Tells those who tell webhooks.
    pub(crate) webhook_bell: Arc<OrgBell>,
    /// When the recycle bin was last looked through.
    pub(crate) cleaned_ms: AtomicI64,
    /// When sealed values may be rewritten next.
    pub(crate) rewrite_ms: AtomicI64,
}

/// For what lies below the apps: sign-in, sessions, administration.
impl store::Backed for Org {
    type Store = Arc<OrgStore>;

    fn store(&self) -> &Arc<OrgStore> {
        &self.store
    }
}

impl Org {
    pub(crate) fn open(
        store: Arc<OrgStore>,
        apps: Arc<[Arc<dyn App>]>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        renderer: Arc<dyn crate::Renderer>,
        [bell, webhook_bell]: [Arc<OrgBell>; 2],
        generation: u64,
    ) -> Result<Self> {
        let settings = store.read(|tx| tx.setting(SETTINGS))?;
        let settings = match settings {
            Some(text) => serde_json::from_str(&text).map_err(model::Error::internal)?,
            None => OrgSettings {
                name: String::new(),
                currency: "USD".to_owned(),
                zone: "UTC".to_owned(),
                locale: "en_US".to_owned(),
                fiscal_start_month: 1,
                password_api_sign_in: false,
                security_token_required: true,
            },
        };
        let hooks = crate::hooks::standard().into_iter().chain(apps.iter().flat_map(|app| app.hooks())).collect();
        Ok(Self {
            store,
            access: AccessCache::starting_at(generation),
            apps,
            hooks,
            rules: crate::record::RuleCache::default(),
            settings: RwLock::new(Arc::new(settings)),
            clock,
            entropy,
            renderer,
            last_used_ms: AtomicI64::new(0),
            bell,
            webhook_bell,
            cleaned_ms: AtomicI64::new(0),
            rewrite_ms: AtomicI64::new(0),
        })
    }

    pub(crate) fn used(&self, now: Instant) {
        self.last_used_ms.fetch_max(now.ms(), Ordering::Relaxed);
    }

    pub(crate) fn last_used(&self) -> Instant {
        Instant::from_ms(self.last_used_ms.load(Ordering::Relaxed))
    }

    pub fn id(&self) -> OrgId {
        self.store.org()
    }

    pub fn schema(&self) -> Arc<OrgSchema> {
        self.store.schema()
    }

    pub fn settings(&self) -> Arc<OrgSettings> {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the settings.
    ///
    /// # Errors
    /// What the database reports.
    pub fn put_settings(&self, settings: OrgSettings) -> Result<()> {
        let text = serde_json::to_string(&settings).map_err(model::Error::internal)?;
        self.store.write(|tx| tx.setting_put(SETTINGS, &text))?;
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
        Ok(())
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    pub fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    /// The door to the sealed renderer.
    pub fn renderer(&self) -> &dyn crate::Renderer {
        &*self.renderer
    }

    pub fn apps(&self) -> &[Arc<dyn App>] {
        &self.apps
    }

    /// Forgets what was cached of permissions: the next request looks again.
    pub fn forget_permissions(&self) {
        self.access.clear();
    }

    /// A number that grows whenever users or permissions change in this process: what was derived from them at another
    /// number is stale.
    pub fn access_generation(&self) -> u64 {
        self.access.generation()
    }

    pub(crate) fn read_options(&self, zone: &str) -> ReadOptions {
        ReadOptions {
            zone: zone.to_owned(),
            fiscal_start_month: self.settings().fiscal_start_month,
            now: self.now(),
            given: None,
        }
    }

    /// The live sessions of a user, newest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn session_count(&self, user: RecordId) -> Result<usize> {
        Ok(self.store.read(|tx| tx.sessions_of(user))?.len())
    }
}
