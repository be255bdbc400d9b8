//! Exchanging codes and refresh tokens for sessions. A code, or a refresh token that was replaced, that comes a second
//! time was stolen: then all that came from the same consent ends.

use super::authorize::CodeTerms;
use super::client::ClientDef;
use super::{GrantKind, OAuthError, pkce};
use crate::identities::Identities;
use crate::session::{Opened, Opening};
use crate::{audit, token};
use model::{Error, ErrorCode, Instant, Result};
use platform::{Ctx, Org, SIGN_IN};
use std::sync::Arc;
use store::{Backed as _, ClientGrantKind, ClientGrantRow, SessionKind, WriteTx};

/// How long a spent code or token is remembered, to know it when it comes again.
const REMEMBERED_MS: i64 = 24 * 3_600_000;

/// What an exchange gives.
pub(super) struct Exchanged {
    pub(super) opened: Opened,
    pub(super) refresh_token: Option<String>,
}

/// What a client brings to an exchange.
pub(super) struct Bearer<'a> {
    pub(super) client_id: &'a str,
    pub(super) client_secret: Option<&'a str>,
    pub(super) token: &'a str,
}

/// The grant that a client brought, and who it is of.
struct Brought {
    org: Arc<Org>,
    client: ClientDef,
    row: ClientGrantRow,
    ctx: Ctx,
}

impl Identities {
    pub(super) fn exchange_code(
        &self,
        bearer: &Bearer<'_>,
        redirect_uri: &str,
        verifier: Option<&str>,
    ) -> std::result::Result<Exchanged, OAuthError> {
        let refused = || OAuthError::new("invalid_grant", "expired or invalid authorization code");
        let Brought { org, client, row, ctx } = self.brought(bearer, ClientGrantKind::Code, refused)?;
        let terms: CodeTerms = serde_json::from_str(&row.terms).map_err(Error::internal)?;
        if terms.redirect_uri != redirect_uri {
            return Err(OAuthError::new("invalid_grant", "redirect_uri must be the one that the code was asked with"));
        }
        if !pkce::holds(terms.challenge.as_deref(), verifier) {
            return Err(OAuthError::new("invalid_grant", "invalid code verifier"));
        }
        let opening = Opening::new(self, &ctx, SessionKind::Api, bearer.client_id)?;
        let lasting = terms.lasting && client.allows(GrantKind::RefreshToken);
        let refresh = if lasting { Some(self.new_refresh(&org, &row)?) } else { None };
        let exchanged = org.store().write(|tx| {
            if !tx.client_grant_use(&row.token_hash, tx.now().plus_ms(REMEMBERED_MS), true)? {
                return end_family(tx, &org, &row).map(|()| false);
            }
            if let Some((_, refresh)) = &refresh {
                tx.client_grant_put(refresh)?;
            }
            opening.open(tx, "authorization code").map(|()| true)
        })?;
        if !exchanged {
            return Err(refused());
        }
        Ok(Exchanged { opened: opening.into_opened(), refresh_token: refresh.map(|(text, _)| text) })
    }

    pub(super) fn exchange_refresh(&self, bearer: &Bearer<'_>) -> std::result::Result<Exchanged, OAuthError> {
        let refused = || OAuthError::new("invalid_grant", "expired access/refresh token");
        let Brought { org, client, row, ctx } = self.brought(bearer, ClientGrantKind::Refresh, refused)?;
        let opening = Opening::new(self, &ctx, SessionKind::Api, bearer.client_id)?;
        let replacement = if client.rotates { Some(self.new_refresh(&org, &row)?) } else { None };
        let exchanged = org.store().write(|tx| {
            let expires = match &replacement {
                Some(_) => row.expires,
                None => self.refresh_expiry(tx.now()),
            };
            if !tx.client_grant_use(&row.token_hash, expires, replacement.is_some())? {
                return end_family(tx, &org, &row).map(|()| false);
            }
            if let Some((_, replacement)) = &replacement {
                tx.client_grant_put(replacement)?;
            }
            opening.open(tx, "refresh token").map(|()| true)
        })?;
        if !exchanged {
            return Err(refused());
        }
        Ok(Exchanged { opened: opening.into_opened(), refresh_token: replacement.map(|(text, _)| text) })
    }

    /// The live grant behind a token, for the client that it was given to and no other.
    fn brought(
        &self,
        bearer: &Bearer<'_>,
        kind: ClientGrantKind,
        refused: impl Fn() -> OAuthError,
    ) -> std::result::Result<Brought, OAuthError> {
        let org = match self.org_of_token(bearer.token) {
            Ok(org) => org,
            Err(error) if error.code() == ErrorCode::InvalidSessionId => return Err(refused()),
            Err(error) => return Err(error.into()),
        };
        let client = self.prove_client_in(&org, bearer.client_id, bearer.client_secret)?;
        let wanted = match kind {
            ClientGrantKind::Code => GrantKind::AuthorizationCode,
            ClientGrantKind::Refresh => GrantKind::RefreshToken,
        };
        if !client.allows(wanted) {
            return Err(OAuthError::unauthorized_client());
        }
        let hash = token::hash(org.store().keyring(), token::TokenUse::Grant, bearer.token)?;
        let row = org.store().read(|tx| tx.client_grant(&hash))?;
        let row = row.filter(|row| row.kind == kind && row.client == bearer.client_id).ok_or_else(&refused)?;
        if row.spent {
            org.store().write(|tx| end_family(tx, &org, &row))?;
            return Err(refused());
        }
        if row.expires <= org.now() {
            return Err(refused());
        }
        let ctx = match Ctx::for_user(&org, row.user) {
            Ok(ctx) => ctx,
            Err(error) if error.code() == ErrorCode::InvalidSessionId => return Err(refused()),
            Err(error) => return Err(error.into()),
        };
        Ok(Brought { org, client, row, ctx })
    }

    /// A new refresh token in the family of a grant.
    fn new_refresh(&self, org: &Org, from: &ClientGrantRow) -> Result<(String, ClientGrantRow)> {
        let text = token::refresh(org.id(), org.entropy());
        let now = org.now();
        let row = ClientGrantRow {
            token_hash: token::hash(org.store().keyring(), token::TokenUse::Grant, &text)?,
            kind: ClientGrantKind::Refresh,
            created: now,
            expires: self.refresh_expiry(now),
            used: Instant::from_ms(0),
            spent: false,
            terms: String::new(),
            ..from.clone()
        };
        Ok((text, row))
    }

    fn refresh_expiry(&self, now: Instant) -> Instant {
        now.plus_ms(self.config().sessions.refresh_idle_ms)
    }
}

/// Ends all that came from one consent, after its token came a second time.
fn end_family(tx: &mut WriteTx<'_>, org: &Arc<Org>, row: &ClientGrantRow) -> Result<()> {
    let service = Ctx::for_service(org, &SIGN_IN)?;
    let grants = tx.client_grants_close_family(row.user, &row.family)?;
    let sessions = tx.sessions_close_of_client(row.user, &row.client)?;
    tracing::warn!(org = %org.id(), user = %row.user, client = row.client, "a spent code or token came again");
    let detail = serde_json::json!({
        "why": "a spent code or token came again",
        "client": row.client,
        "grants": grants,
        "sessions": sessions,
    });
    audit::write(tx, &service, "consent_end", row.user, &detail)
}
