//! The data directory of one installation: its lock, its control database, its orgs.
//!
//! ```text
//! DIR/holdfast.lock           held while a process uses the directory
//! DIR/control.db              encrypted; one row per org
//! DIR/orgs/00D…/keyring.json  the org's wrapped keys
//! DIR/orgs/00D…/org.db        the org's encrypted database, unless it lives in PostgreSQL
//! ```

use crate::control::{Control, OrgBackend, OrgRow};
use crate::driver::{PostgresServer, SqliteConnection};
use crate::gate::Gate;
use crate::key_acts::remove_copy;
use crate::keys::{Faults, Keyring, Purpose, RootKey, RootKeySource, sealed};
use crate::org::{Backend, OrgStore, Readers};
use crate::postgres_home;
use crate::schemas::Schemas;
use model::schema::ObjectDef;
use model::{Clock, Entropy, Error, ErrorCode, OrgId, OrgSchema, Result};
use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Where an installation lives.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    pub data_dir: PathBuf,
    /// Never in the data directory, so that a copy of the one is no copy of the other.
    pub root_key: RootKeySource,
    /// New orgs go here instead of into files.
    pub postgres_url: Option<String>,
    /// Label of the place where the data is.
    pub location: String,
}

/// All orgs of one installation.
pub struct Store {
    pub(crate) config: StoreConfig,
    pub(crate) root: Arc<RootKey>,
    pub(crate) control: Control,
    pub(crate) orgs: RwLock<HashMap<OrgId, Arc<OrgStore>>>,
    /// An org that takes long to open keeps nobody from the others.
    opening: Mutex<HashMap<OrgId, Arc<Mutex<()>>>>,
    schemas: Arc<Schemas>,
    backing_up: Mutex<()>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    postgres: Option<Arc<PostgresServer>>,
    /// Tells this installation from others that use the same database server.
    pub(crate) installation: String,
    pub(crate) faults: Arc<Faults>,
    _lock: File,
}

impl Store {
    /// Opens the data directory, or makes a new one with a new root key where there is none.
    ///
    /// `runtime` drives connections to PostgreSQL and is needed only for those.
    ///
    /// # Errors
    /// In words for the operator: the directory is in use by another process or cannot be made, the key is missing or
    /// wrong, the control database is damaged.
    pub fn open(
        config: StoreConfig,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        runtime: Option<tokio::runtime::Handle>,
    ) -> Result<Self> {
        let orgs_dir = config.data_dir.join("orgs");
        create_private(&orgs_dir).map_err(|error| {
            Error::unavailable(
                format!("The data directory {} cannot be made: {error}.", config.data_dir.display()),
                "data directory",
            )
        })?;
        let lock = lock(&config.data_dir)?;
        let control_path = config.data_dir.join("control.db");
        let root = config.root_key.open(control_path.exists(), &*entropy)?;
        let control = Control::open(&control_path, &root)?;
        remove_unfinished(&orgs_dir, &control)?;
        refuse_lost_list(&control, &orgs_dir, &control_path)?;
        let postgres = match (&config.postgres_url, runtime) {
            (Some(url), Some(runtime)) => Some(Arc::new(PostgresServer::new(url, runtime)?)),
            _ => None,
        };
        let installation = control.installation(&*entropy)?;
        let store = Self {
            config,
            root,
            control,
            orgs: RwLock::default(),
            opening: Mutex::default(),
            schemas: Arc::default(),
            backing_up: Mutex::default(),
            clock,
            entropy,
            postgres,
            installation,
            faults: Arc::default(),
            _lock: lock,
        };
        store.settle_moves();
        Ok(store)
    }

