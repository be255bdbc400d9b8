//! Deriving keys from keys, and wrapping keys under keys. Every wrapped value is bound to org, purpose and version, so
//! that one cannot be put in the place of another.

use super::{Purpose, RootKey};
use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hkdf::Hkdf;
use model::{Entropy, Error, OrgId, Result, random_bytes};
use serde::{Deserialize, Serialize};
use sha2::Sha512;
use zeroize::Zeroizing;

/// 256 bits that are wiped when dropped.
pub(crate) type Bits = Zeroizing<[u8; 32]>;

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Wrapped {
    nonce: String,
    ciphertext: String,
}

pub(super) fn secret_label(org: OrgId, version: u32) -> String {
    format!("{org}/org-secret/{version}")
}

pub(super) fn key_label(org: OrgId, purpose: Purpose, version: u32) -> String {
    format!("{org}/{}/{version}", purpose.name())
}

pub(super) fn org_key(root: &RootKey, org_secret: &[u8; 32], org: OrgId, version: u32) -> Result<Bits> {
    let mut material = Zeroizing::new([0u8; 64]);
    material[..32].copy_from_slice(root.expose());
    material[32..].copy_from_slice(org_secret);
    expand(&*material, &format!("holdfast/ok/v1/{org}/{version}"))
}

/// The key that wraps an org's secret in managed mode.
pub(super) fn wrapping_key(root: &RootKey, org: OrgId) -> Result<Bits> {
    expand(root.expose(), &format!("holdfast/org-secret/v1/{org}"))
}

/// The key that authenticates a keyring file as a whole.
pub(super) fn file_key(org_key: &[u8; 32]) -> Result<Bits> {
    expand(org_key, "holdfast/keyring/v1")
}

pub(crate) fn expand(material: &[u8], context: &str) -> Result<Bits> {
    let mut key = Zeroizing::new([0u8; 32]);
    Hkdf::<Sha512>::new(Some(b"holdfast"), material).expand(context.as_bytes(), &mut *key).map_err(Error::internal)?;
    Ok(key)
}

pub(crate) fn encrypt(key: &[u8; 32], nonce: &[u8; 12], plain: &[u8], label: &str) -> Result<Vec<u8>> {
    Aes256GcmSiv::new(key.into())
        .encrypt(&Nonce::from(*nonce), Payload { msg: plain, aad: label.as_bytes() })
        .map_err(Error::internal)
}

pub(crate) fn decrypt(key: &[u8; 32], nonce: &[u8; 12], ciphertext: &[u8], label: &str) -> Option<Zeroizing<Vec<u8>>> {
    Aes256GcmSiv::new(key.into())
        .decrypt(&Nonce::from(*nonce), Payload { msg: ciphertext, aad: label.as_bytes() })
        .ok()
        .map(Zeroizing::new)
}

pub(super) fn wrap(key: &[u8; 32], plain: &[u8; 32], label: &str, entropy: &dyn Entropy) -> Result<Wrapped> {
    let nonce: [u8; 12] = random_bytes(entropy);
    let ciphertext = encrypt(key, &nonce, plain, label)?;
    Ok(Wrapped { nonce: BASE64.encode(nonce), ciphertext: BASE64.encode(ciphertext) })
}

pub(super) fn unwrap_key(key: &[u8; 32], wrapped: &Wrapped, label: &str) -> Option<Bits> {
    let nonce: [u8; 12] = BASE64.decode(&wrapped.nonce).ok()?.try_into().ok()?;
    let plain = decrypt(key, &nonce, &BASE64.decode(&wrapped.ciphertext).ok()?, label)?;
    Some(Zeroizing::new(plain.as_slice().try_into().ok()?))
}
