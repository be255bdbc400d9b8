//! Assertions of the JWT bearer grant (RFC 7523), signed with RS256 alone: the algorithm is ours to say, not the
//! assertion's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Error, ErrorCode, Instant, Result};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde::Deserialize;
use webpki::EndEntityCert;
use webpki::ring::RSA_PKCS1_2048_8192_SHA256;

/// Longest text looked at as an assertion.
const MAX_LENGTH: usize = 8_192;

/// How far ahead an assertion may expire: its few minutes, and a clock that is a little off.
const MAX_LIFE_MS: i64 = 10 * 60_000;

/// An assertion as read; nothing of it is proven before [`Assertion::is_signed_by`] says so.
pub(super) struct Assertion {
    pub(super) claims: Claims,
    signed: String,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    /// Extensions that must be understood; we understand none.
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
pub(super) struct Claims {
    /// The client.
    pub(super) iss: String,
    /// The user, by username.
    pub(super) sub: Option<String>,
    /// Salesforce's older name for `sub`.
    prn: Option<String>,
    aud: Audience,
    exp: Expiry,
    /// Makes the assertion good for one use.
    pub(super) jti: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Clients send seconds or milliseconds, as a number or as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expiry {
    Whole(i64),
    Fraction(f64),
    Text(String),
}

/// Numbers from here on are milliseconds: as seconds they would lie beyond the year 5000.
const FIRST_MS: i64 = 100_000_000_000;

impl Assertion {
    /// Reads an assertion; `None` for what is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        if header.alg != "RS256" || header.crit.is_some() {
            return None;
        }
        let claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        Some(Self { claims, signed: signed.to_owned(), signature: URL_SAFE_NO_PAD.decode(signature).ok()? })
    }

    /// Whether the holder of a certificate's key signed it.
    pub(super) fn is_signed_by(&self, certificate: &Certificate) -> bool {
        let der = CertificateDer::from(certificate.0.as_slice());
        let Ok(certificate) = EndEntityCert::try_from(&der) else { return false };
        certificate.verify_signature(RSA_PKCS1_2048_8192_SHA256, self.signed.as_bytes(), &self.signature).is_ok()
    }
}

impl Claims {
    pub(super) fn username(&self) -> Option<&str> {
        self.sub.as_deref().or(self.prn.as_deref()).filter(|name| !name.is_empty())
    }

    /// When it expires; `None` unless that lies ahead, and not far.
    pub(super) fn live_until(&self, now: Instant) -> Option<Instant> {
        let number = match &self.exp {
            Expiry::Whole(number) => *number,
            // Beyond what fits, the cast lands on an end, which is refused below.
            Expiry::Fraction(number) => *number as i64,
            Expiry::Text(text) => text.parse().ok()?,
        };
        let ms = if number >= FIRST_MS { number } else { number.checked_mul(1_000)? };
        (ms > now.ms() && ms <= now.plus_ms(MAX_LIFE_MS).ms()).then(|| Instant::from_ms(ms))
    }

    /// Whether it is meant for one of these servers; a slash at the end makes no difference.
    pub(super) fn is_for(&self, servers: &[String]) -> bool {
        let named = match &self.aud {
            Audience::One(one) => std::slice::from_ref(one),
            Audience::Many(many) => many.as_slice(),
        };
        let bare = |text: &str| text.strip_suffix('/').unwrap_or(text).to_owned();
        // An assertion for several servers could be carried from one to another.
        let [named] = named else { return false };
        servers.iter().any(|server| bare(server) == bare(named))
    }
}

/// A certificate as a carrier of a public key. Its dates and its issuer mean nothing here: it holds from registration
/// until an administrator takes it away.
pub(super) struct Certificate(Vec<u8>);

impl Certificate {
    pub(super) fn from_der(der: Vec<u8>) -> Self {
        Self(der)
    }

    pub(super) fn der(&self) -> &[u8] {
        &self.0
    }

    /// Reads a PEM certificate.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` for text that is none.
    pub(super) fn from_pem(pem: &str) -> Result<Self> {
        let refused = || {
            Error::new(
                ErrorCode::FieldIntegrityException,
                "certificate: paste the X.509 certificate in PEM form, from BEGIN CERTIFICATE to END CERTIFICATE.",
            )
            .with_field("certificate")
        };
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| refused())?;
        EndEntityCert::try_from(&der).map_err(|_| refused())?;
        Ok(Self(der.to_vec()))
    }
}
