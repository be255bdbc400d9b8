//! One org's keyring: its secret wrapped under the root key, its data keys wrapped under the org key. Every wrapped
//! value is bound to org, purpose and version, so that one cannot be put in the place of another.

use super::RootKey;
use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hkdf::Hkdf;
use model::{Entropy, Error, OrgId, Result, random_bytes};
use secrecy::{ExposeSecret, SecretBox};
use serde::{Deserialize, Serialize};
use sha2::Sha512;
use std::fs;
use std::io::Write;
use std::path::Path;
use zeroize::Zeroizing;

/// A 256-bit data key, wiped from memory when dropped.
pub type DataKey = SecretBox<[u8; 32]>;

/// What a data key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The raw key of the org's database file.
    Store,
    /// Chaining and sealing audit rows.
    AuditMac,
    /// Secrets that the org keeps for connectors and mail.
    Settings,
    /// Hashes of session and link tokens.
    Token,
    /// Backups of the org.
    Backup,
}

impl Purpose {
    pub const ALL: [Purpose; 5] =
        [Purpose::Store, Purpose::AuditMac, Purpose::Settings, Purpose::Token, Purpose::Backup];

    const fn name(self) -> &'static str {
        match self {
            Purpose::Store => "store",
            Purpose::AuditMac => "audit-mac",
            Purpose::Settings => "settings",
            Purpose::Token => "token",
            Purpose::Backup => "backup",
        }
    }
}

/// The keys of one unsealed org, in memory only.
pub struct Keyring {
    org: OrgId,
    keys: Vec<(Purpose, u32, DataKey)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyringFile {
    org: OrgId,
    version: u32,
    org_secret: Wrapped,
    data_keys: Vec<WrappedKey>,
}

#[derive(Serialize, Deserialize)]
struct Wrapped {
    nonce: String,
    ciphertext: String,
}

#[derive(Serialize, Deserialize)]
struct WrappedKey {
    purpose: Purpose,
    version: u32,
    #[serde(flatten)]
    wrapped: Wrapped,
}

impl Keyring {
    /// Makes the keys of a new org and writes its keyring file.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn create(path: &Path, org: OrgId, root: &RootKey, entropy: &dyn Entropy) -> Result<Self> {
        let org_secret = Zeroizing::new(random_bytes::<32>(entropy));
        let org_key = derive_org_key(root, &org_secret, org, 1)?;
        let wrapping_key = derive_wrapping_key(root, org)?;
        let mut keys = Vec::new();
        let mut data_keys = Vec::new();
        for purpose in Purpose::ALL {
            let key = Zeroizing::new(random_bytes::<32>(entropy));
            let wrapped = wrap(&org_key, &key, &key_label(org, purpose, 1), entropy)?;
            data_keys.push(WrappedKey { purpose, version: 1, wrapped });
            keys.push((purpose, 1, SecretBox::new(Box::new(*key))));
        }
        let org_secret = wrap(&wrapping_key, &org_secret, &secret_label(org, 1), entropy)?;
        let file = KeyringFile { org, version: 1, org_secret, data_keys };
        write_new(path, &serde_json::to_vec_pretty(&file).map_err(Error::internal)?)?;
        Ok(Self { org, keys })
    }

