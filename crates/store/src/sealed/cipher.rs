//! Values of sealed fields: AES-256-GCM-SIV, bound to org, object, field, record and key version, so that a value moved
//! anywhere else does not open; and tokens by which equal values are found.

use crate::codec::{Bare, Codec};
use crate::driver::Param;
use crate::keys::DataKey;
use aes_gcm_siv::aead::{Aead, KeyInit as _, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use hmac::{Hmac, Mac};
use model::{Entropy, Error, ErrorCode, KeyPrefix, OrgId, RecordId, Result, Value, random_bytes, text};
use secrecy::ExposeSecret;
use sha2::Sha256;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What a destroyed text reads as; destroyed values of other types read as null.
pub(crate) const DESTROYED: &str = "?????";

/// First byte of every ciphertext: format, then 4 bytes of key version, 12 of nonce, the rest.
const FORMAT: u8 = 1;
const VERSION_END: usize = 5;
const NONCE_END: usize = 17;

/// The one place where a value opens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) object: KeyPrefix,
    pub(crate) field: &'a str,
    pub(crate) record: RecordId,
}

/// The keys of sealed fields of one org, ready for use.
pub(crate) struct FieldKeys {
    org: OrgId,
    /// By version; none for a destroyed one.
    ciphers: Vec<(u32, Option<Aes256GcmSiv>)>,
    tokens: Vec<(u32, Option<Arc<DataKey>>)>,
}

impl FieldKeys {
    pub(crate) fn new(
        org: OrgId,
        fields: impl Iterator<Item = (u32, Option<Arc<DataKey>>)>,
        tokens: impl Iterator<Item = (u32, Option<Arc<DataKey>>)>,
    ) -> Self {
        let cipher = |key: Arc<DataKey>| Aes256GcmSiv::new(key.expose_secret().into());
        let ciphers = fields.map(|(version, key)| (version, key.map(cipher))).collect();
        Self { org, ciphers, tokens: tokens.collect() }
    }

    /// The version that values are sealed with.
    pub(crate) fn current(&self) -> Result<u32> {
        newest(&self.ciphers).ok_or_else(|| Error::internal(format!("org {} has no field key", self.org)))
    }

    /// The version that new token columns are made with.
    pub(crate) fn current_token(&self) -> Result<u32> {
        newest(&self.tokens).ok_or_else(|| Error::internal(format!("org {} has no token key", self.org)))
    }

    /// Seals a value for its place; null stays null, for it is what the store can tell of a sealed value.
    pub(crate) fn seal(
        &self,
        place: Place<'_>,
        codec: Codec,
        value: &Value,
        entropy: &dyn Entropy,
    ) -> Result<Option<Vec<u8>>> {
        Ok(match codec.write(value)? {
            Param::Null => None,
            Param::Int(number) => Some(self.seal_bytes(place, &number.to_be_bytes(), entropy)?),
            Param::Text(text) => Some(self.seal_bytes(place, Zeroizing::new(text).as_bytes(), entropy)?),
            other => return Err(Error::internal(format!("{other:?} in a sealed field"))),
        })
    }

