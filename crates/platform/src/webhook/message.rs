//! A message: the changes that come next for a webhook, as its user may see them now.

use super::id_of;
use crate::ctx::Ctx;
use model::{Error, Result};
use serde_json::{Value as Json, json};
use store::WebhookRow;

/// Changes of one message.
const MOST_EVENTS: usize = 100;
/// Bytes of changes after which no more join; one that is longer by itself goes alone.
const MOST_BYTES: usize = 1_000_000;
/// The version of the API whose words the records are told in.
const VERSION: u16 = 60;

pub(super) struct Message {
    /// The same for each attempt at these changes.
    pub(super) id: String,
    pub(super) body: Vec<u8>,
    pub(super) events: usize,
    /// All up to this change is told when it has arrived.
    pub(super) up_to: u64,
}

/// What comes next for a webhook.
pub(super) enum Next {
    Message(Message),
    /// Nothing up to this change is for it.
    Nothing {
        up_to: u64,
    },
}

fn id(ctx: &Ctx, held: &WebhookRow, rest: &str) -> String {
    // No full stop: what is signed is parted by them.
    let (org, webhook) = (ctx.org().id().record_id().to_short(), id_of(held.id).to_short());
    format!("msg_{org}_{webhook}_{}_{rest}", held.generation)
}

fn body(ctx: &Ctx, held: &WebhookRow, kind: &str, mut rest: serde_json::Map<String, Json>) -> Result<Vec<u8>> {
    rest.insert("organizationId".to_owned(), ctx.org().id().to_string().into());
    rest.insert("webhookId".to_owned(), id_of(held.id).to_string().into());
    rest.insert("generation".to_owned(), held.generation.as_str().into());
    let body = json!({"type": kind, "timestamp": ctx.now().to_timestamp().to_string(), "data": rest});
    serde_json::to_vec(&body).map_err(Error::internal)
}

/// Puts the next message together. A message that was begun before ends where it then did, so that whoever got it and
/// whose answer was lost knows it by its id.
///
/// # Errors
/// As [`Ctx::changes_after`].
pub(super) fn next(ctx: &Ctx, held: &WebhookRow) -> Result<Next> {
    let objects = super::terms::split(&held.terms.objects);
    let kinds = super::terms::split(&held.terms.kinds);
    let changes = ctx.changes_after(held.cursor, &objects)?;
    let aim = if held.aim > held.cursor { held.aim } else { u64::MAX };
    let mut up_to = changes.up_to.min(aim);
    let (mut told, mut bytes, mut last) = (Vec::new(), 0, held.cursor);
    for (change, event) in changes.told.iter().zip(changes.events(VERSION)?) {
        if change.replay > up_to {
            break;
        }
        if !kinds.is_empty() && !kinds.iter().any(|kind| kind == change.kind.as_str()) {
            continue;
        }
        let length = event.to_string().len();
        let is_full = told.len() == MOST_EVENTS || (!told.is_empty() && bytes + length > MOST_BYTES);
        if is_full && aim == u64::MAX {
            up_to = last;
            break;
        }
        bytes += length;
        last = change.replay;
        told.push(event);
    }
    if told.is_empty() {
        return Ok(Next::Nothing { up_to });
    }
    let events = told.len();
    let mut rest = serde_json::Map::new();
    rest.insert("events".to_owned(), Json::Array(told));
    rest.insert("replayId".to_owned(), up_to.into());
    let id = id(ctx, held, &format!("{}_{up_to}", held.cursor + 1));
    Ok(Next::Message(Message { id, body: body(ctx, held, "records.changed", rest)?, events, up_to }))
}

/// A message without any change, made for a trial.
///
/// # Errors
/// An internal error alone.
pub(super) fn trial(ctx: &Ctx, held: &WebhookRow) -> Result<Message> {
    let mut rest = serde_json::Map::new();
    rest.insert("events".to_owned(), Json::Array(Vec::new()));
    rest.insert("replayId".to_owned(), held.cursor.into());
    let id = id(ctx, held, &format!("test_{}", ctx.now().ms()));
    Ok(Message { id, body: body(ctx, held, "webhook.test", rest)?, events: 0, up_to: held.cursor })
}
