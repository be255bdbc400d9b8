//! A small org with a role hierarchy and some deals, on either store.

use app_delivery::DeliveryConfig;
use model::{Date, RecordId, Value};
use platform::provision::{self, NewOrg};
use platform::{
    Ctx, MailReply, MailTransport, Org, OrgSettings, Platform, PlatformConfig, QueryOptions, RecordDraft, StoreConfig,
};
use std::sync::Arc;
use std::sync::Mutex;
use test_support::{TestClock, TestEntropy};

/// The renderer without its process.
struct InProcess;

impl platform::Renderer for InProcess {
    fn render(&self, request: Vec<u8>) -> model::Result<Vec<u8>> {
        Ok(render::worker::answer(&request))
    }
}

/// A mail server that takes everything, or answers as a test says.
#[derive(Default)]
pub(crate) struct Sink {
    pub(crate) messages: Mutex<Vec<(String, Vec<u8>)>>,
    pub(crate) reply: Mutex<Option<MailReply>>,
    /// Happens when all but the last byte of a message is out.
    pub(crate) before_end: Mutex<Option<Box<dyn Fn(&str) + Send>>>,
}

impl MailTransport for Sink {
    fn send(&self, _from: &str, to: &str, message: &[u8], may_end: &mut dyn FnMut() -> bool) -> MailReply {
        if let Some(meddle) = self.before_end.lock().expect("no panic while held").as_deref() {
            meddle(to);
        }
        if !may_end() {
            return MailReply::Deferred("dropped".to_owned());
        }
        self.messages.lock().expect("no panic while held").push((to.to_owned(), message.to_vec()));
        self.reply
            .lock()
            .expect("no panic while held")
            .clone()
            .unwrap_or_else(|| MailReply::Accepted("250 OK".to_owned()))
    }
}

impl Sink {
    /// Takes what arrived, in order of addresses.
    pub(crate) fn take(&self) -> Vec<(String, Vec<u8>)> {
        let mut taken = std::mem::take(&mut *self.messages.lock().expect("no panic while held"));
        taken.sort();
        taken
    }
}

fn config() -> DeliveryConfig {
    DeliveryConfig {
        public_url: "https://sales.test.example/".to_owned(),
        from_name: "Sales reports".to_owned(),
        from_address: "reports@test.example".to_owned(),
        bounce_address: Some("bounces@test.example".to_owned()),
    }
}

pub(crate) struct World {
    pub(crate) org: Arc<Org>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) sink: Sink,
    pub(crate) admin: RecordId,
    /// Above the two reps.
    pub(crate) manager: RecordId,
    pub(crate) rep: RecordId,
    /// In the same role as the rep.
    pub(crate) peer: RecordId,
    platform: Platform,
    _dir: tempfile::TempDir,
    _database: Option<test_support::TestDatabase>,
    _runtime: Option<tokio::runtime::Runtime>,
}

/// Runs a test once on each store.
pub(crate) fn on_both_stores(test: impl Fn(&World)) {
    test(&World::make(None, None));
    let database = test_support::Postgres::create_database().expect("a PostgreSQL server");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    test(&World::make(Some(database), Some(runtime)));
}

