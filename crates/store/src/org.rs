//! One open org: its schema snapshot, its connections, and the two kinds of unit of work. A unit runs on one thread
//! from begin to end; nothing is held between units.

use crate::cancel::{self, StatementLimit};
use crate::driver::{Connection, Dialect, Login, PostgresServer, SqliteConnection, placeholders};
use crate::gate::Gate;
use crate::keys::{Faults, Keyring, Purpose, sealed};
use crate::read::ReadTx;
use crate::schemas::Schemas;
use crate::sealed::FieldKeys;
use crate::sharing::{Places, SharingCache};
use model::{Clock, Entropy, Error, ErrorCode, Instant, ObjectIx, OrgId, OrgSchema, RecordId, Result};
use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::Duration;

/// Where an org's data lives.
pub(crate) enum Backend {
    Sqlite {
        path: PathBuf,
        /// The one connection that writes; units of work queue for it.
        writer: Box<Mutex<Option<SqliteConnection>>>,
        /// Connections that read, opened when needed and kept.
        readers: Readers,
    },
    Postgres {
        server: Arc<PostgresServer>,
        login: Arc<Login>,
    },
}

/// An unsealed org, ready for work. Cloned by `Arc`.
pub struct OrgStore {
    pub(crate) org: OrgId,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) gate: Gate,
    /// The newest audit row that was committed here and is not witnessed yet.
    pub(crate) head: Mutex<Option<(u64, [u8; 32])>>,
    pub(crate) backend: Backend,
    pub(crate) schema: RwLock<Arc<OrgSchema>>,
    pub(crate) schemas: Arc<Schemas>,
    /// Shared by units of work that write, taken alone by those that change metadata: what is written always fits the
    /// tables as they are.
    pub(crate) layout: RwLock<()>,
    pub(crate) sharing: Arc<SharingCache>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) limit: Arc<StatementLimit>,
    pub(crate) faults: Arc<Faults>,
}

/// Asks for the version of the metadata.
const VERSION: &str = "SELECT COALESCE((SELECT value FROM hf_setting WHERE name = 'schema_version'), '0')";

/// How a unit of work that writes holds the metadata against other processes on the same schema of PostgreSQL, as the
/// lock in memory holds them against other threads of this one.
#[derive(Clone, Copy)]
enum Layout {
    /// Nobody changes them meanwhile.
    Shared,
    /// Nobody writes meanwhile.
    Alone,
}

impl Layout {
    /// One trip to the server: the transaction, the lock, and then the version as it is under the lock.
    fn begin(self) -> String {
        let lock = match self {
            Layout::Shared => "pg_advisory_xact_lock_shared",
            Layout::Alone => "pg_advisory_xact_lock",
        };
        format!("BEGIN; SELECT {lock}(hashtextextended(current_schema(), 11)); {VERSION}")
    }
}

/// An open transaction. Dropped without a commit, by an error or a panic, it is rolled back: the connection goes on to
/// other work and must carry nothing over.
pub(crate) struct Open<'a> {
    pub(crate) connection: &'a mut dyn Connection,
    /// What opening it asked for.
    told: Option<String>,
    committed: bool,
}

impl<'a> Open<'a> {
    pub(crate) fn begin(connection: &'a mut dyn Connection, begin: &str) -> Result<Self> {
        // Made first: a begin of several steps may fail behind its BEGIN, and what it opened is to be ended.
        let mut open = Self { connection, told: None, committed: false };
        open.told = open.connection.begin(begin)?;
        Ok(open)
    }

    pub(crate) fn commit(&mut self) -> Result<()> {
        self.connection.commit()?;
        self.committed = true;
        Ok(())
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.committed {
            // After a full disk SQLite has rolled back by itself and says so; there is nobody left to tell.
            let _ = self.connection.batch("ROLLBACK");
        }
    }
}

/// The reading connections of one org: opened when needed, kept, and never more than so many at once.
#[derive(Default)]
pub(crate) struct Readers {
    state: Mutex<ReadersState>,
    returned: Condvar,
}

#[derive(Default)]
struct ReadersState {
    idle: Vec<SqliteConnection>,
    lent: usize,
}

const MOST_READERS: usize = 8;

/// A reading connection on loan; given back when dropped, whatever ends its use.
struct Loan<'a> {
    readers: &'a Readers,
    connection: Option<SqliteConnection>,
}

