//! A small org with a role hierarchy, on either store.

use model::{RecordId, Value};
use platform::provision::{self, NewOrg};
use platform::{App, Ctx, KeyDestruction, Org, OrgSettings, Platform, PlatformConfig, QueryOptions, SteppedUp};
use std::sync::Arc;
use store::{Purpose, StoreConfig};
use test_support::{TestClock, TestEntropy};

/// These tests render nothing.
struct NoRenderer;

impl platform::Renderer for NoRenderer {
    fn render(&self, _request: Vec<u8>) -> model::Result<Vec<u8>> {
        Err(model::Error::internal("no renderer"))
    }
}

pub(crate) struct World {
    pub(crate) org: Arc<Org>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) admin: RecordId,
    /// Reports to nobody.
    pub(crate) chief: RecordId,
    /// Below the chief.
    pub(crate) manager: RecordId,
    /// Below the manager.
    pub(crate) rep: RecordId,
    /// In the same role as the rep.
    pub(crate) peer: RecordId,
    pub(crate) platform: Platform,
    pub(crate) store_config: StoreConfig,
    pub(crate) data_dir: std::path::PathBuf,
    _dir: tempfile::TempDir,
    pub(crate) database: Option<test_support::TestDatabase>,
    _runtime: Option<tokio::runtime::Runtime>,
}

/// Runs a test once on each store.
pub(crate) fn on_both_stores(test: impl Fn(&World)) {
    test(&World::embedded());
    test(&World::postgres());
}

/// The same for a test that closes its world and opens it again.
pub(crate) fn on_each_store(test: impl Fn(World)) {
    test(World::embedded());
    test(World::postgres());
}

/// Opens an installation as the binary does.
pub(crate) fn open(
    store: StoreConfig,
    clock: Arc<TestClock>,
    runtime: Option<tokio::runtime::Handle>,
) -> model::Result<Platform> {
    open_with(Vec::new(), store, clock, runtime)
}

fn open_with(
    apps: Vec<Arc<dyn App>>,
    store: StoreConfig,
    clock: Arc<TestClock>,
    runtime: Option<tokio::runtime::Handle>,
) -> model::Result<Platform> {
    Platform::open(PlatformConfig {
        store,
        apps,
        clock,
        entropy: Arc::new(TestEntropy::from_seed(7)),
        renderer: Arc::new(NoRenderer),
        runtime,
    })
}

impl World {
    /// The same installation after a restart of the process.
    pub(crate) fn restarted(self) -> Self {
        let Self { org, platform, store_config, clock, _runtime, .. } = self;
        let id = org.id();
        drop((org, platform));
        let handle = _runtime.as_ref().map(|runtime| runtime.handle().clone());
        let platform = open(store_config.clone(), clock.clone(), handle).expect("a platform");
        let org = platform.org(id).expect("the org");
        Self { org, platform, store_config, clock, _runtime, ..self }
    }

    /// Closes everything, as a stop of the process does, and gives back what lies on the disk.
    pub(crate) fn close(self) -> (StoreConfig, Arc<TestClock>, tempfile::TempDir) {
        let Self { org, platform, store_config, clock, _dir: dir, .. } = self;
        drop((org, platform));
        (store_config, clock, dir)
    }

    /// Closes everything and opens it again with these apps, as an upgrade of the program does.
    pub(crate) fn reopened(self, apps: Vec<Arc<dyn App>>) -> Self {
        self.opened_by(Vec::new(), apps).1
    }

    /// Closes everything, opens it with each of `refused`, which must fail, and at last with `apps`.
    pub(crate) fn opened_by(
        self,
        refused: Vec<Vec<Arc<dyn App>>>,
        apps: Vec<Arc<dyn App>>,
    ) -> (Vec<model::Error>, Self) {
        let Self { org, platform, store_config, clock, _runtime: runtime, .. } = self;
        let id = org.id();
        drop((org, platform));
        let handle = runtime.as_ref().map(|runtime| runtime.handle().clone());
        let open = |apps| open_with(apps, store_config.clone(), clock.clone(), handle.clone()).expect("a platform");
        let errors = refused.into_iter().map(|apps| open(apps).org(id).expect_err("refused")).collect();
        let platform = open(apps);
        let org = platform.org(id).expect("an org");
        (errors, Self { org, platform, store_config, clock, _runtime: runtime, ..self })
    }

