//! What is asked of the token endpoint.

use super::OAuthError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The kinds of grant that a client may be registered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum GrantKind {
    #[serde(rename = "password")]
    Password,
    #[serde(rename = "client_credentials")]
    ClientCredentials,
    #[serde(rename = "refresh_token")]
    RefreshToken,
    #[serde(rename = "urn:ietf:params:oauth:grant-type:jwt-bearer")]
    JwtBearer,
    #[serde(rename = "authorization_code")]
    AuthorizationCode,
}

impl GrantKind {
    pub const ALL: [GrantKind; 5] = [
        GrantKind::Password,
        GrantKind::ClientCredentials,
        GrantKind::RefreshToken,
        GrantKind::JwtBearer,
        GrantKind::AuthorizationCode,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            GrantKind::Password => "password",
            GrantKind::ClientCredentials => "client_credentials",
            GrantKind::RefreshToken => "refresh_token",
            GrantKind::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
            GrantKind::AuthorizationCode => "authorization_code",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The proof that a request brings.
#[derive(Clone, PartialEq, Eq)]
pub enum Grant {
    /// `password` is the password with the security token behind it.
    Password {
        username: String,
        password: String,
    },
    ClientCredentials,
    RefreshToken {
        refresh_token: String,
    },
    JwtBearer {
        assertion: String,
    },
    AuthorizationCode {
        code: String,
        redirect_uri: String,
        code_verifier: Option<String>,
    },
}

impl Grant {
    pub const fn kind(&self) -> GrantKind {
        match self {
            Grant::Password { .. } => GrantKind::Password,
            Grant::ClientCredentials => GrantKind::ClientCredentials,
            Grant::RefreshToken { .. } => GrantKind::RefreshToken,
            Grant::JwtBearer { .. } => GrantKind::JwtBearer,
            Grant::AuthorizationCode { .. } => GrantKind::AuthorizationCode,
        }
    }
}

/// A request to the token endpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// Empty only for [`Grant::JwtBearer`], whose assertion names the client.
    pub client_id: String,
    pub client_secret: Option<String>,
    pub grant: Grant,
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grant = self.grant.kind();
        f.debug_struct("TokenRequest")
            .field("client_id", &self.client_id)
            .field("grant", &grant)
            .finish_non_exhaustive()
    }
}

impl TokenRequest {
    /// Reads the decoded pairs of a form, and client id and secret from HTTP Basic when they came that way.
    ///
    /// # Errors
    /// `invalid_request` for a parameter that is missing or given twice, or for two different clients;
    /// `unsupported_grant_type`.
    pub fn from_form(pairs: &[(String, String)], basic: Option<(String, String)>) -> Result<Self, OAuthError> {
        let grant_type = required(pairs, "grant_type")?;
        let kind = GrantKind::parse(&grant_type)
            .ok_or_else(|| OAuthError::new("unsupported_grant_type", "grant type not supported"))?;
        let (client_id, client_secret) = client_of(pairs, basic, kind)?;
        let grant = match kind {
            GrantKind::Password => {
                Grant::Password { username: required(pairs, "username")?, password: required(pairs, "password")? }
            }
            GrantKind::ClientCredentials => Grant::ClientCredentials,
            GrantKind::RefreshToken => Grant::RefreshToken { refresh_token: required(pairs, "refresh_token")? },
            GrantKind::JwtBearer => Grant::JwtBearer { assertion: required(pairs, "assertion")? },
            GrantKind::AuthorizationCode => Grant::AuthorizationCode {
                code: required(pairs, "code")?,
                redirect_uri: required(pairs, "redirect_uri")?,
                code_verifier: optional(pairs, "code_verifier")?,
            },
        };
        Ok(Self { client_id, client_secret, grant })
    }
}

fn client_of(
    pairs: &[(String, String)],
    basic: Option<(String, String)>,
    kind: GrantKind,
) -> Result<(String, Option<String>), OAuthError> {
    let in_form = optional(pairs, "client_id")?;
    let secret_in_form = optional(pairs, "client_secret")?;
    match (basic, in_form) {
        (Some((id, _)), Some(other)) if id != other => {
            Err(OAuthError::new("invalid_request", "the Authorization header and the form name different clients"))
        }
        (Some((id, secret)), _) => Ok((id, Some(secret))),
        (None, Some(id)) => Ok((id, secret_in_form)),
        (None, None) if kind == GrantKind::JwtBearer => Ok((String::new(), None)),
        (None, None) => Err(OAuthError::new("invalid_request", "client_id is missing")),
    }
}

fn required(pairs: &[(String, String)], name: &str) -> Result<String, OAuthError> {
    optional(pairs, name)?.ok_or_else(|| OAuthError::new("invalid_request", format!("{name} is missing")))
}

/// A parameter without a value counts as left out (RFC 6749, section 3.2).
fn optional(pairs: &[(String, String)], name: &str) -> Result<Option<String>, OAuthError> {
    let mut given = pairs.iter().filter(|(known, value)| known == name && !value.is_empty());
    match (given.next(), given.next()) {
        (Some(_), Some(_)) => Err(OAuthError::new("invalid_request", format!("{name} is given twice"))),
        (first, None) => Ok(first.map(|(_, value)| value.clone())),
        (None, Some(_)) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Vec<(String, String)> {
        text.split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn read(text: &str) -> Result<TokenRequest, OAuthError> {
        TokenRequest::from_form(&form(text), None)
    }

    #[test]
    fn the_client_comes_from_the_header_or_from_the_form() {
        let basic = Some(("app".to_owned(), "s".to_owned()));
        let by_header =
            TokenRequest::from_form(&form("grant_type=client_credentials"), basic.clone()).expect("a request");
        let by_form =
            read("grant_type=client_credentials&client_id=app&client_secret=s&redirect_uri=x").expect("a request");
        assert!(by_header == by_form);
        let two = TokenRequest::from_form(&form("grant_type=client_credentials&client_id=other"), basic);
        assert_eq!(two.expect_err("two clients").error, "invalid_request");
    }

    #[test]
    fn what_is_missing_doubled_or_unknown_is_refused_by_name() {
        for (text, error, word) in [
            ("client_id=a", "invalid_request", "grant_type is missing"),
            ("grant_type=implicit&client_id=a", "unsupported_grant_type", "not supported"),
            ("grant_type=password&client_id=a&username=u", "invalid_request", "password is missing"),
            ("grant_type=password&client_id=a&username=u&password=", "invalid_request", "password is missing"),
            ("grant_type=password&client_id=a&username=u&username=v&password=p", "invalid_request", "given twice"),
            ("grant_type=client_credentials", "invalid_request", "client_id is missing"),
        ] {
            let refused = read(text).expect_err(text);
            assert_eq!(refused.error, error, "{text}");
            assert!(refused.description.contains(word), "{text}: {}", refused.description);
        }
    }

    #[test]
    fn a_request_in_a_log_shows_no_secret() {
        let request = read("grant_type=password&client_id=a&client_secret=geheim1&username=u&password=geheim2");
        let shown = format!("{request:?}");
        assert!(!shown.contains("geheim"), "{shown}");
    }
}
