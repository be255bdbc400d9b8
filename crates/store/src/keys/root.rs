//! The root key: 32 random bytes, as 64 hexadecimal digits in a file that only its owner can read, or given by whoever
//! opens the installation.

use model::{Entropy, Error, Result, random_bytes};
use secrecy::{ExposeSecret, SecretBox};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Wiped from memory when dropped; what `Debug` prints of it is a placeholder.
#[derive(Debug)]
pub struct RootKey(SecretBox<[u8; 32]>);

/// Where the root key of an installation comes from.
#[derive(Debug, Clone)]
pub enum RootKeySource {
    /// A file, which is made with a new key where there is no installation yet.
    File(PathBuf),
    /// It was read already, from something that is no file of ours to make.
    Given(Arc<RootKey>),
}

impl From<PathBuf> for RootKeySource {
    fn from(path: PathBuf) -> Self {
        RootKeySource::File(path)
    }
}

impl RootKeySource {
    /// The key. `installed` says whether there is an installation that it must open; where there is none, a file that is
    /// missing is made.
    ///
    /// # Errors
    /// As [`RootKey::load`] and [`RootKey::create`].
    pub fn open(&self, installed: bool, entropy: &dyn Entropy) -> Result<Arc<RootKey>> {
        match self {
            RootKeySource::Given(key) => Ok(key.clone()),
            RootKeySource::File(path) if installed || path.exists() => RootKey::load(path).map(Arc::new),
            RootKeySource::File(path) => RootKey::create(path, entropy).map(Arc::new),
        }
    }
}

impl RootKey {
    /// Reads a key as it is written down: 64 hexadecimal digits, with white space around them.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0u8; 32]);
        hex::decode_to_slice(text.trim(), &mut *bytes).ok()?;
        Some(Self(SecretBox::new(Box::new(*bytes))))
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// In words for the operator: the file is missing, readable by others, or holds no key.
    pub fn load(path: &Path) -> Result<Self> {
        let shown = path.display();
        let text = fs::read_to_string(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::unavailable(
                format!("The root key file {shown} is missing. Without it no org can be opened: put it back, or name it with --root-key."),
                error,
            ),
            _ => Error::unavailable(format!("The root key file {shown} cannot be read: {error}."), "root key"),
        })?;
        let text = Zeroizing::new(text);
        check_mode(path)?;
        Self::parse(&text).ok_or_else(|| {
            Error::unavailable(
                format!("The root key file {shown} holds no key: it must be 64 hexadecimal digits. Restore it from your copy."),
                "root key malformed",
            )
        })
    }

    /// Makes a new key file; an existing one is never overwritten.
    ///
    /// # Errors
    /// In words for the operator: the file exists or cannot be written.
    pub fn create(path: &Path, entropy: &dyn Entropy) -> Result<Self> {
        let shown = path.display();
        let bytes: [u8; 32] = random_bytes(entropy);
        let text = Zeroizing::new(format!("{}\n", hex::encode(bytes)));
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o400);
        }
        let write = || -> std::io::Result<()> {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut file = options.open(path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(|error| {
            Error::unavailable(format!("The root key file {shown} cannot be made: {error}."), "root key")
        })?;
        Ok(Self(SecretBox::new(Box::new(bytes))))
    }

    /// The bytes of a recovery key, which is made and kept as a root key is.
    pub fn recovery(&self) -> &[u8; 32] {
        self.expose()
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

#[cfg(unix)]
fn check_mode(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_err(Error::internal)?.permissions().mode();
    // systemd lets the service's user read a credential by an access list, whose mask shows as the group's right to read.
    let credentials =
        std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let is_credential = credentials.is_some_and(|folder| {
        let (file, folder) = (fs::canonicalize(path), fs::canonicalize(folder));
        file.is_ok_and(|file| folder.is_ok_and(|folder| file.starts_with(folder)))
    });
    let others = if is_credential { 0o037 } else { 0o077 };
    if mode & others == 0 {
        return Ok(());
    }
    Err(Error::unavailable(
        format!(
            "The root key file {} can be read by others (mode {:o}). Run: chmod 400 {}",
            path.display(),
            mode & 0o777,
            path.display()
        ),
        "root key mode",
    ))
}

#[cfg(not(unix))]
fn check_mode(_path: &Path) -> Result<()> {
    Ok(())
}