    /// Where acts on keys can be cut off, for tests of what happens then.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    pub fn config(&self) -> &StoreConfig {
        &self.config
    }

    /// The orgs of the installation in the order they were made.
    ///
    /// # Errors
    /// What the control database reports.
    pub fn org_list(&self) -> Result<Vec<OrgRow>> {
        self.control.list()
    }

    /// Makes an org with the given objects. It appears in the list when it is whole.
    ///
    /// # Errors
    /// What the file system or the database reports; nothing is left behind then.
    pub fn org_create(&self, objects: Vec<ObjectDef>) -> Result<Arc<OrgStore>> {
        let org = self.control.next_org()?;
        let folder = self.org_dir(org);
        let unfinished = folder.with_extension("new");
        let made = self.make_org(org, &unfinished, objects).and_then(|backend| {
            // The row first: cut off between the two, the next start finds the unfinished folder and removes both.
            let row = OrgRow { org, backend, location: self.config.location.clone(), created: self.clock.now() };
            self.control.insert(&row)?;
            fs::rename(&unfinished, &folder).map_err(Error::internal)?;
            sync_dir(&self.config.data_dir.join("orgs"))
        });
        if let Err(error) = made {
            // Best effort: what is left is removed at the next start.
            let _ = fs::remove_dir_all(&unfinished);
            let _ = self.control.delete(org);
            return Err(error);
        }
        self.org(org)
    }

    fn make_org(&self, org: OrgId, folder: &Path, objects: Vec<ObjectDef>) -> Result<OrgBackend> {
        fs::create_dir_all(folder).map_err(|error| {
            Error::unavailable(format!("The directory {} cannot be made: {error}.", folder.display()), "org directory")
        })?;
        let keyring = Keyring::create(
            &folder.join("keyring.json"),
            org,
            &self.root,
            self.clock.now(),
            &*self.entropy,
            self.faults.clone(),
        )?;
        let kind = self.default_backend();
        let backend = match kind {
            OrgBackend::Embedded => self.open_file(&folder.join("org.db"), &keyring, true)?,
            OrgBackend::Postgres => self.open_postgres(org, &keyring, true)?,
        };
        let empty = Arc::new(OrgSchema::build(0, Vec::new())?);
        let store = self.org_store(org, Arc::new(keyring), backend, empty);
        store.migrate()?;
        store.write_metadata(|tx| tx.objects_create(objects).map(|_| ()))?;
        Ok(kind)
    }

    /// An org, opened when it is first asked for.
    ///
    /// # Errors
    /// `NOT_FOUND` for an org that is not of this installation; else in words for the operator.
    pub fn org(&self, org: OrgId) -> Result<Arc<OrgStore>> {
        if let Some(open) = self.find_open(org) {
            return Ok(open);
        }
        let turn = self.opening_turn(org);
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = self.find_open(org) {
            return Ok(open);
        }
        let row = self.row(org)?;
        let keyring = self.keyring(org)?;
        if !keyring.is_unsealed() {
            return Err(sealed(org));
        }
        self.open_now(&row, keyring)
    }

    pub(crate) fn row(&self, org: OrgId) -> Result<OrgRow> {
        self.control.find(org)?.ok_or_else(|| unknown_org(org))
    }

    /// Opens an org with an unsealed keyring, unless it is open already.
    pub(crate) fn open_org(&self, row: &OrgRow, keyring: Keyring) -> Result<Arc<OrgStore>> {
        let turn = self.opening_turn(row.org);
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        match self.find_open(row.org) {
            Some(open) => Ok(open),
            None => self.open_now(row, keyring),
        }
    }

    fn open_now(&self, row: &OrgRow, keyring: Keyring) -> Result<Arc<OrgStore>> {
        let org = row.org;
        let folder = self.org_dir(org);
        let backend = match row.backend {
            OrgBackend::Embedded => self.open_file(&folder.join("org.db"), &keyring, false)?,
            OrgBackend::Postgres => self.open_postgres(org, &keyring, false)?,
        };
        let empty = Arc::new(OrgSchema::build(0, Vec::new())?);
        let store = self.org_store(org, Arc::new(keyring), backend, empty);
        for migration in store.migrate()? {
            tracing::info!(%org, migration, "migrated");
        }
        let schema = store.read(|tx| self.schemas.load(tx.connection))?;
        // The same formula may be written differently by another version of the program.
        store.write(|tx| crate::emit::ensure_functions(tx.connection(), &schema, true))?;
        *store.schema.write().unwrap_or_else(PoisonError::into_inner) = schema;
        self.heed_witness(&store)?;
        // The text of the metadata is half of what an org has just read, and is not read again.
        store.forget_pages()?;
        let store = Arc::new(store);
        self.orgs.write().unwrap_or_else(PoisonError::into_inner).insert(org, store.clone());
        Ok(store)
    }

    /// Held while an org is opened, or while it must not be.
    pub(crate) fn opening_turn(&self, org: OrgId) -> Arc<Mutex<()>> {
        self.opening.lock().unwrap_or_else(PoisonError::into_inner).entry(org).or_default().clone()
    }

    pub(crate) fn open_orgs(&self) -> Vec<Arc<OrgStore>> {
        self.orgs.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Held while backups are made, restored or removed: one such act at a time.
    pub(crate) fn backing_up(&self) -> MutexGuard<'_, ()> {
        self.backing_up.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` while no backup is being made, which would end under a key that is meanwhile gone.
    pub fn between_backups<T>(&self, work: impl FnOnce() -> T) -> T {
        let _none_meanwhile = self.backing_up();
        work()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Where new orgs are made.
    pub(crate) fn default_backend(&self) -> OrgBackend {
        if self.config.postgres_url.is_some() { OrgBackend::Postgres } else { OrgBackend::Embedded }
    }

    /// The keys of an org, whether its data can be opened or not.
    pub(crate) fn keyring_of(&self, org: OrgId) -> Result<Arc<Keyring>> {
        match self.find_open(org) {
            Some(open) => Ok(open.keyring.clone()),
            None => Ok(Arc::new(self.keyring(org)?)),
        }
    }

    pub(crate) fn find_open(&self, org: OrgId) -> Option<Arc<OrgStore>> {
        self.orgs.read().unwrap_or_else(PoisonError::into_inner).get(&org).cloned()
    }

    /// Closes an org that nobody holds. Returns whether it is closed.
    pub fn org_close(&self, org: OrgId) -> bool {
        let mut orgs = self.orgs.write().unwrap_or_else(PoisonError::into_inner);
        // Under this lock nobody takes hold of it: one hold is the map's own.
        if orgs.get(&org).is_some_and(|open| Arc::strong_count(open) == 1) {
            if let Some(open) = orgs.remove(&org)
                && let Err(error) = self.witness_keep_of(&open)
            {
                tracing::error!(%org, cause = error.internal_cause(), "the witness could not be kept");
            }
            if let Some(server) = &self.postgres {
                server.forget(org);
            }
        }
        !orgs.contains_key(&org)
    }

    /// Lets go of an open org: the next who asks opens it anew.
    pub(crate) fn forget(&self, org: OrgId) {
        self.orgs.write().unwrap_or_else(PoisonError::into_inner).remove(&org);
    }

    /// Destroys an org: its keys first, so that whatever survives of its data is unreadable, then its data.
    ///
    /// # Errors
    /// `NOT_FOUND` for an org that is not of this installation; what the file system or the database reports.
    pub fn org_delete(&self, org: OrgId) -> Result<()> {
        let row = self.control.find(org)?.ok_or_else(|| unknown_org(org))?;
        self.forget(org);
        let folder = self.org_dir(org);
        let keyring_path = folder.join("keyring.json");
        // Each step may have been done by an earlier delete that was cut off.
        remove(fs::remove_file(&keyring_path))?;
        if row.backend == OrgBackend::Postgres {
            self.remove_copy(org, OrgBackend::Postgres)?;
        }
        remove(fs::remove_dir_all(&folder))?;
        self.control.delete(org)
    }

    pub(crate) fn org_store(
        &self,
        org: OrgId,
        keyring: Arc<Keyring>,
        backend: Backend,
        schema: Arc<OrgSchema>,
    ) -> OrgStore {
        OrgStore {
            org,
            keyring,
            gate: Gate::default(),
            head: Mutex::default(),
            backend,
            schema: RwLock::new(schema),
            schemas: self.schemas.clone(),
            layout: RwLock::default(),
            sharing: Arc::default(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            limit: Arc::new(crate::cancel::StatementLimit::new(self.clock.clone())),
            faults: self.faults.clone(),
        }
    }

    pub(crate) fn keyring(&self, org: OrgId) -> Result<Keyring> {
        let path = keyring_path(&self.config, org);
        Keyring::load(&path, org, &self.root, &*self.entropy, self.clock.now(), self.faults.clone())
    }

    pub(crate) fn org_dir(&self, org: OrgId) -> PathBuf {
        self.config.data_dir.join("orgs").join(org.to_string())
    }

    pub(crate) fn open_file(&self, path: &Path, keyring: &Keyring, create: bool) -> Result<Backend> {
        if !create {
            remove_copy(path)?;
        }
        let made = create.then(|| SqliteConnection::open(path, &*keyring.key(Purpose::Store)?, true)).transpose()?;
        Ok(Backend::Sqlite { path: path.to_owned(), writer: Box::new(Mutex::new(made)), readers: Readers::default() })
    }

    pub(crate) fn open_postgres(&self, org: OrgId, keyring: &Keyring, create: bool) -> Result<Backend> {
        let server = self.postgres()?;
        let login = Arc::new(postgres_home::login(server, &self.installation, org, Some(keyring))?);
        if create {
            postgres_home::create(server, &login)?;
        }
        postgres_home::connect(server, &login)?;
        Ok(Backend::Postgres { server: server.clone(), login })
    }

    pub(crate) fn postgres(&self) -> Result<&Arc<PostgresServer>> {
        self.postgres.as_ref().ok_or_else(|| {
            Error::unavailable(
                "This org lives in PostgreSQL, and no address is configured. Set `database` in the configuration.",
                "no postgres url",
            )
        })
    }
}

/// Where the keyring of an org lies.
pub(crate) fn keyring_path(config: &StoreConfig, org: OrgId) -> PathBuf {
    config.data_dir.join("orgs").join(org.to_string()).join("keyring.json")
}

/// One process per data directory: two would each believe to be the only writer.
pub(crate) fn lock(data_dir: &Path) -> Result<File> {
    let path = data_dir.join("holdfast.lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(|error| {
        Error::unavailable(
            format!("The data directory {} cannot be written: {error}.", data_dir.display()),
            "lock file",
        )
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::unavailable(
            format!(
                "Another Holdfast process uses the data directory {}. Stop it first, or name another directory with --data.",
                data_dir.display()
            ),
            "data directory locked",
        )),
        Err(TryLockError::Error(error)) => {
            Err(Error::unavailable(format!("The lock {} cannot be taken: {error}.", path.display()), "lock"))
        }
    }
}

/// Removes orgs whose making was cut short, with their rows.
fn remove_unfinished(orgs_dir: &Path, control: &Control) -> Result<()> {
    for entry in fs::read_dir(orgs_dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "new") {
            continue;
        }
        if let Some(org) = path.file_stem().and_then(|name| OrgId::parse(&name.to_string_lossy()).ok()) {
            control.delete(org)?;
        }
        // A folder that cannot be removed now is tried again at the next start.
        let _ = fs::remove_dir_all(path);
    }
    Ok(())
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Err(error) = self.witness_keep() {
            tracing::error!(cause = error.internal_cause(), "the witness could not be kept");
        }
    }
}

pub(crate) fn unknown_org(org: OrgId) -> Error {
    Error::new(
        ErrorCode::NotFound,
        format!("This installation has no org {org}. `holdfast org list` shows those it has."),
    )
}

/// Folders of the data are their owner's alone.
pub(crate) fn create_private(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Removing what is gone already is no failure.
pub(crate) fn remove(outcome: std::io::Result<()>) -> Result<()> {
    match outcome {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::internal(error)),
        _ => Ok(()),
    }
}

/// Orgs on the disk that no list names: the list was lost, and a new empty one must not take its place unsaid.
fn refuse_lost_list(control: &Control, orgs_dir: &Path, control_path: &Path) -> Result<()> {
    let is_org = |entry: &fs::DirEntry| entry.path().extension().is_none();
    let on_disk = fs::read_dir(orgs_dir).map_err(Error::internal)?.flatten().filter(is_org).count();
    if on_disk == 0 || !control.list()?.is_empty() {
        return Ok(());
    }
    Err(Error::unavailable(
        format!(
            "The control database {} lists no orgs, but {on_disk} lie in {}. Restore control.db from a backup.",
            control_path.display(),
            orgs_dir.display()
        ),
        "control database lost its rows",
    ))
}

/// Makes a rename durable.
pub(crate) fn sync_dir(path: &Path) -> Result<()> {
    File::open(path).and_then(|dir| dir.sync_all()).map_err(Error::internal)
}
