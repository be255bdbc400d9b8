//! Orgs whose secret the customer keeps: sealed from the start of the process until the secret is given, and again when
//! somebody says so.

use crate::installation::{Store, keyring_path};
use crate::keys::{CustomerSecret, Keyring, PassphraseCost};
use crate::org::{Backend, OrgStore};
use model::{Error, OrgId, Result};
use std::fs;
use std::sync::{Arc, PoisonError};

impl Store {
    /// Unseals an org with the secret that its customer keeps.
    ///
    /// # Errors
    /// `INVALID_LOGIN` for a wrong secret; as [`Store::org`].
    pub fn org_unseal(&self, org: OrgId, secret: &CustomerSecret) -> Result<Arc<OrgStore>> {
        let row = self.row(org)?;
        let keyring = self.keyring(org)?;
        if !keyring.is_unsealed() {
            keyring.unseal(&self.root, secret, self.clock.now(), &*self.entropy)?;
        }
        self.open_org(&row, keyring)
    }

    /// Whether an org waits for the secret that its customer keeps.
    pub fn is_sealed(&self, org: OrgId) -> bool {
        if let Some(open) = self.orgs.read().unwrap_or_else(PoisonError::into_inner).get(&org) {
            return !open.keyring().is_unsealed();
        }
        // What else may be wrong with a keyring is told by whoever opens the org.
        self.keyring(org).is_ok_and(|keyring| !keyring.is_unsealed())
    }

    /// Seals an org: its keys leave the memory at once, and everything asked of it is refused until it is unsealed. One
    /// whose secret the installation keeps unseals itself with the next request.
    ///
    /// # Errors
    /// `NOT_FOUND` for an org that is not of this installation.
    pub fn org_seal(&self, org: OrgId) -> Result<()> {
        self.row(org)?;
        let open = self.orgs.write().unwrap_or_else(PoisonError::into_inner).remove(&org);
        if let Some(store) = open {
            store.keyring().seal_up();
            match &store.backend {
                Backend::Sqlite { readers, .. } => readers.close_idle(),
                Backend::Postgres { server, .. } => server.forget(org),
            }
        }
        Ok(())
    }

    /// Makes the keyring of an org anew from a copy of its keys; the installation keeps its secret from then on. The
    /// keyring that is there, if any, is kept beside it.
    ///
    /// # Errors
    /// `NOT_FOUND` for an org that is not of this installation; in words what is wrong with the copy.
    pub fn keyring_restore(&self, org: OrgId, copy: &str, recovery: &[u8; 32]) -> Result<()> {
        self.row(org)?;
        let path = keyring_path(&self.config, org);
        let (made, old) = (path.with_extension("json.restored"), path.with_extension("json.old"));
        crate::installation::remove(fs::remove_file(&made))?;
        Keyring::restore(&made, org, &self.root, copy, recovery, &*self.entropy)?;
        let swapped = || -> std::io::Result<()> {
            if path.exists() {
                fs::rename(&path, &old)?;
            }
            fs::rename(&made, &path)
        };
        swapped().map_err(Error::internal)?;
        crate::installation::sync_dir(&self.org_dir(org))?;
        self.forget(org);
        Ok(())
    }

    /// Gives an org a new secret: kept by the customer who gives it, or, without one, random and kept by the installation.
    /// No data is touched.
    ///
    /// # Errors
    /// `MISSING_ARGUMENT` for a passphrase that is too short; what the file system reports.
    pub fn org_secret_rotate(&self, org: OrgId, given: Option<(&CustomerSecret, PassphraseCost)>) -> Result<()> {
        self.org(org)?.keyring().change_secret(&self.root, given, &*self.entropy)
    }
}
