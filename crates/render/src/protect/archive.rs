//! Plain files under a password: a ZIP archive with one entry, encrypted with AES-256 in the form of WinZip, which 7-Zip and
//! the archivers of desktops open.

use super::Protection;
use model::{Error, Result};
use std::io::Write;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{AesSalt, CompressionMethod, ZipWriter};

pub(crate) const MEDIA_TYPE: &str = "application/zip";

/// An archive with its entry open to be written; finished by whoever wrote it.
///
/// # Errors
/// A writer that fails.
pub(crate) fn open<W: Write>(out: W, name: &str, protection: &Protection) -> Result<ZipWriter<StreamWriter<W>>> {
    let mut archive = ZipWriter::new_stream(out);
    let salt = AesSalt::Aes256(protection.chance().bytes());
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .with_aes_encryption_and_salt(protection.password().as_bytes(), salt);
    archive.start_file(name, options).map_err(Error::internal)?;
    Ok(archive)
}
