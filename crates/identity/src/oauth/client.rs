//! OAuth clients: programs that an administrator let in, with what each may ask for.

use super::{GrantKind, OAuthError};
use crate::identities::Identities;
use crate::token;
use model::{Error, ErrorCode, Instant, RecordId, Result};
use platform::{Ctx, Org, SIGN_IN};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use store::AuditEntry;
use subtle::ConstantTimeEq as _;

/// A client to be registered, in place of any of the same id.
#[derive(Clone, PartialEq, Eq)]
pub struct NewClient {
    /// Letters, digits and `. _ ~ -`.
    pub client_id: String,
    pub name: String,
    /// None for a public client, which cannot keep one.
    pub secret: Option<String>,
    /// Compared character by character.
    pub redirect_uris: Vec<String>,
    /// The user that the client acts as by itself (client credentials).
    pub run_as: Option<RecordId>,
    pub grants: Vec<GrantKind>,
}

impl fmt::Debug for NewClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewClient").field("client_id", &self.client_id).field("grants", &self.grants).finish_non_exhaustive()
    }
}

/// A registered client as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSummary {
    pub client_id: String,
    pub name: String,
    pub is_public: bool,
    pub redirect_uris: Vec<String>,
    pub run_as: Option<RecordId>,
    pub grants: Vec<GrantKind>,
    pub created: Instant,
}

/// A client as the org keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ClientDef {
    name: String,
    /// Keyed hash, in hexadecimal.
    secret_hash: Option<String>,
    redirect_uris: Vec<String>,
    pub(super) run_as: Option<RecordId>,
    grants: Vec<GrantKind>,
    created: Instant,
}

impl ClientDef {
    pub(super) fn allows(&self, kind: GrantKind) -> bool {
        self.grants.contains(&kind)
    }

    pub(super) fn is_public(&self) -> bool {
        self.secret_hash.is_none()
    }

    /// Whether the presented secret is this client's; a public client presents none.
    fn is_proven_by(&self, org: &Org, secret: Option<&str>) -> Result<bool> {
        let Some(kept) = &self.secret_hash else { return Ok(secret.is_none_or(str::is_empty)) };
        let given = token::hash(org.store().keyring(), token::TokenUse::ClientSecret, secret.unwrap_or_default())?;
        Ok(kept.as_bytes().ct_eq(hex::encode(given).as_bytes()).into())
    }
}

const MIN_SECRET: usize = 16;
const MAX_NAME: usize = 80;
const MAX_ID: usize = 128;

impl Identities {
    /// Registers a client. The caller answers for the right to do so.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` naming the field and the rule; `INVALID_SESSION_ID` for a user to run as who is not
    /// there or inactive.
    pub fn client_register(&self, org: &Arc<Org>, new: NewClient) -> Result<()> {
        check(&new)?;
        if let Some(user) = new.run_as {
            Ctx::for_user(org, user)?;
        }
        let keyring = org.store().keyring();
        let secret_hash = match &new.secret {
            Some(secret) => Some(hex::encode(token::hash(keyring, token::TokenUse::ClientSecret, secret)?)),
            None => None,
        };
        let def = ClientDef {
            name: new.name,
            secret_hash,
            redirect_uris: new.redirect_uris,
            run_as: new.run_as,
            grants: new.grants,
            created: org.now(),
        };
        let text = serde_json::to_string(&def).map_err(Error::internal)?;
        let service = Ctx::for_service(org, &SIGN_IN)?;
        org.store().write(|tx| {
            tx.client_put(&new.client_id, &text)?;
            let detail = serde_json::json!({
                "client": new.client_id,
                "name": def.name,
                "grants": def.grants,
                "run_as": def.run_as,
                "redirect_uris": def.redirect_uris,
            });
            let entry = AuditEntry { action: "client_register", object: "", record: def.run_as, detail: detail.to_string() };
            tx.audit(service.identity(), &entry)
        })?;
        self.inner().directory.forget(org.id());
        Ok(())
    }

    /// The clients of an org, by id.
    ///
    /// # Errors
    /// What the database reports.
    pub fn clients_of(&self, org: &Arc<Org>) -> Result<Vec<ClientSummary>> {
        let kept = org.store().read(|tx| tx.clients())?;
        kept.into_iter()
            .map(|(client_id, text)| {
                let def: ClientDef = serde_json::from_str(&text).map_err(Error::internal)?;
                Ok(ClientSummary {
                    client_id,
                    is_public: def.is_public(),
                    name: def.name,
                    redirect_uris: def.redirect_uris,
                    run_as: def.run_as,
                    grants: def.grants,
                    created: def.created,
                })
            })
            .collect()
    }

