//! From a token to somebody at work.

use super::expiry;
use crate::config::MINUTE_MS;
use crate::identities::Identities;
use crate::sign_in::require_api;
use crate::{audit, token};
use model::{ErrorCode, Instant, Result};
use platform::{Ctx, Org, SIGN_IN};
use std::sync::Arc;
use store::{Backed as _, SessionKind, SessionRow};
use subtle::ConstantTimeEq as _;

/// A live session, and the user at work in it. Made anew for each request.
pub struct Session {
    pub ctx: Ctx,
    /// Expected back with every form of a browser session.
    pub csrf: String,
    /// A surface takes only its own kind: pages browser sessions, the API sessions of programs.
    pub kind: SessionKind,
    pub client: String,
    pub token_hash: Vec<u8>,
    pub created: Instant,
    pub expires: Instant,
}

impl Session {
    /// Whether a form carries this session's own mark, compared in constant time.
    pub fn csrf_matches(&self, given: &str) -> bool {
        self.csrf.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// The name of this session in the list of the user's sessions.
    pub fn handle(&self) -> String {
        super::end::handle_of(&self.token_hash)
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("ctx", &self.ctx).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Identities {
    /// The session behind a token. Its use pushes its idle end out.
    ///
    /// # Errors
    /// `INVALID_SESSION_ID` for a token that is unknown, expired, or of a user who is no longer active;
    /// `API_DISABLED_FOR_ORG` for an API session of a user who lost the right; `SERVER_UNAVAILABLE` while the org
    /// cannot be opened.
    pub fn authenticate(&self, given: &str) -> Result<Session> {
        self.look_at(given, true)
    }

    /// The same for a look that is no use of the session: its idle end stays where it is.
    ///
    /// # Errors
    /// As [`Identities::authenticate`].
    pub fn authenticate_unused(&self, given: &str) -> Result<Session> {
        self.look_at(given, false)
    }

    fn look_at(&self, given: &str, is_use: bool) -> Result<Session> {
        let org = self.org_of_token(given)?;
        let hash = token::hash(org.store().keyring(), token::TokenUse::Session, given)?;
        let row = org.store().read(|tx| tx.session(&hash))?.ok_or_else(token::invalid_session)?;
        let now = org.now();
        if row.expires <= now {
            close_dead(&org, &row, "expired")?;
            return Err(token::invalid_session());
        }
        let ctx = match Ctx::for_user(&org, row.user) {
            Ok(ctx) => ctx,
            Err(error) => {
                if error.code() == ErrorCode::InvalidSessionId {
                    close_dead(&org, &row, "user inactive")?;
                }
                return Err(error);
            }
        };
        if row.kind == SessionKind::Api {
            require_api(&ctx)?;
        }
        let expires = if is_use { self.touch(&org, &row, now) } else { row.expires };
        let SessionRow { csrf, kind, client, token_hash, created, .. } = row;
        Ok(Session { ctx, csrf, kind, client, token_hash, created, expires })
    }

    /// The org that a token names.
    ///
    /// # Errors
    /// `INVALID_SESSION_ID` when no such org is here.
    pub(crate) fn org_of_token(&self, given: &str) -> Result<Arc<Org>> {
        let id = token::org_of(given)?;
        self.platform().org(id).map_err(|error| match error.code() {
            ErrorCode::NotFound => token::invalid_session(),
            _ => error,
        })
    }

    /// Notes the use of a session, at most once a minute: reading must not become writing.
    fn touch(&self, org: &Arc<Org>, row: &SessionRow, now: Instant) -> Instant {
        if now.ms() - row.used.ms() < MINUTE_MS {
            return row.expires;
        }
        let expires = expiry(&self.config().sessions, row.kind, row.created, now);
        match org.store().write(|tx| tx.session_touch(&row.token_hash, now, expires)) {
            Ok(()) => expires,
            Err(error) => {
                // The request can be served all the same; at worst the session ends early.
                tracing::warn!(org = %org.id(), code = %error.code(), cause = error.internal_cause(), "session not touched");
                row.expires
            }
        }
    }
}

/// Removes a session that can no longer be used, and says so in the log once.
fn close_dead(org: &Arc<Org>, row: &SessionRow, why: &str) -> Result<()> {
    let service = Ctx::for_service(org, &SIGN_IN)?;
    org.store().write(|tx| {
        if tx.session_close(&row.token_hash)? {
            let detail = serde_json::json!({ "why": why, "kind": super::kind_name(row.kind), "client": row.client });
            audit::write(tx, &service, "session_close", row.user, &detail)?;
        }
        Ok(())
    })
}
