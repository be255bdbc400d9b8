//! One open org: its schema snapshot, its connections, and the two kinds of unit of work. A unit runs on one thread
//! from begin to end; nothing is held between units.

use crate::cancel::{self, StatementLimit};
use crate::ddl;
use crate::driver::{Connection, Dialect, Login, PostgresServer, SqliteConnection, placeholders};
use crate::gate::Gate;
use crate::keys::{Keyring, Purpose};
use crate::read::ReadTx;
use model::schema::{FieldDef, ObjectDef};
use model::{Clock, Entropy, Error, ErrorCode, Instant, OrgId, OrgSchema, RecordId, Result};
use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::Duration;

/// Where an org's data lives.
pub(crate) enum Backend {
    Sqlite {
        path: PathBuf,
        /// The one connection that writes; units of work queue for it.
        writer: Box<Mutex<SqliteConnection>>,
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
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) limit: Arc<StatementLimit>,
}

/// An open transaction. Dropped without a commit, by an error or a panic, it is rolled back: the connection goes on to
/// other work and must carry nothing over.
pub(crate) struct Open<'a> {
    pub(crate) connection: &'a mut dyn Connection,
    committed: bool,
}

impl<'a> Open<'a> {
    pub(crate) fn begin(connection: &'a mut dyn Connection, begin: &str) -> Result<Self> {
        connection.batch(begin)?;
        Ok(Self { connection, committed: false })
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
                match self.dialect() {
                    Dialect::Sqlite => "BEGIN",
                    Dialect::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                },
            )?;
            self.limit.tell(open.connection)?;
            let value = work(&mut ReadTx { connection: open.connection })?;
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
        let _pass = self.gate.let_write()?;
        let _writing = cancel::Writing::begin();
        let outcome = self.with_writer(|connection| {
            let mut open = Open::begin(
                connection,
                match self.dialect() {
                    Dialect::Sqlite => "BEGIN IMMEDIATE",
                    Dialect::Postgres => "BEGIN",
                },
            )?;
            self.limit.tell(open.connection)?;
            let mut tx = WriteTx {
                read: ReadTx { connection: open.connection },
                store: self,
                now: self.clock.now(),
                audit_head: None,
                roles_changed: false,
                reindex: BTreeSet::new(),
                new_schema: None,
            };
            let value = work(&mut tx)?;
            tx.settle()?;
            let (new_schema, head) = (tx.new_schema.take(), tx.audit_head);
            open.commit()?;
            if let Some((seq, hash)) = head {
                self.note_head(seq, hash);
            }
            if let Some(schema) = new_schema {
                *self.schema.write().unwrap_or_else(PoisonError::into_inner) = schema;
            }
            Ok(value)
        });
        outcome.map_err(|error| self.limit.explain(error))
    }

    pub(crate) fn with_reader<T>(&self, work: impl FnOnce(&mut dyn Connection) -> Result<T>) -> Result<T> {
        match &self.backend {
            Backend::Sqlite { path, readers, .. } => {
                let mut loan = readers.borrow();
                let connection = match &mut loan.connection {
                    Some(connection) => connection,
                    none => none.insert(SqliteConnection::open(path, self.keyring.key(Purpose::Store)?, false)?),
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

    pub(crate) fn with_writer<T>(&self, work: impl FnOnce(&mut dyn Connection) -> Result<T>) -> Result<T> {
        match &self.backend {
            Backend::Sqlite { path, writer, .. } => {
                let mut connection = writer.lock().unwrap_or_else(PoisonError::into_inner);
                if connection.is_spent() {
                    *connection = SqliteConnection::open(path, self.keyring.key(Purpose::Store)?, false)?;
                }
                connection.limit(&self.limit)?;
                work(&mut *connection)
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
    pub(crate) roles_changed: bool,
    /// Records to be indexed again before the commit.
    pub(crate) reindex: BTreeSet<RecordId>,
    new_schema: Option<Arc<OrgSchema>>,
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

impl WriteTx<'_> {
    /// The instant that this transaction stamps on what it writes.
    pub fn now(&self) -> Instant {
        self.now
    }

    pub(crate) fn connection(&mut self) -> &mut dyn Connection {
        self.read.connection
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.read.connection.dialect()
    }

    pub(crate) fn keyring(&self) -> &Keyring {
        &self.store.keyring
    }

    /// The metadata that this transaction sees: its own changes included.
    pub fn schema(&self) -> Arc<OrgSchema> {
        self.new_schema.clone().unwrap_or_else(|| self.store.schema())
    }

    /// Runs `work` so that, when it fails, what it wrote is undone and the transaction goes on.
    ///
    /// # Errors
    /// Those of `work`, after undoing it.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let head = self.audit_head;
        self.connection().batch("SAVEPOINT hf_row")?;
        match work(self) {
            Ok(value) => {
                self.connection().batch("RELEASE SAVEPOINT hf_row")?;
                Ok(value)
            }
            Err(error) => {
                self.audit_head = head;
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

    /// Adds objects, in order; tables and metadata in this transaction, the new snapshot with its commit.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` for an unsound declaration; what the database reports.
    pub fn objects_create(&mut self, defs: Vec<ObjectDef>) -> Result<Arc<OrgSchema>> {
        let before = self.schema();
        let names: Vec<_> = defs.iter().map(|def| def.name.clone()).collect();
        let schema = Arc::new(OrgSchema::build(before.version() + 1, before.defs().chain(defs))?);
        for name in &names {
            let object =
                schema.find_object(name).ok_or_else(|| Error::internal("a new object is not in its schema"))?;
            ddl::create_object(self.connection(), object)?;
        }
        self.keep_schema(&schema, &names)
    }

    /// Adds fields to an object.
    ///
    /// # Errors
    /// As [`WriteTx::objects_create`], and `INVALID_TYPE` for an unknown object.
    pub fn fields_create(&mut self, object: &str, fields: Vec<FieldDef>) -> Result<Arc<OrgSchema>> {
        let before = self.schema();
        let Some(known) = before.find_object(object) else {
            return Err(Error::new(ErrorCode::InvalidType, format!("sObject type '{object}' is not supported.")));
        };
        let name = known.name().to_owned();
        let added: Vec<_> = fields.iter().map(|field| field.name.clone()).collect();
        let defs = before.defs().map(|mut def| {
            if def.name == name {
                def.fields.extend(fields.iter().cloned());
            }
            def
        });
        let schema = Arc::new(OrgSchema::build(before.version() + 1, defs)?);
        let object = schema.find_object(&name).ok_or_else(|| Error::internal("an object vanished from its schema"))?;
        for field in &added {
            let field = object.find_field(field).ok_or_else(|| Error::internal("a new field is not in its schema"))?;
            ddl::add_field(self.connection(), object, field)?;
        }
        self.keep_schema(&schema, std::slice::from_ref(&name))
    }

    /// Replaces how an object is declared without touching its columns: labels, defaults, sharing.
    ///
    /// # Errors
    /// As [`WriteTx::objects_create`].
    pub fn object_redeclare(&mut self, object: &str, change: impl Fn(&mut ObjectDef)) -> Result<Arc<OrgSchema>> {
        let before = self.schema();
        let defs = before.defs().map(|mut def| {
            if def.name.eq_ignore_ascii_case(object) {
                change(&mut def);
            }
            def
        });
        let schema = Arc::new(OrgSchema::build(before.version() + 1, defs)?);
        self.keep_schema(&schema, &[object.to_owned()])
    }

    pub(crate) fn keep_schema(&mut self, schema: &Arc<OrgSchema>, changed: &[String]) -> Result<Arc<OrgSchema>> {
        let sql = self.sql(
            "INSERT INTO hf_object (name, position, def) VALUES (?, ?, ?) \
             ON CONFLICT (name) DO UPDATE SET def = excluded.def",
        );
        for (position, def) in schema.defs().enumerate() {
            if changed.iter().any(|name| name.eq_ignore_ascii_case(&def.name)) {
                let text = serde_json::to_string(&def).map_err(Error::internal)?;
                let position = i64::try_from(position).map_err(Error::internal)?;
                self.connection().execute(&sql, &[def.name.into(), position.into(), text.into()])?;
            }
        }
        self.setting_put("schema_version", &schema.version().to_string())?;
        let before = self.schema();
        self.search_schema_changed(&before, schema)?;
        self.new_schema = Some(schema.clone());
        Ok(schema.clone())
    }

    /// The last steps before a commit.
    fn settle(&mut self) -> Result<()> {
        if self.roles_changed {
            self.rebuild_role_closure()?;
        }
        self.search_settle()
    }
}

/// Reads the metadata of an org.
pub(crate) fn load_schema(connection: &mut dyn Connection) -> Result<OrgSchema> {
    let defs = crate::driver::collect(connection, "SELECT def FROM hf_object ORDER BY position", &[], |row| {
        let text = row.text(0)?.unwrap_or_default();
        serde_json::from_str::<ObjectDef>(text).map_err(|error| {
            Error::unavailable(
                "The metadata of this org cannot be read: it is damaged, or a newer version of Holdfast wrote it.",
                format!("{error} in {}", text.chars().take(120).collect::<String>()),
            )
        })
    })?;
    let version =
        crate::driver::first(connection, "SELECT value FROM hf_setting WHERE name = 'schema_version'", &[], |row| {
            row.text(0)?.unwrap_or_default().parse::<u64>().map_err(Error::internal)
        })?;
    OrgSchema::build(version.unwrap_or(0), defs)
}
