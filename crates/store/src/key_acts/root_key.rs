//! Another root key: every org's keyring is wrapped anew, then the control database is copied under its new key. No org's
//! data is touched. Cut off, it is done again with both keys and goes on where it ended.

use super::store_key::{copy_path, remove_copy};
use crate::control::Control;
use crate::installation::{Store, StoreConfig, keyring_path, lock};
use crate::keys::{CustomerSecret, Faults, Keyring, RootKey};
use model::{Entropy, Error, OrgId, Result};
use std::fs;

/// What a change of the root key did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootRotation {
    pub orgs: usize,
}

impl Store {
    /// Brings an installation that is not running under another root key. `secret_of` gives the secret of an org whose
    /// customer keeps it.
    ///
    /// # Errors
    /// In words for the operator: a running server, a key that opens nothing, an org whose secret is not given. Whatever
    /// was done stays done; the same call goes on.
    pub fn root_key_rotate(
        config: &StoreConfig,
        old: &RootKey,
        new: &RootKey,
        secret_of: &dyn Fn(OrgId) -> Option<CustomerSecret>,
        entropy: &dyn Entropy,
        faults: &Faults,
    ) -> Result<RootRotation> {
        let _lock = lock(&config.data_dir)?;
        let control_path = config.data_dir.join("control.db");
        remove_copy(&control_path)?;
        let done =
            |control: &Control| -> Result<Vec<OrgId>> { Ok(control.list()?.into_iter().map(|row| row.org).collect()) };
        let orgs = match Control::open(&control_path, new) {
            Ok(control) => return Ok(RootRotation { orgs: done(&control)?.len() }),
            Err(_) => done(&Control::open(&control_path, old)?)?,
        };
        for org in &orgs {
            faults.pass("before an org's keyring")?;
            let secret = secret_of(*org);
            Keyring::change_root(&keyring_path(config, *org), *org, old, new, secret.as_ref(), entropy, faults)?;
        }
        faults.pass("before the control database")?;
        let copy = copy_path(&control_path);
        Control::open(&control_path, old)?.copy_under(&copy, new)?;
        faults.pass("after the control database was copied")?;
        fs::File::open(&copy).and_then(|file| file.sync_all()).map_err(Error::internal)?;
        fs::rename(&copy, &control_path).map_err(Error::internal)?;
        faults.pass("after the control database took its place")?;
        fs::File::open(&config.data_dir).and_then(|folder| folder.sync_all()).map_err(Error::internal)?;
        Ok(RootRotation { orgs: orgs.len() })
    }
}
