//! The JWT bearer grant: a program signs that it acts for a user, whom an administrator named beforehand.

use super::assertion::{Assertion, Certificate};
use super::client::{AssertionTrust, ClientDef};
use super::{GrantKind, OAuthError, TokenRequest};
use crate::identities::Identities;
use crate::session::{Opened, Opening};
use crate::token;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::{Error, ErrorCode, Instant, OrgId};
use platform::{Ctx, Org};
use std::sync::Arc;
use store::{Backed as _, ClientGrantKind, ClientGrantRow, SessionKind};

impl Identities {
    pub(super) fn grant_jwt(&self, request: &TokenRequest, assertion: &str) -> Result<Opened, OAuthError> {
        let invalid = || OAuthError::new("invalid_grant", "invalid assertion");
        let assertion = Assertion::parse(assertion).ok_or_else(invalid)?;
        let claims = &assertion.claims;
        if !request.client_id.is_empty() && request.client_id != claims.iss {
            return Err(OAuthError::new("invalid_request", "client_id and the assertion name different clients"));
        }
        let signed_for = self.orgs_trusting(&assertion)?;
        if signed_for.is_empty() {
            return Err(invalid());
        }
        if !claims.is_for(&self.config().audiences) {
            return Err(OAuthError::new("invalid_grant", "audience is invalid"));
        }
        let now = self.platform().now();
        let expires = claims.live_until(now).ok_or_else(|| {
            OAuthError::new("invalid_grant", "the assertion is expired, or expires more than a few minutes ahead")
        })?;
        let ctx = self.named_user(claims.username().unwrap_or_default(), &signed_for)?;
        let org = ctx.org().clone();
        let single_use = match &claims.jti {
            Some(jti) => Some(single_use_row(&ctx, &claims.iss, jti, now, expires)?),
            None => None,
        };
        let opening = Opening::new(self, &ctx, SessionKind::Api, &claims.iss)?;
        let opened = org.store().write(|tx| {
            if let Some(row) = &single_use {
                if tx.client_grant(&row.token_hash)?.is_some() {
                    return Ok(false);
                }
                tx.client_grants_close_expired_of(row.user)?;
                tx.client_grant_put(row)?;
            }
            opening.open(tx, "signed assertion").map(|()| true)
        })?;
        if opened { Ok(opening.into_opened()) } else { Err(invalid()) }
    }

    /// The orgs where the client that signed may use assertions.
    fn orgs_trusting(&self, assertion: &Assertion) -> Result<Vec<(Arc<Org>, AssertionTrust)>, OAuthError> {
        let inner = self.inner();
        let mut orgs = Vec::new();
        for org in inner.directory.orgs_of_client(&inner.platform, &assertion.claims.iss)? {
            let client =
                ClientDef::find(&org, &assertion.claims.iss)?.filter(|client| client.allows(GrantKind::JwtBearer));
            let Some(trust) = client.and_then(|client| client.assertions) else { continue };
            let der = BASE64.decode(&trust.certificate).map_err(Error::internal)?;
            if assertion.is_signed_by(&Certificate::from_der(der)) {
                orgs.push((org, trust));
            }
        }
        Ok(orgs)
    }

    /// The user of this name whom an administrator let the client act for. An unknown user reads like one not named.
    fn named_user(&self, username: &str, orgs: &[(Arc<Org>, AssertionTrust)]) -> Result<Ctx, OAuthError> {
        let refused = || OAuthError::new("invalid_grant", "user hasn't approved this consumer");
        let inner = self.inner();
        let ids: Vec<OrgId> = orgs.iter().map(|(org, _)| org.id()).collect();
        let found = inner.directory.find_user(&inner.platform, username, Some(&ids))?;
        let mut named = found.accounts.into_iter().filter(|account| {
            orgs.iter().any(|(org, trust)| org.id() == account.org.id() && trust.users.contains(&account.user))
        });
        let (Some(account), None) = (named.next(), named.next()) else { return Err(refused()) };
        match Ctx::for_user(&account.org, account.user) {
            Err(error) if error.code() == ErrorCode::InvalidSessionId => Err(refused()),
            other => Ok(other?),
        }
    }
}

/// What remembers an assertion that may be used once.
fn single_use_row(ctx: &Ctx, client: &str, jti: &str, now: Instant, expires: Instant) -> model::Result<ClientGrantRow> {
    let token_hash = token::hash(ctx.org().store().keyring(), token::TokenUse::Assertion, &format!("{client}\0{jti}"))?;
    Ok(ClientGrantRow {
        kind: ClientGrantKind::Code,
        user: ctx.user().id,
        client: client.to_owned(),
        family: hex::encode(&token_hash),
        token_hash,
        created: now,
        expires,
        used: now,
        spent: true,
        terms: String::new(),
    })
}
