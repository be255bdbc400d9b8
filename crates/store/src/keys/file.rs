//! The keyring file of one org: its secret wrapped under the root key (or how the customer's secret is made), its data
//! keys wrapped under the org key, and a code over the whole that only the org key can make.

use super::derive::{Wrapped, file_key};
use super::faults::Faults;
use super::{Purpose, SecretHolder};
use hmac::{Hmac, KeyInit as _, Mac};
use model::{Error, OrgId, Result};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fs;
use std::io::Write;
use std::path::Path;

const FORMAT: u32 = 2;

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyringFile {
    pub(super) format: u32,
    pub(super) org: OrgId,
    /// Grows with every new org secret.
    pub(super) version: u32,
    /// Grows with every change of the file.
    pub(super) serial: u64,
    pub(super) holder: SecretHolder,
    /// In managed mode alone.
    pub(super) org_secret: Option<Wrapped>,
    pub(super) data_keys: Vec<WrappedKey>,
    /// Copies of the keys that were handed out.
    pub(super) copies: Vec<KeyCopy>,
    #[serde(default)]
    mac: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrappedKey {
    pub(super) purpose: Purpose,
    pub(super) version: u32,
    pub(super) made_ms: i64,
    /// Nothing once the key is destroyed.
    pub(super) wrapped: Option<Wrapped>,
    /// When it was destroyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) destroyed_ms: Option<i64>,
}

/// A copy of an org's keys that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyCopy {
    pub holder: String,
    pub made_ms: i64,
}

impl KeyringFile {
    pub(super) fn new(org: OrgId, version: u32, holder: SecretHolder, org_secret: Option<Wrapped>) -> Self {
        Self {
            format: FORMAT,
            org,
            version,
            serial: 0,
            holder,
            org_secret,
            data_keys: Vec::new(),
            copies: Vec::new(),
            mac: String::new(),
        }
    }

    /// Reads a file. Whether it is authentic is known only once the org key is: see [`KeyringFile::check`].
    pub(super) fn read(path: &Path, org: OrgId) -> Result<Self> {
        let bytes = fs::read(path).map_err(|error| {
            Error::unavailable(
                format!(
                    "The keyring {} of org {org} cannot be read: {error}. Restore it from your copy of the keys.",
                    path.display()
                ),
                "keyring",
            )
        })?;
        let file: Self = serde_json::from_slice(&bytes).map_err(|error| damaged(path, org, error))?;
        if file.org != org || file.format != FORMAT {
            return Err(damaged(path, org, format!("keyring of org {} in format {}", file.org, file.format)));
        }
        Ok(file)
    }

    /// Whether the file is as it was last written.
    pub(super) fn check(&self, path: &Path, org_key: &[u8; 32]) -> Result<()> {
        let mac = hex::decode(&self.mac).map_err(|error| damaged(path, self.org, error))?;
        self.code(org_key)?
            .verify_slice(&mac)
            .map_err(|_| damaged(path, self.org, "the code over the keyring does not fit"))
    }

    fn code(&self, org_key: &[u8; 32]) -> Result<Hmac<Sha256>> {
        let bare = Self { mac: String::new(), ..self.clone() };
        let mut mac = Hmac::<Sha256>::new_from_slice(&*file_key(org_key)?).map_err(Error::internal)?;
        mac.update(&serde_json::to_vec(&bare).map_err(Error::internal)?);
        Ok(mac)
    }

    fn sealed(&mut self, org_key: &[u8; 32]) -> Result<Vec<u8>> {
        self.serial += 1;
        self.mac = hex::encode(self.code(org_key)?.finalize().into_bytes());
        serde_json::to_vec_pretty(self).map_err(Error::internal)
    }

    /// Writes a file that must not exist yet.
    pub(super) fn create(&mut self, path: &Path, org_key: &[u8; 32]) -> Result<()> {
        let bytes = self.sealed(org_key)?;
        write_new(path, &bytes, &Faults::default())
    }

    /// Puts the file in the place of the one before: whoever reads sees the one or the other whole.
    pub(super) fn replace(&mut self, path: &Path, org_key: &[u8; 32], faults: &Faults) -> Result<()> {
        let bytes = self.sealed(org_key)?;
        let next = path.with_extension("json.next");
        faults.pass("before the next keyring is written")?;
        // What a writer that was cut off has left.
        crate::installation::remove(fs::remove_file(&next))?;
        write_new(&next, &bytes, faults)?;
        faults.pass("before the next keyring takes its place")?;
        let swapped = || -> std::io::Result<()> {
            fs::rename(&next, path)?;
            match path.parent() {
                Some(folder) => fs::File::open(folder)?.sync_all(),
                None => Ok(()),
            }
        };
        swapped().map_err(|error| unwritable(path, &error))?;
        faults.pass("after the next keyring took its place")
    }
}

pub(super) fn damaged(path: &Path, org: OrgId, why: impl std::fmt::Display) -> Error {
    Error::unavailable(
        format!("The keyring {} of org {org} is damaged. Restore it from your copy of the keys.", path.display()),
        why,
    )
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::unavailable(format!("The keyring {} cannot be written: {error}.", path.display()), "keyring")
}

/// Points within the writing of a keyring at which it can be cut off.
const SLICES: usize = 20;

/// Writes a file that must not exist yet, and makes it durable before returning.
fn write_new(path: &Path, bytes: &[u8], faults: &Faults) -> Result<()> {
    let refused = |error: std::io::Error| unwritable(path, &error);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(refused)?;
    for slice in bytes.chunks(bytes.len().div_ceil(SLICES).max(1)) {
        file.write_all(slice).map_err(refused)?;
        faults.pass("within the next keyring")?;
    }
    file.sync_all().map_err(refused)
}
