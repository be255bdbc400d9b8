//! A workbook under a password: the agile encryption of [MS-OFFCRYPTO] (AES-256 in chained blocks, SHA-512, 100,000 rounds)
//! inside a compound file, as Excel and LibreOffice write it.

use super::{Chance, Protection, chain};
use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac};
use model::{Error, Result};
use sha2::{Digest, Sha512};
use std::io::{Cursor, Write};
use std::time::SystemTime;

/// Rounds of hashing: what Excel writes today.
const ROUNDS: u32 = 100_000;
/// The package is encrypted in pieces, each with a start of its own.
const SEGMENT: usize = 4096;

/// What each key and start is for, by the numbers of the specification.
mod purpose {
    pub(super) const VERIFIER: [u8; 8] = [0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79];
    pub(super) const VERIFIER_HASH: [u8; 8] = [0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e];
    pub(super) const KEY: [u8; 8] = [0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6];
    pub(super) const SEAL_KEY: [u8; 8] = [0x5f, 0xb2, 0xad, 0x01, 0x0c, 0xb9, 0xe1, 0xf6];
    pub(super) const SEAL: [u8; 8] = [0xa0, 0x67, 0x7f, 0x02, 0xb2, 0x2c, 0x84, 0x33];
}

/// Encrypts a finished workbook.
///
/// # Errors
/// An internal error, should the parts not fit together.
pub(crate) fn encrypt(workbook: &[u8], protection: &Protection) -> Result<Vec<u8>> {
    let mut chance = protection.chance();
    let salt: [u8; 16] = chance.bytes();
    let key: [u8; 32] = chance.bytes();
    let package = package(workbook, &key, &salt)?;
    let information = information(&package, protection.password(), &key, &salt, &mut chance)?;
    compound(&information, &package).map_err(Error::internal)
}

fn start_of(salt: &[u8], purpose: &[u8]) -> [u8; 16] {
    let hash = Sha512::new().chain_update(salt).chain_update(purpose).finalize();
    let mut start = [0; 16];
    start.copy_from_slice(&hash[..16]);
    start
}

/// Its true length, then the content in segments.
fn package(workbook: &[u8], key: &[u8; 32], salt: &[u8; 16]) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(workbook.len() + 32);
    out.extend((workbook.len() as u64).to_le_bytes());
    for (number, segment) in (0u32..).zip(workbook.chunks(SEGMENT)) {
        let mut padded = segment.to_vec();
        padded.resize(segment.len().next_multiple_of(16), 0);
        chain::<Aes256>(key, &start_of(salt, &number.to_le_bytes()), &mut padded)?;
        out.extend(padded);
    }
    Ok(out)
}

/// The description of the encryption: salts, the sealed key, and a seal over the package.
fn information(
    package: &[u8],
    password: &str,
    key: &[u8; 32],
    salt: &[u8; 16],
    chance: &mut Chance,
) -> Result<Vec<u8>> {
    let own_salt: [u8; 16] = chance.bytes();
    let rounds = rounds(password, &own_salt);
    let sealed = |purpose: [u8; 8], content: &[u8]| -> Result<String> {
        let own = Sha512::new().chain_update(rounds).chain_update(purpose).finalize();
        let mut content = content.to_vec();
        chain::<Aes256>(&own[..32], &own_salt, &mut content)?;
        Ok(BASE64.encode(content))
    };
    let verifier: [u8; 16] = chance.bytes();
    let seal_key: [u8; 64] = chance.bytes();
    let mut seal = Hmac::<Sha512>::new_from_slice(&seal_key).map_err(Error::internal)?;
    seal.update(package);
    let integrity = |purpose: [u8; 8], content: &[u8]| -> Result<String> {
        let mut content = content.to_vec();
        chain::<Aes256>(key, &start_of(salt, &purpose), &mut content)?;
        Ok(BASE64.encode(content))
    };
    let terms = r#"blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512""#;
    let office = "http://schemas.microsoft.com/office/2006";
    let xml = format!(
        concat!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n",
            "<encryption xmlns=\"{office}/encryption\" xmlns:p=\"{office}/keyEncryptor/password\" xmlns:c=\"{office}/keyEncryptor/certificate\">",
            "<keyData saltSize=\"16\" {terms} saltValue=\"{salt}\"/>",
            "<dataIntegrity encryptedHmacKey=\"{seal_key}\" encryptedHmacValue=\"{seal}\"/>",
            "<keyEncryptors><keyEncryptor uri=\"{office}/keyEncryptor/password\">",
            "<p:encryptedKey spinCount=\"{rounds}\" saltSize=\"16\" {terms} saltValue=\"{own_salt}\" ",
            "encryptedVerifierHashInput=\"{verifier}\" encryptedVerifierHashValue=\"{verifier_hash}\" encryptedKeyValue=\"{key}\"/>",
            "</keyEncryptor></keyEncryptors></encryption>"
        ),
        office = office,
        terms = terms,
        salt = BASE64.encode(salt),
        seal_key = integrity(purpose::SEAL_KEY, &seal_key)?,
        seal = integrity(purpose::SEAL, &seal.finalize().into_bytes())?,
        rounds = ROUNDS,
        own_salt = BASE64.encode(own_salt),
        verifier = sealed(purpose::VERIFIER, &verifier)?,
        verifier_hash = sealed(purpose::VERIFIER_HASH, &Sha512::digest(verifier))?,
        key = sealed(purpose::KEY, key)?,
    );
    // Version 4.4, and the flag that says agile.
    let mut out = vec![4, 0, 4, 0, 0x40, 0, 0, 0];
    out.extend(xml.as_bytes());
    Ok(out)
}

