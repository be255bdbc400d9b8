//! Which backups of an org there are, and what is wrong with them.

use super::manifest::{Manifest, sha256_hex};
use super::vault::Vault;
use crate::copy::{Digesting, decode_row};
use crate::driver::Param;
use crate::installation::{Store, remove};
use model::{Error, Instant, OrgId, Result};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

/// One backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupRow {
    pub number: u64,
    pub created: Instant,
    pub rows: u64,
    pub chunks: usize,
    /// Chunks that no earlier backup had, and their bytes; 0 in lists.
    pub new_chunks: usize,
    pub new_bytes: u64,
}

/// What is wrong with one backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFault {
    pub number: u64,
    pub why: String,
}

impl Store {
    /// The backups of an org in `dir`, oldest first, with what is wrong in their numbering and chain.
    ///
    /// # Errors
    /// When the org's keys cannot be read.
    pub fn backup_list(&self, org: OrgId, dir: &Path) -> Result<(Vec<BackupRow>, Vec<BackupFault>)> {
        let vault = self.vault(org, dir)?;
        let (manifests, faults) = self.chain(org, &vault)?;
        let row = |manifest: &Manifest| BackupRow {
            number: manifest.number,
            created: manifest.created(),
            rows: manifest.rows(),
            chunks: manifest.tables.iter().map(|entry| entry.chunks.len()).sum(),
            new_chunks: 0,
            new_bytes: 0,
        };
        Ok((manifests.iter().map(row).collect(), faults))
    }

    /// When this installation last made a backup of an org.
    ///
    /// # Errors
    /// What the control database reports.
    pub fn backup_last(&self, org: OrgId) -> Result<Option<Instant>> {
        self.control.backup_last(org)
    }

    /// How many backups that this installation made of an org, and has not removed, stand under each version of the key.
    ///
    /// # Errors
    /// What the control database reports.
    pub fn backup_key_uses(&self, org: OrgId) -> Result<HashMap<u32, u64>> {
        self.control.backup_key_uses(org)
    }

    /// Reads every chunk of every backup of an org in `dir`, and says what is wrong.
    ///
    /// # Errors
    /// When the org's keys cannot be read.
    pub fn backup_verify(&self, org: OrgId, dir: &Path) -> Result<(Vec<BackupRow>, Vec<BackupFault>)> {
        let vault = self.vault(org, dir)?;
        let (manifests, _) = self.chain(org, &vault)?;
        let (rows, mut faults) = self.backup_list(org, dir)?;
        for manifest in &manifests {
            if let Err(why) = unpack(&vault, manifest, &mut Quiet) {
                faults.push(BackupFault { number: manifest.number, why: why.into_words() });
            }
        }
        faults.sort_by_key(|fault| fault.number);
        Ok((rows, faults))
    }

    /// Removes all backups but the newest `keep`, and the chunks that only those had. Returns how many backups and
    /// chunks.
    ///
    /// # Errors
    /// When the chain is broken: then nothing is removed, since what is whole may be needed.
    pub fn backup_prune(&self, org: OrgId, dir: &Path, keep: usize) -> Result<(usize, usize)> {
        let _one_at_a_time = self.backing_up();
        let vault = self.vault(org, dir)?;
        let (manifests, faults) = self.chain(org, &vault)?;
        if let Some(fault) = faults.first() {
            return Err(Error::unavailable(
                format!("Backup {} of org {org}: {}. Nothing was removed.", fault.number, fault.why),
                "backup chain",
            ));
        }
        let (old, kept) = manifests.split_at(manifests.len().saturating_sub(keep.max(1)));
        for manifest in old {
            // Noted first: cut off in between, the next removal finds the file, and nothing keeps its key for ever.
            self.control.backup_removed(org, manifest.number)?;
            remove(fs::remove_file(vault.manifest_path(manifest.number)))?;
        }
        let wanted: HashSet<String> =
            kept.iter().flat_map(|manifest| &manifest.tables).flat_map(|entry| entry.chunks.iter().cloned()).collect();
        Ok((old.len(), vault.sweep(&wanted)?))
    }

