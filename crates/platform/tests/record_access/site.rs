//! An installation on one of the two stores, with a clock moved by hand; every case gets an org of its own in it.

use model::{Clock, Entropy, Instant, RecordId};
use platform::provision::NewOrg;
use platform::{Org, OrgSettings, Platform, PlatformConfig};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use store::StoreConfig;

pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    /// So that two changes never bear the same instant.
    pub(crate) fn advance(&self) {
        self.0.fetch_add(1_000, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Instant {
        Instant::from_ms(self.0.load(Ordering::SeqCst))
    }
}

/// The same numbers in every run; never for real keys.
struct Numbers(AtomicU64);

impl Entropy for Numbers {
    fn fill(&self, out: &mut [u8]) {
        for byte in out {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = (z >> 32) as u8;
        }
    }
}

struct NoRenderer;

impl platform::Renderer for NoRenderer {
    fn render(&self, _request: Vec<u8>) -> model::Result<Vec<u8>> {
        Err(model::Error::internal("nothing is rendered here"))
    }
}

pub(crate) struct Site {
    pub(crate) platform: Platform,
    pub(crate) clock: Arc<HandClock>,
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
        let clock = Arc::new(HandClock(AtomicI64::new(1_795_249_279_000)));
        let store = StoreConfig {
            data_dir: dir.path().join("orgs"),
            root_key_file: dir.path().join("root.key"),
            postgres_url: database.as_ref().map(|database| database.url().to_owned()),
            location: "test".to_owned(),
        };
        let platform = Platform::open(PlatformConfig {
            store,
            apps: Vec::new(),
            clock: clock.clone(),
            entropy: Arc::new(Numbers(AtomicU64::new(7))),
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
