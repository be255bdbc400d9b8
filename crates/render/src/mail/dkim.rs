//! DKIM signatures (RFC 6376, RFC 8463): relaxed in headers and body, RSA of 2,048 bits or Ed25519, both with SHA-256. The
//! same message, key and instant give the same header, and what is stored with it is what every attempt sends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::{Error, Instant, Result};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use sha2::{Digest, Sha256};

/// Headers that are signed where a message has them. Unsubscribing in one click is trusted only when both of its are.
const SIGNED: &[&str] = &[
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
];

/// Named once more than they stand there, so that nobody adds a second one that is shown in place of the first.
const NEVER_TWICE: &[&str] = &["from", "to", "subject", "date"];

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DkimAlgorithm {
    RsaSha256,
    Ed25519Sha256,
}

impl DkimAlgorithm {
    /// As a signature names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaSha256 => "rsa-sha256",
            Self::Ed25519Sha256 => "ed25519-sha256",
        }
    }

    pub fn find(name: &str) -> Option<Self> {
        [Self::RsaSha256, Self::Ed25519Sha256].into_iter().find(|known| known.as_str() == name)
    }
}

enum Key {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A key with the domain it speaks for. It is never shown.
pub struct DkimSigner {
    domain: String,
    selector: String,
    algorithm: DkimAlgorithm,
    key: Key,
}

impl DkimSigner {
    /// `secret` is PKCS #8 of an RSA key, or the 32 bytes of an Ed25519 key.
    ///
    /// # Errors
    /// An internal error for bytes that are no such key.
    pub fn new(domain: &str, selector: &str, algorithm: DkimAlgorithm, secret: &[u8]) -> Result<Self> {
        let broken =
            |cause: ring::error::KeyRejected| Error::internal(format!("a key of mail cannot be read: {cause}"));
        let key = match algorithm {
            DkimAlgorithm::RsaSha256 => Key::Rsa(RsaKeyPair::from_pkcs8(secret).map_err(broken)?),
            DkimAlgorithm::Ed25519Sha256 => Key::Ed25519(Ed25519KeyPair::from_seed_unchecked(secret).map_err(broken)?),
        };
        Ok(Self { domain: domain.to_owned(), selector: selector.to_owned(), algorithm, key })
    }

    /// The `DKIM-Signature` header of a message, with its line end: it goes before the first line.
    ///
    /// # Errors
    /// A message without an end of its headers, or a key that does not sign.
    pub fn header(&self, message: &[u8], at: Instant) -> Result<String> {
        let (headers, body) = split(message)?;
        let mut named: Vec<&str> = Vec::new();
        let mut signed = String::new();
        for name in SIGNED {
            // From the last to the first, as verifiers take them.
            for header in headers.iter().rev().filter(|header| header.name.eq_ignore_ascii_case(name)) {
                named.push(name);
                signed.push_str(&header.relaxed());
                signed.push_str("\r\n");
            }
            if NEVER_TWICE.contains(name) {
                named.push(name);
            }
        }
        let body_hash = BASE64.encode(Sha256::digest(relaxed_body(body)));
        let head = format!(
            "DKIM-Signature: v=1; a={}; c=relaxed/relaxed; d={}; s={};\r\n t={}; h={};\r\n bh={body_hash};\r\n b=",
            self.algorithm.as_str(),
            self.domain,
            self.selector,
            at.ms().div_euclid(1000),
            folded(&named),
        );
        let own = Header { name: "DKIM-Signature", value: &head["DKIM-Signature:".len()..] };
        signed.push_str(&own.relaxed());
        let signature = BASE64.encode(self.sign(signed.as_bytes())?);
        let lines: Vec<&str> =
            signature.as_bytes().chunks(72).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        Ok(format!("{head}{}\r\n", lines.join("\r\n ")))
    }

