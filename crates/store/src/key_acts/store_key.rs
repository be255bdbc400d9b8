//! Another key for an org's file: the whole database is copied into a new file under the new key, which then takes the
//! place of the old one. Readers go on during the copy; writers wait.

use crate::driver::SqliteConnection;
use crate::keys::Purpose;
use crate::org::{Backend, OrgStore};
use model::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

/// The copy, until it takes the place of the file.
pub(crate) fn copy_path(path: &Path) -> PathBuf {
    path.with_extension("db.rekey")
}

/// Removes what a copy that was cut off has left.
pub(crate) fn remove_copy(path: &Path) -> Result<()> {
    let copy = copy_path(path);
    for suffix in ["", "-journal", "-wal", "-shm"] {
        let mut name = copy.clone().into_os_string();
        name.push(suffix);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::internal(error)),
            _ => {}
        }
    }
    Ok(())
}

impl OrgStore {
    pub(super) fn rotate_store_key(&self) -> Result<u32> {
        let Backend::Sqlite { path, writer, readers } = &self.backend else {
            // The server keeps no such key; the org's password follows from it and changes when the org is opened next.
            return self.keyring().add_version(Purpose::Store, self.clock.now(), self.entropy());
        };
        let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
        remove_copy(path)?;
        let versions = self.keyring().key_versions(Purpose::Store)?;
        let (_, in_use) = SqliteConnection::open_any(path, &versions)?;
        let newest = versions.first().map_or(0, |(version, _)| *version);
        // A rotation that was cut off has made the new version, and perhaps the new file too.
        let unfinished = versions.len() > 1;
        let version = if unfinished {
            newest
        } else {
            self.keyring().add_version(Purpose::Store, self.clock.now(), self.entropy())?
        };
        if in_use != version {
            let key = self.keyring().key(Purpose::Store)?;
            self.faults().pass("before the copy")?;
            let copy = copy_path(path);
            self.usable(path, &mut writer)?.copy_under(&copy, &key)?;
            self.faults().pass("after the copy")?;
            fs::File::open(&copy).and_then(|file| file.sync_all()).map_err(Error::internal)?;
            self.faults().pass("after the copy is durable")?;
            readers.alone(|| -> Result<()> {
                // No other file may belong to the old one when the new one takes its name.
                self.usable(path, &mut writer)?.settle_file()?;
                drop(writer.take());
                self.faults().pass("before the copy takes its place")?;
                fs::rename(&copy, path).map_err(Error::internal)?;
                self.faults().pass("after the copy took its place")?;
                if let Some(folder) = path.parent() {
                    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::internal)?;
                }
                *writer = Some(SqliteConnection::open(path, &key, false)?);
                Ok(())
            })?;
        }
        self.faults().pass("before the old key is destroyed")?;
        for (old, _) in self.keyring().key_versions(Purpose::Store)? {
            if old != version {
                self.keyring().destroy_version(Purpose::Store, old, self.clock.now())?;
            }
        }
        Ok(version)
    }
}
