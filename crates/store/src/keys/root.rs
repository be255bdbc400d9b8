//! The root key: 32 random bytes, as 64 hexadecimal digits in a file that only its owner can read.

use model::{Entropy, Error, Result, random_bytes};
use secrecy::{ExposeSecret, SecretBox};
use std::fs;
use std::io::Write;
use std::path::Path;
use zeroize::Zeroizing;

pub struct RootKey(SecretBox<[u8; 32]>);

impl RootKey {
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
        let mut bytes = [0u8; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| {
            Error::unavailable(
                format!("The root key file {shown} holds no key: it must be 64 hexadecimal digits. Restore it from your copy."),
                "root key malformed",
            )
        })?;
        Ok(Self(SecretBox::new(Box::new(bytes))))
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
    if mode & 0o077 == 0 {
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
