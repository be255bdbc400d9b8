//! Secrets and signatures as Standard Webhooks 1.0 says, so that the verifiers there are work: HMAC-SHA256 over
//! `id.timestamp.body`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::{Entropy, Error, Instant, Result, random_bytes};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What a secret begins with where people see it.
const SHOWN_AS: &str = "whsec_";

pub(super) fn new_secret(entropy: &dyn Entropy) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(random_bytes(entropy))
}

pub(super) fn shown(secret: &[u8]) -> String {
    format!("{SHOWN_AS}{}", BASE64.encode(secret))
}

/// The three headers of a message, with one signature for each secret.
pub(super) fn headers(
    id: &str,
    at: Instant,
    body: &[u8],
    secrets: &[Zeroizing<Vec<u8>>],
) -> Result<Vec<(&'static str, String)>> {
    let timestamp = at.ms().div_euclid(1_000).to_string();
    let mut signatures = Vec::with_capacity(secrets.len());
    for secret in secrets {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(Error::internal)?;
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        signatures.push(format!("v1,{}", BASE64.encode(mac.finalize().into_bytes())));
    }
    Ok(vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", signatures.join(" ")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn the_example_of_standard_webhooks_comes_out() {
        let secret = BASE64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64");
        let body = br#"{"test": 2432232314}"#;
        let at = Instant::from_ms(1_614_265_330_999);
        let headers = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, body, &[Zeroizing::new(secret)]).expect("headers");
        assert_eq!(headers[1], ("webhook-timestamp", "1614265330".to_owned()));
        assert_eq!(headers[2].1, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn two_secrets_are_two_signatures() {
        let secrets = [Zeroizing::new(vec![1; 32]), Zeroizing::new(vec![2; 32])];
        let headers = headers("msg_1", Instant::from_ms(0), b"{}", &secrets).expect("headers");
        assert_eq!(headers[2].1.split(' ').count(), 2);
    }
}