    /// The same with the org asked for again, after something closed it.
    pub(crate) fn again(self) -> Self {
        let org = self.platform.org(self.org.id()).expect("the org");
        Self { org, ..self }
    }

    /// A column as the administrator sees it after something closed the org.
    pub(crate) fn again_column(self, soql: &str) -> Vec<String> {
        let world = self.again();
        world.column(world.admin, soql)
    }

    /// How many orgs have a schema in the database of this world.
    pub(crate) fn schemas(&self) -> usize {
        let database = self.database.as_ref().expect("a world with a server");
        let sql = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'holdfast_org%'";
        database.psql(sql).expect("a count").parse().expect("a number")
    }

    /// How many sessions of the server wait for a lock; none of a world on a file.
    pub(crate) fn lock_waits(&self) -> Option<usize> {
        let database = self.database.as_ref()?;
        // Of its own server, which other tests use too: those of this database alone.
        let sql =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        Some(database.psql(sql).expect("a count").parse().expect("a number"))
    }

    pub(crate) fn embedded() -> Self {
        Self::make(None, None)
    }

    pub(crate) fn postgres() -> Self {
        let database = test_support::Postgres::create_database().expect("a PostgreSQL server");
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        Self::make(Some(database), Some(runtime))
    }

    fn make(database: Option<test_support::TestDatabase>, runtime: Option<tokio::runtime::Runtime>) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let clock = Arc::new(TestClock::default());
        let data_dir = dir.path().join("data");
        let store_config = StoreConfig {
            data_dir: data_dir.clone(),
            root_key: dir.path().join("root.key").into(),
            postgres_url: database.as_ref().map(|database| database.url().to_owned()),
            location: "test".to_owned(),
        };
        let handle = runtime.as_ref().map(|runtime| runtime.handle().clone());
        let platform = open(store_config.clone(), clock.clone(), handle).expect("a platform");
        let made = platform.org_create(&new_org()).expect("an org");
        let ctx = Ctx::for_service(&made.org, &provision::PROVISION).expect("the provisioning service");
        let chief_role = role(&ctx, "Chief", None);
        let manager_role = role(&ctx, "Manager", Some(chief_role));
        let rep_role = role(&ctx, "Rep", Some(manager_role));
        let standard = provision::by_name(&ctx, "Profile", "Standard User").expect("a profile");
        Self {
            chief: user(&ctx, "chief", standard, Some(chief_role)),
            manager: user(&ctx, "manager", standard, Some(manager_role)),
            rep: user(&ctx, "rep", standard, Some(rep_role)),
            peer: user(&ctx, "peer", standard, Some(rep_role)),
            org: made.org,
            store_config,
            clock,
            admin: made.admin,
            platform,
            data_dir,
            _dir: dir,
            database,
            _runtime: runtime,
        }
    }

    pub(crate) fn ctx(&self, user: RecordId) -> Ctx {
        Ctx::for_user(&self.org, user).expect("an active user")
    }

    /// Another administrator, made when first asked for.
    pub(crate) fn second_admin(&self) -> RecordId {
        let known = self.column(self.admin, "SELECT Id FROM User WHERE Username = 'second@test.example'");
        known.first().and_then(|id| RecordId::parse(id).ok()).unwrap_or_else(|| {
            let service = self.service();
            let profile = provision::by_name(&service, "Profile", "System Administrator").expect("a profile");
            user(&service, "second", profile, None)
        })
    }

    /// A user who has just given their password.
    pub(crate) fn stepped_up(&self, user: RecordId) -> SteppedUp {
        SteppedUp::after_proof(self.ctx(user))
    }

    /// Destroys a version of a key as two administrators do.
    pub(crate) fn key_destroy(&self, key: Purpose, version: u32, lose_values: bool) -> model::Result<()> {
        let destroys = KeyDestruction { key, version, lose_values };
        let request = self.platform.key_destroy_request(&self.stepped_up(self.admin), destroys)?;
        self.platform.key_destroy_confirm(&self.stepped_up(self.second_admin()), request.number)?;
        Ok(())
    }

    pub(crate) fn service(&self) -> Ctx {
        Ctx::for_service(&self.org, &provision::PROVISION).expect("the provisioning service")
    }

    pub(crate) fn create(&self, user: RecordId, object: &str, values: &[(&str, Value)]) -> RecordId {
        self.try_create(user, object, values).unwrap_or_else(|error| panic!("{object}: {error}"))
    }

    pub(crate) fn try_create(&self, user: RecordId, object: &str, values: &[(&str, Value)]) -> model::Result<RecordId> {
        let ctx = self.ctx(user);
        let draft = draft(&ctx, object, None, values);
        ctx.record_create(object, draft)
    }

    pub(crate) fn update(
        &self,
        user: RecordId,
        object: &str,
        id: RecordId,
        values: &[(&str, Value)],
    ) -> model::Result<()> {
        let ctx = self.ctx(user);
        let draft = draft(&ctx, object, Some(id), values);
        ctx.record_update(object, draft)
    }

    /// The first column of a query's rows as plain text.
    pub(crate) fn column(&self, user: RecordId, soql: &str) -> Vec<String> {
        self.rows(user, soql).into_iter().filter_map(|row| row.into_iter().next()).collect()
    }

    /// A query's first row as plain texts.
    pub(crate) fn row(&self, user: RecordId, soql: &str) -> Vec<String> {
        self.rows(user, soql).into_iter().next().unwrap_or_else(|| panic!("{soql}: no row"))
    }

    fn rows(&self, user: RecordId, soql: &str) -> Vec<Vec<String>> {
        let asked = self.ctx(user).query_all_rows(soql, QueryOptions::default());
        let (_, rows) = asked.unwrap_or_else(|error| panic!("{soql}: {error}"));
        rows.iter().map(|row| row.cells.iter().map(|cell| cell.value().to_plain()).collect()).collect()
    }

    pub(crate) fn error(&self, user: RecordId, soql: &str) -> String {
        match self.ctx(user).query(soql, QueryOptions::default()) {
            Ok(answer) => panic!("{soql} answered {} rows", answer.total),
            Err(error) => error.to_string(),
        }
    }
}