impl Readers {
    /// Runs something on each connection that nobody uses.
    fn each_idle(&self, work: impl FnMut(&mut SqliteConnection) -> Result<()>) -> Result<()> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).idle.iter_mut().try_for_each(work)
    }

    /// Closes the connections that nobody uses.
    pub(crate) fn close_idle(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).idle.clear();
    }

    /// Waits for a place and hands out a kept connection, if there is one.
    fn borrow(&self) -> Loan<'_> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.lent >= MOST_READERS {
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.lent += 1;
        Loan { readers: self, connection: state.idle.pop() }
    }

    /// Runs `work` while nobody reads and no reading connection is open.
    pub(crate) fn alone<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.lent > 0 {
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.idle.clear();
        work()
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut state = self.readers.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.lent -= 1;
        state.idle.extend(self.connection.take());
        self.readers.returned.notify_one();
    }
}

impl OrgStore {
    pub fn org(&self) -> OrgId {
        self.org
    }

    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    pub fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Passes a point at which a test can cut long work off; nothing ever stops there otherwise.
    ///
    /// # Errors
    /// When a test says so.
    pub fn pass_point(&self, point: &str) -> Result<()> {
        self.faults.pass(point)
    }

    pub fn dialect(&self) -> Dialect {
        match self.backend {
            Backend::Sqlite { .. } => Dialect::Sqlite,
            Backend::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// The metadata as it is now.
    pub fn schema(&self) -> Arc<OrgSchema> {
        self.schema.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs a unit of reading in one snapshot. Blocks: call it from a worker thread.
    ///
    /// # Errors
    /// Those of `work`, and of the database.
    pub fn read<T>(&self, work: impl FnOnce(&mut ReadTx<'_>) -> Result<T>) -> Result<T> {
        self.gate.let_read()?;
        cancel::check()?;
        let outcome = self.with_reader(|connection| {
            let mut open = Open::begin(
                connection,
                &match self.dialect() {
                    Dialect::Sqlite => "BEGIN".to_owned(),
                    Dialect::Postgres => format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {VERSION}"),
                },
            )?;
            self.catch_up(&mut open)?;
            self.limit.tell(open.connection)?;
            let value = work(&mut ReadTx {
                connection: open.connection,
                keyring: &self.keyring,
                places: Places::new(&self.sharing, false),
            })?;
            open.commit()?;
            Ok(value)
        });
        outcome.map_err(|error| self.limit.explain(error))
    }

    /// How long one statement of this org may take from now on.
    pub fn limit_statements(&self, limit: Duration) {
        self.limit.set(limit);
    }

    /// Runs a unit of work that writes: all of it, or nothing. Blocks: call it from a worker thread.
    ///
    /// # Errors
    /// Those of `work`, after which nothing is written, and of the database.
    pub fn write<T>(&self, work: impl FnOnce(&mut WriteTx<'_>) -> Result<T>) -> Result<T> {
        let _shared = self.layout.read().unwrap_or_else(PoisonError::into_inner);
        self.transact(Layout::Shared, work)
    }

    /// Runs a unit of work that changes metadata, while nobody else writes; readers go on. The new snapshot is there
    /// for all with the commit.
    ///
    /// # Errors
    /// Those of `work`, after which nothing is changed, and of the database.
    pub fn write_metadata<T>(&self, work: impl FnOnce(&mut MetadataTx<'_>) -> Result<T>) -> Result<T> {
        let _alone = self.layout.write().unwrap_or_else(PoisonError::into_inner);
        let mut schema = None;
        let value = self.transact(Layout::Alone, |tx| {
            let WriteTx { read, store, now, audit_head, reindex, pending, changed } = tx;
            let places = std::mem::replace(&mut read.places, Places::new(&self.sharing, true));
            let inner = WriteTx {
                read: ReadTx { connection: &mut *read.connection, keyring: read.keyring, places },
                store,
                now: *now,
                audit_head: *audit_head,
                reindex: std::mem::take(reindex),
                pending: std::mem::take(pending),
                changed: std::mem::take(changed),
            };
            let mut metadata = MetadataTx { tx: inner, new_schema: None };
            let value = work(&mut metadata)?;
            *audit_head = metadata.tx.audit_head;
            *reindex = std::mem::take(&mut metadata.tx.reindex);
            *pending = std::mem::take(&mut metadata.tx.pending);
            *changed = std::mem::take(&mut metadata.tx.changed);
            schema = metadata.new_schema.take();
            let places = std::mem::replace(&mut metadata.places, Places::new(&self.sharing, true));
            drop(metadata);
            read.places = places;
            Ok(value)
        })?;
        if let Some(schema) = schema {
            let mut known = self.schema.write().unwrap_or_else(PoisonError::into_inner);
            // Another process may have changed them again since the commit.
            if schema.version() >= known.version() {
                *known = schema;
            }
        }
        Ok(value)
    }

    /// Takes up the metadata that another process has changed since this one read them: every unit of work hears of their
    /// version as it begins, on the way that it goes anyway.
    fn catch_up(&self, open: &mut Open<'_>) -> Result<()> {
        let Some(told) = open.told.take() else { return Ok(()) };
        let (version, known) = (told.parse::<u64>().map_err(Error::internal)?, self.schema().version());
        // An org that is being opened knows nothing yet, and is told all of it next.
        if known == 0 || version <= known {
            return Ok(());
        }
        let newer = self.schemas.load(open.connection)?;
        let mut schema = self.schema.write().unwrap_or_else(PoisonError::into_inner);
        if newer.version() > schema.version() {
            tracing::info!(org = %self.org, version = newer.version(), "metadata changed by another process");
            *schema = newer;
        }
        Ok(())
    }

    fn transact<T>(&self, layout: Layout, work: impl FnOnce(&mut WriteTx<'_>) -> Result<T>) -> Result<T> {
        let _pass = self.gate.let_write()?;
        let _writing = cancel::Writing::begin();
        let outcome = self.with_writer(|connection| {
            let mut open = Open::begin(
                connection,
                &match self.dialect() {
                    Dialect::Sqlite => "BEGIN IMMEDIATE".to_owned(),
                    Dialect::Postgres => layout.begin(),
                },
            )?;
            self.catch_up(&mut open)?;
            self.limit.tell(open.connection)?;
            let mut tx = WriteTx {
                read: ReadTx {
                    connection: open.connection,
                    keyring: &self.keyring,
                    places: Places::new(&self.sharing, true),
                },
                store: self,
                now: self.clock.now(),
                audit_head: None,
                reindex: BTreeSet::new(),
                pending: crate::roll_up::Pending::default(),
                changed: BTreeSet::new(),
            };
            let value = work(&mut tx)?;
            tx.settle()?;
            let head = tx.audit_head;
            open.commit()?;
            if let Some((seq, hash)) = head {
                self.note_head(seq, hash);
            }
            Ok(value)
        });
        outcome.map_err(|error| self.limit.explain(error))
    }

    pub(crate) fn open_file(&self, path: &Path) -> Result<SqliteConnection> {
        Ok(SqliteConnection::open_any(path, &self.keyring.key_versions(Purpose::Store)?)?.0)
    }

    /// Nothing is read from an org that was sealed while somebody still held it.
    fn refuse_sealed(&self) -> Result<()> {
        if self.keyring.is_unsealed() { Ok(()) } else { Err(sealed(self.org)) }
    }

    pub(crate) fn with_reader<T>(&self, work: impl FnOnce(&mut dyn Connection) -> Result<T>) -> Result<T> {
        self.refuse_sealed()?;
        match &self.backend {
            Backend::Sqlite { path, readers, .. } => {
                let mut loan = readers.borrow();
                let connection = match &mut loan.connection {
                    Some(connection) => connection,
                    none => none.insert(self.open_file(path)?),
                };
                connection.limit(&self.limit)?;
                let outcome = work(connection);
                if connection.is_spent() {
                    loan.connection = None;
                }
                outcome
            }
            Backend::Postgres { server, login } => work(&mut server.connection(login)?),
        }
    }

    /// The writing connection, opened when it is first needed and in place of one that is spent: most orgs are read far
    /// more often than written, and a connection takes half a megabyte.
    pub(crate) fn usable<'a>(
        &self,
        path: &Path,
        writer: &'a mut Option<SqliteConnection>,
    ) -> Result<&'a mut SqliteConnection> {
        writer.take_if(|connection| connection.is_spent());
        match writer {
            Some(connection) => Ok(connection),
            none => Ok(none.insert(self.open_file(path)?)),
        }
    }

    /// Gives back the memory of pages that idle connections keep.
    pub(crate) fn forget_pages(&self) -> Result<()> {
        match &self.backend {
            Backend::Sqlite { readers, .. } => readers.each_idle(|connection| connection.batch("PRAGMA shrink_memory")),
            Backend::Postgres { .. } => Ok(()),
        }
    }

    pub(crate) fn with_writer<T>(&self, work: impl FnOnce(&mut dyn Connection) -> Result<T>) -> Result<T> {
        self.refuse_sealed()?;
        match &self.backend {
            Backend::Sqlite { path, writer, .. } => {
                let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
                let connection = self.usable(path, &mut writer)?;
                connection.limit(&self.limit)?;
                work(connection)
            }
            Backend::Postgres { server, login } => work(&mut server.connection(login)?),
        }
    }
}

/// A unit of work that writes. It reads its own writes.
pub struct WriteTx<'a> {
    read: ReadTx<'a>,
    store: &'a OrgStore,
    now: Instant,
    pub(crate) audit_head: Option<(u64, [u8; 32])>,
    /// Records to be indexed again before the commit.
    pub(crate) reindex: BTreeSet<RecordId>,
    /// Masters whose roll-ups are to be computed before the commit.
    pub(crate) pending: crate::roll_up::Pending,
    /// Objects of which records were written.
    pub(crate) changed: BTreeSet<ObjectIx>,
}

/// A unit of work that changes metadata beside rows.
pub struct MetadataTx<'a> {
    tx: WriteTx<'a>,
    pub(crate) new_schema: Option<Arc<OrgSchema>>,
}

impl<'a> Deref for MetadataTx<'a> {
    type Target = WriteTx<'a>;

    fn deref(&self) -> &WriteTx<'a> {
        &self.tx
    }
}

impl<'a> DerefMut for MetadataTx<'a> {
    fn deref_mut(&mut self) -> &mut WriteTx<'a> {
        &mut self.tx
    }
}

impl<'a> Deref for WriteTx<'a> {
    type Target = ReadTx<'a>;

