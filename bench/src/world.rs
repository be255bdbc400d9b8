//! One installation with one large org, filled through the same gate as any other data.

use crate::dataset::{self, Ids, Shape};
use crate::meter::{Scope, Series};
use crate::size::Size;
use anyhow::{Context as _, Result};
use app_delivery::{DeliveryApp, DeliveryConfig};
use app_reports::ReportsApp;
use model::{Clock, RecordId, Value};
use platform::provision::{self, LOADING, MadeOrg, NewOrg};
use platform::{App, Ctx, Org, OrgSettings, Platform, PlatformConfig, StoreConfig, SystemEntropy};
use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

/// Where the orgs live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Embedded,
    Postgres,
}

impl Backend {
    pub fn name(self) -> &'static str {
        match self {
            Backend::Embedded => "embedded (SQLCipher)",
            Backend::Postgres => "PostgreSQL",
        }
    }
}

/// The bench renders nothing.
struct NoRenderer;

impl platform::Renderer for NoRenderer {
    fn render(&self, _request: Vec<u8>) -> model::Result<Vec<u8>> {
        Err(model::Error::internal("the bench renders nothing"))
    }
}

/// The products that an installation has.
pub fn apps() -> Vec<Arc<dyn App>> {
    let delivery = DeliveryConfig {
        public_url: "https://bench.example".to_owned(),
        from_name: "Bench".to_owned(),
        from_address: "bench@bench.example".to_owned(),
        bounce_address: None,
    };
    vec![Arc::new(ReportsApp), Arc::new(DeliveryApp::new(delivery))]
}

/// Opens an installation below `dir`.
///
/// # Errors
/// In words for the operator.
pub fn open_platform(
    dir: &Path,
    postgres_url: Option<String>,
    runtime: Option<tokio::runtime::Handle>,
    clock: &Arc<dyn Clock>,
) -> Result<Platform> {
    Ok(Platform::open(PlatformConfig {
        store: StoreConfig {
            data_dir: dir.join("data"),
            root_key: dir.join("root.key").into(),
            postgres_url,
            location: "bench".to_owned(),
        },
        apps: apps(),
        clock: clock.clone(),
        entropy: Arc::new(SystemEntropy),
        renderer: Arc::new(NoRenderer),
        runtime,
    })?)
}