/// The password hashed so often that trying many takes long.
fn rounds(password: &str, salt: &[u8; 16]) -> [u8; 64] {
    let words: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut hash = Sha512::new().chain_update(salt).chain_update(&words).finalize();
    for round in 0..ROUNDS {
        hash = Sha512::new().chain_update(round.to_le_bytes()).chain_update(hash).finalize();
    }
    hash.into()
}

/// The container: both streams, and the fixed parts that say which transform leads to the package.
fn compound(information: &[u8], package: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
    let storages = [
        "/\u{6}DataSpaces",
        "/\u{6}DataSpaces/DataSpaceInfo",
        "/\u{6}DataSpaces/TransformInfo",
        "/\u{6}DataSpaces/TransformInfo/StrongEncryptionTransform",
    ];
    for path in storages {
        file.create_storage(path)?;
        // The machine's clock would make every file another.
        file.set_created_time(path, SystemTime::UNIX_EPOCH)?;
    }
    let streams = [
        ("/\u{6}DataSpaces/Version", version()),
        ("/\u{6}DataSpaces/DataSpaceMap", map()),
        ("/\u{6}DataSpaces/DataSpaceInfo/StrongEncryptionDataSpace", space()),
        ("/\u{6}DataSpaces/TransformInfo/StrongEncryptionTransform/\u{6}Primary", transform()),
    ];
    for (path, content) in &streams {
        file.create_stream(path)?.write_all(content)?;
    }
    file.create_stream("/EncryptionInfo")?.write_all(information)?;
    file.create_stream("/EncryptedPackage")?.write_all(package)?;
    for path in storages.into_iter().chain(["/"]) {
        file.set_modified_time(path, SystemTime::UNIX_EPOCH)?;
    }
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

/// A text behind its length, filled up to four bytes.
fn push_text(out: &mut Vec<u8>, text: &str) {
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    push(out, u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    out.extend(&bytes);
    out.resize(out.len().next_multiple_of(4), 0);
}

fn push(out: &mut Vec<u8>, number: u32) {
    out.extend(number.to_le_bytes());
}

/// Reader, updater and writer of version 1.0.
fn push_versions(out: &mut Vec<u8>) {
    (0..3).for_each(|_| push(out, 1));
}

fn version() -> Vec<u8> {
    let mut out = Vec::new();
    push_text(&mut out, "Microsoft.Container.DataSpaces");
    push_versions(&mut out);
    out
}

fn map() -> Vec<u8> {
    let mut entry = Vec::new();
    push(&mut entry, 1);
    push(&mut entry, 0);
    push_text(&mut entry, "EncryptedPackage");
    push_text(&mut entry, "StrongEncryptionDataSpace");
    let mut out = Vec::new();
    push(&mut out, 8);
    push(&mut out, 1);
    push(&mut out, u32::try_from(entry.len() + 4).unwrap_or(u32::MAX));
    out.extend(entry);
    out
}

fn space() -> Vec<u8> {
    let mut out = Vec::new();
    push(&mut out, 8);
    push(&mut out, 1);
    push_text(&mut out, "StrongEncryptionTransform");
    out
}

fn transform() -> Vec<u8> {
    let mut header = Vec::new();
    push(&mut header, 1);
    push_text(&mut header, "{FF9A3F03-56EF-4613-BDD5-5A41C1D07246}");
    let mut out = Vec::new();
    push(&mut out, u32::try_from(header.len() + 4).unwrap_or(u32::MAX));
    out.extend(header);
    push_text(&mut out, "Microsoft.Container.EncryptionTransform");
    push_versions(&mut out);
    // The encryption describes itself in its own stream: no name, no block size, no mode.
    [0, 0, 0, 4].into_iter().for_each(|number| push(&mut out, number));
    out
}