    /// The orgs in which a client of this id has this secret, with its declaration there.
    pub(super) fn prove_client(&self, client_id: &str, secret: Option<&str>) -> std::result::Result<Vec<(Arc<Org>, ClientDef)>, OAuthError> {
        let inner = self.inner();
        let mut proven = Vec::new();
        for org in inner.directory.orgs_of_client(&inner.platform, client_id)? {
            let Some(text) = org.store().read(|tx| tx.client(client_id))? else { continue };
            let def: ClientDef = serde_json::from_str(&text).map_err(Error::internal)?;
            if def.is_proven_by(&org, secret)? {
                proven.push((org, def));
            }
        }
        if proven.is_empty() { Err(OAuthError::invalid_client()) } else { Ok(proven) }
    }
}

fn check(new: &NewClient) -> Result<()> {
    let refuse = |field: &str, rule: String| {
        Err(Error::new(ErrorCode::FieldIntegrityException, format!("{field}: {rule}")).with_field(field))
    };
    let id_sound = (1..=MAX_ID).contains(&new.client_id.len())
        && new.client_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte));
    if !id_sound {
        return refuse("client_id", format!("use 1 to {MAX_ID} letters, digits, dots, dashes, underscores or tildes."));
    }
    if new.name.trim().is_empty() || new.name.chars().count() > MAX_NAME {
        return refuse("name", format!("use 1 to {MAX_NAME} characters."));
    }
    if new.secret.as_ref().is_some_and(|secret| secret.len() < MIN_SECRET) {
        return refuse("secret", format!("use at least {MIN_SECRET} random characters, or none for a public client."));
    }
    if new.grants.is_empty() {
        return refuse("grants", "name at least one kind of grant.".to_owned());
    }
    if new.grants.contains(&GrantKind::ClientCredentials) && (new.secret.is_none() || new.run_as.is_none()) {
        return refuse("grants", "client_credentials needs a secret and a user to run as.".to_owned());
    }
    if new.grants.contains(&GrantKind::AuthorizationCode) && new.redirect_uris.is_empty() {
        return refuse("redirect_uris", "authorization_code needs at least one.".to_owned());
    }
    match new.redirect_uris.iter().find(|uri| !is_safe_redirect(uri)) {
        Some(uri) => refuse("redirect_uris", format!("{uri} is no https address, nor http on this machine, nor of a program's own scheme.")),
        None => Ok(()),
    }
}

/// An absolute address to which a code may travel: https, http on the person's own machine, or a program's own scheme
/// in the form of a reversed domain name, which no browser runs as a script.
fn is_safe_redirect(uri: &str) -> bool {
    if uri.contains('#') || uri.contains('\\') || uri.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return false;
    }
    let Some((scheme, rest)) = uri.split_once(':') else { return false };
    match scheme {
        "https" => rest.strip_prefix("//").is_some_and(|rest| host(rest).is_some_and(|host| !host.is_empty())),
        "http" => rest
            .strip_prefix("//")
            .and_then(host)
            .is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]")),
        own => own.contains('.') && own.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-".contains(&byte)),
    }
}

/// The host of `host:port/path?query`; none when a user name stands before it.
fn host(rest: &str) -> Option<&str> {
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return None;
    }
    match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => Some(&authority[..colon]),
        _ => Some(authority),
    }
}

#[cfg(test)]
mod tests {
    use super::is_safe_redirect;

    #[test]
    fn codes_travel_only_over_safe_addresses() {
        for good in [
            "https://app.example/callback",
            "https://app.example:8443/cb?x=1",
            "http://localhost:1717/OauthRedirect",
            "http://127.0.0.1/cb",
            "http://[::1]:80/cb",
            "com.example.app:/callback",
        ] {
            assert!(is_safe_redirect(good), "{good} was refused");
        }
        for bad in [
            "",
            "https://",
            "https:app.example",
            "http://app.example/cb",
            "http://localhost.evil.example/cb",
            "http://localhost@evil.example/cb",
            "https://app.example/cb#frag",
            "https://app.example\\@evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "/relative",
            "https://app.example/a b",
        ] {
            assert!(!is_safe_redirect(bad), "{bad} was accepted");
        }
    }
}