    pub(crate) fn seal_bytes(&self, place: Place<'_>, plain: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>> {
        let version = self.current()?;
        let cipher = self.cipher(version)?.ok_or_else(|| Error::internal("the newest field key is destroyed"))?;
        let nonce: [u8; 12] = random_bytes(entropy);
        let aad = self.aad(place, version);
        let ciphertext =
            cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: &aad }).map_err(Error::internal)?;
        let mut out = Vec::with_capacity(NONCE_END + ciphertext.len());
        out.push(FORMAT);
        out.extend(version.to_be_bytes());
        out.extend(nonce);
        out.extend(ciphertext);
        Ok(out)
    }

    /// Opens a value in its place.
    ///
    /// # Errors
    /// When it was altered, or stands in another record, field or org than it was sealed for; when the keyring is older
    /// than the value.
    pub(crate) fn open(&self, place: Place<'_>, codec: Codec, sealed: Option<&[u8]>) -> Result<Value> {
        let Some(sealed) = sealed else {
            // A boolean is never null.
            return Ok(if codec == Codec::Bool { Value::Bool(false) } else { Value::Null });
        };
        let Some(plain) = self.open_bytes(place, sealed)? else {
            return Ok(if codec.is_text() { Value::from(DESTROYED) } else { Value::Null });
        };
        let cell = if codec.is_text() {
            Bare::Text(std::str::from_utf8(&plain).map_err(|_| moved(place))?)
        } else {
            Bare::Int(i64::from_be_bytes(plain.as_slice().try_into().map_err(|_| moved(place))?))
        };
        codec.read(&cell, 0)
    }

    /// Whether a value is there and its key is not any more.
    pub(crate) fn is_destroyed(&self, sealed: Option<&[u8]>) -> bool {
        let version = sealed.and_then(version_of);
        self.ciphers.iter().any(|(known, cipher)| Some(*known) == version && cipher.is_none())
    }

    /// The bytes of a value; `None` when its key was destroyed.
    pub(crate) fn open_bytes(&self, place: Place<'_>, sealed: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let version = version_of(sealed).ok_or_else(|| moved(place))?;
        let Some(cipher) = self.cipher(version)? else { return Ok(None) };
        let (head, ciphertext) = sealed.split_at_checked(NONCE_END).ok_or_else(|| moved(place))?;
        let nonce: [u8; 12] = head[VERSION_END..].try_into().map_err(|_| moved(place))?;
        let aad = self.aad(place, version);
        let payload = Payload { msg: ciphertext, aad: &aad };
        let plain = cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| moved(place))?;
        Ok(Some(Zeroizing::new(plain)))
    }

    /// The token of a text in a field: the same for equal texts, and of no use in another field.
    pub(crate) fn token(
        &self,
        object: KeyPrefix,
        field: &str,
        version: u32,
        case_sensitive: bool,
        value: &str,
    ) -> Result<Vec<u8>> {
        let found = self.tokens.iter().find(|(known, _)| *known == version).map(|(_, key)| key);
        let key = found.ok_or_else(|| Error::internal(format!("org {} has no token key {version}", self.org)))?;
        let key = key.as_ref().ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidField,
                format!("Values of {field} cannot be found any more: the key of their tokens was destroyed."),
            )
            .with_field(field)
        })?;
        let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret()).map_err(Error::internal)?;
        mac.update(&label(b"holdfast/token/v1", &[&self.org.to_string(), &object.as_string(), field]));
        if case_sensitive {
            mac.update(value.as_bytes());
        } else {
            mac.update(Zeroizing::new(text::fold(value)).as_bytes());
        }
        Ok(mac.finalize().into_bytes().to_vec())
    }

    /// The cipher of a version; `None` when it was destroyed.
    fn cipher(&self, version: u32) -> Result<Option<&Aes256GcmSiv>> {
        let found = self.ciphers.iter().find(|(known, _)| *known == version);
        found.map(|(_, cipher)| cipher.as_ref()).ok_or_else(|| {
            Error::unavailable(
                format!(
                    "A value was encrypted with field key {version}, which the keyring of org {} does not have. Restore \
                     the newest copy of the keyring.",
                    self.org
                ),
                "keyring older than the data",
            )
        })
    }

    fn aad(&self, place: Place<'_>, version: u32) -> Vec<u8> {
        let mut aad = label(b"holdfast/field/v1", &[&self.org.to_string(), &place.object.as_string(), place.field]);
        aad.extend(place.record.as_i64().to_be_bytes());
        aad.extend(version.to_be_bytes());
        aad
    }
}

/// The version of the key that a value was sealed with.
pub(crate) fn version_of(sealed: &[u8]) -> Option<u32> {
    if sealed.first() != Some(&FORMAT) {
        return None;
    }
    Some(u32::from_be_bytes(sealed.get(1..VERSION_END)?.try_into().ok()?))
}

/// Parts behind their lengths, so that no two lists of parts read the same.
fn label(domain: &[u8], parts: &[&str]) -> Vec<u8> {
    let mut out = domain.to_vec();
    for part in parts {
        out.extend((part.len() as u64).to_be_bytes());
        out.extend(part.as_bytes());
    }
    out
}

