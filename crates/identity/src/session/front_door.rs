//! From a program to a page: a ticket that a program gets for its user's browser, good for one entry within a minute.

use super::{Opened, Opening, Session};
use crate::identities::Identities;
use crate::oauth::may_open_pages;
use crate::{audit, token};
use model::{Error, ErrorCode, Instant, Result};
use platform::Ctx;
use store::{Backed as _, ClientGrantKind, ClientGrantRow, SessionKind};

/// How long a ticket waits for the browser.
const TICKET_LIFE_MS: i64 = 60_000;

impl Identities {
    /// A ticket with which a browser enters as the user that a program works for.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` for a program that was let in to the API alone.
    pub fn front_door_ticket(&self, session: &Session) -> Result<String> {
        let (ctx, org) = (&session.ctx, session.ctx.org());
        if !may_open_pages(org, &session.client)? {
            return Err(Error::new(
                ErrorCode::InsufficientAccessOrReadonly,
                "This program was let in to the API alone and opens no pages. Sign in at the sign-in page, or ask your administrator to let the program open pages.",
            ));
        }
        let ticket = token::bearer(org.id(), org.entropy());
        let token_hash = token::hash(org.store().keyring(), token::TokenUse::FrontDoor, &ticket)?;
        let now = org.now();
        let row = ClientGrantRow {
            kind: ClientGrantKind::Code,
            user: ctx.user().id,
            client: session.client.clone(),
            family: hex::encode(&token_hash),
            token_hash,
            created: now,
            expires: now.plus_ms(TICKET_LIFE_MS),
            used: Instant::from_ms(0),
            spent: false,
            terms: String::new(),
        };
        org.store().write(|tx| {
            tx.client_grants_close_expired_of(row.user)?;
            tx.client_grant_put(&row)?;
            audit::write(tx, ctx, "front_door_open", row.user, &serde_json::json!({ "client": row.client }))
        })?;
        Ok(ticket)
    }

    /// The browser session that a ticket opens.
    ///
    /// # Errors
    /// `INVALID_SESSION_ID` for a ticket that was never given, was used or is too old, and for a user who is no longer
    /// active.
    pub fn front_door_enter(&self, ticket: &str) -> Result<Opened> {
        let org = self.org_of_token(ticket)?;
        let hash = token::hash(org.store().keyring(), token::TokenUse::FrontDoor, ticket)?;
        let row = org.store().read(|tx| tx.client_grant(&hash))?;
        let row = row.filter(|row| !row.spent && row.expires > org.now()).ok_or_else(token::invalid_session)?;
        if !may_open_pages(&org, &row.client)? {
            return Err(token::invalid_session());
        }
        let ctx = Ctx::for_user(&org, row.user)?;
        let opening = Opening::new(self, &ctx, SessionKind::Browser, &row.client)?;
        org.store().write(|tx| {
            // Of two browsers with one ticket, the first to come enters.
            if !tx.client_grant_use(&row.token_hash, row.expires, true)? {
                return Err(token::invalid_session());
            }
            opening.open(tx, "a program's ticket")
        })?;
        Ok(opening.into_opened())
    }
}
