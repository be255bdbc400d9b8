//! SQLCipher through rusqlite: opening with a raw key, the settings that make it durable and quick, error texts.

use super::flush::{LogLength, end_if_unflushed};
use super::{Connection, Dialect, Param, RowView, functions};
use crate::cancel::{StatementLimit, is_cancelled};
use model::{Error, ErrorCode, Result};
use rusqlite::config::DbConfig;
use rusqlite::ffi::ErrorCode as SqliteCode;
use rusqlite::types::{ToSqlOutput, Value as SqliteValue, ValueRef};
use rusqlite::{OpenFlags, ToSql};
use secrecy::{ExposeSecret, SecretBox};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// The raw 256-bit key of one org's file.
pub(crate) type StoreKey = SecretBox<[u8; 32]>;

pub(crate) struct SqliteConnection {
    connection: rusqlite::Connection,
    path: PathBuf,
    log_length: LogLength,
    /// SQLCipher refuses everything after one page that it could not read or decrypt, also when the disk is well again.
    spent: Cell<bool>,
    watch: Option<Arc<Watch>>,
}

/// When the statement that runs was begun; [`Watch::IDLE`] between statements.
struct Watch {
    limit: Arc<StatementLimit>,
    begun_ms: AtomicI64,
}

impl Watch {
    const IDLE: i64 = i64::MAX;
    /// Steps of SQLite's machine between two looks at the clock.
    const STEPS: i32 = 4_000;

    fn is_over(&self) -> bool {
        let begun = self.begun_ms.load(Ordering::Relaxed);
        begun != Self::IDLE && (is_cancelled() || self.limit.now_ms() - begun > self.limit.most_ms())
    }
}

/// A statement under watch, until dropped.
struct Watched(Option<Arc<Watch>>);

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(watch) = &self.0 {
            watch.begun_ms.store(Watch::IDLE, Ordering::Relaxed);
        }
    }
}

/// Statements kept prepared on each connection.
const STATEMENT_CACHE: usize = 256;
/// Page cache: large enough that hot pages are decrypted once.
const CACHE_KIB: i64 = 64 * 1024;

