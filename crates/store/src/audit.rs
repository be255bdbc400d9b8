//! The audit log: each row carries the hash of the one before it, and a keyed code that only the org's own audit key
//! can make. A row changed, removed or slipped in breaks the chain. Each row says under which version of the key it is
//! sealed, and versions never go back: whoever got hold of an old key can seal no new row with it.

use crate::bulk::{self, Column, Kind, column};
use crate::driver::{Dialect, Param, RowView, collect, first};
use crate::keys::{DataKey, Purpose};
use crate::org::WriteTx;
use crate::read::{ReadTx, blob_column, id_column, int_column, text_column};
use crate::trail;
use hmac::{Hmac, KeyInit, Mac};
use model::{Error, Instant, RecordId, Result};
use policy::Identity;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

/// What happened, in the words of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry<'a> {
    /// `noun_verb`: `record_create`, `session_open`.
    pub action: &'a str,
    pub object: &'a str,
    pub record: Option<RecordId>,
    /// JSON; never a secret.
    pub detail: String,
}

/// A row of the log as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    pub seq: u64,
    pub at: Instant,
    pub actor: String,
    pub action: String,
    pub object: String,
    pub record: Option<RecordId>,
    pub detail: String,
}

/// What a check of the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditVerdict {
    Whole {
        rows: u64,
    },
    /// The first row that does not follow from the one before it.
    BrokenAt {
        seq: u64,
        why: &'static str,
    },
}

const GENESIS: [u8; 32] = [0; 32];

const TABLE: [Column<'static>; 10] = [
    column("seq", Kind::Int),
    column("at_ms", Kind::Int),
    column("actor", Kind::Text),
    column("action", Kind::Text),
    column("object", Kind::Text),
    column("record", Kind::Int),
    column("detail", Kind::Text),
    column("hash", Kind::Blob),
    column("mac", Kind::Blob),
    column("key_version", Kind::Int),
];

impl WriteTx<'_> {
    /// Appends to the log.
    ///
    /// # Errors
    /// What the database reports; the caller's transaction must then fail.
    pub fn audit(&mut self, identity: &Identity, entry: &AuditEntry<'_>) -> Result<()> {
        self.audit_all(identity, std::slice::from_ref(entry))
    }

    /// Appends several entries in their order.
    ///
    /// # Errors
    /// As [`WriteTx::audit`].
    pub fn audit_all(&mut self, identity: &Identity, entries: &[AuditEntry<'_>]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let (mut seq, mut previous) = match self.audit_head {
            Some(head) => head,
            None => self.read_audit_head()?,
        };
        let (at, actor) = (self.now(), identity.audit_name());
        // Behind the head, which writers take in turn: so the versions along the chain never go back.
        let (version, key) = self.keyring().newest(Purpose::AuditMac)?;
        let sealing = mac_with(&key)?;
        let mut params = Vec::with_capacity(entries.len() * TABLE.len());
        let mut told = Vec::new();
        for entry in entries {
            seq += 1;
            let record = entry.record.map_or(0, RecordId::as_i64);
            told.extend(trail::Line::of(seq, at, &actor, entry));
            let hash = chain_hash(&previous, seq, at, record, [&actor, entry.action, entry.object, &entry.detail]);
            let mut mac = sealing.clone();
            mac.update(&hash);
            params.extend([
                Param::Int(i64::try_from(seq).map_err(Error::internal)?),
                at.ms().into(),
                actor.as_str().into(),
                entry.action.into(),
                entry.object.into(),
                record.into(),
                entry.detail.as_str().into(),
                hash.to_vec().into(),
                mac.finalize().into_bytes().to_vec().into(),
                i64::from(version).into(),
            ]);
            previous = hash;
        }
        bulk::insert(self.connection(), "hf_audit", &TABLE, params)?;
        trail::put(self.connection(), told)?;
        self.audit_head = Some((seq, previous));
        Ok(())
    }

    /// The newest row. On PostgreSQL writers run side by side: whoever appends first holds the chain until its end.
    fn read_audit_head(&mut self) -> Result<(u64, [u8; 32])> {
        if self.dialect() == Dialect::Postgres {
            let lock = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 7))";
            self.connection().execute(lock, &[])?;
        }
        let head = first(self.connection(), "SELECT seq, hash FROM hf_audit ORDER BY seq DESC LIMIT 1", &[], |row| {
            Ok((int_column(row, 0)?, blob_column(row, 1)?))
        })?;
        match head {
            None => Ok((0, GENESIS)),
            Some((seq, hash)) => Ok((
                u64::try_from(seq).map_err(Error::internal)?,
                hash.try_into().map_err(|_| Error::internal("an audit hash is not 32 bytes"))?,
            )),
        }
    }
}

