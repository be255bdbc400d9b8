//! The witness: how far each org's audit log had come, kept in the control database, away from the org's own store.
//!
//! Encryption proves who wrote a page, not when: an old file put in the place of the new one still opens. So whoever
//! opens an org compares. A log that is shorter than the witness says, or that holds another row at that place, means
//! that the store was rolled back or replaced: the org is then read only, and says so.

use crate::driver::{Connection, first, placeholders};
use crate::installation::Store;
use crate::keys::{DataKey, Keyring, Purpose};
use crate::org::{Open, OrgStore};
use crate::read::blob_column;
use hmac::{Hmac, KeyInit, Mac};
use model::{Error, OrgId, Result};
use secrecy::ExposeSecret;
use sha2::Sha256;
use std::sync::PoisonError;

/// The newest row of an org's audit log that was seen: its number, its hash, and the org's own seal on both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Witness {
    pub(crate) seq: u64,
    pub(crate) hash: Vec<u8>,
    pub(crate) mac: Vec<u8>,
}

/// What comparing an org with its witness found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WitnessVerdict {
    /// The org is at least as far as was seen, and holds the same row there. Nothing was seen yet when there is no row.
    Agrees { seq: Option<u64> },
    /// In words: the store is older than it was, or another one.
    Disagrees { why: String },
}

impl OrgStore {
    /// Notes how far a committed transaction has brought the audit log.
    pub(crate) fn note_head(&self, seq: u64, hash: [u8; 32]) {
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        if head.is_none_or(|(known, _)| known < seq) {
            *head = Some((seq, hash));
        }
    }

    fn witness_now(&self) -> Result<Option<Witness>> {
        let head = *self.head.lock().unwrap_or_else(PoisonError::into_inner);
        head.map(|(seq, hash)| {
            let (_, key) = self.keyring.newest(Purpose::AuditMac)?;
            let mac = sealing(self.org, &key, seq, &hash)?.finalize().into_bytes().to_vec();
            Ok(Witness { seq, hash: hash.to_vec(), mac })
        })
        .transpose()
    }
}

impl Store {
    /// Writes down how far the open orgs have come. Called every second while orgs are open, and when one is closed.
    ///
    /// # Errors
    /// What the control database reports.
    pub fn witness_keep(&self) -> Result<()> {
        for open in self.open_orgs() {
            self.witness_keep_of(&open)?;
        }
        Ok(())
    }

    pub(crate) fn witness_keep_of(&self, open: &OrgStore) -> Result<()> {
        let Some(witness) = open.witness_now()? else { return Ok(()) };
        self.control.witness_put(open.org, &witness)?;
        let mut head = open.head.lock().unwrap_or_else(PoisonError::into_inner);
        if head.is_some_and(|(seq, _)| seq == witness.seq) {
            *head = None;
        }
        Ok(())
    }

    /// Compares an org with its witness.
    ///
    /// # Errors
    /// What the databases report.
    pub fn witness_check(&self, open: &OrgStore) -> Result<WitnessVerdict> {
        let Some(witness) = self.control.witness(open.org)? else { return Ok(WitnessVerdict::Agrees { seq: None }) };
        let disagrees = |why: &str| Ok(WitnessVerdict::Disagrees { why: why.to_owned() });
        if !sealed_by_us(open.org, &open.keyring, &witness)? {
            return disagrees("what the control database says of it was not sealed with the org's key");
        }
        let found = open.with_reader(|connection| hash_at(connection, witness.seq))?;
        match found {
            Some(hash) if hash == witness.hash => Ok(WitnessVerdict::Agrees { seq: Some(witness.seq) }),
            Some(_) => disagrees(&format!("row {} of its audit log is not the one that was there", witness.seq)),
            None => disagrees(&format!("its audit log had reached row {}, which is not there", witness.seq)),
        }
    }

    /// Makes an org read only when it is not what the witness saw.
    pub(crate) fn heed_witness(&self, open: &OrgStore) -> Result<()> {
        if let WitnessVerdict::Disagrees { why } = self.witness_check(open)? {
            tracing::error!(org = %open.org, "the org's store was rolled back or replaced: {why}");
            open.gate.stop_writing(&format!(
                "This org can only be read: its store was rolled back or replaced ({why}). The operator restores it \
                 from a backup, or accepts it as it is with `holdfast verify --accept`."
            ))?;
        }
        Ok(())
    }

    /// Takes an org as it is: what was seen of it before no longer counts. Its webhooks begin another generation,
    /// and its mail waits until somebody says how it goes on.
    ///
    /// # Errors
    /// What the control database reports.
    pub fn witness_accept(&self, org: OrgId) -> Result<()> {
        self.control.witness_forget(org)?;
        self.forget(org);
        // It may be an earlier state, whose log goes on with numbers that were told before.
        let open = self.org(org)?;
        open.with_writer(|connection| {
            let mut begun = Open::begin(connection, "BEGIN")?;
            crate::webhook::renew_generations(begun.connection, open.entropy())?;
            crate::system::note_restored(begun.connection)?;
            begun.commit()
        })
    }
}

fn hash_at(connection: &mut dyn Connection, seq: u64) -> Result<Option<Vec<u8>>> {
    let sql = placeholders(connection.dialect(), "SELECT hash FROM hf_audit WHERE seq = ?");
    let seq = i64::try_from(seq).map_err(Error::internal)?;
    first(connection, &sql, &[seq.into()], |row| blob_column(row, 0))
}

/// Whether a witness bears the org's seal, made before a rotation of the key or after it.
fn sealed_by_us(org: OrgId, keyring: &Keyring, witness: &Witness) -> Result<bool> {
    for (_, key) in keyring.key_versions(Purpose::AuditMac)? {
        if sealing(org, &key, witness.seq, &witness.hash)?.verify_slice(&witness.mac).is_ok() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn sealing(org: OrgId, key: &DataKey, seq: u64, hash: &[u8]) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret()).map_err(Error::internal)?;
    mac.update(format!("holdfast/witness/v1/{org}/{seq}/").as_bytes());
    mac.update(hash);
    Ok(mac)
}
