//! PostgreSQL through tokio-postgres, driven from a worker thread: a unit of work is ordinary blocking code on both
//! stores, and the connection's own task runs on the runtime.

mod address;
mod pool;
#[cfg(test)]
mod tests;
mod tls;

pub(crate) use pool::{Login, PostgresServer, is_refused_role};

use super::{Connection, Dialect, Param, RowView};
use crate::cancel;
use futures_util::StreamExt;
use model::{Error, ErrorCode, Result};
use pool::Live;
use std::sync::Arc;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Row, SimpleQueryMessage, Statement};

/// Statements kept prepared on each connection.
const STATEMENT_CACHE: usize = 256;
/// Rows that wait in memory while the ones before them are worked on.
const ROWS_AHEAD: usize = 256;

/// A connection on loan from the pool; given back when dropped, whatever ends its use.
pub(crate) struct PostgresConnection {
    live: Option<Live>,
    /// It was used before, so the server may have closed it meanwhile.
    reused: bool,
    /// Who it is; none for one outside the pool.
    login: Option<Arc<Login>>,
    server: Arc<PostgresServer>,
    /// The server was told to end a statement of it.
    told_to_end: bool,
}

impl PostgresConnection {
    fn new(live: Live, reused: bool, login: Option<Arc<Login>>, server: Arc<PostgresServer>) -> Self {
        Self { live: Some(live), reused, login, server, told_to_end: false }
    }

    fn live(&mut self) -> Result<&mut Live> {
        self.live.as_mut().ok_or_else(|| lost("no connection"))
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement> {
        let runtime = self.server.runtime().clone();
        let live = self.live()?;
        if let Some(known) = live.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = runtime.block_on(live.client.prepare(sql)).map_err(|error| translate(&error))?;
        if live.statements.len() >= STATEMENT_CACHE {
            live.statements.clear();
        }
        live.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// A new connection in place of one that the server had closed, of which no transaction hung.
    fn replace(&mut self) -> Result<()> {
        let login = self.login.clone().ok_or_else(|| lost("no connection"))?;
        self.live = None;
        self.reused = false;
        self.live = Some(self.server.open(&login)?);
        Ok(())
    }
}

impl Drop for PostgresConnection {
    fn drop(&mut self) {
        let Some(login) = &self.login else { return };
        match self.live.take() {
            // A word that ends a statement may still be on its way, and would end the next one's.
            Some(live) if !self.told_to_end => self.server.give_back(login.org, live),
            _ => self.server.leave(),
        }
    }
}

/// NULL for a parameter of any type.
#[derive(Debug)]
struct SqlNull;

impl ToSql for SqlNull {
    fn to_sql(
        &self,
        _: &Type,
        _: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        Ok(IsNull::Yes)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn as_sql(params: &[Param]) -> Vec<&(dyn ToSql + Sync)> {
    params
        .iter()
        .map(|param| -> &(dyn ToSql + Sync) {
            match param {
                Param::Null => &SqlNull,
                Param::Int(number) => number,
                Param::Text(text) => text,
                Param::Blob(bytes) => bytes,
                Param::Ints(list) => list,
                Param::Texts(list) => list,
            }
        })
        .collect()
}

impl Connection for PostgresConnection {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn query(&mut self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn RowView) -> Result<()>) -> Result<()> {
        let statement = self.prepare(sql)?;
        let (runtime, server) = (self.server.runtime().clone(), self.server.clone());
        let client = &self.live()?.client;
        let params = as_sql(params);
        let asked = async {
            let rows = client.query_raw(&statement, params).await?;
            // The first row is where the server has done most of the work.
            let mut rows = Box::pin(rows.peekable());
            rows.as_mut().peek().await;
            Ok(rows)
        };
        let rows = match cancel::current() {
            None => runtime.block_on(asked),
            Some(cancel) => {
                let (rows, told) = runtime.block_on(server.unless_cancelled(client, &cancel, asked));
                self.told_to_end |= told;
                rows
            }
        };
        let rows = rows.map_err(|error: tokio_postgres::Error| translate(&error))?;
        // In portions: a long answer never lies in memory as a whole.
        let mut rows = rows.ready_chunks(ROWS_AHEAD);
        while let Some(portion) = runtime.block_on(rows.next()) {
            cancel::check()?;
            for row in portion {
                each(&PostgresRow { row: &row.map_err(|error| translate(&error))? })?;
            }
        }
        Ok(())
    }

    fn execute(&mut self, sql: &str, params: &[Param]) -> Result<u64> {
        let statement = self.prepare(sql)?;
        let runtime = self.server.runtime().clone();
        let client = &self.live()?.client;
        runtime.block_on(client.execute_raw(&statement, as_sql(params))).map_err(|error| translate(&error))
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        let runtime = self.server.runtime().clone();
        let outcome = runtime.block_on(self.live()?.client.batch_execute(sql));
        match outcome {
            Ok(()) => Ok(()),
            // The server was restarted since: nothing hung on the old connection, and the work begins only now.
            Err(error) if self.reused && is_lost(&error) && sql.starts_with("BEGIN") => {
                self.replace()?;
                runtime.block_on(self.live()?.client.batch_execute(sql)).map_err(|error| translate(&error))
            }
            Err(error) => Err(translate(&error)),
        }
    }

    fn begin(&mut self, sql: &str) -> Result<Option<String>> {
        let runtime = self.server.runtime().clone();
        let outcome = runtime.block_on(self.live()?.client.simple_query(sql));
        let told = match outcome {
            // As in a batch: nothing hung on the old connection.
            Err(error) if self.reused && is_lost(&error) => {
                self.replace()?;
                runtime.block_on(self.live()?.client.simple_query(sql))
            }
            outcome => outcome,
        };
        let told = told.map_err(|error| translate(&error))?;
        Ok(told.iter().rev().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        }))
    }

    fn commit(&mut self) -> Result<()> {
        self.batch("COMMIT").map_err(|error| match error.code() {
            // The one moment at which a lost connection leaves open what happened.
            ErrorCode::ServerUnavailable => Error::unavailable(
                "The connection to the database server was lost while the change was being saved. Look whether it \
                 was saved before you try again.",
                error.internal_cause().unwrap_or_default(),
            ),
            _ => error,
        })
    }
}

struct PostgresRow<'a> {
    row: &'a Row,
}

