//! What a token request is told when it is refused.

use model::ErrorCode;
use std::fmt;

/// A request that came too often (the word of RFC 8628).
const SLOW_DOWN: &str = "slow_down";

/// A refusal in the words of OAuth 2.0 (RFC 6749, section 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthError {
    /// `invalid_grant`, `invalid_client`, …
    pub error: &'static str,
    pub description: String,
    /// After how many seconds to try again, of a request that came too often.
    pub retry_after_s: Option<i64>,
}

impl OAuthError {
    pub(crate) fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { error, description: description.into(), retry_after_s: None }
    }

    /// An unknown client and a wrong secret read the same.
    pub(crate) fn invalid_client() -> Self {
        Self::new("invalid_client", "invalid client credentials")
    }

    pub(crate) fn unauthorized_client() -> Self {
        Self::new("unauthorized_client", "the client is not registered for this grant type")
    }

    /// Whether what the request brought was wrong: the client's secret, or where `guesses` says so the grant.
    pub(crate) fn is_wrong(&self, guesses: bool) -> bool {
        self.error == "invalid_client" || (guesses && self.error == "invalid_grant")
    }

    /// The same with the time to wait, where this is what it says.
    pub(crate) fn wait(self, wait_s: Option<i64>) -> Self {
        let retry_after_s = (self.error == SLOW_DOWN).then(|| wait_s.unwrap_or(1));
        Self { retry_after_s, ..self }
    }

    /// The HTTP status of the reply. Clients of Salesforce expect 400 for every refusal.
    pub fn http_status(&self) -> u16 {
        match self.error {
            SLOW_DOWN => 429,
            "server_error" => 500,
            "temporarily_unavailable" => 503,
            _ => 400,
        }
    }

    /// The body of the reply.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({ "error": self.error, "error_description": self.description })
    }
}

impl From<model::Error> for OAuthError {
    fn from(error: model::Error) -> Self {
        match error.code() {
            ErrorCode::InvalidLogin | ErrorCode::InvalidSessionId => {
                Self::new("invalid_grant", "authentication failure")
            }
            ErrorCode::ApiDisabledForOrg => Self::new("invalid_grant", error.message()),
            ErrorCode::TooManyRequests => Self::new(SLOW_DOWN, error.message()),
            ErrorCode::ServerUnavailable => Self::new("temporarily_unavailable", error.message()),
            code => {
                tracing::error!(%code, cause = error.internal_cause(), "token request failed");
                Self::new("server_error", "An unexpected error occurred. It was logged.")
            }
        }
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.description)
    }
}

impl std::error::Error for OAuthError {}