    /// Unseals an org.
    ///
    /// # Errors
    /// In words for the operator: the keyring is missing or damaged, or belongs to another root key.
    pub fn open(path: &Path, org: OrgId, root: &RootKey) -> Result<Self> {
        let shown = path.display();
        let bytes = fs::read(path).map_err(|error| {
            Error::unavailable(
                format!(
                    "The keyring {shown} of org {org} cannot be read: {error}. Restore it from your copy of the keys."
                ),
                "keyring",
            )
        })?;
        let damaged = |why: String| {
            Error::unavailable(
                format!("The keyring {shown} of org {org} is damaged. Restore it from your copy of the keys."),
                why,
            )
        };
        let file: KeyringFile = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if file.org != org {
            return Err(damaged(format!("keyring names org {}", file.org)));
        }
        let wrapping_key = derive_wrapping_key(root, org)?;
        let secret = unwrap_key(&wrapping_key, &file.org_secret, &secret_label(org, file.version)).ok_or_else(|| {
            Error::unavailable(
                format!("The root key does not open org {org}. Use the root key that the org was made with; its keyring is {shown}."),
                "org secret does not unwrap",
            )
        })?;
        let org_key = derive_org_key(root, &secret, org, file.version)?;
        let keys = file
            .data_keys
            .iter()
            .map(|entry| {
                let key = unwrap_key(&org_key, &entry.wrapped, &key_label(org, entry.purpose, entry.version))
                    .ok_or_else(|| damaged(format!("{} key does not unwrap", entry.purpose.name())))?;
                Ok((entry.purpose, entry.version, SecretBox::new(Box::new(*key))))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Self { org, keys })
    }

    /// The newest key for a purpose.
    ///
    /// # Errors
    /// When the keyring holds none: it is older than the purpose, or was tampered with.
    pub fn key(&self, purpose: Purpose) -> Result<&DataKey> {
        self.keys
            .iter()
            .filter(|(known, _, _)| *known == purpose)
            .max_by_key(|(_, version, _)| *version)
            .map(|(_, _, key)| key)
            .ok_or_else(|| Error::internal(format!("org {} has no {} key", self.org, purpose.name())))
    }

    /// Encrypts a small secret under a purpose's key, bound to `label`.
    ///
    /// # Errors
    /// When the keyring holds no such key.
    pub fn seal(&self, purpose: Purpose, label: &str, plain: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>> {
        let key = self.key(purpose)?.expose_secret();
        let nonce: [u8; 12] = random_bytes(entropy);
        let mut out = nonce.to_vec();
        out.extend(encrypt(key, &nonce, plain, &format!("{}/{label}", self.org))?);
        Ok(out)
    }

    /// Opens what [`Keyring::seal`] sealed.
    ///
    /// # Errors
    /// When it was altered, moved to another label or org, or sealed under another key.
    pub fn unseal(&self, purpose: Purpose, label: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let key = self.key(purpose)?.expose_secret();
        let refuse = || Error::internal(format!("a sealed value does not open as {label}"));
        let (nonce, ciphertext) = sealed.split_at_checked(12).ok_or_else(refuse)?;
        let nonce: [u8; 12] = nonce.try_into().map_err(Error::internal)?;
        decrypt(key, &nonce, ciphertext, &format!("{}/{label}", self.org)).ok_or_else(refuse)
    }
}

fn secret_label(org: OrgId, version: u32) -> String {
    format!("{org}/org-secret/{version}")
}

fn key_label(org: OrgId, purpose: Purpose, version: u32) -> String {
    format!("{org}/{}/{version}", purpose.name())
}

fn derive_org_key(root: &RootKey, org_secret: &[u8; 32], org: OrgId, version: u32) -> Result<Zeroizing<[u8; 32]>> {
    let mut material = Zeroizing::new([0u8; 64]);
    material[..32].copy_from_slice(root.expose());
    material[32..].copy_from_slice(org_secret);
    expand(&*material, &format!("holdfast/ok/v1/{org}/{version}"))
}

/// The key that wraps an org's secret in managed mode.
fn derive_wrapping_key(root: &RootKey, org: OrgId) -> Result<Zeroizing<[u8; 32]>> {
    expand(root.expose(), &format!("holdfast/org-secret/v1/{org}"))
}

fn expand(material: &[u8], context: &str) -> Result<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0u8; 32]);
    Hkdf::<Sha512>::new(Some(b"holdfast"), material).expand(context.as_bytes(), &mut *key).map_err(Error::internal)?;
    Ok(key)
}

fn encrypt(key: &[u8; 32], nonce: &[u8; 12], plain: &[u8], label: &str) -> Result<Vec<u8>> {
    Aes256GcmSiv::new(key.into())
        .encrypt(&Nonce::from(*nonce), Payload { msg: plain, aad: label.as_bytes() })
        .map_err(Error::internal)
}

fn decrypt(key: &[u8; 32], nonce: &[u8; 12], ciphertext: &[u8], label: &str) -> Option<Zeroizing<Vec<u8>>> {
    Aes256GcmSiv::new(key.into())
        .decrypt(&Nonce::from(*nonce), Payload { msg: ciphertext, aad: label.as_bytes() })
        .ok()
        .map(Zeroizing::new)
}

fn wrap(key: &[u8; 32], plain: &[u8; 32], label: &str, entropy: &dyn Entropy) -> Result<Wrapped> {
    let nonce: [u8; 12] = random_bytes(entropy);
    let ciphertext = encrypt(key, &nonce, plain, label)?;
    Ok(Wrapped { nonce: BASE64.encode(nonce), ciphertext: BASE64.encode(ciphertext) })
}

fn unwrap_key(key: &[u8; 32], wrapped: &Wrapped, label: &str) -> Option<Zeroizing<[u8; 32]>> {
    let nonce: [u8; 12] = BASE64.decode(&wrapped.nonce).ok()?.try_into().ok()?;
    let plain = decrypt(key, &nonce, &BASE64.decode(&wrapped.ciphertext).ok()?, label)?;
    Some(Zeroizing::new(plain.as_slice().try_into().ok()?))
}

/// Writes a file that must not exist yet, and makes it durable before returning.
fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| {
        Error::unavailable(format!("The keyring {} cannot be written: {error}.", path.display()), "keyring")
    })
}
