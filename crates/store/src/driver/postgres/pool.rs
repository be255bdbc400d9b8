//! The connections to one server, all orgs together: never more than so many, each signed in as one org's role. When
//! all are taken, one that idles in another org's name makes room.

use super::PostgresConnection;
use super::address::Address;
use super::translate;
use crate::cancel::Cancel;
use model::{Error, OrgId, Result};
use secrecy::{ExposeSecret, SecretString};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio_postgres::{Client, Statement};

/// How long a unit of work waits for a connection.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the server has to end a statement before it is told again.
const TOLD_AGAIN: Duration = Duration::from_millis(100);

/// What the server ends by itself: a statement, a wait for a lock, a transaction in which nothing happens.
const LIMITS: &str = "-c statement_timeout=120s -c lock_timeout=15s -c idle_in_transaction_session_timeout=120s";
/// Statements here are short, and many have the whole of record access in their predicate: compiling one to machine code
/// takes many times as long as running it. And a page that is sought costs about what the next one does, on the disks
/// of today and in memory: with the server's default of four times as much, the people who see few records would wait for
/// bitmaps of the many that others see.
const PLANNING: &str = "-c jit=off -c random_page_cost=1.1";

/// Who a connection is: one org's role, in that org's schema.
pub(crate) struct Login {
    pub(crate) org: OrgId,
    pub(crate) schema: String,
    pub(crate) role: String,
    pub(crate) password: SecretString,
}

/// A server with its pool.
pub(crate) struct PostgresServer {
    address: Address,
    runtime: Handle,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    /// Longest idle first.
    idle: VecDeque<(OrgId, Live)>,
    open: usize,
}

/// One connection with the statements prepared on it.
pub(super) struct Live {
    pub(super) client: Client,
    pub(super) statements: HashMap<String, Statement>,
}

impl PostgresServer {
    pub(crate) fn new(url: &str, runtime: Handle) -> Result<Self> {
        let address = Address::parse(url)?;
        Ok(Self { address, runtime, state: Mutex::default(), returned: Condvar::new() })
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// The name of the database in which the schemas are.
    pub(crate) fn database(&self) -> &str {
        self.address.config.get_dbname().or(self.address.config.get_user()).unwrap_or("postgres")
    }

    /// A connection of the org, from the pool or new.
    ///
    /// # Errors
    /// When the server cannot be reached, or all connections stay busy.
    pub(crate) fn connection(self: &Arc<Self>, login: &Arc<Login>) -> Result<PostgresConnection> {
        let kept = self.place_for(login.org)?;
        let reused = kept.is_some();
        let live = match kept {
            Some(live) => live,
            None => self.open(login).inspect_err(|_| self.leave())?,
        };
        Ok(PostgresConnection::new(live, reused, Some(login.clone()), self.clone()))
    }

    /// A connection under the configured role, outside the pool: to make and drop schemas and roles.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub(crate) fn admin(self: &Arc<Self>) -> Result<PostgresConnection> {
        let live = self.connect(&self.address.config)?;
        Ok(PostgresConnection::new(live, false, None, self.clone()))
    }

    pub(super) fn open(&self, login: &Login) -> Result<Live> {
        let mut config = self.address.config.clone();
        let given = config.get_options().unwrap_or_default().to_owned();
        config
            .user(&login.role)
            .password(login.password.expose_secret())
            .options(format!("{given} {LIMITS} {PLANNING} -c search_path={}", login.schema));
        self.connect(&config)
    }

    fn connect(&self, config: &tokio_postgres::Config) -> Result<Live> {
        let connected = self.runtime.block_on(async {
            let (client, connection) = config.connect(self.address.tls.clone()).await?;
            tokio::spawn(async move {
                // What ended the connection is told to whoever uses it next.
                let _ = connection.await;
            });
            Ok(client)
        });
        let client = connected.map_err(|error: tokio_postgres::Error| unreachable_server(&error))?;
        Ok(Live { client, statements: HashMap::new() })
    }