impl SqliteConnection {
    /// Opens an org's file, or makes it when `create` is set.
    pub(crate) fn open(path: &Path, key: &StoreKey, create: bool) -> Result<Self> {
        if !create && !path.exists() {
            return Err(Error::unavailable(
                format!("The org file {} is missing. Restore it from a backup.", path.display()),
                "org file missing",
            ));
        }
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if create {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let failed = |error| translate(path, &error);
        let mut connection = rusqlite::Connection::open_with_flags(path, flags).map_err(failed)?;
        // SQLCipher would print to the terminal what is an error of ours to word.
        connection.pragma_update(None, "cipher_log_level", "NONE").map_err(failed)?;
        let hex_key = secrecy::SecretString::from(hex::encode(key.expose_secret()));
        connection.pragma_update(None, "key", format!("x'{}'", hex_key.expose_secret())).map_err(failed)?;
        connection
            .execute_batch(&format!(
                "PRAGMA temp_store = MEMORY;
                 PRAGMA journal_mode = WAL;
                 PRAGMA synchronous = FULL;
                 PRAGMA cache_size = -{CACHE_KIB};
                 PRAGMA journal_size_limit = 67108864;
                 PRAGMA trusted_schema = OFF;"
            ))
            .map_err(failed)?;
        connection.busy_timeout(Duration::from_secs(10)).map_err(failed)?;
        // A name that no column has is an error here too, not a text.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false).map_err(failed)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
        functions::register(&connection).map_err(failed)?;
        // The first read proves that key and file belong together.
        connection.query_row("SELECT COUNT(*) FROM sqlite_master", [], |_| Ok(())).map_err(failed)?;
        let log_length = LogLength::watch(&mut connection).map_err(failed)?;
        Ok(Self { connection, path: path.to_owned(), log_length, spent: Cell::new(false), watch: None })
    }

    /// Has every statement from now on end when it takes too long, or when nobody waits for it.
    pub(crate) fn limit(&mut self, limit: &Arc<StatementLimit>) -> Result<()> {
        if self.watch.is_none() {
            let watch = Arc::new(Watch { limit: limit.clone(), begun_ms: AtomicI64::new(Watch::IDLE) });
            let seen = watch.clone();
            self.connection
                .progress_handler(Watch::STEPS, Some(move || seen.is_over()))
                .map_err(|error| self.fail(&error))?;
            self.watch = Some(watch);
        }
        Ok(())
    }

    fn watched(&self) -> Watched {
        if let Some(watch) = &self.watch {
            watch.begun_ms.store(watch.limit.now_ms(), Ordering::Relaxed);
        }
        Watched(self.watch.clone())
    }

    /// What the database finds wrong with itself: pages whose seal does not fit, indexes that do not fit their tables.
    pub(crate) fn integrity(&mut self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for check in ["PRAGMA cipher_integrity_check", "PRAGMA integrity_check(20)"] {
            self.query(check, &[], &mut |row| {
                found.extend(row.text(0)?.filter(|text| *text != "ok").map(str::to_owned));
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// Brings the whole write-ahead log into the file, when nobody reads from it.
    pub(crate) fn checkpoint(&mut self) -> Result<()> {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let busy = self.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(|error| self.fail(&error))?;
        if busy == 0 { Ok(()) } else { Err(Error::internal("a checkpoint found readers")) }
    }

    /// Whether it has failed in a way that only another connection gets over.
    pub(crate) fn is_spent(&self) -> bool {
        self.spent.get()
    }

    /// Opens a file under whichever of its keys it has: a change of the key may have been cut off.
    pub(crate) fn open_any(path: &Path, keys: &[(u32, Arc<StoreKey>)]) -> Result<(Self, u32)> {
        let mut refused = None;
        for (version, key) in keys {
            match Self::open(path, key, false) {
                Ok(connection) => return Ok((connection, *version)),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Err(refused.unwrap_or_else(|| Error::internal("no key for the org's file")))
    }

    /// Copies the whole database into a new file under another key, from one snapshot.
    pub(crate) fn copy_under(&mut self, path: &Path, key: &StoreKey) -> Result<()> {
        // The connection opens files and makes none.
        let mut options = std::fs::File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map_err(|error| {
            Error::unavailable(
                format!("The file {} cannot be made: {error}.", path.display()),
                "copy under another key",
            )
        })?;
        let hex_key = secrecy::SecretString::from(format!("x'{}'", hex::encode(key.expose_secret())));
        let copied = (|| {
            let name = path.to_str().unwrap_or_default();
            self.connection.execute("ATTACH DATABASE ?1 AS hf_copy KEY ?2", [name, hex_key.expose_secret()])?;
            // Cut off, the copy is thrown away: only what is whole must reach the disk, and the caller sees to that.
            self.connection.pragma_update(Some("hf_copy"), "journal_mode", "OFF")?;
            self.connection.pragma_update(Some("hf_copy"), "synchronous", "OFF")?;
            self.connection.query_row("SELECT sqlcipher_export('hf_copy')", [], |_| Ok(()))
        })();
        let detached = self.connection.execute_batch("DETACH DATABASE hf_copy");
        copied.and(detached).map_err(|error| self.fail(&error))
    }

    /// Puts everything into the file itself, so that no other file belongs to it. Only as its only connection.
    pub(crate) fn settle_file(&mut self) -> Result<()> {
        self.connection.pragma_update(None, "journal_mode", "DELETE").map_err(|error| self.fail(&error))
    }

    fn fail(&self, error: &rusqlite::Error) -> Error {
        end_if_unflushed(&self.path, error);
        let unreadable = error.sqlite_error_code().filter(|code| {
            matches!(code, SqliteCode::NotADatabase | SqliteCode::DatabaseCorrupt | SqliteCode::SystemIoFailure)
        });
        if let Some(code) = unreadable {
            self.spent.set(true);
            if code != SqliteCode::SystemIoFailure {
                let file = self.path.display();
                return Error::unavailable(
                    format!(
                        "The org file {file} has a part that cannot be read: the disk fails, or the file is damaged. \
                         Check the disk; if the error stays, restore the org from a backup."
                    ),
                    error,
                );
            }
        }
        translate(&self.path, error)
    }
}

impl Connection for SqliteConnection {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn query(&mut self, sql: &str, params: &[Param], each: &mut dyn FnMut(&dyn RowView) -> Result<()>) -> Result<()> {
        let _watched = self.watched();
        let mut statement = self.connection.prepare_cached(sql).map_err(|error| self.fail(&error))?;
        let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(|error| self.fail(&error))?;
        while let Some(row) = rows.next().map_err(|error| self.fail(&error))? {
            each(&SqliteRow { row })?;
        }
        Ok(())
    }

    fn execute(&mut self, sql: &str, params: &[Param]) -> Result<u64> {
        let _watched = self.watched();
        let mut statement = self.connection.prepare_cached(sql).map_err(|error| self.fail(&error))?;
        let changed = statement.execute(rusqlite::params_from_iter(params)).map_err(|error| self.fail(&error))?;
        Ok(changed as u64)
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        self.connection.execute_batch(sql).map_err(|error| self.fail(&error))
    }

    fn commit(&mut self) -> Result<()> {
        self.log_length.commit(&self.connection, &self.path).map_err(|error| self.fail(&error))
    }
}

impl ToSql for Param {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Param::Null => ToSqlOutput::Owned(SqliteValue::Null),
            Param::Int(number) => ToSqlOutput::Owned(SqliteValue::Integer(*number)),
            Param::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Param::Blob(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Param::Ints(list) => ToSqlOutput::Owned(SqliteValue::Text(json_array(list.iter().map(i64::to_string)))),
            Param::Texts(list) => ToSqlOutput::Owned(SqliteValue::Text(json_array(
                list.iter().map(|text| serde_json::Value::from(text.as_str()).to_string()),
            ))),
        })
    }
}

fn json_array(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

struct SqliteRow<'a, 'b> {
    row: &'a rusqlite::Row<'b>,
}

impl SqliteRow<'_, '_> {
    fn get(&self, at: usize) -> Result<ValueRef<'_>> {
        self.row.get_ref(at).map_err(Error::internal)
    }
}

impl RowView for SqliteRow<'_, '_> {
    fn int(&self, at: usize) -> Result<Option<i64>> {
        match self.get(at)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(number) => Ok(Some(number)),
            other => Err(Error::internal(format!("column {at} holds {:?}, not a whole number", other.data_type()))),
        }
    }

    fn text(&self, at: usize) -> Result<Option<&str>> {
        match self.get(at)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => std::str::from_utf8(bytes).map(Some).map_err(Error::internal),
            other => Err(Error::internal(format!("column {at} holds {:?}, not text", other.data_type()))),
        }
    }

    fn blob(&self, at: usize) -> Result<Option<&[u8]>> {
        match self.get(at)? {
            ValueRef::Null => Ok(None),
            ValueRef::Blob(bytes) => Ok(Some(bytes)),
            other => Err(Error::internal(format!("column {at} holds {:?}, not bytes", other.data_type()))),
        }
    }
}

/// A failure of the file in words that say what to do.
fn translate(path: &Path, error: &rusqlite::Error) -> Error {
    let file = path.display();
    let code = error.sqlite_error_code();
    match code {
        Some(SqliteCode::DiskFull) => Error::unavailable(
            "The disk is full. Nothing was written. Free space on the volume of the data directory, then try again.",
            format!("{file}: {error}"),
        ),
        Some(SqliteCode::NotADatabase | SqliteCode::DatabaseCorrupt) => Error::unavailable(
            format!("The org file {file} is damaged or was encrypted with another key. Restore it from a backup."),
            error,
        ),
        Some(SqliteCode::CannotOpen | SqliteCode::PermissionDenied | SqliteCode::ReadOnly) => Error::unavailable(
            format!(
                "The org file {file} cannot be opened for writing. Check that the directory exists and who owns it."
            ),
            error,
        ),
        Some(SqliteCode::SystemIoFailure) => {
            Error::unavailable("The disk reported an error. Nothing was written.", format!("{file}: {error}"))
        }
        Some(SqliteCode::DatabaseBusy | SqliteCode::DatabaseLocked) => {
            Error::new(ErrorCode::UnableToLockRow, "unable to obtain exclusive access to this record or 1 records")
                .with_internal(error)
        }
        Some(SqliteCode::ConstraintViolation) => Error::new(
            ErrorCode::DuplicateValue,
            "duplicate value found: <unknown> duplicates value on record with id: <unknown>",
        )
        .with_internal(format!("{file}: {error}")),
        Some(SqliteCode::OperationInterrupted) => {
            Error::new(ErrorCode::QueryTimeout, "Your query request was running for too long.").with_internal(error)
        }
        _ => Error::internal(format!("{file}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::first;

    fn open(path: &Path) -> SqliteConnection {
        SqliteConnection::open(path, &SecretBox::new(Box::new([7; 32])), true).expect("a new file")
    }

    fn count(connection: &mut SqliteConnection) -> i64 {
        let found = first(connection, "SELECT COUNT(*) FROM t", &[], |row| row.int(0)).expect("a count");
        found.flatten().expect("a number")
    }

    #[test]
    fn a_full_disk_is_told_in_words_and_leaves_nothing_half_written() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mut connection = open(&dir.path().join("org.db"));
        connection.batch("CREATE TABLE t (x BLOB); PRAGMA max_page_count = 40;").expect("a table");
        connection.batch("BEGIN IMMEDIATE").expect("a transaction");
        let insert = "INSERT INTO t (x) VALUES (?1)";
        let error = (0..200)
            .find_map(|_| connection.execute(insert, &[Param::Blob(vec![1; 4000])]).err())
            .expect("the limit is reached");
        assert_eq!(error.code(), ErrorCode::ServerUnavailable);
        assert!(error.message().starts_with("The disk is full. Nothing was written."), "{error}");
        // SQLite may have rolled back by itself already.
        let _ = connection.batch("ROLLBACK");
        assert_eq!(count(&mut connection), 0);
        connection.execute(insert, &[Param::Blob(vec![1; 100])]).expect("small work goes on");
        assert_eq!(count(&mut connection), 1);
    }

    #[test]
    fn another_key_does_not_open_the_file() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("org.db");
        open(&path).batch("CREATE TABLE t (x BLOB)").expect("a table");
        let outcome = SqliteConnection::open(&path, &SecretBox::new(Box::new([8; 32])), false);
        let error = outcome.err().expect("refused");
        assert!(error.message().contains("another key"), "{error}");
    }

    #[test]
    fn a_missing_file_is_not_made_in_passing() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("org.db");
        let outcome = SqliteConnection::open(&path, &SecretBox::new(Box::new([7; 32])), false);
        assert!(outcome.err().expect("refused").message().contains("is missing"));
        assert!(!path.exists());
    }
}
