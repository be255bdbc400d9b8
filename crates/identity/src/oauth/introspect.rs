//! What a token is worth (RFC 7662), told to the client that it was given to and to nobody else.

use super::OAuthError;
use crate::identities::Identities;
use crate::token;
use platform::Ctx;
use serde_json::{Value as Json, json};
use store::{Backed as _, ClientGrantKind, SessionKind};

impl Identities {
    /// Answers a client's question about a token. A token that is unknown, ended, or another client's is simply not
    /// active.
    ///
    /// # Errors
    /// `invalid_client` for a client that does not prove itself; public clients cannot.
    pub fn token_introspect(&self, client_id: &str, secret: Option<&str>, given: &str) -> Result<Json, OAuthError> {
        let proven = self
            .attempt(|error: &OAuthError| error.is_wrong(true), || self.prove_client(client_id, secret))
            .map_err(|error| error.wait(self.wait_s()))?;
        let homes: Vec<_> = proven.into_iter().filter(|(_, client)| !client.is_public()).map(|(org, _)| org).collect();
        if homes.is_empty() {
            return Err(OAuthError::invalid_client());
        }
        let inactive = || Ok(json!({ "active": false }));
        let Ok(org) = self.org_of_token(given) else { return inactive() };
        if !homes.iter().any(|home| home.id() == org.id()) {
            return inactive();
        }
        let keyring = org.store().keyring();
        let as_session = token::hash(keyring, token::TokenUse::Session, given)?;
        let as_grant = token::hash(keyring, token::TokenUse::Grant, given)?;
        let (session, grant) = org.store().read(|tx| Ok((tx.session(&as_session)?, tx.client_grant(&as_grant)?)))?;
        let session = session.filter(|row| row.kind == SessionKind::Api && row.client == client_id);
        let grant = grant.filter(|row| row.kind == ClientGrantKind::Refresh && !row.spent && row.client == client_id);
        let (user, created, expires, token_type) = match (session, grant) {
            (Some(row), _) => (row.user, row.created, row.expires, "access_token"),
            (None, Some(row)) => (row.user, row.created, row.expires, "refresh_token"),
            (None, None) => return inactive(),
        };
        let now = org.now();
        // A user who was put out has no tokens any more, whatever the rows still say.
        let Ok(ctx) = Ctx::for_user(&org, user) else { return inactive() };
        if expires <= now {
            return inactive();
        }
        Ok(json!({
            "active": true,
            "scope": if token_type == "refresh_token" { "refresh_token api" } else { "api" },
            "client_id": client_id,
            "username": ctx.user().username,
            "sub": user.to_string(),
            "token_type": token_type,
            "exp": expires.ms() / 1_000,
            "iat": created.ms() / 1_000,
            "nbf": created.ms() / 1_000,
        }))
    }
}
