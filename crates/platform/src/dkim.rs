//! Keys that an org's mail is signed with, so that receivers can tell it from mail of somebody who only says so. A message is
//! signed once, when it is queued; every attempt sends the same bytes.

use crate::ctx::Ctx;
use crate::mail::NewMail;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::{Entropy, Error, ErrorCode, Instant, Result, random_bytes};
use policy::SystemPermission;
use render::mail::{DkimAlgorithm, DkimSigner, from_domain};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _};
use serde_json::json;
use store::{AuditEntry, DkimKeyRow, WriteTx};
use zeroize::Zeroizing;

const NEEDED: SystemPermission = SystemPermission::CustomizeApplication;
/// Keys of an org: an old and a new one of both kinds for several domains.
pub const DKIM_KEYS_OF_AN_ORG: usize = 20;
/// Bits of an RSA key: what every receiver verifies, and what one text of DNS holds in two parts.
const RSA_BITS: usize = 2048;

/// A key as people see it. Its secret is never shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimKey {
    pub domain: String,
    pub selector: String,
    pub algorithm: DkimAlgorithm,
    /// The name of the record that the domain's DNS is to have, of type TXT.
    pub dns_name: String,
    /// What it is to say.
    pub dns_value: String,
    pub created: Instant,
}

fn shown(row: &DkimKeyRow) -> Result<DkimKey> {
    Ok(DkimKey {
        dns_name: dns_name(row),
        domain: row.domain.clone(),
        selector: row.selector.clone(),
        algorithm: algorithm(row)?,
        dns_value: row.record.clone(),
        created: row.created,
    })
}

fn dns_name(row: &DkimKeyRow) -> String {
    format!("{}._domainkey.{}", row.selector, row.domain)
}

fn algorithm(row: &DkimKeyRow) -> Result<DkimAlgorithm> {
    DkimAlgorithm::find(&row.algorithm).ok_or_else(|| Error::internal("a key of mail of an unknown kind"))
}

impl Ctx {
    /// The keys that the org's mail is signed with.
    ///
    /// # Errors
    /// Without the right to customize the org.
    pub fn dkim_keys(&self) -> Result<Vec<DkimKey>> {
        self.require(NEEDED)?;
        self.org().store.read(|tx| tx.dkim_keys())?.iter().map(shown).collect()
    }

    /// Makes a key. Mail from its domain, and from those below it, is signed from now on: put the record into the domain's
    /// DNS first, or receivers find signatures that they cannot check. Several keys of a domain all sign.
    ///
    /// # Errors
    /// For names that DNS does not take, or that a key has already; `REQUEST_LIMIT_EXCEEDED` when the org has as many as it
    /// may.
    pub fn dkim_key_create(&self, domain: &str, selector: &str, algorithm: DkimAlgorithm) -> Result<DkimKey> {
        self.require(NEEDED)?;
        let domain = dns_words("domain", domain, 2)?;
        let selector = dns_words("selector", selector, 1)?;
        let (secret, record) = made(algorithm, self.org().entropy())?;
        let mut row = DkimKeyRow {
            id: 0,
            domain,
            selector,
            algorithm: algorithm.as_str().to_owned(),
            record,
            secret: 0,
            created: self.now(),
        };
        self.org().store.write(|tx| {
            let known = tx.dkim_keys()?;
            if known.iter().any(|key| dns_name(key) == dns_name(&row)) {
                let words = format!("selector: {} has a key of that selector. Choose another one.", row.domain);
                return Err(Error::new(ErrorCode::DuplicateValue, words).with_field("selector"));
            }
            if known.len() >= DKIM_KEYS_OF_AN_ORG {
                let words = format!(
                    "An org has at most {DKIM_KEYS_OF_AN_ORG} keys of mail. Remove one that is no longer needed."
                );
                return Err(Error::new(ErrorCode::RequestLimitExceeded, words));
            }
            row.id = tx.dkim_key_put(&row, &secret)?;
            self.dkim_note(tx, "dkim_key_create", &row)
        })?;
        shown(&row)
    }

    /// Removes a key by the name of its record. What it signed stays valid while the DNS keeps the record.
    ///
    /// # Errors
    /// `NOT_FOUND` for a key that is not there.
    pub fn dkim_key_remove(&self, name: &str) -> Result<()> {
        self.require(NEEDED)?;
        self.org().store.write(|tx| {
            let known = tx.dkim_keys()?;
            let row = known.iter().find(|key| dns_name(key).eq_ignore_ascii_case(name)).ok_or_else(Error::not_found)?;
            tx.dkim_key_remove(row)?;
            self.dkim_note(tx, "dkim_key_remove", row)
        })
    }

