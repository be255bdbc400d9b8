//! Tokens: 256 random bits in the characters that Salesforce clients accept, with the org in front. Only their keyed
//! hashes are kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use model::{Entropy, Error, ErrorCode, OrgId, Result, random_bytes};
use secrecy::ExposeSecret;
use sha2::Sha256;
use store::{Keyring, Purpose};

/// What the hash of a token is for: a hash made for one use is worth nothing in another.
#[derive(Clone, Copy)]
pub(crate) enum TokenUse {
    Session,
    SecurityToken,
    ClientSecret,
    Grant,
    Assertion,
    FrontDoor,
    ReplySignature,
}

impl TokenUse {
    const fn label(self) -> &'static [u8] {
        match self {
            TokenUse::Session => b"session\0",
            TokenUse::SecurityToken => b"security-token\0",
            TokenUse::ClientSecret => b"client-secret\0",
            TokenUse::Grant => b"grant\0",
            TokenUse::Assertion => b"assertion\0",
            TokenUse::FrontDoor => b"front-door\0",
            TokenUse::ReplySignature => b"reply-signature\0",
        }
    }
}

/// Letters and digits of the org that a token begins with.
const ORG_LENGTH: usize = 15;

/// Longest text looked at as a token; ours are far shorter.
const MAX_LENGTH: usize = 256;

/// Letters and digits that nobody mistakes for others: no 0, 1, I, O, l, o.
const SECURITY_TOKEN_ALPHABET: &[u8; 56] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz";

/// Length of a security token; 56^24 is about 2^139.
pub(crate) const SECURITY_TOKEN_LENGTH: usize = 24;

/// A new bearer token of an org: `00D…!…`.
pub(crate) fn bearer(org: OrgId, entropy: &dyn Entropy) -> String {
    format!("{}!{}", org.record_id().to_short(), random_text(entropy))
}

/// A new refresh token of an org: `00D….…`. `sf` carries these in addresses (`force://…`) that take no exclamation mark.
pub(crate) fn refresh(org: OrgId, entropy: &dyn Entropy) -> String {
    format!("{}.{}", org.record_id().to_short(), random_text(entropy))
}

/// 256 random bits as 43 characters of `[A-Za-z0-9._]`.
pub(crate) fn random_text(entropy: &dyn Entropy) -> String {
    // Clients take a dash for the end of a token, so the URL-safe alphabet's dash becomes a dot.
    URL_SAFE_NO_PAD.encode(random_bytes::<32>(entropy)).replace('-', ".")
}

/// A new security token: what a person appends to the password in programs that sign in by password.
pub(crate) fn security_token(entropy: &dyn Entropy) -> String {
    let mut text = String::with_capacity(SECURITY_TOKEN_LENGTH);
    while text.len() < SECURITY_TOKEN_LENGTH {
        for byte in random_bytes::<32>(entropy) {
            // Bytes beyond the last whole multiple of the alphabet would favour its first letters.
            let fits = usize::from(byte) < 256 - 256 % SECURITY_TOKEN_ALPHABET.len();
            if fits && text.len() < SECURITY_TOKEN_LENGTH {
                text.push(char::from(SECURITY_TOKEN_ALPHABET[usize::from(byte) % SECURITY_TOKEN_ALPHABET.len()]));
            }
        }
    }
    text
}

/// The org that a bearer token names.
///
/// # Errors
/// `INVALID_SESSION_ID` for anything that no org ever gave out.
pub(crate) fn org_of(token: &str) -> Result<OrgId> {
    let shaped = || {
        let (org, secret) = token.split_at_checked(ORG_LENGTH)?;
        let secret = secret.strip_prefix(['!', '.'])?;
        let sound = token.len() <= MAX_LENGTH
            && !secret.is_empty()
            && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_');
        if !sound {
            return None;
        }
        OrgId::parse(org).ok()
    };
    shaped().ok_or_else(invalid_session)
}

/// The keyed hash of a token, under the org's own key.
///
/// # Errors
/// When the keyring holds no key for tokens.
pub(crate) fn hash(keyring: &Keyring, used_as: TokenUse, token: &str) -> Result<Vec<u8>> {
    let key = keyring.key(Purpose::SignIn)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret()).map_err(Error::internal)?;
    mac.update(used_as.label());
    mac.update(token.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}

/// The one answer to every token that opens nothing.
pub(crate) fn invalid_session() -> Error {
    Error::new(ErrorCode::InvalidSessionId, "Session expired or invalid")
}