/// An org as each world has one.
pub(crate) fn new_org() -> NewOrg {
    NewOrg {
        settings: OrgSettings {
            name: "Test".to_owned(),
            currency: "EUR".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            locale: "en_GB".to_owned(),
            fiscal_start_month: 1,
            password_api_sign_in: true,
            security_token_required: true,
        },
        admin_username: "admin@test.example".to_owned(),
        admin_email: "admin@test.example".to_owned(),
        admin_first_name: "Ada".to_owned(),
        admin_last_name: "Admin".to_owned(),
    }
}

pub(crate) fn draft(ctx: &Ctx, object: &str, id: Option<RecordId>, values: &[(&str, Value)]) -> platform::RecordDraft {
    let schema = ctx.object(object).expect("a readable object");
    let start = match id {
        Some(id) => platform::RecordDraft::of(id),
        None => platform::RecordDraft::new(),
    };
    values.iter().fold(start, |draft, (field, value)| draft.set(schema, field, value.clone()).expect("a field"))
}

fn role(ctx: &Ctx, name: &str, parent: Option<RecordId>) -> RecordId {
    provision::insert(ctx, "UserRole", &[("Name", name.into()), ("ParentRoleId", parent.into())]).expect("a role")
}

pub(crate) fn user(ctx: &Ctx, name: &str, profile: RecordId, role: Option<RecordId>) -> RecordId {
    let address = format!("{name}@test.example");
    provision::insert(
        ctx,
        "User",
        &[
            ("Username", address.as_str().into()),
            ("Email", address.as_str().into()),
            ("LastName", name.into()),
            ("Alias", name.into()),
            ("TimeZoneSidKey", "Europe/Berlin".into()),
            ("LocaleSidKey", "en_GB".into()),
            ("LanguageLocaleKey", "en_US".into()),
            ("EmailEncodingKey", "UTF-8".into()),
            ("ProfileId", profile.into()),
            ("UserRoleId", role.into()),
            ("IsActive", true.into()),
        ],
    )
    .expect("a user")
}
