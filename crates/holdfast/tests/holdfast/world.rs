//! A platform with one empty org, on the embedded store, in a folder of its own.

use model::{Instant, RecordId};
use platform::provision::{NewOrg, PROVISION};
use platform::{App, Ctx, Org, OrgSettings, Platform, PlatformConfig, QueryOptions};
use std::sync::Arc;
use store::StoreConfig;
use test_support::{TestClock, TestEntropy};

/// Noon in Amsterdam on the second of November 2026, a Monday.
pub(crate) const NOW: Instant = Instant::from_ms(1_793_617_200_000);

struct NoRenderer;

impl platform::Renderer for NoRenderer {
    fn render(&self, _request: Vec<u8>) -> model::Result<Vec<u8>> {
        Err(model::Error::internal("these tests render nothing"))
    }
}

pub(crate) struct World {
    pub(crate) org: Arc<Org>,
    pub(crate) admin: RecordId,
    pub(crate) platform: Arc<Platform>,
    _dir: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_apps(Vec::new())
    }

    pub(crate) fn with_apps(apps: Vec<Arc<dyn App>>) -> Self {
        let dir = test_support::temp_dir().expect("a folder");
        let platform = Platform::open(PlatformConfig {
            store: StoreConfig {
                data_dir: dir.path().join("data"),
                root_key: dir.path().join("root.key").into(),
                postgres_url: None,
                location: "test".to_owned(),
            },
            apps,
            clock: Arc::new(TestClock::at(NOW)),
            entropy: Arc::new(TestEntropy::from_seed(11)),
            renderer: Arc::new(NoRenderer),
            runtime: None,
        })
        .expect("a platform");
        let made = platform
            .org_create(&NewOrg {
                settings: OrgSettings {
                    name: "Test".to_owned(),
                    currency: "EUR".to_owned(),
                    zone: "Europe/Amsterdam".to_owned(),
                    locale: "en_GB".to_owned(),
                    fiscal_start_month: 1,
                    password_api_sign_in: false,
                    security_token_required: true,
                },
                admin_username: "admin@test.example".to_owned(),
                admin_email: "admin@test.example".to_owned(),
                admin_first_name: "Ada".to_owned(),
                admin_last_name: "Admin".to_owned(),
            })
            .expect("an org");
        let platform = Arc::new(platform);
        Self { org: made.org, admin: made.admin, platform, _dir: dir }
    }

    pub(crate) fn service(&self) -> Ctx {
        Ctx::for_service(&self.org, &PROVISION).expect("the provisioning service")
    }

    pub(crate) fn admin(&self) -> Ctx {
        Ctx::for_user(&self.org, self.admin).expect("an active user")
    }

    /// What `SELECT COUNT()` says to the administrator.
    pub(crate) fn count(&self, from: &str) -> u64 {
        let soql = format!("SELECT COUNT() FROM {from}");
        self.admin().query(&soql, QueryOptions::default()).unwrap_or_else(|error| panic!("{soql}: {error}")).total
    }
}
