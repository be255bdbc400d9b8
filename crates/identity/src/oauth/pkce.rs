//! Proof Key for Code Exchange (RFC 7636), S256 alone.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

/// The longest verifier that is read. RFC 7636 ends at 128 characters; jsforce, and `sf` with it, sends 128 random bytes,
/// which are 171 characters.
const MAX_VERIFIER: usize = 256;

/// Whether a text can be the SHA-256 challenge of some verifier.
pub(super) fn is_challenge(text: &str) -> bool {
    text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Whether a verifier belongs to a challenge. A code asked for without a challenge takes no verifier: that one comes
/// means that the request was tampered with.
pub(super) fn holds(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let sound = (43..=MAX_VERIFIER).contains(&verifier.len())
                && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
            let made = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
            sound && bool::from(made.as_bytes().ct_eq(challenge.as_bytes()))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_published_example_holds() {
        assert!(is_challenge(CHALLENGE));
        assert!(holds(Some(CHALLENGE), Some(VERIFIER)));
        assert!(holds(None, None));
    }

    #[test]
    fn a_verifier_as_long_as_jsforce_makes_it_holds_and_one_without_end_does_not() {
        for (length, expected) in [(42, false), (43, true), (171, true), (256, true), (257, false)] {
            let verifier = "v".repeat(length);
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
            assert_eq!(holds(Some(&challenge), Some(&verifier)), expected, "{length}");
        }
    }

    #[test]
    fn nothing_else_does() {
        for (challenge, verifier) in [
            (Some(CHALLENGE), None),
            (None, Some(VERIFIER)),
            (Some(CHALLENGE), Some(CHALLENGE)),
            (Some(CHALLENGE), Some("short")),
            (Some(VERIFIER), Some(VERIFIER)),
        ] {
            assert!(!holds(challenge, verifier), "{challenge:?} {verifier:?}");
        }
        for text in ["", "x", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", &"A".repeat(44)] {
            assert!(!is_challenge(text), "{text}");
        }
    }
}
