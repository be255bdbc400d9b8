//! The keys of one org at work: read from its keyring file when the org is unsealed, changed one whole file at a time.

mod change;
mod copies;

use super::derive::{self, Bits, decrypt, encrypt, key_label, secret_label, unwrap_key, wrap};
use super::faults::Faults;
use super::file::{KeyCopy, KeyringFile, WrappedKey, damaged};
use super::holder::{CustomerSecret, SecretHolder};
use super::{Purpose, RootKey};
use crate::sealed::FieldKeys;
use model::{Entropy, Error, Instant, OrgId, Result, random_bytes};
use secrecy::{ExposeSecret, SecretBox};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use zeroize::Zeroizing;

/// A 256-bit data key, wiped from memory when dropped.
pub type DataKey = SecretBox<[u8; 32]>;

/// The keys of one org, in memory only. Sealed, it holds none.
pub struct Keyring {
    org: OrgId,
    path: PathBuf,
    held: RwLock<Option<Arc<Held>>>,
    /// One change at a time.
    changing: Mutex<()>,
    faults: Arc<Faults>,
}

/// What an unsealed keyring holds.
struct Held {
    org_key: Bits,
    file: KeyringFile,
    /// Purpose, version, key; in the order of the file. A destroyed one has no key.
    keys: Vec<(Purpose, u32, Option<Arc<DataKey>>)>,
    fields: Arc<FieldKeys>,
}

/// One version of one data key, as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    pub purpose: Purpose,
    pub version: u32,
    pub made: Instant,
    /// When it was destroyed, if it was.
    pub destroyed: Option<Instant>,
    /// Whether new values are written with it.
    pub current: bool,
}

