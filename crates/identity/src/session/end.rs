//! Ending sessions, and seeing which are open.

use super::kind_name;
use crate::identities::Identities;
use crate::{audit, token};
use model::{Error, ErrorCode, Instant, RecordId, Result};
use platform::{Ctx, SIGN_IN, SystemPermission};
use store::{Backed as _, SessionKind, SessionRow};

/// One of a user's open sessions, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// Names the session on the page; opens nothing.
    pub handle: String,
    pub kind: SessionKind,
    /// Empty for the sign-in page.
    pub client: String,
    pub created: Instant,
    pub used: Instant,
    pub expires: Instant,
}

pub(super) fn handle_of(token_hash: &[u8]) -> String {
    hex::encode(&token_hash[..token_hash.len().min(16)])
}

impl Identities {
    /// Ends the session of a token. A token that opens nothing is no error: signing out twice is fine.
    ///
    /// # Errors
    /// What the database reports.
    pub fn sign_out(&self, given: &str) -> Result<()> {
        let org = match self.org_of_token(given) {
            Ok(org) => org,
            Err(error) if error.code() == ErrorCode::InvalidSessionId => return Ok(()),
            Err(error) => return Err(error),
        };
        let hash = token::hash(org.store().keyring(), token::TokenUse::Session, given)?;
        let Some(row) = org.store().read(|tx| tx.session(&hash))? else { return Ok(()) };
        let actor = match Ctx::for_user(&org, row.user) {
            Ok(ctx) => ctx,
            Err(_) => Ctx::for_service(&org, &SIGN_IN)?,
        };
        close(&actor, &row, "signed out")
    }

    /// Ends the session or the grant behind a token, as OAuth's revocation asks. Unknown tokens are no error.
    ///
    /// # Errors
    /// What the database reports.
    pub fn revoke(&self, given: &str) -> Result<()> {
        match self.org_of_token(given) {
            Ok(org) if self.consent_end_by_token(&org, given)? => Ok(()),
            _ => self.sign_out(given),
        }
    }

    /// The user's own open sessions, newest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn sessions_of(&self, ctx: &Ctx) -> Result<Vec<OpenSession>> {
        open_sessions(ctx, ctx.user().id)
    }

    /// The open sessions of any user, for those who manage users.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without the permission ManageUsers.
    pub fn sessions_of_user(&self, ctx: &Ctx, user: RecordId) -> Result<Vec<OpenSession>> {
        require_power_over(ctx, user)?;
        open_sessions(ctx, user)
    }

    /// Ends one session of a user by its handle: the user's own, or anybody's for those who manage users.
    ///
    /// # Errors
    /// `NOT_FOUND` when the user has no such session; `INSUFFICIENT_ACCESS_OR_READONLY` as for
    /// [`Identities::sessions_of_user`].
    pub fn session_end(&self, ctx: &Ctx, user: RecordId, handle: &str) -> Result<()> {
        require_power_over(ctx, user)?;
        let rows = ctx.org().store().read(|tx| tx.sessions_of(user))?;
        let row = rows.iter().find(|row| handle_of(&row.token_hash) == handle).ok_or_else(Error::not_found)?;
        close(ctx, row, if ctx.user_id() == Some(user) { "ended by the user" } else { "ended by an administrator" })
    }

    /// Ends every session of a user, but for the one whose token hash is given. Returns how many.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` as for [`Identities::sessions_of_user`].
    pub fn sessions_end_all(&self, ctx: &Ctx, user: RecordId, except: Option<&[u8]>) -> Result<u64> {
        require_power_over(ctx, user)?;
        ctx.org().store().write(|tx| {
            let ended = tx.sessions_close_others(user, except.unwrap_or_default())?;
            let detail = serde_json::json!({ "sessions": ended, "why": "all ended on request" });
            audit::write(tx, ctx, "session_close_all", user, &detail)?;
            Ok(ended)
        })
    }
}

/// A person's own account, or the right to manage users.
///
/// # Errors
/// `INSUFFICIENT_ACCESS_OR_READONLY` naming the permission.
pub(crate) fn require_power_over(ctx: &Ctx, user: RecordId) -> Result<()> {
    if ctx.user_id() == Some(user) { Ok(()) } else { ctx.require(SystemPermission::ManageUsers) }
}

fn open_sessions(ctx: &Ctx, user: RecordId) -> Result<Vec<OpenSession>> {
    let now = ctx.now();
    let rows = ctx.org().store().read(|tx| tx.sessions_of(user))?;
    let live = rows.into_iter().filter(|row| row.expires > now);
    Ok(live
        .map(|row| OpenSession {
            handle: handle_of(&row.token_hash),
            kind: row.kind,
            client: row.client,
            created: row.created,
            used: row.used,
            expires: row.expires,
        })
        .collect())
}

fn close(actor: &Ctx, row: &SessionRow, why: &str) -> Result<()> {
    actor.org().store().write(|tx| {
        if tx.session_close(&row.token_hash)? {
            let detail = serde_json::json!({ "why": why, "kind": kind_name(row.kind), "client": row.client });
            audit::write(tx, actor, "session_close", row.user, &detail)?;
        }
        Ok(())
    })
}
