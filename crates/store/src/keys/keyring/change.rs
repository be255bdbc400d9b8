//! Another org secret, another root key: the data keys are wrapped anew, and no data is touched.

use super::super::RootKey;
use super::super::derive::{Bits, key_label, org_key, wrap};
use super::super::faults::Faults;
use super::super::file::KeyringFile;
use super::super::holder::{CustomerSecret, PassphraseCost, SecretHolder};
use super::{Held, Keyring, managed_secret, wrap_secret};
use model::{Entropy, Error, OrgId, Result, random_bytes};
use secrecy::ExposeSecret;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use zeroize::Zeroizing;

impl Keyring {
    /// Gives the org a new secret: random and kept by the installation, or made from what the customer gives. No data is
    /// touched; the data keys are wrapped anew.
    pub(crate) fn change_secret(
        &self,
        root: &RootKey,
        given: Option<(&CustomerSecret, PassphraseCost)>,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let held = self.held()?;
        let mut file = held.file.clone();
        file.version += 1;
        let secret: Bits = match given {
            Some((given, cost)) => {
                file.holder = given.new_holder(cost, entropy)?;
                file.org_secret = None;
                given.derive(&file.holder)?
            }
            None => {
                let secret = Zeroizing::new(random_bytes::<32>(entropy));
                file.holder = SecretHolder::Managed;
                file.org_secret = Some(wrap_secret(root, &secret, self.org, file.version, entropy)?);
                secret
            }
        };
        let org_key = org_key(root, &secret, self.org, file.version)?;
        rewrap(&held, &mut file, &org_key, entropy)?;
        file.replace(&self.path, &org_key, &self.faults)?;
        let held = Held::of(&self.path, org_key, file)?;
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(held));
        Ok(())
    }

    /// Brings the keyring under another root key. Done already, it changes nothing.
    pub(crate) fn change_root(
        path: &Path,
        org: OrgId,
        old: &RootKey,
        new: &RootKey,
        given: Option<&CustomerSecret>,
        entropy: &dyn Entropy,
        faults: &Faults,
    ) -> Result<()> {
        let mut file = KeyringFile::read(path, org)?;
        let secret_under = |root: &RootKey| match &file.holder {
            SecretHolder::Managed => managed_secret(path, &file, root),
            holder => given
                .ok_or_else(|| {
                    Error::unavailable(
                        format!(
                            "Org {org} keeps its own secret, which is needed to bring its keys under another root key."
                        ),
                        "customer-held secret not given",
                    )
                })?
                .derive(holder),
        };
        let fits = |root: &RootKey, secret: &[u8; 32]| -> Result<bool> {
            Ok(file.check(path, &*org_key(root, secret, org, file.version)?).is_ok())
        };
        if let Ok(secret) = secret_under(new)
            && fits(new, &secret)?
        {
            return Ok(());
        }
        let secret = secret_under(old)?;
        let old_key = org_key(old, &secret, org, file.version)?;
        file.check(path, &old_key)?;
        let held = Held::of(path, old_key, file.clone())?;
        let new_key = org_key(new, &secret, org, file.version)?;
        if file.holder == SecretHolder::Managed {
            file.org_secret = Some(wrap_secret(new, &secret, org, file.version, entropy)?);
        }
        rewrap(&held, &mut file, &new_key, entropy)?;
        file.replace(path, &new_key, faults)
    }
}

/// Wraps every live data key under another org key.
fn rewrap(held: &Held, file: &mut KeyringFile, org_key: &[u8; 32], entropy: &dyn Entropy) -> Result<()> {
    for (entry, (purpose, version, key)) in file.data_keys.iter_mut().zip(&held.keys) {
        if let Some(key) = key {
            entry.wrapped =
                Some(wrap(org_key, key.expose_secret(), &key_label(held.file.org, *purpose, *version), entropy)?);
        }
    }
    Ok(())
}
