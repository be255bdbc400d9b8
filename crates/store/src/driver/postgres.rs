//! PostgreSQL through tokio-postgres, driven from a worker thread: a unit of work is ordinary blocking code on both
//! stores, and the connection's own task runs on the runtime.

use super::{Connection, Dialect, Param, RowView};
use deadpool_postgres::Object;
use model::{Error, ErrorCode, Result};
use tokio::runtime::Handle;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

pub(crate) struct PostgresConnection {
    client: Object,
    runtime: Handle,
}

impl PostgresConnection {
    /// Wraps a pooled connection; `runtime` must not be the thread's own.
    pub(crate) fn new(client: Object, runtime: Handle) -> Self {
        Self { client, runtime }
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
        let rows = self.runtime.block_on(async {
            let statement = self.client.prepare_cached(sql).await?;
            self.client.query(&statement, &as_sql(params)).await
        });
        for row in rows.map_err(|error| translate(&error))? {
            each(&PostgresRow { row: &row })?;
        }
        Ok(())
    }

    fn execute(&mut self, sql: &str, params: &[Param]) -> Result<u64> {
        self.runtime
            .block_on(async {
                let statement = self.client.prepare_cached(sql).await?;
                self.client.execute(&statement, &as_sql(params)).await
            })
            .map_err(|error| translate(&error))
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        self.runtime.block_on(self.client.batch_execute(sql)).map_err(|error| translate(&error))
    }
}

struct PostgresRow<'a> {
    row: &'a tokio_postgres::Row,
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
    let Some(state) = error.code() else {
        return Error::unavailable("The database server cannot be reached. Nothing was written; try again.", internal);
    };
    if *state == SqlState::DISK_FULL || *state == SqlState::OUT_OF_MEMORY {
        Error::unavailable("The database server is out of space. Nothing was written.", internal)
    } else if *state == SqlState::UNIQUE_VIOLATION {
        Error::new(
            ErrorCode::DuplicateValue,
            "duplicate value found: <unknown> duplicates value on record with id: <unknown>",
        )
        .with_internal(internal)
    } else if *state == SqlState::QUERY_CANCELED {
        Error::new(ErrorCode::QueryTimeout, "Your query request was running for too long.").with_internal(internal)
    } else if *state == SqlState::T_R_SERIALIZATION_FAILURE || *state == SqlState::T_R_DEADLOCK_DETECTED {
        Error::new(ErrorCode::UnableToLockRow, "unable to obtain exclusive access to this record or 1 records")
            .with_internal(internal)
    } else {
        Error::internal(internal)
    }
}