    fn dkim_note(&self, tx: &mut WriteTx<'_>, action: &str, row: &DkimKeyRow) -> Result<()> {
        let detail = json!({"name": dns_name(row), "algorithm": row.algorithm}).to_string();
        tx.audit(self.identity(), &AuditEntry { action, object: "DkimKey", record: None, detail })
    }
}

/// The message with a signature of every key that speaks for the domain it comes from; as it is where there is none.
///
/// # Errors
/// A key that cannot be read: unsigned mail in its place would be taken for forged.
pub(crate) fn signed(tx: &mut WriteTx<'_>, mail: NewMail, now: Instant) -> Result<NewMail> {
    let keys = tx.dkim_keys()?;
    if keys.is_empty() {
        return Ok(mail);
    }
    let from = from_domain(&mail.message)?;
    let mut headers = String::new();
    for key in keys.iter().filter(|key| speaks_for(&key.domain, &from)) {
        let Some(secret) = tx.dkim_secret(key)? else {
            return Err(Error::internal(format!("the key of mail {} cannot be read; make a new one", dns_name(key))));
        };
        let signer = DkimSigner::new(&key.domain, &key.selector, algorithm(key)?, &secret)?;
        headers.push_str(&signer.header(&mail.message, now)?);
    }
    let message = [headers.as_bytes(), &mail.message].concat();
    Ok(NewMail { summary: crate::mail::OutboxSummary { bytes: message.len(), ..mail.summary }, message, ..mail })
}

/// Whether a domain is that of a key or lies below it.
fn speaks_for(domain: &str, from: &str) -> bool {
    from.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// A secret, and what DNS says of it.
fn made(algorithm: DkimAlgorithm, entropy: &dyn Entropy) -> Result<(Zeroizing<Vec<u8>>, String)> {
    match algorithm {
        DkimAlgorithm::Ed25519Sha256 => {
            let seed = Zeroizing::new(random_bytes::<32>(entropy));
            let pair = Ed25519KeyPair::from_seed_unchecked(&*seed).map_err(Error::internal)?;
            let record = format!("v=DKIM1; k=ed25519; p={}", BASE64.encode(pair.public_key().as_ref()));
            Ok((Zeroizing::new(seed.to_vec()), record))
        }
        DkimAlgorithm::RsaSha256 => {
            let key = RsaPrivateKey::new(&mut Chance(entropy), RSA_BITS).map_err(Error::internal)?;
            let secret = key.to_pkcs8_der().map_err(Error::internal)?;
            let public = key.to_public_key().to_public_key_der().map_err(Error::internal)?;
            let record = format!("v=DKIM1; k=rsa; p={}", BASE64.encode(public.as_bytes()));
            Ok((Zeroizing::new(secret.as_bytes().to_vec()), record))
        }
    }
}

/// The platform's chance for a library that wants a generator of its own kind.
struct Chance<'a>(&'a dyn Entropy);

impl rsa::rand_core::RngCore for Chance<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(random_bytes(self.0))
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(random_bytes(self.0))
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> std::result::Result<(), rsa::rand_core::Error> {
        self.0.fill(out);
        Ok(())
    }
}

impl rsa::rand_core::CryptoRng for Chance<'_> {}

/// A name of DNS in lower case: words of letters, digits and hyphens, with dots between them.
fn dns_words(field: &str, given: &str, least: usize) -> Result<String> {
    let name = given.trim().trim_end_matches('.').to_ascii_lowercase();
    let word = |word: &str| {
        let inner = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&word.len()) && inner && !word.starts_with('-') && !word.ends_with('-')
    };
    if name.len() > 200 || name.split('.').count() < least || !name.split('.').all(word) {
        let shown: String = given.chars().take(80).collect();
        let words = format!(
            "{field}: \"{shown}\" is not a name that DNS takes. Use letters, digits and hyphens, with dots between words; write other letters in their ASCII form (xn--…)."
        );
        return Err(Error::new(ErrorCode::FieldIntegrityException, words).with_field(field));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_speaks_for_its_domain_and_those_below_it_alone() {
        for (domain, from, speaks) in [
            ("example.com", "example.com", true),
            ("example.com", "sales.example.com", true),
            ("example.com", "badexample.com", false),
            ("sales.example.com", "example.com", false),
        ] {
            assert_eq!(speaks_for(domain, from), speaks, "{domain} for {from}");
        }
    }

    #[test]
    fn names_are_those_that_dns_takes() {
        assert_eq!(dns_words("domain", " Sales.Example.COM. ", 2).expect("a name"), "sales.example.com");
        for wrong in ["", "example", "-a.com", "a..com", "a b.com", "größe.de", "a.com; p=x"] {
            assert!(dns_words("domain", wrong, 2).is_err(), "{wrong}");
        }
    }
}