    fn deref(&self) -> &ReadTx<'a> {
        &self.read
    }
}

impl<'a> DerefMut for WriteTx<'a> {
    fn deref_mut(&mut self) -> &mut ReadTx<'a> {
        &mut self.read
    }
}

impl ReadTx<'_> {
    pub(crate) fn sql(&self, text: &str) -> String {
        placeholders(self.connection.dialect(), text)
    }
}

impl<'a> WriteTx<'a> {
    /// The instant that this transaction stamps on what it writes.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Whether records of an object were written so far, and may read otherwise than what is committed.
    pub fn has_changed(&self, object: ObjectIx) -> bool {
        self.changed.contains(&object)
    }

    pub(crate) fn connection(&mut self) -> &mut dyn Connection {
        self.read.connection
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.read.connection.dialect()
    }

    pub(crate) fn keyring(&self) -> &'a Keyring {
        &self.store.keyring
    }

    pub(crate) fn field_keys(&self) -> Result<Arc<FieldKeys>> {
        self.store.keyring.fields()
    }

    pub(crate) fn entropy(&self) -> &'a dyn Entropy {
        &*self.store.entropy
    }

    /// The metadata as it is, and stays while this transaction writes.
    pub fn schema(&self) -> Arc<OrgSchema> {
        self.store.schema()
    }

    /// Runs `work` so that, when it fails, what it wrote is undone and the transaction goes on.
    ///
    /// # Errors
    /// Those of `work`, after undoing it.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let head = self.audit_head;
        let pending = self.pending.clone();
        self.connection().batch("SAVEPOINT hf_row")?;
        match work(self) {
            Ok(value) => {
                self.connection().batch("RELEASE SAVEPOINT hf_row")?;
                Ok(value)
            }
            Err(error) => {
                self.audit_head = head;
                self.pending = pending;
                if self.places.changed {
                    // Closure tables that were brought up inside the part are back to what they were before.
                    self.places.stale.undone();
                }
                match self.connection().batch("ROLLBACK TO SAVEPOINT hf_row; RELEASE SAVEPOINT hf_row") {
                    Ok(()) => Err(error),
                    // The whole transaction is gone (SQLite ends it on a full disk): nothing may be written after it,
                    // and the first failure is the one to tell.
                    Err(_) if error.code() == ErrorCode::ServerUnavailable => Err(error),
                    Err(lost) => Err(Error::internal(format!("a savepoint was lost: {lost}; after {error}"))),
                }
            }
        }
    }

    /// The last steps before a commit.
    fn settle(&mut self) -> Result<()> {
        self.settle_places()?;
        self.check_roll_ups()?;
        self.search_settle()
    }
}