impl Keyring {
    /// Makes the keys of a new org and writes its keyring file.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub(crate) fn create(
        path: &Path,
        org: OrgId,
        root: &RootKey,
        now: Instant,
        entropy: &dyn Entropy,
        faults: Arc<Faults>,
    ) -> Result<Self> {
        let org_secret: Bits = Zeroizing::new(random_bytes::<32>(entropy));
        let org_key = derive::org_key(root, &org_secret, org, 1)?;
        let wrapped = wrap(&*derive::wrapping_key(root, org)?, &org_secret, &secret_label(org, 1), entropy)?;
        let mut file = KeyringFile::new(org, 1, SecretHolder::Managed, Some(wrapped));
        for purpose in Purpose::ALL {
            file.data_keys.push(new_key(org, &org_key, purpose, 1, now, entropy)?);
        }
        file.create(path, &org_key)?;
        let held = Held::of(path, org_key, file)?;
        let held = RwLock::new(Some(Arc::new(held)));
        Ok(Self { org, path: path.to_owned(), held, changing: Mutex::default(), faults })
    }

    /// Unseals an org that the installation keeps the secret of; one whose customer keeps it comes up sealed.
    ///
    /// # Errors
    /// In words for the operator: the keyring is missing or damaged, or belongs to another root key.
    pub(crate) fn load(
        path: &Path,
        org: OrgId,
        root: &RootKey,
        entropy: &dyn Entropy,
        now: Instant,
        faults: Arc<Faults>,
    ) -> Result<Self> {
        let file = KeyringFile::read(path, org)?;
        let keyring = Self { org, path: path.to_owned(), held: RwLock::new(None), changing: Mutex::default(), faults };
        if file.holder == SecretHolder::Managed {
            let secret = managed_secret(path, &file, root)?;
            keyring.hold(file, root, &secret)?;
            keyring.complete(now, entropy)?;
        }
        Ok(keyring)
    }

    /// Takes up the keys of a file whose secret is known.
    fn hold(&self, file: KeyringFile, root: &RootKey, secret: &[u8; 32]) -> Result<()> {
        let org_key = derive::org_key(root, secret, self.org, file.version)?;
        let held = Held::of(&self.path, org_key, file)?;
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(held));
        Ok(())
    }

    /// A key for each purpose that the program has learnt of since the keyring was made.
    fn complete(&self, now: Instant, entropy: &dyn Entropy) -> Result<()> {
        let held = self.held()?;
        let known = |purpose: &Purpose| held.file.data_keys.iter().any(|key| key.purpose == *purpose);
        let missing: Vec<Purpose> = Purpose::ALL.into_iter().filter(|purpose| !known(purpose)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        self.change(|held, file| {
            for purpose in missing {
                file.data_keys.push(new_key(self.org, &held.org_key, purpose, 1, now, entropy)?);
            }
            Ok(())
        })
    }

    fn held(&self) -> Result<Arc<Held>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner).clone();
        held.ok_or_else(|| sealed(self.org))
    }

    /// Writes a changed file and takes up what it says. Cut off anywhere, the file is the old or the new one.
    fn change(&self, work: impl FnOnce(&Held, &mut KeyringFile) -> Result<()>) -> Result<()> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let held = self.held()?;
        let mut file = held.file.clone();
        work(&held, &mut file)?;
        file.replace(&self.path, &held.org_key, &self.faults)?;
        let held = Held::of(&self.path, held.org_key.clone(), file)?;
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(held));
        Ok(())
    }

    /// Whether the keys are in memory.
    pub fn is_unsealed(&self) -> bool {
        self.held.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Who holds the org's secret.
    ///
    /// # Errors
    /// When the keyring cannot be read.
    pub fn holder(&self) -> Result<SecretHolder> {
        Ok(KeyringFile::read(&self.path, self.org)?.holder)
    }

    /// Takes up the keys with the secret that the customer gives.
    ///
    /// # Errors
    /// `INVALID_LOGIN` for a wrong secret; in words for the operator what is wrong with the file.
    pub(crate) fn unseal(
        &self,
        root: &RootKey,
        given: &CustomerSecret,
        now: Instant,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        let file = KeyringFile::read(&self.path, self.org)?;
        let secret = given.derive(&file.holder)?;
        let org_key = derive::org_key(root, &secret, self.org, file.version)?;
        file.check(&self.path, &org_key).map_err(|_| {
            Error::new(
                model::ErrorCode::InvalidLogin,
                format!("The secret given does not open org {}, or its keyring was altered.", self.org),
            )
        })?;
        self.hold(file, root, &secret)?;
        self.complete(now, entropy)
    }

    /// Forgets the keys at once.
    pub(crate) fn seal_up(&self) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The newest key for a purpose.
    ///
    /// # Errors
    /// `SERVER_UNAVAILABLE` while the org is sealed; an internal error when the keyring holds none.
    pub fn key(&self, purpose: Purpose) -> Result<Arc<DataKey>> {
        self.newest(purpose).map(|(_, key)| key)
    }

    /// The newest key for a purpose, with its version.
    pub(crate) fn newest(&self, purpose: Purpose) -> Result<(u32, Arc<DataKey>)> {
        self.key_versions(purpose)?
            .into_iter()
            .next()
            .ok_or_else(|| Error::internal(format!("org {} has no {} key", self.org, purpose.name())))
    }

    /// The live keys for a purpose, newest first.
    pub(crate) fn key_versions(&self, purpose: Purpose) -> Result<Vec<(u32, Arc<DataKey>)>> {
        let held = self.held()?;
        let of_purpose = held.keys.iter().filter(|(known, _, _)| *known == purpose);
        let mut keys: Vec<_> = of_purpose.filter_map(|(_, version, key)| Some((*version, key.clone()?))).collect();
        keys.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
        Ok(keys)
    }

    /// The keys of sealed fields.
    pub(crate) fn fields(&self) -> Result<Arc<FieldKeys>> {
        Ok(self.held()?.fields.clone())
    }

    /// All versions of all data keys, and the version of the org's secret.
    ///
    /// # Errors
    /// `SERVER_UNAVAILABLE` while the org is sealed.
    pub fn rows(&self) -> Result<(u32, Vec<KeyRow>)> {
        let held = self.held()?;
        let newest = |purpose: Purpose| {
            held.file
                .data_keys
                .iter()
                .filter(|key| key.purpose == purpose && key.wrapped.is_some())
                .map(|key| key.version)
                .max()
        };
        let rows = held.file.data_keys.iter().map(|key| KeyRow {
            purpose: key.purpose,
            version: key.version,
            made: Instant::from_ms(key.made_ms),
            destroyed: key.destroyed_ms.map(Instant::from_ms),
            current: newest(key.purpose) == Some(key.version),
        });
        Ok((held.file.version, rows.collect()))
    }

    /// The copies of the keys that were handed out.
    ///
    /// # Errors
    /// `SERVER_UNAVAILABLE` while the org is sealed.
    pub fn copies(&self) -> Result<Vec<KeyCopy>> {
        Ok(self.held()?.file.copies.clone())
    }

    /// Adds a new version of a data key, which is the newest from then on, and returns its number.
    pub(crate) fn add_version(&self, purpose: Purpose, now: Instant, entropy: &dyn Entropy) -> Result<u32> {
        let mut version = 0;
        self.change(|held, file| {
            let of_purpose = file.data_keys.iter().filter(|key| key.purpose == purpose);
            version = of_purpose.map(|key| key.version).max().unwrap_or(0) + 1;
            file.data_keys.push(new_key(self.org, &held.org_key, purpose, version, now, entropy)?);
            Ok(())
        })?;
        Ok(version)
    }

    /// Destroys a version of a data key: what was written with it is unreadable from then on.
    pub(crate) fn destroy_version(&self, purpose: Purpose, version: u32, now: Instant) -> Result<()> {
        self.change(|_, file| {
            let key = file
                .data_keys
                .iter_mut()
                .find(|key| key.purpose == purpose && key.version == version && key.wrapped.is_some())
                .ok_or_else(|| no_such_key(purpose, version))?;
            key.wrapped = None;
            key.destroyed_ms = Some(now.ms());
            Ok(())
        })
    }

    /// Encrypts a small secret under a purpose's key, bound to `label`.
    ///
    /// # Errors
    /// When the keyring holds no such key.
    pub fn seal(&self, purpose: Purpose, label: &str, plain: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>> {
        let key = self.key(purpose)?;
        let nonce: [u8; 12] = random_bytes(entropy);
        let mut out = nonce.to_vec();
        out.extend(encrypt(key.expose_secret(), &nonce, plain, &format!("{}/{label}", self.org))?);
        Ok(out)
    }

    /// Opens what [`Keyring::seal`] sealed, with whichever live version of the key it was.
    ///
    /// # Errors
    /// When it was altered, moved to another label or org, or sealed under another key.
    pub fn open(&self, purpose: Purpose, label: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let opened = self.opened(purpose, label, sealed)?;
        opened
            .map(|(_, plain)| plain)
            .ok_or_else(|| Error::internal(format!("a sealed value does not open as {label}")))
    }

    /// Under which live version something stands that [`Keyring::seal`] sealed; nothing when it opens under none.
    pub(crate) fn version_of(&self, purpose: Purpose, label: &str, sealed: &[u8]) -> Result<Option<u32>> {
        Ok(self.opened(purpose, label, sealed)?.map(|(version, _)| version))
    }

    /// What [`Keyring::seal`] sealed, with the live version it stands under; nothing when it opens under none.
    pub(crate) fn opened(
        &self,
        purpose: Purpose,
        label: &str,
        sealed: &[u8],
    ) -> Result<Option<(u32, Zeroizing<Vec<u8>>)>> {
        let Some((nonce, ciphertext)) = sealed.split_at_checked(12) else { return Ok(None) };
        let nonce: [u8; 12] = nonce.try_into().map_err(Error::internal)?;
        let label = format!("{}/{label}", self.org);
        let keys = self.key_versions(purpose)?;
        Ok(keys
            .iter()
            .find_map(|(version, key)| Some((*version, decrypt(key.expose_secret(), &nonce, ciphertext, &label)?))))
    }
}

impl Held {
    fn of(path: &Path, org_key: Bits, file: KeyringFile) -> Result<Self> {
        let org = file.org;
        file.check(path, &org_key)?;
        let mut keys = Vec::with_capacity(file.data_keys.len());
        for entry in &file.data_keys {
            let Some(wrapped) = &entry.wrapped else {
                keys.push((entry.purpose, entry.version, None));
                continue;
            };
            let key = unwrap_key(&org_key, wrapped, &key_label(org, entry.purpose, entry.version))
                .ok_or_else(|| damaged(path, org, format!("{} key does not unwrap", entry.purpose.name())))?;
            keys.push((entry.purpose, entry.version, Some(Arc::new(SecretBox::new(Box::new(*key))))));
        }
        let of = |wanted: Purpose| {
            keys.iter()
                .filter(move |(purpose, _, _)| *purpose == wanted)
                .map(|(_, version, key)| (*version, key.clone()))
        };
        let fields = Arc::new(FieldKeys::new(org, of(Purpose::Field), of(Purpose::Token)));
        Ok(Self { org_key, file, keys, fields })
    }
}

fn new_key(
    org: OrgId,
    org_key: &[u8; 32],
    purpose: Purpose,
    version: u32,
    now: Instant,
    entropy: &dyn Entropy,
) -> Result<WrappedKey> {
    let key: Bits = Zeroizing::new(random_bytes::<32>(entropy));
    let wrapped = Some(wrap(org_key, &key, &key_label(org, purpose, version), entropy)?);
    Ok(WrappedKey { purpose, version, made_ms: now.ms(), wrapped, destroyed_ms: None })
}

fn wrap_secret(
    root: &RootKey,
    secret: &[u8; 32],
    org: OrgId,
    version: u32,
    entropy: &dyn Entropy,
) -> Result<derive::Wrapped> {
    wrap(&*derive::wrapping_key(root, org)?, secret, &secret_label(org, version), entropy)
}

fn managed_secret(path: &Path, file: &KeyringFile, root: &RootKey) -> Result<Bits> {
    let wrapping_key = derive::wrapping_key(root, file.org)?;
    let wrapped = file.org_secret.as_ref().ok_or_else(|| damaged(path, file.org, "no org secret"))?;
    unwrap_key(&wrapping_key, wrapped, &secret_label(file.org, file.version)).ok_or_else(|| {
        Error::unavailable(
            format!(
                "The root key does not open org {}. Use the root key that the org was made with; its keyring is {}. \
                 After a change of the root key that was cut off, run `holdfast keys rotate root` again.",
                file.org,
                path.display()
            ),
            "org secret does not unwrap",
        )
    })
}

/// The answer to everything while an org's keys are not there.
pub(crate) fn sealed(org: OrgId) -> Error {
    Error::unavailable(
        "This organization is sealed: its own key has not been given yet. Ask the administrator who holds the key to \
         unseal it. Nothing is lost; schedules wait.",
        format!("org {org} is sealed"),
    )
}

pub(crate) fn no_such_key(purpose: Purpose, version: u32) -> Error {
    Error::new(
        model::ErrorCode::NotFound,
        format!(
            "There is no live {} key of version {version}. `holdfast keys list` shows those there are.",
            purpose.name()
        ),
    )
}
