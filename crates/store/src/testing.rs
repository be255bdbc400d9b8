//! An installation on either store, for this crate's own tests.

use crate::{OrgStore, Store, StoreConfig};
use model::schema::{FieldDef, ObjectDef};
use model::{Clock, Entropy, Instant};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// A clock that a test moves by hand.
pub(crate) struct TestClock(AtomicI64, AtomicI64);

impl TestClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_795_249_279_000), AtomicI64::new(0)))
    }
}

impl TestClock {
    /// From now on each look at the clock moves it by so much.
    pub(crate) fn tick(&self, ms: i64) {
        self.1.store(ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        Instant::from_ms(self.0.fetch_add(self.1.load(Ordering::SeqCst), Ordering::SeqCst))
    }
}

/// Random numbers that are the same in every run; never for real keys.
pub(crate) struct TestEntropy(AtomicU64);

impl TestEntropy {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(11)))
    }
}

impl Entropy for TestEntropy {
    fn fill(&self, out: &mut [u8]) {
        for byte in out {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = (z >> 32) as u8;
        }
    }
}

/// A data directory with its store open.
pub(crate) struct Installed {
    store: Option<Store>,
    config: StoreConfig,
    clock: Arc<TestClock>,
    entropy: Arc<TestEntropy>,
    _dir: tempfile::TempDir,
    database: Option<test_support::TestDatabase>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Installed {
    pub(crate) fn on_both_stores(test: impl Fn(Self)) {
        test(Self::embedded());
        test(Self::postgres());
    }

    pub(crate) fn embedded() -> Self {
        Self::make(None, None)
    }

    pub(crate) fn postgres() -> Self {
        let database = test_support::Postgres::create_database().expect("a PostgreSQL server");
        let url = database.url().to_owned();
        Self::make(Some(database), Some(url))
    }

    /// In the database of this address.
    pub(crate) fn at(url: String) -> Self {
        Self::make(None, Some(url))
    }

    /// In a fresh database, with something added to its address.
    pub(crate) fn postgres_with(settings: &str) -> Self {
        let database = test_support::Postgres::create_database().expect("a PostgreSQL server");
        let url = format!("{}?{settings}", database.url());
        Self::make(Some(database), Some(url))
    }

    fn make(database: Option<test_support::TestDatabase>, postgres_url: Option<String>) -> Self {
        let runtime = postgres_url
            .is_some()
            .then(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime"));
        let dir = tempfile::tempdir().expect("a temporary directory");
        let config = StoreConfig {
            data_dir: dir.path().join("data"),
            root_key_file: dir.path().join("root.key"),
            postgres_url,
            location: "test".to_owned(),
        };
        let mut installed = Self {
            store: None,
            config,
            clock: TestClock::new(),
            entropy: TestEntropy::new(),
            _dir: dir,
            database,
            runtime,
        };
        installed.reopen();
        installed
    }

    /// Closes the store and opens it again, as a restart of the process does.
    pub(crate) fn reopen(&mut self) {
        self.try_reopen().expect("a store");
    }

    pub(crate) fn store(&self) -> &Store {
        self.store.as_ref().expect("open between two reopenings")
    }

    /// Closes the store and says what opening it again says.
    pub(crate) fn try_reopen(&mut self) -> model::Result<()> {
        self.store = None;
        let runtime = self.runtime.as_ref().map(|runtime| runtime.handle().clone());
        self.store = Some(Store::open(self.config.clone(), self.clock.clone(), self.entropy.clone(), runtime)?);
        Ok(())
    }

    pub(crate) fn psql(&self, sql: &str) -> String {
        self.database.as_ref().expect("a database of its own").psql(sql).expect("an answer")
    }

    pub(crate) fn clock(&self) -> &TestClock {
        &self.clock
    }

    /// An org with users, accounts and roles.
    pub(crate) fn create_org(&self) -> Arc<OrgStore> {
        self.store().org_create(objects()).expect("an org")
    }
}

fn objects() -> Vec<ObjectDef> {
    vec![
        ObjectDef::new("User", "User", "Users", "005").field(FieldDef::text("Name", "Name", 80)),
        ObjectDef::new("UserRole", "Role", "Roles", "00E")
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::lookup("ParentRoleId", "Parent role", "UserRole")),
        ObjectDef::new("Account", "Account", "Accounts", "001").field(FieldDef::text("Name", "Name", 255).required()),
    ]
}
