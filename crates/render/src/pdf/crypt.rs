//! A document under a password: the standard security handler of PDF 2.0 (ISO 32000-2, revision 6), AES-256 for every
//! stream and text.

use crate::protect::{Chance, Protection, chain};
use aes::cipher::{Array, BlockCipherEncrypt as _, KeyInit as _};
use aes::{Aes128, Aes256};
use model::{Error, ErrorCode, Result};
use pdf_writer::{Dict, Name, Str};
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Everything is allowed to whoever has the password: a document that opens can be copied in any case.
const PERMISSIONS: i32 = -4;

/// The key of one document, and what its password is checked against.
pub(super) struct Cipher {
    key: [u8; 32],
    chance: Chance,
    user: Vec<u8>,
    user_key: [u8; 32],
    owner: Vec<u8>,
    owner_key: [u8; 32],
    permissions: [u8; 16],
}

impl Cipher {
    /// # Errors
    /// A password with characters that no password may have.
    pub(super) fn new(protection: &Protection) -> Result<Self> {
        let mut chance = protection.chance();
        let password = prepared(protection.password())?;
        let key: [u8; 32] = chance.bytes();
        let (user, user_key) = entry(&password, &[], &key, &mut chance)?;
        // Nobody has the owner's password: it is chance, and forgotten here.
        let (owner, owner_key) = entry(&chance.bytes::<32>(), &user, &key, &mut chance)?;
        let mut permissions = [0xff; 16];
        permissions[..4].copy_from_slice(&PERMISSIONS.to_le_bytes());
        permissions[8..12].copy_from_slice(b"Tadb");
        permissions[12..].copy_from_slice(&chance.bytes::<4>());
        let cipher = Aes256::new_from_slice(&key).map_err(|_| Error::internal("a key of another length"))?;
        let mut block = Array::from(permissions);
        cipher.encrypt_block(&mut block);
        Ok(Self { key, chance, user, user_key, owner, owner_key, permissions: block.into() })
    }

    /// A stream or a text: a start of its own, then the content in chained blocks.
    pub(super) fn encrypt(&mut self, content: &[u8]) -> Result<Vec<u8>> {
        let start: [u8; 16] = self.chance.bytes();
        // Always one to sixteen bytes of padding, each saying how many.
        let padding = 16 - content.len() % 16;
        let mut out = Vec::with_capacity(16 + content.len() + padding);
        out.extend(start);
        out.extend(content);
        out.resize(16 + content.len() + padding, u8::try_from(padding).unwrap_or_default());
        chain::<Aes256>(&self.key, &start, &mut out[16..])?;
        Ok(out)
    }

    /// The dictionary that says how the document is encrypted.
    pub(super) fn describe(&self, dict: &mut Dict<'_>) {
        dict.pair(Name(b"Filter"), Name(b"Standard")).pair(Name(b"V"), 5).pair(Name(b"R"), 6);
        dict.pair(Name(b"Length"), 256).pair(Name(b"P"), PERMISSIONS);
        let mut filter = dict.insert(Name(b"CF")).dict();
        let mut standard = filter.insert(Name(b"StdCF")).dict();
        standard.pair(Name(b"CFM"), Name(b"AESV3")).pair(Name(b"AuthEvent"), Name(b"DocOpen"));
        standard.pair(Name(b"Length"), 32);
        drop(standard);
        drop(filter);
        dict.pair(Name(b"StmF"), Name(b"StdCF")).pair(Name(b"StrF"), Name(b"StdCF"));
        dict.pair(Name(b"U"), Str(&self.user)).pair(Name(b"UE"), Str(&self.user_key));
        dict.pair(Name(b"O"), Str(&self.owner)).pair(Name(b"OE"), Str(&self.owner_key));
        dict.pair(Name(b"Perms"), Str(&self.permissions));
    }
}

/// The password as every reader prepares it before it is hashed.
fn prepared(password: &str) -> Result<Vec<u8>> {
    let prepared = stringprep::saslprep(password).map_err(|cause| {
        Error::new(ErrorCode::FieldIntegrityException, "The password has characters that no password may have.")
            .with_internal(cause)
    })?;
    Ok(prepared.as_bytes().iter().copied().take(127).collect())
}

/// What a password is checked against (a hash and its two salts), and the document's key sealed by it.
fn entry(password: &[u8], user: &[u8], key: &[u8; 32], chance: &mut Chance) -> Result<(Vec<u8>, [u8; 32])> {
    let (check, seal): ([u8; 8], [u8; 8]) = (chance.bytes(), chance.bytes());
    let mut checked = hash(password, &check, user)?.to_vec();
    checked.extend(check.into_iter().chain(seal));
    let mut sealed = *key;
    chain::<Aes256>(&hash(password, &seal, user)?, &[0; 16], &mut sealed)?;
    Ok((checked, sealed))
}

/// Algorithm 2.B of ISO 32000-2.
fn hash(password: &[u8], salt: &[u8; 8], user: &[u8]) -> Result<[u8; 32]> {
    let first = Sha256::new().chain_update(password).chain_update(salt).chain_update(user).finalize();
    let mut hash = first.to_vec();
    let mut round = 0u32;
    loop {
        let once = [password, &hash, user].concat();
        let mut content = once.repeat(64);
        let mut start = [0; 16];
        start.copy_from_slice(&hash[16..32]);
        chain::<Aes128>(&hash[..16], &start, &mut content)?;
        // The sixteen bytes as one number, modulo three; 256 leaves one.
        hash = match content[..16].iter().map(|byte| u32::from(*byte)).sum::<u32>() % 3 {
            0 => Sha256::digest(&content).to_vec(),
            1 => Sha384::digest(&content).to_vec(),
            _ => Sha512::digest(&content).to_vec(),
        };
        round += 1;
        let last = content.last().copied().unwrap_or_default();
        if round >= 64 && u32::from(last) <= round - 32 {
            break;
        }
    }
    let mut out = [0; 32];
    out.copy_from_slice(&hash[..32]);
    Ok(out)
}
