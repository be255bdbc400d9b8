//! The control database: one row per org (id, where it lives, since when) and nothing of what is in it.

use crate::driver::{Connection, Param, RowView, SqliteConnection, StoreKey, collect, first};
use crate::keys::RootKey;
use crate::org::Open;
use crate::read::{blob_column, int_column, text_column};
use crate::witness::Witness;
use hkdf::Hkdf;
use model::{Entropy, Error, Instant, OrgId, Result, random_bytes};
use secrecy::SecretBox;
use sha2::Sha512;
use std::collections::HashMap;
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

impl OrgBackend {
    pub const fn as_str(self) -> &'static str {
        match self {
            OrgBackend::Embedded => "embedded",
            OrgBackend::Postgres => "postgres",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        [OrgBackend::Embedded, OrgBackend::Postgres]
            .into_iter()
            .find(|backend| backend.as_str() == text)
            .ok_or_else(|| Error::internal(format!("an org in a store of kind {text}")))
    }
}

impl Control {
    pub(crate) fn open(path: &Path, root: &RootKey) -> Result<Self> {
        let create = !path.exists();
        let mut connection = SqliteConnection::open(path, &control_key(root)?, create)?;
        connection.batch(
            "CREATE TABLE IF NOT EXISTS org (
               seq INTEGER PRIMARY KEY, backend TEXT NOT NULL, location TEXT NOT NULL, created_ms INTEGER NOT NULL);
             CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, next INTEGER NOT NULL);
             CREATE TABLE IF NOT EXISTS installation (id TEXT NOT NULL);
             CREATE TABLE IF NOT EXISTS move (seq INTEGER PRIMARY KEY, target TEXT NOT NULL, switched INTEGER NOT NULL);
             CREATE TABLE IF NOT EXISTS backup (
               seq INTEGER NOT NULL, number INTEGER NOT NULL, hash TEXT NOT NULL, created_ms INTEGER NOT NULL,
               PRIMARY KEY (seq, number));
             CREATE TABLE IF NOT EXISTS witness (
               seq INTEGER PRIMARY KEY, reached INTEGER NOT NULL, hash BLOB NOT NULL, mac BLOB NOT NULL);",
        )?;
        // Which key a backup stands under, and whether it was removed: columns that the first control databases lack.
        let grown = "SELECT name FROM pragma_table_info('backup') WHERE name = 'key_version'";
        if first(&mut connection, grown, &[], |row| text_column(row, 0))?.is_none() {
            connection.batch(
                "BEGIN IMMEDIATE;
                 ALTER TABLE backup ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
                 ALTER TABLE backup ADD COLUMN key_version INTEGER NOT NULL DEFAULT 1;
                 COMMIT;",
            )?;
        }
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// A copy under the key that another root key gives.
    pub(crate) fn copy_under(&self, path: &Path, root: &RootKey) -> Result<()> {
        let key = control_key(root)?;
        self.with(|connection| {
            connection.copy_under(path, &key)?;
            // No other file may belong to this one when the copy takes its name.
            connection.settle_file()
        })
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
        let params =
            [seq(row.org)?, row.backend.as_str().into(), row.location.as_str().into(), row.created.ms().into()];
        let sql = "INSERT INTO org (seq, backend, location, created_ms) VALUES (?1, ?2, ?3, ?4)";
        self.with(|connection| connection.execute(sql, &params).map(|_| ()))
    }

    pub(crate) fn delete(&self, org: OrgId) -> Result<()> {
        self.witness_forget(org)?;
        self.with(|connection| connection.execute("DELETE FROM org WHERE seq = ?1", &[seq(org)?]).map(|_| ()))
    }

    /// The backups that this installation made of an org: number and hash, ascending.
    pub(crate) fn backups(&self, org: OrgId) -> Result<Vec<(u64, String)>> {
        let sql = "SELECT number, hash FROM backup WHERE seq = ?1 ORDER BY number";
        self.with(|connection| {
            collect(connection, sql, &[seq(org)?], |row| {
                Ok((u64::try_from(int_column(row, 0)?).map_err(Error::internal)?, text_column(row, 1)?))
            })
        })
    }

    /// When this installation last made a backup of an org.
    pub(crate) fn backup_last(&self, org: OrgId) -> Result<Option<Instant>> {
        let sql = "SELECT created_ms FROM backup WHERE seq = ?1 ORDER BY number DESC LIMIT 1";
        self.with(|connection| first(connection, sql, &[seq(org)?], |row| Ok(Instant::from_ms(int_column(row, 0)?))))
    }

    pub(crate) fn backup_put(&self, org: OrgId, number: u64, hash: &str, created: Instant, version: u32) -> Result<()> {
        let number = i64::try_from(number).map_err(Error::internal)?;
        let sql = "INSERT INTO backup (seq, number, hash, created_ms, key_version) VALUES (?1, ?2, ?3, ?4, ?5)";
        let params = [seq(org)?, number.into(), hash.into(), created.ms().into(), i64::from(version).into()];
        self.with(|connection| connection.execute(sql, &params).map(|_| ()))
    }

    /// Notes that a backup was removed. Its number and hash stay, for the chain.
    pub(crate) fn backup_removed(&self, org: OrgId, number: u64) -> Result<()> {
        let number = i64::try_from(number).map_err(Error::internal)?;
        let sql = "UPDATE backup SET removed = 1 WHERE seq = ?1 AND number = ?2";
        self.with(|connection| connection.execute(sql, &[seq(org)?, number.into()]).map(|_| ()))
    }

    /// How many backups of an org that were not removed stand under each version of the key.
    pub(crate) fn backup_key_uses(&self, org: OrgId) -> Result<HashMap<u32, u64>> {
        let sql = "SELECT key_version, COUNT(*) FROM backup WHERE seq = ?1 AND removed = 0 GROUP BY key_version";
        let rows = self.with(|connection| {
            collect(connection, sql, &[seq(org)?], |row| {
                let version = u32::try_from(int_column(row, 0)?).map_err(Error::internal)?;
                Ok((version, u64::try_from(int_column(row, 1)?).map_err(Error::internal)?))
            })
        })?;
        Ok(rows.into_iter().collect())
    }

    /// How far an org had come when it was last seen.
    pub(crate) fn witness(&self, org: OrgId) -> Result<Option<Witness>> {
        let sql = "SELECT reached, hash, mac FROM witness WHERE seq = ?1";
        self.with(|connection| {
            first(connection, sql, &[seq(org)?], |row| {
                Ok(Witness {
                    seq: u64::try_from(int_column(row, 0)?).map_err(Error::internal)?,
                    hash: blob_column(row, 1)?,
                    mac: blob_column(row, 2)?,
                })
            })
        })
    }

    pub(crate) fn witness_put(&self, org: OrgId, witness: &Witness) -> Result<()> {
        let reached = i64::try_from(witness.seq).map_err(Error::internal)?;
        let sql = "INSERT INTO witness (seq, reached, hash, mac) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (seq) DO UPDATE \
                   SET reached = excluded.reached, hash = excluded.hash, mac = excluded.mac \
                   WHERE excluded.reached > witness.reached";
        let params = [seq(org)?, reached.into(), witness.hash.clone().into(), witness.mac.clone().into()];
        self.with(|connection| connection.execute(sql, &params).map(|_| ()))
    }

    pub(crate) fn witness_forget(&self, org: OrgId) -> Result<()> {
        self.with(|connection| connection.execute("DELETE FROM witness WHERE seq = ?1", &[seq(org)?]).map(|_| ()))
    }

    /// Keeps the number of an org that came from elsewhere from being given out again.
    pub(crate) fn org_number_used(&self, org: OrgId) -> Result<()> {
        let sql = "INSERT INTO counter (name, next) VALUES ('org', ?1 + 1) \
                   ON CONFLICT (name) DO UPDATE SET next = MAX(next, excluded.next)";
        self.with(|connection| connection.execute(sql, &[seq(org)?]).map(|_| ()))
    }

    /// Notes that an org is on its way to another store.
    pub(crate) fn move_begin(&self, org: OrgId, to: OrgBackend) -> Result<()> {
        let sql = "INSERT INTO move (seq, target, switched) VALUES (?1, ?2, 0)";
        self.with(|connection| connection.execute(sql, &[seq(org)?, to.as_str().into()]).map(|_| ()))
    }

    /// The moment from which an org lives in its new store.
    pub(crate) fn move_switch(&self, org: OrgId, to: OrgBackend) -> Result<()> {
        self.with(|connection| {
            let mut open = Open::begin(connection, "BEGIN IMMEDIATE")?;
            open.connection.execute("UPDATE org SET backend = ?1 WHERE seq = ?2", &[to.as_str().into(), seq(org)?])?;
            open.connection.execute("UPDATE move SET switched = 1 WHERE seq = ?1", &[seq(org)?])?;
            open.commit()
        })
    }

    /// Forgets a move that has ended.
    pub(crate) fn move_end(&self, org: OrgId) -> Result<()> {
        self.with(|connection| connection.execute("DELETE FROM move WHERE seq = ?1", &[seq(org)?]).map(|_| ()))
    }

    /// Moves that have not ended: the org, where it goes, whether it lives there by now.
    pub(crate) fn moves(&self) -> Result<Vec<(OrgId, OrgBackend, bool)>> {
        self.with(|connection| {
            collect(connection, "SELECT seq, target, switched FROM move ORDER BY seq", &[], |row| {
                let org = OrgId::new(u64::try_from(int_column(row, 0)?).map_err(Error::internal)?);
                Ok((org, OrgBackend::parse(&text_column(row, 1)?)?, int_column(row, 2)? != 0))
            })
        })
    }

    pub(crate) fn list(&self) -> Result<Vec<OrgRow>> {
        let sql = format!("{ORGS} ORDER BY seq");
        self.with(|connection| collect(connection, &sql, &[], org_row))
    }

    pub(crate) fn find(&self, org: OrgId) -> Result<Option<OrgRow>> {
        let sql = format!("{ORGS} WHERE seq = ?1");
        self.with(|connection| first(connection, &sql, &[seq(org)?], org_row))
    }
}

const ORGS: &str = "SELECT seq, backend, location, created_ms FROM org";

fn org_row(row: &dyn RowView) -> Result<OrgRow> {
    Ok(OrgRow {
        org: OrgId::new(u64::try_from(int_column(row, 0)?).map_err(Error::internal)?),
        backend: OrgBackend::parse(&text_column(row, 1)?)?,
        location: text_column(row, 2)?,
        created: Instant::from_ms(int_column(row, 3)?),
    })
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