impl World {
    fn make(database: Option<test_support::TestDatabase>, runtime: Option<tokio::runtime::Runtime>) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let clock = Arc::new(TestClock::default());
        let config = PlatformConfig {
            store: StoreConfig {
                data_dir: dir.path().join("data"),
                root_key: dir.path().join("root.key").into(),
                postgres_url: database.as_ref().map(|database| database.url().to_owned()),
                location: "test".to_owned(),
            },
            apps: vec![Arc::new(app_reports::ReportsApp), Arc::new(app_delivery::DeliveryApp::new(config()))],
            clock: clock.clone(),
            entropy: Arc::new(TestEntropy::from_seed(7)),
            renderer: Arc::new(InProcess),
            runtime: runtime.as_ref().map(|runtime| runtime.handle().clone()),
        };
        let platform = Platform::open(config).expect("a platform");
        let made = platform
            .org_create(&NewOrg {
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
            })
            .expect("an org");
        let ctx = Ctx::for_service(&made.org, &provision::PROVISION).expect("the provisioning service");
        let role = |name: &str, parent: Option<RecordId>| {
            provision::insert(&ctx, "UserRole", &[("Name", name.into()), ("ParentRoleId", parent.into())])
                .expect("a role")
        };
        let manager_role = role("Manager", None);
        let rep_role = role("Rep", Some(manager_role));
        let standard = provision::by_name(&ctx, "Profile", "Standard User").expect("a profile");
        Self {
            manager: user(&ctx, "manager", standard, manager_role),
            rep: user(&ctx, "rep", standard, rep_role),
            peer: user(&ctx, "peer", standard, rep_role),
            org: made.org,
            admin: made.admin,
            clock,
            sink: Sink::default(),
            platform,
            _dir: dir,
            _database: database,
            _runtime: runtime,
        }
    }

    pub(crate) fn ctx(&self, user: RecordId) -> Ctx {
        Ctx::for_user(&self.org, user).expect("an active user")
    }

    pub(crate) fn service(&self) -> Ctx {
        Ctx::for_service(&self.org, &provision::PROVISION).expect("the provisioning service")
    }

    pub(crate) fn create(&self, user: RecordId, object: &str, values: &[(&str, Value)]) -> RecordId {
        self.try_create(user, object, values).unwrap_or_else(|error| panic!("{object}: {error}"))
    }

    pub(crate) fn try_create(&self, user: RecordId, object: &str, values: &[(&str, Value)]) -> model::Result<RecordId> {
        let ctx = self.ctx(user);
        let schema = ctx.object(object)?;
        let draft = values
            .iter()
            .try_fold(RecordDraft::new(), |draft, (field, value)| draft.set(schema, field, value.clone()))?;
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
        let schema = ctx.object(object)?;
        let draft = values
            .iter()
            .try_fold(RecordDraft::of(id), |draft, (field, value)| draft.set(schema, field, value.clone()))?;
        ctx.record_update(object, draft)
    }

    /// Puts the org back to a backup of it as it is.
    pub(crate) fn restored(&self, dir: &std::path::Path) -> Restored<'_> {
        let id = self.org.id();
        self.platform.backup_make(id, dir).expect("a backup");
        self.platform.backup_restore(id, dir, platform::RestorePoint::Newest, true, None).expect("a restore");
        Restored { world: self, org: self.platform.org(id).expect("the org") }
    }

    /// Another administrator.
    pub(crate) fn second_admin(&self) -> RecordId {
        let ctx = self.service();
        let profile = provision::by_name(&ctx, "Profile", "System Administrator").expect("a profile");
        let role = provision::by_name(&ctx, "UserRole", "Manager").expect("a role");
        user(&ctx, "second", profile, role)
    }

    /// The rows of a query as plain text.
    pub(crate) fn rows(&self, user: RecordId, soql: &str) -> Vec<Vec<String>> {
        let (_, rows) = self
            .ctx(user)
            .query_all_rows(soql, QueryOptions::default())
            .unwrap_or_else(|error| panic!("{soql}: {error}"));
        rows.iter().map(|row| row.cells.iter().map(|cell| cell.value().to_plain()).collect()).collect()
    }

    /// Does all that is due, and gives the mail that went out.
    pub(crate) fn work(&self) -> Vec<(String, Vec<u8>)> {
        self.org.work(&self.sink).expect("work");
        self.sink.take()
    }

    /// A deal; the amount in cents, none for a blank one.
    pub(crate) fn deal(&self, owner: RecordId, name: &str, stage: &str, cents: Option<i64>, close: &str) -> RecordId {
        self.create(
            owner,
            "Opportunity",
            &[
                ("Name", name.into()),
                ("StageName", stage.into()),
                ("Amount", cents.map(|cents| model::Decimal::new(cents, 2)).into()),
                ("CloseDate", Date::parse(close).expect("a date").into()),
            ],
        )
    }
}

fn user(ctx: &Ctx, name: &str, profile: RecordId, role: RecordId) -> RecordId {
    let address = format!("{name}@test.example");
    let values = [
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
    ];
    provision::insert(ctx, "User", &values).expect("a user")
}

/// A mail that tells of a schedule, and is no delivery of one.
pub(crate) fn is_notice(message: &[u8]) -> bool {
    let text = String::from_utf8_lossy(message);
    text.contains("has stopped") || text.contains("A run of ")
}

/// The world after a restore: the org that was open before is another.
pub(crate) struct Restored<'a> {
    world: &'a World,
    org: Arc<Org>,
}

impl std::ops::Deref for Restored<'_> {
    type Target = World;

    fn deref(&self) -> &World {
        self.world
    }
}

impl Restored<'_> {
    pub(crate) fn ctx(&self, user: RecordId) -> Ctx {
        Ctx::for_user(&self.org, user).expect("an active user")
    }

    pub(crate) fn work(&self) -> Vec<(String, Vec<u8>)> {
        self.org.work(&self.world.sink).expect("work");
        self.world.sink.take()
    }
}
