//! An installation on either store, for this crate's own tests.

use crate::{OrgStore, Store, StoreConfig};
use model::schema::{FieldDef, ObjectDef};
use std::sync::Arc;
use test_support::{TestClock, TestEntropy};

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
            root_key: dir.path().join("root.key").into(),
            postgres_url,
            location: "test".to_owned(),
        };
        let mut installed = Self {
            store: None,
            config,
            clock: Arc::new(TestClock::default()),
            entropy: Arc::new(TestEntropy::from_seed(11)),
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
