//! What a user granted to programs: seen and ended by the user, or by those who manage users.

use super::client::ClientDef;
use crate::audit;
use crate::identities::Identities;
use crate::session::require_power_over;
use crate::token;
use model::{Error, Instant, RecordId, Result};
use platform::{Ctx, Org, SIGN_IN};
use std::sync::Arc;
use store::{Backed as _, ClientGrantKind, ClientGrantRow};

/// A program that a user let in to stay, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenConsent {
    /// Names the consent on the page; opens nothing.
    pub handle: String,
    pub client_id: String,
    pub client_name: String,
    pub since: Instant,
    /// None when the program has not come back yet.
    pub last_used: Option<Instant>,
    pub expires: Instant,
}

impl Identities {
    /// The programs that a user let in to stay, newest first: one's own, or anybody's for those who manage users.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without the permission ManageUsers.
    pub fn consents_of(&self, ctx: &Ctx, user: RecordId) -> Result<Vec<GivenConsent>> {
        require_power_over(ctx, user)?;
        let now = ctx.now();
        let rows = ctx.org().store().read(|tx| tx.client_grants_of(user))?;
        let live =
            rows.into_iter().filter(|row| row.kind == ClientGrantKind::Refresh && !row.spent && row.expires > now);
        live.map(|row| {
            let name = ClientDef::find(ctx.org(), &row.client)?.map_or_else(|| row.client.clone(), |def| def.name);
            Ok(GivenConsent {
                handle: row.family,
                client_id: row.client,
                client_name: name,
                since: row.created,
                last_used: (row.used.ms() != 0).then_some(row.used),
                expires: row.expires,
            })
        })
        .collect()
    }

    /// Ends a consent, with the program's sessions as this user.
    ///
    /// # Errors
    /// `NOT_FOUND` when the user has given no such consent; `INSUFFICIENT_ACCESS_OR_READONLY` as for
    /// [`Identities::consents_of`].
    pub fn consent_end(&self, ctx: &Ctx, user: RecordId, handle: &str) -> Result<()> {
        require_power_over(ctx, user)?;
        let rows = ctx.org().store().read(|tx| tx.client_grants_of(user))?;
        let row = rows.iter().find(|row| row.family == handle).ok_or_else(Error::not_found)?;
        end(ctx, row, if ctx.user_id() == Some(user) { "ended by the user" } else { "ended by an administrator" })
    }

    /// Ends the consent behind a code or refresh token. Returns whether there was one.
    pub(crate) fn consent_end_by_token(&self, org: &Arc<Org>, given: &str) -> Result<bool> {
        let hash = token::hash(org.store().keyring(), token::TokenUse::Grant, given)?;
        let Some(row) = org.store().read(|tx| tx.client_grant(&hash))? else { return Ok(false) };
        end(&Ctx::for_service(org, &SIGN_IN)?, &row, "revoked by the program")?;
        Ok(true)
    }
}

fn end(actor: &Ctx, row: &ClientGrantRow, why: &str) -> Result<()> {
    actor.org().store().write(|tx| {
        let grants = tx.client_grants_close_family(row.user, &row.family)?;
        let sessions = tx.sessions_close_of_client(row.user, &row.client)?;
        let detail = serde_json::json!({ "why": why, "client": row.client, "grants": grants, "sessions": sessions });
        audit::write(tx, actor, "consent_end", row.user, &detail)
    })
}
