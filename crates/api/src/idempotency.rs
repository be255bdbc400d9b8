//! `Idempotency-Key`: a request that makes records and is sent twice, because its sender never heard the answer, is carried
//! out once. The key is claimed in the transaction that makes the records, and the reply is kept with it.

use crate::call::Call;
use crate::reply::Reply;
use crate::route::Route;
use crate::work::Work;
use axum::http::header::{HeaderName, LOCATION};
use model::{Error, ErrorCode, Result};
use platform::{Ctx, KeptReply, KeyClaim, Unit};

const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const MOST_CHARACTERS: usize = 255;

/// What makes records and answers with their ids: a reply to be kept holds no values of records.
const MAKING: [&str; 5] =
    ["record_create", "records_create", "tree_create", "quick_action_execute", "object_quick_action_execute"];

/// The key of a call that brings one.
pub(crate) fn key_of(call: &Call) -> Option<&str> {
    call.header(KEY)
}

/// Answers a call that brings a key.
///
/// # Errors
/// Those of the handler; `FUNCTIONALITY_NOT_ENABLED` for a call that makes no records, `INVALID_FIELD` for a key that is
/// none or stands for another request.
pub(crate) fn run(
    ctx: &Ctx,
    route: &Route,
    call: &Call,
    key: &str,
    handler: fn(&mut Work<'_, '_, '_>, &Call) -> Result<Reply>,
) -> Result<Reply> {
    if !MAKING.contains(&route.name) || call.upload.is_some() {
        return Err(not_here());
    }
    once(ctx, route.name, call, key, |unit| {
        let reply = handler(&mut Work::Within(unit), call)?;
        Ok(if reply.code().is_success() { Outcome::Kept(reply) } else { Outcome::Undone(reply) })
    })
}

/// What a request that brings a key came to.
pub(crate) enum Outcome {
    /// It made something: its reply stands for it from now on.
    Kept(Reply),
    /// It made nothing: whatever it did is undone, and its key is free.
    Undone(Reply),
}

/// Carries a request out in one transaction under its key, or answers what it was answered before.
///
/// # Errors
/// Those of `work`; `INVALID_FIELD` for a key that is none or stands for another request.
pub(crate) fn once(
    ctx: &Ctx,
    name: &str,
    call: &Call,
    key: &str,
    work: impl FnOnce(&mut Unit<'_, '_>) -> Result<Outcome>,
) -> Result<Reply> {
    if key.trim().is_empty() || key.chars().count() > MOST_CHARACTERS {
        let message = format!("Idempotency-Key: give 1 to {MOST_CHARACTERS} characters.");
        return Err(Error::new(ErrorCode::InvalidField, message));
    }
    let mut request = format!("{name} {:?} {:?}\n", call.params, call.query).into_bytes();
    request.extend_from_slice(&call.body);
    let mut refused = None;
    let done = ctx.in_one_transaction(|unit| {
        match unit.reply_claim(key, &request)? {
            KeyClaim::New => {}
            KeyClaim::Repeated(kept) => return repeated(&kept),
            KeyClaim::Taken => {
                let message = "Idempotency-Key: this key stands for another request of the last 24 hours.";
                return Err(Error::new(ErrorCode::InvalidField, message));
            }
        }
        let reply = match work(unit)? {
            Outcome::Kept(reply) => reply,
            Outcome::Undone(reply) => {
                refused = Some(reply);
                return Err(Error::internal("undone: a request that was refused leaves its key free"));
            }
        };
        let kept = KeptReply {
            status: reply.code().as_u16(),
            location: reply.location().unwrap_or_default().to_owned(),
            body: reply.body().to_owned(),
        };
        unit.reply_keep(key, &kept)?;
        Ok(reply)
    });
    match refused {
        Some(reply) => Ok(reply),
        None => done,
    }
}

/// Calls made of others, which look after their keys themselves.
pub(crate) fn is_of_several(route: &Route) -> bool {
    matches!(route.name, "composite_run" | "graph_run")
}

/// The refusal of a key that the call has no use for.
pub(crate) fn not_here() -> Error {
    let message = "Idempotency-Key is for calls that make records of a JSON body; this call is none.";
    Error::new(ErrorCode::FunctionalityNotEnabled, message)
}

fn repeated(kept: &KeptReply) -> Result<Reply> {
    let status = axum::http::StatusCode::from_u16(kept.status).map_err(Error::internal)?;
    let reply = Reply::json_text(kept.body.clone()).status(status).header(REPLAYED, "true");
    Ok(if kept.location.is_empty() { reply } else { reply.header(LOCATION, kept.location.as_str()) })
}
