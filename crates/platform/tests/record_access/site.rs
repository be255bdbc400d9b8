//! An installation on one of the two stores, with a clock moved by hand; every case gets an org of its own in it.

use model::RecordId;
use platform::provision::NewOrg;
use platform::{Org, OrgSettings, Platform, PlatformConfig};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::StoreConfig;
use test_support::{TestClock, TestEntropy};

/// So that two changes never bear the same instant.
pub(crate) const BETWEEN_CHANGES: i64 = 1_000;

struct NoRenderer;

impl platform::Renderer for NoRenderer {
    fn render(&self, _request: Vec<u8>) -> model::Result<Vec<u8>> {
        Err(model::Error::internal("nothing is rendered here"))
    }
}

pub(crate) struct Site {
    pub(crate) platform: Platform,
    pub(crate) clock: Arc<TestClock>,
    made: AtomicU64,
    _dir: tempfile::TempDir,
    _database: Option<test_support::TestDatabase>,
    _runtime: Option<tokio::runtime::Runtime>,
}

impl Site {
    pub(crate) fn embedded() -> Self {
        Self::open(None, None)
    }

    pub(crate) fn postgres() -> Self {
        let database = test_support::Postgres::create_database().expect("a PostgreSQL server");
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        Self::open(Some(database), Some(runtime))
    }

    fn open(database: Option<test_support::TestDatabase>, runtime: Option<tokio::runtime::Runtime>) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let clock = Arc::new(TestClock::default());
        let store = StoreConfig {
            data_dir: dir.path().join("orgs"),
            root_key: dir.path().join("root.key").into(),
            postgres_url: database.as_ref().map(|database| database.url().to_owned()),
            location: "test".to_owned(),
        };
        let platform = Platform::open(PlatformConfig {
            store,
            apps: Vec::new(),
            clock: clock.clone(),
            entropy: Arc::new(TestEntropy::from_seed(7)),
            renderer: Arc::new(NoRenderer),
            runtime: runtime.as_ref().map(|runtime| runtime.handle().clone()),
        })
        .expect("a platform");
        Self { platform, clock, made: AtomicU64::new(0), _dir: dir, _database: database, _runtime: runtime }
    }

    /// A new org and its administrator.
    pub(crate) fn org(&self) -> (Arc<Org>, RecordId) {
        let number = self.made.fetch_add(1, Ordering::SeqCst);
        let made = self
            .platform
            .org_create(&NewOrg {
                settings: OrgSettings {
                    name: format!("Org {number}"),
                    currency: "EUR".to_owned(),
                    zone: "Europe/Berlin".to_owned(),
                    locale: "en_GB".to_owned(),
                    fiscal_start_month: 1,
                    password_api_sign_in: false,
                    security_token_required: true,
                },
                admin_username: format!("admin@org{number}.example"),
                admin_email: format!("admin@org{number}.example"),
                admin_first_name: "Ada".to_owned(),
                admin_last_name: "Admin".to_owned(),
            })
            .expect("an org");
        (made.org, made.admin)
    }
}
