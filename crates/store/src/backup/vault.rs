//! The files of one org's backups, sealed on the way out and opened on the way in.

use crate::keys::{DataKey, Keyring, Purpose};
use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use model::{Error, OrgId, Result};
use secrecy::ExposeSecret;
use sha2::{Sha256, Sha512};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The first bytes of a file under the first version of the key, and of one that names its version in the four bytes
/// behind them.
const FIRST: &[u8] = b"HFBK1\n";
const LATER: &[u8] = b"HFBK2\n";
const NONCE: usize = 12;

pub(super) struct Vault {
    org: OrgId,
    folder: PathBuf,
    /// The newest first, which seals.
    keys: Vec<VaultKey>,
}

struct VaultKey {
    version: u32,
    cipher: Aes256GcmSiv,
    naming: Zeroizing<[u8; 32]>,
}

impl VaultKey {
    fn new(org: OrgId, version: u32, key: &DataKey) -> Result<Self> {
        let expand = |purpose: &str| -> Result<Zeroizing<[u8; 32]>> {
            let mut out = Zeroizing::new([0u8; 32]);
            Hkdf::<Sha512>::new(Some(b"holdfast"), key.expose_secret())
                .expand(format!("holdfast/backup/v1/{org}/{purpose}").as_bytes(), &mut *out)
                .map_err(Error::internal)?;
            Ok(out)
        };
        Ok(Self { version, cipher: Aes256GcmSiv::new((&*expand("seal")?).into()), naming: expand("name")? })
    }

    /// The beginning of a file under this key.
    fn head(&self) -> Vec<u8> {
        if self.version == 1 { FIRST.to_vec() } else { [LATER, &self.version.to_be_bytes()].concat() }
    }
}

impl Vault {
    /// The vault of an org in a directory of backups.
    pub(super) fn new(dir: &Path, org: OrgId, keyring: &Keyring) -> Result<Self> {
        let keys = keyring.key_versions(Purpose::Backup)?;
        let keys = keys.iter().map(|(version, key)| VaultKey::new(org, *version, key)).collect::<Result<Vec<_>>>()?;
        Ok(Self { org, folder: dir.join(org.to_string()), keys })
    }

    /// The key that seals.
    fn newest(&self) -> Result<&VaultKey> {
        self.keys.first().ok_or_else(|| Error::internal(format!("org {} has no backup key", self.org)))
    }

    /// The version of the key that seals.
    pub(super) fn version(&self) -> Result<u32> {
        self.newest().map(|key| key.version)
    }

    pub(super) fn create(&self) -> Result<()> {
        crate::installation::create_private(&self.folder.join("chunks")).map_err(|error| {
            Error::unavailable(format!("The directory {} cannot be made: {error}.", self.folder.display()), "backup")
        })
    }