    pub(super) fn vault(&self, org: OrgId, dir: &Path) -> Result<Vault> {
        Vault::new(dir, org, &*self.keyring_of(org)?)
    }

    /// The manifests that can be read, and what is wrong with the chain of them. The oldest may have been pruned; behind
    /// it each number must be there and hold the hash of the one before, up to the last that this installation made.
    pub(super) fn chain(&self, org: OrgId, vault: &Vault) -> Result<(Vec<Manifest>, Vec<BackupFault>)> {
        let (mut manifests, mut faults) = (Vec::new(), Vec::new());
        let numbers = vault.numbers();
        let known = self.control.backups(org)?;
        let last = numbers.last().copied().unwrap_or(0).max(known.last().map_or(0, |last| last.0));
        let first = numbers.first().copied().unwrap_or(last);
        let mut before: Option<String> = None;
        for number in first..=last {
            let mut fault = |why: String| faults.push(BackupFault { number, why });
            if last == 0 {
                break;
            }
            if !numbers.contains(&number) {
                fault("it is missing".to_owned());
                before = known.iter().find(|(of, _)| *of == number).map(|(_, hash)| hash.clone());
                continue;
            }
            let read =
                vault.manifest(number).and_then(|(bytes, plain)| Ok((sha256_hex(&bytes), Manifest::parse(&plain)?)));
            let (hash, manifest) = match read {
                Ok(read) => read,
                Err(why) => {
                    fault(why);
                    before = known.iter().find(|(of, _)| *of == number).map(|(_, hash)| hash.clone());
                    continue;
                }
            };
            if number != first && before.is_some() && manifest.previous != before {
                fault("it does not follow from the one before it".to_owned());
            }
            if known.iter().any(|(of, made)| *of == number && *made != hash) {
                fault("it is not the one that this installation made".to_owned());
            }
            before = Some(hash);
            manifests.push(manifest);
        }
        Ok((manifests, faults))
    }
}

/// Where the rows of a backup go.
pub(super) trait Sink {
    fn begin(&mut self, _table: &crate::copy::Table) -> Result<()> {
        Ok(())
    }
    fn row(&mut self, _cells: &[Param]) -> Result<()> {
        Ok(())
    }
    fn end(&mut self) -> Result<()> {
        Ok(())
    }
}

struct Quiet;

impl Sink for Quiet {}

/// Why a backup could not be read to its end.
pub(super) enum Unpacking {
    /// The backup is at fault.
    Fault(String),
    /// Something else is.
    Failed(Error),
}

impl Unpacking {
    fn into_words(self) -> String {
        match self {
            Unpacking::Fault(why) => why,
            Unpacking::Failed(error) => error.message().to_owned(),
        }
    }
}

impl From<Error> for Unpacking {
    fn from(error: Error) -> Self {
        Unpacking::Failed(error)
    }
}

/// Hands out every row of a backup, and compares each table with its digest.
pub(super) fn unpack(vault: &Vault, manifest: &Manifest, sink: &mut dyn Sink) -> std::result::Result<(), Unpacking> {
    for entry in &manifest.tables {
        let name = &entry.table.name;
        sink.begin(&entry.table)?;
        let mut digest = Digesting::default();
        for chunk in &entry.chunks {
            let bytes = vault.chunk(chunk).map_err(Unpacking::Fault)?;
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let cells = decode_row(&mut rest, entry.table.columns.len())
                    .ok_or_else(|| Unpacking::Fault(format!("a chunk of {name} does not hold its rows")))?;
                digest.add(&cells)?;
                sink.row(&cells)?;
            }
        }
        let digest = digest.finish();
        if digest.rows != entry.rows || hex::encode(digest.sha256) != entry.sha256 {
            return Err(Unpacking::Fault(format!("the rows of {name} are not those that were backed up")));
        }
        sink.end()?;
    }
    Ok(())
}