    fn sign(&self, content: &[u8]) -> Result<Vec<u8>> {
        match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                // The chance blinds the computation and is not in its result.
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), content, &mut signature)
                    .map_err(|_| Error::internal("a key of mail does not sign"))?;
                Ok(signature)
            }
            Key::Ed25519(key) => Ok(key.sign(&Sha256::digest(content)).as_ref().to_vec()),
        }
    }
}

/// The domain that a message says it comes from, in lower case.
///
/// # Errors
/// A message without a `From`.
pub fn from_domain(message: &[u8]) -> Result<String> {
    let (headers, _) = split(message)?;
    let from = headers.iter().find(|header| header.name.eq_ignore_ascii_case("from"));
    let value = from.map(Header::relaxed).ok_or_else(|| Error::internal("a message without From"))?;
    let domain = value.rsplit_once('@').map(|(_, rest)| rest.trim_end_matches(['>', ' ']).to_ascii_lowercase());
    domain.ok_or_else(|| Error::internal("a message from no domain"))
}

/// The list of header names on lines of their own: a line of a message has 998 bytes.
fn folded(names: &[&str]) -> String {
    let lines: Vec<String> = names.chunks(6).map(|line| line.join(":")).collect();
    lines.join(":\r\n  ")
}

struct Header<'a> {
    name: &'a str,
    /// With its line breaks, without the last.
    value: &'a str,
}

impl Header<'_> {
    /// One line: the name in lower case, stretches of white space as one space, none at either end.
    fn relaxed(&self) -> String {
        let words: Vec<&str> = self.value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
        format!("{}:{}", self.name.trim_end().to_ascii_lowercase(), words.join(" "))
    }
}

fn split(message: &[u8]) -> Result<(Vec<Header<'_>>, &[u8])> {
    let end = message.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let end = end.ok_or_else(|| Error::internal("a message whose headers have no end"))?;
    let text = std::str::from_utf8(&message[..end]).map_err(Error::internal)?;
    let mut headers = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        // A line that begins with white space goes on from the one before.
        let mut length = rest.len();
        for (at, _) in rest.match_indices("\r\n") {
            if !rest[at + 2..].starts_with([' ', '\t']) {
                length = at;
                break;
            }
        }
        let (name, value) =
            rest[..length].split_once(':').ok_or_else(|| Error::internal("a header line without a name"))?;
        headers.push(Header { name, value });
        rest = rest.get(length + 2..).unwrap_or_default();
    }
    Ok((headers, &message[end + 4..]))
}

/// Stretches of white space as one space and none at the ends of lines; no empty lines at the end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut empty = 0;
    let text = body.strip_suffix(b"\r\n").unwrap_or(body);
    if text.is_empty() {
        return out;
    }
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut space = false;
        let mut written = Vec::with_capacity(line.len());
        for byte in line {
            if matches!(byte, b' ' | b'\t') {
                space = true;
                continue;
            }
            if space {
                written.push(b' ');
                space = false;
            }
            written.push(*byte);
        }
        if written.is_empty() {
            empty += 1;
            continue;
        }
        (0..std::mem::take(&mut empty)).for_each(|_| out.extend(b"\r\n"));
        out.extend(written);
        out.extend(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_body_become_what_the_standard_shows() {
        // RFC 6376, 3.4.5.
        let message = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (headers, body) = split(message).expect("a message");
        let relaxed: Vec<String> = headers.iter().map(Header::relaxed).collect();
        assert_eq!(relaxed, ["a:X", "b:Y Z"]);
        assert_eq!(relaxed_body(body), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
        assert_eq!(relaxed_body(b""), b"");
        assert_eq!(relaxed_body(b"a\r\n\r\nb"), b"a\r\n\r\nb\r\n");
    }

    #[test]
    fn the_domain_is_that_of_the_address_and_not_of_a_name() {
        let message = b"Subject: x\r\nFrom: \"Eve <a@evil.example>\"\r\n <reports@Sales.Example.COM>\r\n\r\nx";
        assert_eq!(from_domain(message).expect("a domain"), "sales.example.com");
        assert!(from_domain(b"Subject: x\r\n\r\nx").is_err());
    }
}