    fn keyed(&self, label: &str, bytes: &[u8]) -> Result<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.newest()?.naming).map_err(Error::internal)?;
        mac.update(label.as_bytes());
        mac.update(bytes);
        Ok(mac.finalize().into_bytes().into())
    }

    fn chunk_path(&self, name: &str) -> PathBuf {
        self.folder.join("chunks").join(name.get(..2).unwrap_or("xx")).join(format!("{name}.hfc"))
    }

    /// Keeps a chunk and returns its name, and whether it is new.
    pub(super) fn put_chunk(&self, plain: &[u8]) -> Result<(String, bool)> {
        let name = hex::encode(self.keyed("chunk", plain)?);
        let path = self.chunk_path(&name);
        let length = (self.newest()?.head().len() + NONCE + plain.len() + 16) as u64;
        if fs::metadata(&path).is_ok_and(|found| found.len() == length) {
            return Ok((name, false));
        }
        // The nonce follows from the name and so from the content: the same chunk is the same file.
        let nonce = self.keyed("nonce", name.as_bytes())?;
        let sealed = self.seal(&format!("chunk/{name}"), &nonce[..NONCE], plain)?;
        if let Some(parent) = path.parent() {
            crate::installation::create_private(parent).map_err(|error| unwritable(parent, &error))?;
        }
        write_whole(&path, &sealed)?;
        Ok((name, true))
    }

    /// The content of a chunk, in words what is wrong with it otherwise.
    pub(super) fn chunk(&self, name: &str) -> std::result::Result<Vec<u8>, String> {
        let path = self.chunk_path(name);
        let bytes = fs::read(&path).map_err(|error| format!("the chunk {} cannot be read: {error}", path.display()))?;
        self.open(&format!("chunk/{name}"), &bytes).map_err(|fault| match fault {
            Fault::NoKey(version) => format!("the chunk {} stands under {}", path.display(), no_key(version)),
            Fault::Damaged => format!("the chunk {} is damaged, or was put in the place of another", path.display()),
        })
    }

    pub(super) fn manifest_path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("backup-{number:010}.hfb"))
    }

    pub(super) fn put_manifest(&self, number: u64, nonce: &[u8; NONCE], plain: &[u8]) -> Result<Vec<u8>> {
        let sealed = self.seal(&format!("manifest/{number}"), nonce, plain)?;
        write_whole(&self.manifest_path(number), &sealed)?;
        Ok(sealed)
    }

    /// The bytes of a manifest's file and what they say.
    pub(super) fn manifest(&self, number: u64) -> std::result::Result<(Vec<u8>, Vec<u8>), String> {
        let path = self.manifest_path(number);
        let bytes = fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        let plain = self.open(&format!("manifest/{number}"), &bytes).map_err(|fault| match fault {
            Fault::NoKey(version) => format!("{} stands under {}", path.display(), no_key(version)),
            Fault::Damaged => format!("{} is damaged, bears another number, or is of other keys", path.display()),
        })?;
        Ok((bytes, plain))
    }

    /// The numbers of the backups that lie there, ascending.
    pub(super) fn numbers(&self) -> Vec<u64> {
        let number = |entry: fs::DirEntry| -> Option<u64> {
            entry.file_name().to_str()?.strip_prefix("backup-")?.strip_suffix(".hfb")?.parse().ok()
        };
        let mut numbers: Vec<u64> =
            fs::read_dir(&self.folder).into_iter().flatten().flatten().filter_map(number).collect();
        numbers.sort_unstable();
        numbers
    }

    /// Removes chunks that `wanted` does not name. Returns how many.
    pub(super) fn sweep(&self, wanted: &std::collections::HashSet<String>) -> Result<usize> {
        let mut removed = 0;
        for folder in fs::read_dir(self.folder.join("chunks")).into_iter().flatten().flatten() {
            for file in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
                let name = file.file_name().to_string_lossy().trim_end_matches(".hfc").to_owned();
                if !wanted.contains(&name) {
                    fs::remove_file(file.path()).map_err(|error| unwritable(&file.path(), &error))?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    fn seal(&self, label: &str, nonce: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE] = nonce.try_into().map_err(Error::internal)?;
        let aad = format!("{}/{label}", self.org);
        let payload = Payload { msg: plain, aad: aad.as_bytes() };
        let key = self.newest()?;
        let sealed = key.cipher.encrypt(&Nonce::from(nonce), payload).map_err(Error::internal)?;
        Ok([&key.head(), &nonce[..], &sealed].concat())
    }

    fn open(&self, label: &str, bytes: &[u8]) -> std::result::Result<Vec<u8>, Fault> {
        let (version, rest) = version_of(bytes).ok_or(Fault::Damaged)?;
        let key = self.keys.iter().find(|key| key.version == version).ok_or(Fault::NoKey(version))?;
        let (nonce, sealed) = rest.split_at_checked(NONCE).ok_or(Fault::Damaged)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Fault::Damaged)?;
        let aad = format!("{}/{label}", self.org);
        let payload = Payload { msg: sealed, aad: aad.as_bytes() };
        key.cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| Fault::Damaged)
    }
}

/// Why a file does not open.
enum Fault {
    /// It stands under a version of the key that the keyring does not hold.
    NoKey(u32),
    Damaged,
}

/// What a file says of the version of its key, and the rest of it.
fn version_of(bytes: &[u8]) -> Option<(u32, &[u8])> {
    if let Some(rest) = bytes.strip_prefix(FIRST) {
        return Some((1, rest));
    }
    let (version, rest) = bytes.strip_prefix(LATER)?.split_first_chunk()?;
    Some((u32::from_be_bytes(*version), rest))
}

fn no_key(version: u32) -> String {
    format!("backup key {version}, which was destroyed, or is missing from an older copy of the keyring")
}

/// Writes a file so that it is there whole, and on the disk, or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let unfinished = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        path.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
    };
    write().map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::unavailable(
        format!("{} cannot be written: {error}. The backups that were there before are as they were.", path.display()),
        "backup",
    )
}