    /// Waits for an answer; when nobody wants it any more, has the server end the statement and waits for that. Says also
    /// whether the server was told.
    pub(super) async fn unless_cancelled<T>(
        &self,
        client: &Client,
        cancel: &Cancel,
        asked: impl Future<Output = T>,
    ) -> (T, bool) {
        let mut asked = std::pin::pin!(asked);
        tokio::select! {
            answer = &mut asked => return (answer, false),
            () = cancel.raised() => {}
        }
        // A server that has not begun yet when it is told goes on as if nothing had been said: it is told until it ends.
        // When it cannot be told, its own limit ends the statement.
        loop {
            let _ = client.cancel_token().cancel_query(self.address.tls.clone()).await;
            if let Ok(answer) = tokio::time::timeout(TOLD_AGAIN, &mut asked).await {
                return (answer, true);
            }
        }
    }

    /// Takes an idle connection of the org, or the right to open one.
    fn place_for(&self, org: OrgId) -> Result<Option<Live>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            while let Some(at) = state.idle.iter().rposition(|(of, _)| *of == org) {
                let Some((_, live)) = state.idle.remove(at) else { break };
                if !live.client.is_closed() {
                    return Ok(Some(live));
                }
                state.open -= 1;
            }
            if state.open < self.address.connections {
                state.open += 1;
                return Ok(None);
            }
            if state.idle.pop_front().is_some() {
                return Ok(None);
            }
            let (next, waited) = self.returned.wait_timeout(state, PATIENCE).unwrap_or_else(PoisonError::into_inner);
            state = next;
            if waited.timed_out() {
                return Err(Error::unavailable(
                    "All connections to the database server are busy. Try again in a moment.",
                    format!("{} connections busy for {} s", self.address.connections, PATIENCE.as_secs()),
                ));
            }
        }
    }

    pub(super) fn give_back(&self, org: OrgId, live: Live) {
        if live.client.is_closed() {
            return self.leave();
        }
        self.state.lock().unwrap_or_else(PoisonError::into_inner).idle.push_back((org, live));
        self.returned.notify_one();
    }

    pub(super) fn leave(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).open -= 1;
        self.returned.notify_one();
    }

    /// Closes the idle connections of an org.
    pub(crate) fn forget(&self, org: OrgId) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.idle.len();
        state.idle.retain(|(of, _)| *of != org);
        let closed = before - state.idle.len();
        state.open -= closed;
        drop(state);
        self.returned.notify_all();
    }

    /// How many connections are open, busy ones included.
    #[cfg(test)]
    pub(crate) fn open_connections(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).open
    }
}

fn unreachable_server(error: &tokio_postgres::Error) -> Error {
    let internal = translate(error);
    let mut cause = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        cause = format!("{cause}: {inner}");
        source = inner.source();
    }
    let code = error.code().map(|code| code.code().to_owned()).unwrap_or_default();
    let words = match (error.as_db_error(), code.as_str()) {
        (_, "53300") => "The database server takes no more connections. Lower `connections` in its address, or raise \
                         max_connections on the server."
            .to_owned(),
        (Some(_), "57P03") => "The database server is starting or stopping. Try again in a moment.".to_owned(),
        (Some(db), _) => format!("The database server refused the connection: {}.", db.message()),
        (None, _) if cause.contains("TLS") || cause.contains("certificate") => {
            format!("No secure connection to the database server could be made: {cause}.")
        }
        (None, _) => "The database server cannot be reached. Check that it runs and that the address and password \
                      are right."
            .to_owned(),
    };
    Error::unavailable(words, format!("{code} {cause} {}", internal.internal_cause().unwrap_or_default()))
}

/// Whether the server refused a role or its password: the role may be missing, or its password an older one.
pub(crate) fn is_refused_role(error: &Error) -> bool {
    error.internal_cause().is_some_and(|cause| cause.starts_with("28P01") || cause.starts_with("28000"))
}
