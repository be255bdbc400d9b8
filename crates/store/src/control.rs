//! The control database: one row per org (id, where it lives, since when) and nothing of what is in it.

use crate::driver::{Connection, Param, SqliteConnection, StoreKey, collect, first};
use crate::keys::RootKey;
use crate::read::{int_column, text_column};
use hkdf::Hkdf;
use model::{Entropy, Error, Instant, OrgId, Result, random_bytes};
use secrecy::SecretBox;
use sha2::Sha512;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Which store an org lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrgBackend {
    /// An encrypted file in the data directory.
    Embedded,
    /// A schema of the configured PostgreSQL database.
    Postgres,
}

/// All that the installation knows of an org without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgRow {
    pub org: OrgId,
    pub backend: OrgBackend,
    /// The owner's label for the place of its data.
    pub location: String,
    pub created: Instant,
}

pub(crate) struct Control {
    connection: Mutex<SqliteConnection>,
}

impl Control {
    pub(crate) fn open(path: &Path, root: &RootKey) -> Result<Self> {
        let create = !path.exists();
        let mut connection = SqliteConnection::open(path, &control_key(root)?, create)?;
        connection.batch(
            "CREATE TABLE IF NOT EXISTS org (
               seq INTEGER PRIMARY KEY, backend TEXT NOT NULL, location TEXT NOT NULL, created_ms INTEGER NOT NULL);
             CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, next INTEGER NOT NULL);
             CREATE TABLE IF NOT EXISTS installation (id TEXT NOT NULL);",
        )?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    fn with<T>(&self, work: impl FnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        work(&mut self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The number of the next org; numbers are never used twice.
    pub(crate) fn next_org(&self) -> Result<OrgId> {
        let sql = "INSERT INTO counter (name, next) VALUES ('org', 2) \
                   ON CONFLICT (name) DO UPDATE SET next = next + 1 RETURNING next - 1";
        let number = self.with(|connection| first(connection, sql, &[], |row| int_column(row, 0)))?;
        let number = number.ok_or_else(|| Error::internal("no org number"))?;
        Ok(OrgId::new(u64::try_from(number).map_err(Error::internal)?))
    }

    /// What tells this installation from every other; made once.
    pub(crate) fn installation(&self, entropy: &dyn Entropy) -> Result<String> {
        self.with(|connection| {
            let known = first(connection, "SELECT id FROM installation", &[], |row| text_column(row, 0))?;
            if let Some(id) = known {
                return Ok(id);
            }
            let id = hex::encode(random_bytes::<16>(entropy));
            connection.execute("INSERT INTO installation (id) VALUES (?1)", &[id.as_str().into()])?;
            Ok(id)
        })
    }

    pub(crate) fn insert(&self, row: &OrgRow) -> Result<()> {
        let backend = match row.backend {
            OrgBackend::Embedded => "embedded",
            OrgBackend::Postgres => "postgres",
        };
        let params = [seq(row.org)?, backend.into(), row.location.as_str().into(), row.created.ms().into()];
        let sql = "INSERT INTO org (seq, backend, location, created_ms) VALUES (?1, ?2, ?3, ?4)";
        self.with(|connection| connection.execute(sql, &params).map(|_| ()))
    }

    pub(crate) fn delete(&self, org: OrgId) -> Result<()> {
        self.with(|connection| connection.execute("DELETE FROM org WHERE seq = ?1", &[seq(org)?]).map(|_| ()))
    }

    pub(crate) fn list(&self) -> Result<Vec<OrgRow>> {
        self.with(|connection| {
            collect(connection, "SELECT seq, backend, location, created_ms FROM org ORDER BY seq", &[], |row| {
                Ok(OrgRow {
                    org: OrgId::new(u64::try_from(int_column(row, 0)?).map_err(Error::internal)?),
                    backend: match text_column(row, 1)?.as_str() {
                        "embedded" => OrgBackend::Embedded,
                        "postgres" => OrgBackend::Postgres,
                        other => return Err(Error::internal(format!("an org in a store of kind {other}"))),
                    },
                    location: text_column(row, 2)?,
                    created: Instant::from_ms(int_column(row, 3)?),
                })
            })
        })
    }
}

fn seq(org: OrgId) -> Result<Param> {
    Ok(Param::Int(i64::try_from(org.record_id().sequence()).map_err(Error::internal)?))
}

fn control_key(root: &RootKey) -> Result<StoreKey> {
    let mut key = Box::new([0u8; 32]);
    Hkdf::<Sha512>::new(Some(b"holdfast"), root.expose())
        .expand(b"holdfast/control/v1", &mut *key)
        .map_err(Error::internal)?;
    Ok(SecretBox::new(key))
}
