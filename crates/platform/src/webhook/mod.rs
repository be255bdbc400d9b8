//! Webhooks: changes of records pushed to an address of the org's choice. A webhook keeps how far in the audit log it has
//! been told, so that a save pays nothing for it and nothing that was saved can be missing. What a message holds is read
//! when it is sent, as the user who made the webhook.
//!
//! `terms` checks what somebody decides and `admin` is what surfaces use; `deliver` tells one message, put together in
//! `message`, signed in `sign`; `retry` says when a failure is tried again; `notice` writes to the owner of one that
//! stopped; `workers` gives every org its turn.

mod admin;
mod deliver;
mod message;
mod notice;
mod retry;
mod sign;
mod terms;
mod transport;
mod workers;

pub use admin::{SECRET_OVERLAP_HOURS, WEBHOOKS_OF_AN_ORG, Webhook, WebhookAttempt, WebhookSecret};
pub(crate) use deliver::WEBHOOKS;
pub use notice::WebhookNotice;
pub use terms::{NewWebhook, WebhookChange};
pub use transport::{WebhookReply, WebhookRequest, WebhookTransport};
pub use workers::{WebhookTeller, WebhookWorkers};

use crate::ctx::Ctx;
use crate::org::Org;
use model::{Error, ErrorCode, KeyPrefix, RecordId, Result};
use policy::SystemPermission;
use std::sync::Arc;

const PREFIX: KeyPrefix = KeyPrefix::known("0wH");

/// What whoever has webhooks may do, and must still be allowed when a change is told.
const NEEDED: SystemPermission = SystemPermission::CustomizeApplication;

/// A number of the store as an id.
fn id_of(number: i64) -> RecordId {
    RecordId::new(PREFIX, number.unsigned_abs())
}

fn number_of(id: RecordId) -> Result<i64> {
    let number = (id.prefix() == PREFIX).then(|| i64::try_from(id.sequence()).ok()).flatten();
    number.ok_or_else(Error::not_found)
}

/// Whether somebody may be told the changes of all objects that a webhook names.
///
/// # Errors
/// `INSUFFICIENT_ACCESS_OR_READONLY` naming the object.
fn may_follow(ctx: &Ctx, objects: &str) -> Result<()> {
    for name in terms::split(objects) {
        ctx.changes_followable(std::slice::from_ref(&name)).map_err(|error| match error.code() {
            ErrorCode::NotFound => Error::new(
                ErrorCode::InsufficientAccessOrReadonly,
                format!(
                    "Changes of {name} cannot be told to {}: the object is gone, or they may not read it. Give them that \
                     right, take {name} out of the webhook, or let another administrator take it over by resuming it.",
                    ctx.user().name
                ),
            ),
            _ => error,
        })?;
    }
    Ok(())
}

/// The user as whom a webhook is told, with the rights of now.
///
/// # Errors
/// `INSUFFICIENT_ACCESS_OR_READONLY` when they may no longer have webhooks.
fn user_of(org: &Arc<Org>, user: RecordId) -> Result<Ctx> {
    let ctx = Ctx::for_user(org, user).map_err(|error| match error.code() {
        ErrorCode::InvalidSessionId => Error::new(
            ErrorCode::InsufficientAccessOrReadonly,
            "The user as whom changes are told is inactive. Another administrator takes the webhook over by resuming it.",
        ),
        _ => error,
    })?;
    if !ctx.has(NEEDED) {
        let message = format!(
            "{} may no longer have webhooks: the permission {} is missing. Another administrator takes the webhook over by \
             resuming it.",
            ctx.user().name,
            NEEDED.name()
        );
        return Err(Error::new(ErrorCode::InsufficientAccessOrReadonly, message));
    }
    Ok(ctx)
}
