//! Granting access tokens: the client proves itself first, then the grant is looked at.

use super::client::ClientDef;
use super::{Grant, OAuthError, TokenReply, TokenRequest};
use crate::identities::Identities;
use crate::session::Opened;
use crate::sign_in::{SecurityToken, SignIn};
use model::{ErrorCode, OrgId};
use platform::{Ctx, Org};
use secrecy::{ExposeSecret, SecretSlice};
use std::sync::Arc;
use store::{Purpose, SessionKind};

impl Identities {
    /// Answers a request to the token endpoint.
    ///
    /// # Errors
    /// In the words of OAuth: `invalid_client` alike for an unknown client and a wrong secret, `invalid_grant` alike
    /// for every reason that a person's sign-in is refused.
    pub fn token_grant(&self, request: TokenRequest) -> Result<TokenReply, OAuthError> {
        let TokenRequest { client_id, client_secret, grant } = request;
        if matches!(grant, Grant::RefreshToken { .. } | Grant::JwtBearer { .. } | Grant::AuthorizationCode { .. }) {
            return Err(OAuthError::new("unsupported_grant_type", "grant type not supported"));
        }
        let mut clients = self.prove_client(&client_id, client_secret.as_deref())?;
        clients.retain(|(_, client)| client.allows(grant.kind()));
        if clients.is_empty() {
            return Err(OAuthError::new("unauthorized_client", "the client is not registered for this grant type"));
        }
        let opened = match grant {
            Grant::Password { username, password } => self.grant_password(&clients, client_id, username, password)?,
            _ => self.grant_to_client(&clients, &client_id)?,
        };
        let signing_key = match client_secret {
            Some(secret) => SecretSlice::from(secret.into_bytes()),
            None => SecretSlice::from(opened.org.store().keyring().key(Purpose::Token)?.expose_secret().to_vec()),
        };
        let issued_at = opened.org.now();
        Ok(TokenReply::new(opened, issued_at, signing_key))
    }

    /// A person's password, in the orgs that let this client in.
    fn grant_password(
        &self,
        clients: &[(Arc<Org>, ClientDef)],
        client_id: String,
        username: String,
        password: String,
    ) -> Result<Opened, OAuthError> {
        let orgs: Vec<OrgId> = clients.iter().map(|(org, _)| org.id()).collect();
        let asked = SignIn {
            username,
            password,
            kind: SessionKind::Api,
            client: client_id,
            security_token: SecurityToken::Appended,
        };
        Ok(self.sign_in_within(Some(&orgs), &asked)?)
    }

    /// The client itself, acting as the user it was registered to run as.
    fn grant_to_client(&self, clients: &[(Arc<Org>, ClientDef)], client_id: &str) -> Result<Opened, OAuthError> {
        let [(org, client)] = clients else {
            return Err(OAuthError::new("invalid_client", "the client is registered in several orgs; give it a secret of its own in each"));
        };
        let no_user = || OAuthError::new("invalid_grant", "no client credentials user enabled");
        let user = client.run_as.ok_or_else(no_user)?;
        let ctx = match Ctx::for_user(org, user) {
            Ok(ctx) => ctx,
            Err(error) if error.code() == ErrorCode::InvalidSessionId => return Err(no_user()),
            Err(error) => return Err(error.into()),
        };
        Ok(self.inner().open_session(&ctx, SessionKind::Api, client_id, "client credentials")?)
    }
}