impl ReadTx<'_> {
    /// The newest rows of the log, for one record when given.
    ///
    /// # Errors
    /// What the database reports.
    pub fn audit_rows(&mut self, record: Option<RecordId>, limit: u32) -> Result<Vec<AuditRow>> {
        let filter = if record.is_some() { "WHERE record = ?" } else { "" };
        let sql = self.sql(&format!("{COLUMNS} {filter} ORDER BY seq DESC LIMIT {limit}"));
        let params: Vec<Param> = record.map(|record| record.as_i64().into()).into_iter().collect();
        collect(self.connection, &sql, &params, |row| Ok(audit_row(row)?.0))
    }

    /// Rows after one, the oldest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn audit_after(&mut self, after: u64, most: u32) -> Result<Vec<AuditRow>> {
        let sql = self.sql(&format!("{COLUMNS} WHERE seq > ? ORDER BY seq LIMIT {most}"));
        let after = i64::try_from(after).map_err(Error::internal)?;
        collect(self.connection, &sql, &[after.into()], |row| Ok(audit_row(row)?.0))
    }

    /// The number of the newest row; 0 for an empty log.
    ///
    /// # Errors
    /// What the database reports.
    pub fn audit_newest(&mut self) -> Result<u64> {
        let newest =
            first(self.connection, "SELECT COALESCE(MAX(seq), 0) FROM hf_audit", &[], |row| int_column(row, 0))?;
        u64::try_from(newest.unwrap_or(0)).map_err(Error::internal)
    }

    /// The number of the first row that is no older than an instant; behind the last, when there is none. A clock that
    /// was set back makes it an earlier one.
    ///
    /// # Errors
    /// What the database reports.
    pub fn audit_first_since(&mut self, since: Instant) -> Result<u64> {
        let sql = self.sql("SELECT at_ms FROM hf_audit WHERE seq >= ? ORDER BY seq LIMIT 1");
        let (mut low, mut high) = (1, self.audit_newest()? + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            let at = i64::try_from(middle).map_err(Error::internal)?;
            let found = first(self.connection, &sql, &[at.into()], |row| int_column(row, 0))?;
            if found.is_some_and(|found| found < since.ms()) { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }

    /// Walks the whole chain.
    ///
    /// # Errors
    /// What the database reports; a broken chain is a verdict, not an error.
    pub fn audit_verify(&mut self) -> Result<AuditVerdict> {
        let (mut previous, mut expected, mut newest) = (GENESIS, 1, 0);
        let keys = self.keyring.key_versions(Purpose::AuditMac)?;
        let mut broken = None;
        let sql = format!("{COLUMNS} ORDER BY seq");
        self.connection.query(&sql, &[], &mut |row| {
            if broken.is_some() {
                return Ok(());
            }
            let (entry, hash, mac, version) = audit_row(row)?;
            let key = keys.iter().find(|(known, _)| i64::from(*known) == version).map(|(_, key)| key);
            let why = if entry.seq != expected {
                Some("a row is missing before it")
            } else if hash_of(&previous, &entry).as_slice() != hash {
                Some("its content does not match its hash")
            } else if version < newest {
                Some("it is sealed with an older key than the row before it")
            } else {
                match key {
                    None => Some("the keyring lacks the version of the audit key that it is sealed with"),
                    Some(key) if !sealed_by(key, &hash, &mac)? => {
                        Some("its seal was not made with the org's audit key")
                    }
                    Some(_) => None,
                }
            };
            if let Some(why) = why {
                broken = Some(AuditVerdict::BrokenAt { seq: entry.seq, why });
                return Ok(());
            }
            previous = hash.try_into().map_err(|_| Error::internal("an audit hash is not 32 bytes"))?;
            (expected, newest) = (expected + 1, version);
            Ok(())
        })?;
        Ok(broken.unwrap_or(AuditVerdict::Whole { rows: expected - 1 }))
    }

    /// How many rows are sealed with a version of the key.
    ///
    /// # Errors
    /// What the database reports.
    pub fn audit_rows_under(&mut self, version: u32) -> Result<u64> {
        let (from, to) = (self.first_sealed_since(version)?, self.first_sealed_since(version + 1)?);
        u64::try_from(to - from).map_err(Error::internal)
    }

    /// The first row sealed with this version of the key or a newer one; behind the last, when there is none. Versions
    /// grow along the log, so a few looks find it in a log of any length.
    fn first_sealed_since(&mut self, version: u32) -> Result<i64> {
        let last = "SELECT COALESCE(MAX(seq), 0) FROM hf_audit";
        let last = first(self.connection, last, &[], |row| int_column(row, 0))?;
        let sql = self.sql("SELECT key_version FROM hf_audit WHERE seq >= ? ORDER BY seq LIMIT 1");
        let (mut low, mut high) = (1, last.unwrap_or(0) + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            let found = first(self.connection, &sql, &[middle.into()], |row| int_column(row, 0))?;
            if found.is_some_and(|found| found < i64::from(version)) { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }
}

const COLUMNS: &str = "SELECT seq, at_ms, actor, action, object, record, detail, hash, mac, key_version FROM hf_audit";

fn audit_row(row: &dyn RowView) -> Result<(AuditRow, Vec<u8>, Vec<u8>, i64)> {
    let record = id_column(row, 5)?;
    let entry = AuditRow {
        seq: u64::try_from(int_column(row, 0)?).map_err(Error::internal)?,
        at: Instant::from_ms(int_column(row, 1)?),
        actor: text_column(row, 2)?,
        action: text_column(row, 3)?,
        object: text_column(row, 4)?,
        record: (record.as_i64() != 0).then_some(record),
        detail: text_column(row, 6)?,
    };
    Ok((entry, blob_column(row, 7)?, blob_column(row, 8)?, int_column(row, 9)?))
}

fn hash_of(previous: &[u8; 32], row: &AuditRow) -> [u8; 32] {
    let record = row.record.map_or(0, RecordId::as_i64);
    chain_hash(previous, row.seq, row.at, record, [&row.actor, &row.action, &row.object, &row.detail])
}

/// SHA-256 over the previous hash and the row, every part preceded by its length so that no two rows read the same.
fn chain_hash(previous: &[u8; 32], seq: u64, at: Instant, record: i64, texts: [&str; 4]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    for number in [seq.cast_signed(), at.ms(), record] {
        hasher.update(number.to_be_bytes());
    }
    for text in texts {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().into()
}

fn mac_with(key: &DataKey) -> Result<Hmac<Sha256>> {
    Hmac::<Sha256>::new_from_slice(key.expose_secret()).map_err(Error::internal)
}

fn sealed_by(key: &DataKey, hash: &[u8], mac: &[u8]) -> Result<bool> {
    let mut expected = mac_with(key)?;
    expected.update(hash);
    Ok(expected.verify_slice(mac).is_ok())
}