impl RowView for PostgresRow<'_> {
    fn int(&self, at: usize) -> Result<Option<i64>> {
        self.row.try_get(at).map_err(Error::internal)
    }

    fn text(&self, at: usize) -> Result<Option<&str>> {
        self.row.try_get(at).map_err(Error::internal)
    }

    fn blob(&self, at: usize) -> Result<Option<&[u8]>> {
        self.row.try_get(at).map_err(Error::internal)
    }
}

/// A failure of the server in words that say what to do.
pub(crate) fn translate(error: &tokio_postgres::Error) -> Error {
    let internal =
        error.as_db_error().map_or_else(|| error.to_string(), |db| format!("{}: {}", db.code().code(), db.message()));
    if is_lost(error) {
        return lost(internal);
    }
    let Some(state) = error.code() else { return Error::internal(internal) };
    if *state == SqlState::DISK_FULL || *state == SqlState::OUT_OF_MEMORY {
        Error::unavailable("The database server is out of space. Nothing was written.", internal)
    } else if *state == SqlState::UNIQUE_VIOLATION {
        Error::new(
            ErrorCode::DuplicateValue,
            "duplicate value found: <unknown> duplicates value on record with id: <unknown>",
        )
        .with_internal(internal)
    } else if *state == SqlState::PROGRAM_LIMIT_EXCEEDED {
        Error::new(
            ErrorCode::FieldIntegrityException,
            "The record holds too much for one row: the numbers, dates and short texts of a record take 8 kB at most. \
             Leave some of them empty or keep them in another object.",
        )
        .with_internal(internal)
    } else if *state == SqlState::TOO_MANY_COLUMNS {
        Error::new(
            ErrorCode::FieldIntegrityException,
            "The object has had too many fields: its table takes no more columns. Make another object.",
        )
        .with_internal(internal)
    } else if *state == SqlState::QUERY_CANCELED {
        Error::new(ErrorCode::QueryTimeout, "Your query request was running for too long.").with_internal(internal)
    } else if *state == SqlState::T_R_SERIALIZATION_FAILURE
        || *state == SqlState::T_R_DEADLOCK_DETECTED
        || *state == SqlState::LOCK_NOT_AVAILABLE
    {
        Error::new(ErrorCode::UnableToLockRow, "unable to obtain exclusive access to this record or 1 records")
            .with_internal(internal)
    } else {
        Error::internal(internal)
    }
}

fn lost(internal: impl std::fmt::Display) -> Error {
    Error::unavailable("The connection to the database server was lost. Nothing was written; try again.", internal)
}

/// Whether the connection is gone: closed, or ended by the server.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    match error.code() {
        Some(state) => state.code().starts_with("57P") || state.code().starts_with("08"),
        None => {
            error.is_closed() || std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
        }
    }
}
