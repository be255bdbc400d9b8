//! Granting access tokens: the client proves itself first, then the grant is looked at.

use super::client::ClientDef;
use super::exchange::{Bearer, Exchanged};
use super::{Grant, GrantKind, OAuthError, TokenReply, TokenRequest};
use crate::identities::Identities;
use crate::session::Opened;
use crate::sign_in::{SecurityToken, SignIn};
use crate::token;
use model::{ErrorCode, OrgId};
use platform::{Ctx, Org};
use secrecy::SecretSlice;
use std::sync::Arc;
use store::{Backed as _, SessionKind};

impl Identities {
    /// Answers a request to the token endpoint.
    ///
    /// # Errors
    /// In the words of OAuth: `invalid_client` alike for an unknown client and a wrong secret, `invalid_grant` alike
    /// for every reason that a person's sign-in is refused; `slow_down` after too many failures from one address.
    pub fn token_grant(&self, request: &TokenRequest) -> Result<TokenReply, OAuthError> {
        // Refresh tokens are too long to guess, and a program that does not notice that its own ended keeps nobody out.
        let guesses = request.grant.kind() != GrantKind::RefreshToken;
        self.attempt(|error: &OAuthError| error.is_wrong(guesses), || self.token_grant_uncounted(request))
            .map_err(|error| error.wait(self.wait_s()))
    }

    fn token_grant_uncounted(&self, request: &TokenRequest) -> Result<TokenReply, OAuthError> {
        let secret = request.client_secret.as_deref();
        let bearer = |token| Bearer { client_id: &request.client_id, client_secret: secret, token };
        let only_session = |opened| Exchanged { opened, refresh_token: None };
        let Exchanged { opened, refresh_token } = match &request.grant {
            Grant::Password { username, password } => only_session(self.grant_password(request, username, password)?),
            Grant::ClientCredentials => only_session(self.grant_to_client(request)?),
            Grant::RefreshToken { refresh_token } => self.exchange_refresh(&bearer(refresh_token))?,
            Grant::AuthorizationCode { code, redirect_uri, code_verifier } => {
                self.exchange_code(&bearer(code), redirect_uri, code_verifier.as_deref())?
            }
            Grant::JwtBearer { assertion } => only_session(self.grant_jwt(request, assertion)?),
        };
        let signing_key = match secret {
            Some(secret) => SecretSlice::from(secret.as_bytes().to_vec()),
            // A public client has nothing to check the signature with; all the same it is made with a key of its own.
            None => {
                let keyring = opened.org.store().keyring();
                SecretSlice::from(token::hash(keyring, token::TokenUse::ReplySignature, &request.client_id)?)
            }
        };
        let issued_at = opened.org.now();
        Ok(TokenReply::new(opened, refresh_token, issued_at, signing_key))
    }

    /// The orgs that let this client in for this kind of grant.
    fn clients_for(&self, request: &TokenRequest, kind: GrantKind) -> Result<Vec<(Arc<Org>, ClientDef)>, OAuthError> {
        let mut clients = self.prove_client(&request.client_id, request.client_secret.as_deref())?;
        clients.retain(|(_, client)| client.allows(kind));
        if clients.is_empty() { Err(OAuthError::unauthorized_client()) } else { Ok(clients) }
    }

    /// A person's password, in the orgs that let this client in.
    fn grant_password(&self, request: &TokenRequest, username: &str, password: &str) -> Result<Opened, OAuthError> {
        let clients = self.clients_for(request, GrantKind::Password)?;
        let orgs: Vec<OrgId> = clients.iter().map(|(org, _)| org.id()).collect();
        let asked = SignIn {
            username: username.to_owned(),
            password: password.to_owned(),
            kind: SessionKind::Api,
            client: request.client_id.clone(),
            security_token: SecurityToken::Appended,
        };
        Ok(self.sign_in_uncounted(Some(&orgs), &asked)?)
    }

    /// The client itself, acting as the user it was registered to run as.
    fn grant_to_client(&self, request: &TokenRequest) -> Result<Opened, OAuthError> {
        let clients = self.clients_for(request, GrantKind::ClientCredentials)?;
        let [(org, client)] = clients.as_slice() else {
            return Err(OAuthError::new(
                "invalid_client",
                "the client is registered with the same secret in several orgs; give it another in each",
            ));
        };
        let no_user = || OAuthError::new("invalid_grant", "no client credentials user enabled");
        let user = client.run_as.ok_or_else(no_user)?;
        let ctx = match Ctx::for_user(org, user) {
            Ok(ctx) => ctx,
            Err(error) if error.code() == ErrorCode::InvalidSessionId => return Err(no_user()),
            Err(error) => return Err(error.into()),
        };
        Ok(self.open_proven(&ctx, SessionKind::Api, &request.client_id, "client credentials")?)
    }
}
