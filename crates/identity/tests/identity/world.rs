//! Two orgs of one installation, each with an administrator and a person who sells.

use identity::{Identities, IdentityConfig, Opened, PasswordCost, SecurityToken, SessionKind, SignIn};
use model::{RecordId, Value};
use platform::provision::{self, NewOrg};
use platform::{AuditRow, Ctx, Org, OrgSettings, Platform, PlatformConfig, RecordDraft};
use std::sync::Arc;
use store::{Backed as _, StoreConfig};
use test_support::{TestClock, TestEntropy};

pub(crate) const PASSWORD: &str = "gelbe Tassen am Fenster";
pub(crate) const OTHER_PASSWORD: &str = "blaue Segel vor der Insel";

/// These tests render nothing.
struct NoRenderer;

impl platform::Renderer for NoRenderer {
    fn render(&self, _request: Vec<u8>) -> model::Result<Vec<u8>> {
        Err(model::Error::internal("no renderer"))
    }
}

/// One of the two orgs.
pub(crate) struct Home {
    pub(crate) org: Arc<Org>,
    pub(crate) admin: RecordId,
    pub(crate) rep: RecordId,
}

pub(crate) struct World {
    pub(crate) clock: Arc<TestClock>,
    pub(crate) platform: Arc<Platform>,
    pub(crate) identities: Identities,
    pub(crate) red: Home,
    pub(crate) blue: Home,
    _dir: tempfile::TempDir,
    _database: Option<test_support::TestDatabase>,
    _runtime: Option<tokio::runtime::Runtime>,
}

impl World {
    /// On the embedded store.
    pub(crate) fn new() -> Self {
        Self::make(None, None)
    }

    pub(crate) fn on_postgres() -> Self {
        let database = test_support::Postgres::create_database().expect("a PostgreSQL server");
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        Self::make(Some(database), Some(runtime))
    }

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
            apps: Vec::new(),
            clock: clock.clone(),
            entropy: Arc::new(TestEntropy::from_seed(11)),
            renderer: Arc::new(NoRenderer),
            runtime: runtime.as_ref().map(|runtime| runtime.handle().clone()),
        };
        let platform = Arc::new(Platform::open(config).expect("a platform"));
        let config = IdentityConfig { password_cost: PasswordCost::CHEAPEST, ..IdentityConfig::default() };
        let identities = Identities::with_config(platform.clone(), config).expect("identities");
        let red = home(&platform, &identities, "red");
        let blue = home(&platform, &identities, "blue");
        Self { clock, platform, identities, red, blue, _dir: dir, _database: database, _runtime: runtime }
    }

    pub(crate) fn sign_in(&self, username: &str, password: &str) -> model::Result<Opened> {
        self.identities.sign_in(&page(username, password))
    }

    /// Signs the red rep in at the page.
    pub(crate) fn rep_session(&self) -> Opened {
        self.sign_in("rep@red.example", PASSWORD).expect("a session")
    }

    pub(crate) fn refused(&self, asked: &SignIn) -> String {
        match self.identities.sign_in(asked) {
            Ok(opened) => panic!("{asked:?} was let in as {}", opened.user),
            Err(error) => error.to_string(),
        }
    }

    /// What a token is worth now.
    pub(crate) fn worth(&self, token: &str) -> String {
        match self.identities.authenticate(token) {
            Ok(session) => session.ctx.user().username.clone(),
            Err(error) => error.code().to_string(),
        }
    }

    pub(crate) fn set_active(&self, home: &Home, user: RecordId, active: bool) {
        self.change_user(home, user, &[("IsActive", active.into())]);
    }

    pub(crate) fn change_user(&self, home: &Home, user: RecordId, values: &[(&str, Value)]) {
        let ctx = Ctx::for_user(&home.org, home.admin).expect("the administrator");
        let object = ctx.object("User").expect("the object");
        let draft = values.iter().fold(RecordDraft::of(user), |draft, (field, value)| {
            draft.set(object, field, value.clone()).expect("a field")
        });
        ctx.record_update("User", draft).expect("an update");
    }

    /// Turns password sign-in over the API on or off.
    pub(crate) fn allow_api_passwords(&self, home: &Home, allowed: bool) {
        let settings = OrgSettings { password_api_sign_in: allowed, ..(*home.org.settings()).clone() };
        home.org.put_settings(settings).expect("settings");
    }
}

impl Home {
    pub(crate) fn ctx(&self, user: RecordId) -> Ctx {
        Ctx::for_user(&self.org, user).expect("an active user")
    }

    /// What the audit log tells about a user, oldest first.
    pub(crate) fn log(&self, user: RecordId) -> Vec<AuditRow> {
        let mut rows = self.org.store().read(|tx| tx.audit_rows(Some(user), 1_000)).expect("rows");
        rows.reverse();
        rows
    }

    pub(crate) fn actions(&self, user: RecordId) -> Vec<String> {
        let rows = self.log(user).into_iter();
        rows.map(|row| row.action).filter(|action| !action.starts_with("record_")).collect()
    }
}

/// A wish as the sign-in page sends it.
pub(crate) fn page(username: &str, password: &str) -> SignIn {
    SignIn {
        username: username.to_owned(),
        password: password.to_owned(),
        kind: SessionKind::Browser,
        client: String::new(),
        security_token: SecurityToken::NotNeeded,
    }
}

/// A wish as a program sends it.
pub(crate) fn program(username: &str, password_and_token: &str) -> SignIn {
    SignIn {
        kind: SessionKind::Api,
        client: "script".to_owned(),
        security_token: SecurityToken::Appended,
        ..page(username, password_and_token)
    }
}

pub(crate) fn home(platform: &Platform, identities: &Identities, name: &str) -> Home {
    let address = |person: &str| format!("{person}@{name}.example");
    let made = platform
        .org_create(&NewOrg {
            settings: OrgSettings {
                name: name.to_owned(),
                currency: "EUR".to_owned(),
                zone: "Europe/Berlin".to_owned(),
                locale: "en_GB".to_owned(),
                fiscal_start_month: 1,
                password_api_sign_in: false,
                security_token_required: true,
            },
            admin_username: address("admin"),
            admin_email: address("admin"),
            admin_first_name: "Ada".to_owned(),
            admin_last_name: "Admin".to_owned(),
        })
        .expect("an org");
    let ctx = Ctx::for_service(&made.org, &provision::PROVISION).expect("the provisioning service");
    let rep = user(&ctx, &address("rep"), "Standard User");
    for person in [made.admin, rep] {
        identities.set_password(&made.org, person, PASSWORD).expect("a password");
    }
    Home { org: made.org, admin: made.admin, rep }
}

pub(crate) fn user(ctx: &Ctx, address: &str, profile: &str) -> RecordId {
    let profile = provision::by_name(ctx, "Profile", profile).expect("a profile");
    provision::insert(
        ctx,
        "User",
        &[
            ("Username", address.into()),
            ("Email", address.into()),
            ("LastName", "Person".into()),
            ("Alias", "person".into()),
            ("TimeZoneSidKey", "Europe/Berlin".into()),
            ("LocaleSidKey", "en_GB".into()),
            ("LanguageLocaleKey", "en_US".into()),
            ("EmailEncodingKey", "UTF-8".into()),
            ("ProfileId", profile.into()),
            ("IsActive", true.into()),
        ],
    )
    .expect("a user")
}