fn newest<T>(versions: &[(u32, Option<T>)]) -> Option<u32> {
    versions.iter().filter(|(_, key)| key.is_some()).map(|(version, _)| *version).max()
}

fn moved(place: Place<'_>) -> Error {
    Error::new(
        ErrorCode::UnknownException,
        format!(
            "The encrypted value of {} on record {} does not open: it was altered, or moved here from another record, \
             field or organization. Tell your administrator; a backup holds the right one.",
            place.field, place.record
        ),
    )
    .with_field(place.field)
    .with_internal("a sealed value failed its authentication")
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretBox;
    use test_support::TestEntropy;

    fn key(byte: u8) -> Option<Arc<DataKey>> {
        Some(Arc::new(SecretBox::new(Box::new([byte; 32]))))
    }

    fn keys(org: u64, versions: &[(u32, u8)]) -> FieldKeys {
        let all = || versions.iter().map(|(version, byte)| (*version, key(*byte)));
        FieldKeys::new(OrgId::new(org), all(), all())
    }

    fn place(object: &'static str, field: &'static str, record: u64) -> Place<'static> {
        let object = KeyPrefix::known(object);
        Place { object, field, record: RecordId::new(object, record) }
    }

    #[test]
    fn ten_thousand_values_moved_elsewhere_open_nowhere() {
        let entropy = TestEntropy::from_seed(11);
        let keys_of_one = keys(1, &[(1, 7), (2, 8)]);
        let other_org = keys(2, &[(1, 7), (2, 8)]);
        let (mut tried, mut opened) = (0, 0);
        for record in 1..=2_000_u64 {
            let home = place("001", "Ssn__c", record);
            let sealed = keys_of_one.seal(home, Codec::Text, &Value::from("CANARY"), &entropy).expect("sealed");
            let open = |keys: &FieldKeys, place| keys.open(place, Codec::Text, sealed.as_deref());
            assert_eq!(open(&keys_of_one, home).expect("opens at home"), Value::from("CANARY"));
            let elsewhere = [
                (&keys_of_one, place("001", "Ssn__c", record + 1)),
                (&keys_of_one, place("001", "Ssn", record)),
                (&keys_of_one, place("001", "Secret__c", record)),
                (&keys_of_one, place("003", "Ssn__c", record)),
                (&other_org, home),
            ];
            for (keys, place) in elsewhere {
                tried += 1;
                match open(keys, place) {
                    Ok(_) => opened += 1,
                    Err(error) => assert!(error.message().contains("does not open: it was altered, or moved here")),
                }
            }
        }
        assert_eq!((tried, opened), (10_000, 0));
    }

    #[test]
    fn an_altered_value_or_version_does_not_open() {
        let entropy = TestEntropy::from_seed(11);
        let keys = keys(1, &[(1, 7), (2, 8)]);
        let home = place("001", "Ssn__c", 1);
        let sealed = keys.seal(home, Codec::Int, &Value::Int(42), &entropy).expect("sealed").expect("bytes");
        assert_eq!(version_of(&sealed), Some(2));
        for bit in 0..sealed.len() * 8 {
            let mut altered = sealed.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert!(keys.open(home, Codec::Int, Some(&altered)).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(keys.open(home, Codec::Int, Some(&sealed[..length])).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn the_same_value_looks_different_in_every_record_and_its_token_the_same_in_one_field() {
        let entropy = TestEntropy::from_seed(11);
        let keys = keys(1, &[(1, 7)]);
        let seal =
            |record| keys.seal(place("001", "A", record), Codec::Text, &Value::from("x"), &entropy).expect("sealed");
        assert_ne!(seal(1), seal(2));
        assert_ne!(seal(1), seal(1));
        let token = |field: &str, case_sensitive, value: &str| {
            keys.token(KeyPrefix::known("001"), field, 1, case_sensitive, value).expect("a token")
        };
        assert_eq!(token("A", false, "Straße"), token("A", false, "sTRASSE".replace("SS", "ß").as_str()));
        assert_ne!(token("A", true, "x"), token("A", true, "X"));
        assert_ne!(token("A", true, "x"), token("B", true, "x"));
    }
}
