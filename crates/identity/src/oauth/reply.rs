//! What a token request is given when it is granted.

use crate::session::Opened;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use model::{Error, Instant, OrgId, RecordId, Result};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use std::fmt;

/// A granted access token.
pub struct TokenReply {
    pub access_token: String,
    pub refresh_token: Option<String>,
    pub org: OrgId,
    pub user: RecordId,
    pub issued_at: Instant,
    pub scope: &'static str,
    /// What signs the reply: the client's secret, for a client that has one.
    signing_key: SecretSlice<u8>,
}

impl TokenReply {
    pub(super) fn new(
        opened: Opened,
        refresh_token: Option<String>,
        issued_at: Instant,
        signing_key: SecretSlice<u8>,
    ) -> Self {
        Self {
            access_token: opened.token,
            scope: if refresh_token.is_some() { "refresh_token api" } else { "api" },
            refresh_token,
            org: opened.org.id(),
            user: opened.user,
            issued_at,
            signing_key,
        }
    }

    /// The body of the reply, for a server that is reached at `public_url`.
    ///
    /// # Errors
    /// An internal error when the signature cannot be made.
    pub fn to_json(&self, public_url: &str) -> Result<serde_json::Value> {
        let url = public_url.trim_end_matches('/');
        let id = format!("{url}/id/{}/{}", self.org, self.user);
        let issued_at = self.issued_at.ms().to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(self.signing_key.expose_secret()).map_err(Error::internal)?;
        mac.update(id.as_bytes());
        mac.update(issued_at.as_bytes());
        let signature = BASE64.encode(mac.finalize().into_bytes());
        let mut body = serde_json::json!({
            "access_token": self.access_token,
            "instance_url": url,
            "id": id,
            "token_type": "Bearer",
            "issued_at": issued_at,
            "signature": signature,
            "scope": self.scope,
        });
        if let Some(refresh_token) = &self.refresh_token {
            body["refresh_token"] = refresh_token.as_str().into();
        }
        Ok(body)
    }
}

impl fmt::Debug for TokenReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenReply").field("org", &self.org).field("user", &self.user).finish_non_exhaustive()
    }
}
