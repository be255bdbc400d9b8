//! Copies of an org's keys under a recovery key, for somebody to keep, and a keyring made anew from one.

use super::super::derive::{Bits, Wrapped, key_label, org_key, unwrap_key, wrap};
use super::super::file::{KeyCopy, KeyringFile, WrappedKey};
use super::super::{Purpose, RootKey, SecretHolder};
use super::{Keyring, wrap_secret};
use model::{Entropy, Error, Instant, OrgId, Result, random_bytes};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::path::Path;
use zeroize::Zeroizing;

const COPY_FORMAT: &str = "holdfast-key-copy/1";

/// An org's data keys under a recovery key, as a file that somebody keeps.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Copy {
    format: String,
    org: OrgId,
    holder: String,
    made_ms: i64,
    data_keys: Vec<CopiedKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CopiedKey {
    purpose: Purpose,
    version: u32,
    wrapped: Wrapped,
}

impl Keyring {
    /// All live data keys under a recovery key, as one text; who holds it is noted in the keyring.
    pub(crate) fn export(
        &self,
        recovery: &[u8; 32],
        holder: &str,
        now: Instant,
        entropy: &dyn Entropy,
    ) -> Result<String> {
        self.change(|_, file| {
            file.copies.push(KeyCopy { holder: holder.to_owned(), made_ms: now.ms() });
            Ok(())
        })?;
        let held = self.held()?;
        let keys = held.keys.iter().filter_map(|(purpose, version, key)| {
            let (purpose, version) = (*purpose, *version);
            let wrapped =
                wrap(recovery, key.as_ref()?.expose_secret(), &copy_label(self.org, purpose, version), entropy);
            Some(wrapped.map(|wrapped| CopiedKey { purpose, version, wrapped }))
        });
        let copy = Copy {
            format: COPY_FORMAT.to_owned(),
            org: self.org,
            holder: holder.to_owned(),
            made_ms: now.ms(),
            data_keys: keys.collect::<Result<Vec<_>>>()?,
        };
        serde_json::to_string_pretty(&copy).map_err(Error::internal)
    }

    /// Makes the keyring of an org anew from a copy that [`Keyring::export`] made; the installation keeps its secret.
    ///
    /// # Errors
    /// In words: no copy of this org's keys, another recovery key, a keyring that is there already.
    pub(crate) fn restore(
        path: &Path,
        org: OrgId,
        root: &RootKey,
        copy: &str,
        recovery: &[u8; 32],
        entropy: &dyn Entropy,
    ) -> Result<()> {
        let refused = |why: &str| Error::unavailable(format!("The copy does not open: {why}."), "key copy");
        let copy: Copy = serde_json::from_str(copy).map_err(|_| refused("it is no copy of keys"))?;
        if copy.org != org || copy.format != COPY_FORMAT {
            return Err(refused(&format!("it holds keys of org {} in the form {}", copy.org, copy.format)));
        }
        let org_secret: Bits = Zeroizing::new(random_bytes::<32>(entropy));
        let org_key = org_key(root, &org_secret, org, 1)?;
        let secret = Some(wrap_secret(root, &org_secret, org, 1, entropy)?);
        let mut file = KeyringFile::new(org, 1, SecretHolder::Managed, secret);
        for CopiedKey { purpose, version, wrapped } in copy.data_keys {
            let label = copy_label(org, purpose, version);
            let key = unwrap_key(recovery, &wrapped, &label)
                .ok_or_else(|| refused("it was made with another recovery key, or is damaged"))?;
            let wrapped = Some(wrap(&org_key, &key, &key_label(org, purpose, version), entropy)?);
            file.data_keys.push(WrappedKey { purpose, version, made_ms: copy.made_ms, wrapped, destroyed_ms: None });
        }
        file.copies.push(KeyCopy { holder: copy.holder, made_ms: copy.made_ms });
        file.create(path, &org_key)
    }
}

fn copy_label(org: OrgId, purpose: Purpose, version: u32) -> String {
    format!("{org}/copy/{}/{version}", purpose.name())
}