/// An org with an administrator.
///
/// # Errors
/// As [`Platform::org_create`].
pub fn make_org(platform: &Platform, name: &str) -> Result<MadeOrg> {
    Ok(platform.org_create(&NewOrg {
        settings: OrgSettings {
            name: name.to_owned(),
            currency: "EUR".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            locale: "en_GB".to_owned(),
            fiscal_start_month: 1,
            password_api_sign_in: false,
            security_token_required: true,
        },
        admin_username: format!("admin@{name}.example"),
        admin_email: format!("admin@{name}.example"),
        admin_first_name: "Ada".to_owned(),
        admin_last_name: "Admin".to_owned(),
    })?)
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub struct Persona {
    pub name: &'static str,
    pub user: RecordId,
}

pub struct World {
    pub backend: Backend,
    pub size: Size,
    pub platform: Arc<Platform>,
    pub org: Arc<Org>,
    pub ids: Ids,
    /// The administrator first; then people under private sharing, from the head of the role tree to a leaf.
    pub personas: Vec<Persona>,
    pub scope: Scope,
    pub runtime: Option<tokio::runtime::Runtime>,
    pub postgres_url: Option<String>,
    pub data_dir: std::path::PathBuf,
    /// The number of the next opportunity that nobody has made yet.
    pub unused: Cell<usize>,
    /// What loading each object cost.
    pub loaded: Vec<(&'static str, Series)>,
    _database: Option<test_support::TestDatabase>,
}

/// Rows of one load: what a client of the bulk API would send at once.
const BATCH: usize = 2_000;

impl World {
    /// Makes the org and fills it.
    ///
    /// # Errors
    /// What keeps it from being made.
    pub fn make(
        dir: &Path,
        backend: Backend,
        size: Size,
        clock: &Arc<dyn Clock>,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Self> {
        let (database, runtime) = match backend {
            Backend::Embedded => (None, None),
            Backend::Postgres => {
                let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
                (Some(test_support::Postgres::create_database()?), Some(runtime))
            }
        };
        let postgres_url = database.as_ref().map(|database| database.url().to_owned());
        let scope = match (&postgres_url, &runtime) {
            (Some(url), Some(runtime)) => Scope::WithServer { postmaster: crate::raw::postmaster(runtime, url)? },
            _ => Scope::Thread,
        };
        let handle = runtime.as_ref().map(|runtime| runtime.handle().clone());
        let platform = open_platform(dir, postgres_url.clone(), handle, clock)?;
        let made = make_org(&platform, "bench")?;
        let mut world = Self {
            backend,
            size,
            platform: Arc::new(platform),
            org: made.org,
            ids: Ids::default(),
            personas: vec![Persona { name: "administrator", user: made.admin }],
            scope,
            runtime,
            postgres_url,
            data_dir: dir.join("data"),
            unused: Cell::new(size.opportunities),
            loaded: Vec::new(),
            _database: database,
        };
        world.people()?;
        let Size { accounts, contacts, opportunities, .. } = size;
        world.ids.accounts = world.load("Account", &dataset::ACCOUNT_FIELDS, accounts, dataset::account, progress)?;
        world.ids.contacts = world.load("Contact", &dataset::CONTACT_FIELDS, contacts, dataset::contact, progress)?;
        world.ids.opportunities =
            world.load("Opportunity", &dataset::OPPORTUNITY_FIELDS, opportunities, dataset::opportunity, progress)?;
        Ok(world)
    }

    pub fn ctx(&self, user: RecordId) -> Result<Ctx> {
        Ok(Ctx::for_user(&self.org, user)?)
    }

    pub fn admin(&self) -> Result<Ctx> {
        self.ctx(self.personas[0].user)
    }

    pub fn service(&self) -> Result<Ctx> {
        Ok(Ctx::for_service(&self.org, &provision::PROVISION)?)
    }

    /// The role tree and its users.
    fn people(&mut self) -> Result<()> {
        let ctx = self.service()?;
        let profile = provision::by_name(&ctx, "Profile", "Standard User")?;
        for role in 0..self.size.roles() {
            let parent = dataset::parent_of(role, self.size.branches).map(|parent| self.ids.roles[parent]);
            let name = format!("Role {role}");
            let values = [("Name", name.into()), ("ParentRoleId", parent.into())];
            self.ids.roles.push(provision::insert(&ctx, "UserRole", &values)?);
        }
        let names = [
            "Username",
            "Email",
            "LastName",
            "Alias",
            "TimeZoneSidKey",
            "LocaleSidKey",
            "LanguageLocaleKey",
            "EmailEncodingKey",
            "ProfileId",
            "UserRoleId",
            "IsActive",
        ];
        let object = ctx.object("User")?;
        let shape = Shape::of(object, &names)?;
        let drafts = (0..self.size.users).map(|at| {
            let address = format!("user{at}@bench.example");
            shape.draft(vec![
                address.as_str().into(),
                address.into(),
                format!("User {at}").into(),
                format!("u{at}").into(),
                "Europe/Berlin".into(),
                "en_GB".into(),
                "en_US".into(),
                "UTF-8".into(),
                profile.into(),
                self.ids.roles[dataset::role_of(at, &self.size)].into(),
                true.into(),
            ])
        });
        for result in ctx.records_create("User", drafts.collect(), LOADING)? {
            self.ids.users.push(result.into_id()?);
        }
        let level = |level: u32| (0..level).map(|above| self.size.branches.pow(above)).sum::<usize>();
        let users = &self.ids.users;
        self.personas.extend([
            Persona { name: "head of the tree", user: users[0] },
            Persona { name: "director, level 3", user: users[level(2)] },
            Persona { name: "team lead, level 5", user: users[level(4)] },
            Persona { name: "rep, level 6", user: users[level(5)] },
        ]);
        Ok(())
    }

    fn load(
        &mut self,
        object: &'static str,
        names: &[&str],
        count: usize,
        make: impl Fn(usize, &Ids) -> Vec<Value>,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Vec<RecordId>> {
        let ctx = self.service()?;
        let shape = Shape::of(ctx.object(object)?, names)?;
        let mut ids = Vec::with_capacity(count);
        let mut series = Series::default();
        for from in (0..count).step_by(BATCH) {
            let upto = (from + BATCH).min(count);
            let drafts = (from..upto).map(|at| shape.draft(make(at, &self.ids))).collect();
            let start = self.scope.read();
            let results = ctx.records_create(object, drafts, LOADING)?;
            series.push(self.scope.since(start), (upto - from) as u64);
            for result in results {
                ids.push(result.into_id().context(object)?);
            }
        }
        progress(&format!("  {object}: {count} records, {:.0} rows a second of CPU", series.rows_per_s()));
        self.loaded.push((object, series));
        Ok(ids)
    }
}
