//! Files that open with a password alone: the common parts of their encryption. All of it is AES with 256 bits, in the
//! form that each kind of file has for it.

mod agile;
mod archive;

pub(crate) use agile::encrypt as encrypt_workbook;
pub(crate) use archive::{MEDIA_TYPE as ARCHIVE, open as open_archive};

use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use model::{Error, ErrorCode, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// The shortest password that guards a file: whoever has the file may try as many as they like.
pub const LEAST_PASSWORD: usize = 10;
/// The longest that every kind of file takes, in bytes.
pub const LONGEST_PASSWORD: usize = 127;

/// A password, and the chance that keys and salts are made from: a parameter, so that the same input gives the same
/// bytes. Neither is ever shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    password: String,
    seed: [u8; 32],
}

impl fmt::Debug for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Protection")
    }
}

impl Protection {
    /// `seed` is chance from the machine, and never the same for two files.
    ///
    /// # Errors
    /// A password that is too short or too long.
    pub fn new(password: &str, seed: [u8; 32]) -> Result<Self> {
        let (length, bytes) = (password.chars().count(), password.len());
        if length < LEAST_PASSWORD || bytes > LONGEST_PASSWORD {
            return Err(Error::new(
                ErrorCode::FieldIntegrityException,
                format!(
                    "The password of a file has at least {LEAST_PASSWORD} characters and at most {LONGEST_PASSWORD} bytes. Choose another."
                ),
            ));
        }
        Ok(Self { password: password.to_owned(), seed })
    }

    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    pub(crate) fn chance(&self) -> Chance {
        Chance { seed: self.seed, drawn: 0 }
    }
}

/// Bytes that nobody can foretell who does not know the seed.
pub(crate) struct Chance {
    seed: [u8; 32],
    drawn: u64,
}

impl Chance {
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        for part in out.chunks_mut(32) {
            let block = Sha256::new().chain_update(self.seed).chain_update(self.drawn.to_le_bytes()).finalize();
            part.copy_from_slice(&block[..part.len()]);
            self.drawn += 1;
        }
        out
    }
}

/// AES in chained blocks, in place. What is no whole block at the end is left out.
pub(crate) fn chain<C: KeyInit + BlockCipherEncrypt>(key: &[u8], iv: &[u8; 16], content: &mut [u8]) -> Result<()> {
    let cipher = C::new_from_slice(key).map_err(|_| Error::internal("a key of another length"))?;
    let mut before = *iv;
    for block in content.chunks_exact_mut(16) {
        block.iter_mut().zip(before).for_each(|(byte, other)| *byte ^= other);
        let block: &mut Array<u8, C::BlockSize> =
            block.try_into().map_err(|_| Error::internal("a cipher of another block size"))?;
        cipher.encrypt_block(block);
        before.copy_from_slice(block);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_of_blocks_is_that_of_the_standard() {
        // NIST SP 800-38A, F.2.5: CBC-AES256.Encrypt.
        let hex = |text: &str| hex_bytes(text);
        let key = hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        let iv: [u8; 16] = hex("000102030405060708090a0b0c0d0e0f").try_into().expect("a block");
        let mut text = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
        chain::<aes::Aes256>(&key, &iv, &mut text).expect("a key");
        assert_eq!(text, hex("f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"));
    }

    fn hex_bytes(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("digits")).collect()
    }

    #[test]
    fn a_short_password_is_refused_and_none_is_shown() {
        assert!(Protection::new("short", [0; 32]).is_err());
        assert!(Protection::new(&"ä".repeat(64), [0; 32]).is_err());
        let kept = Protection::new("correct horse", [7; 32]).expect("a password");
        assert_eq!(format!("{kept:?}"), "Protection");
        let mut chance = kept.chance();
        assert_ne!(chance.bytes::<48>()[..32], chance.bytes::<32>());
    }
}
