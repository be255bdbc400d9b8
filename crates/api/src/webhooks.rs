//! Webhooks: to which addresses changes are pushed. For those who may customize the org.

use crate::call::Call;
use crate::changes::replay;
use crate::reply::Reply;
use axum::http::StatusCode;
use model::{Error, ErrorCode, RecordId, Result};
use platform::{Ctx, NewWebhook, Replay, Webhook, WebhookAttempt, WebhookChange, WebhookSecret};
use serde_json::{Map, Value as Json, json};

pub(crate) fn list(ctx: &Ctx, _call: &Call) -> Result<Reply> {
    let webhooks: Vec<Json> = ctx.webhooks()?.iter().map(said).map(Json::Object).collect();
    Ok(Reply::json(&json!({"webhooks": webhooks})))
}

pub(crate) fn create(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let body = body(call, &["name", "url", "objects", "changeTypes"])?;
    let new = NewWebhook {
        name: text(&body, "name")?.unwrap_or_default(),
        url: text(&body, "url")?.unwrap_or_default(),
        objects: texts(&body, "objects")?.unwrap_or_default(),
        kinds: texts(&body, "changeTypes")?.unwrap_or_default(),
    };
    let (webhook, secret) = ctx.webhook_create(new)?;
    Ok(with_secret(&webhook, secret).status(StatusCode::CREATED))
}

pub(crate) fn get(ctx: &Ctx, call: &Call) -> Result<Reply> {
    Ok(reply(&ctx.webhook(id(call)?)?))
}

pub(crate) fn update(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let id = id(call)?;
    let body = body(call, &["name", "url", "objects", "changeTypes"])?;
    let change = WebhookChange {
        name: text(&body, "name")?,
        url: text(&body, "url")?,
        objects: texts(&body, "objects")?,
        kinds: texts(&body, "changeTypes")?,
    };
    Ok(reply(&ctx.webhook_update(id, change)?))
}

pub(crate) fn delete(ctx: &Ctx, call: &Call) -> Result<Reply> {
    ctx.webhook_delete(id(call)?)?;
    Ok(Reply::no_content())
}

pub(crate) fn pause(ctx: &Ctx, call: &Call) -> Result<Reply> {
    Ok(reply(&ctx.webhook_pause(id(call)?)?))
}

pub(crate) fn resume(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let id = id(call)?;
    let from = if call.body.is_empty() { None } else { place(&body(call, &["replayId"])?)? };
    Ok(reply(&ctx.webhook_resume(id, from)?))
}

pub(crate) fn replay_from(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let id = id(call)?;
    // Whether there is one is asked first: who may not know of it learns nothing of its terms.
    ctx.webhook(id)?;
    let from = place(&body(call, &["replayId"])?)?.ok_or_else(|| {
        let message = "replayId: say after which change to begin; -2 for all that is kept, -1 for what comes.";
        Error::new(ErrorCode::MissingArgument, message).with_field("replayId")
    })?;
    Ok(reply(&ctx.webhook_replay(id, from)?))
}

pub(crate) fn test(ctx: &Ctx, call: &Call) -> Result<Reply> {
    Ok(reply(&ctx.webhook_test(id(call)?)?).status(StatusCode::ACCEPTED))
}

pub(crate) fn secret_rotate(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let (webhook, secret) = ctx.webhook_secret_rotate(id(call)?)?;
    Ok(with_secret(&webhook, secret))
}

pub(crate) fn attempts(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let attempts: Vec<Json> = ctx.webhook_attempts(id(call)?)?.iter().map(attempt).collect();
    Ok(Reply::json(&json!({"attempts": attempts})))
}

fn id(call: &Call) -> Result<RecordId> {
    RecordId::parse(call.param("webhook")?).map_err(|_| Error::not_found())
}

/// The body, of which nothing goes unread.
fn body(call: &Call, known: &[&str]) -> Result<Map<String, Json>> {
    let body = call.json_object()?;
    if let Some(other) = body.keys().find(|name| !known.contains(&name.as_str())) {
        let shown: String = other.chars().take(80).collect();
        let message = format!("No such field: {shown}. There are {}.", known.join(", "));
        return Err(Error::new(ErrorCode::InvalidField, message).with_field(shown));
    }
    Ok(body)
}

fn text(body: &Map<String, Json>, name: &str) -> Result<Option<String>> {
    match body.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Error::new(ErrorCode::JsonParserError, format!("{name} must be a text"))),
    }
}

fn texts(body: &Map<String, Json>, name: &str) -> Result<Option<Vec<String>>> {
    let wrong = || Error::new(ErrorCode::JsonParserError, format!("{name} must be a list of texts"));
    match body.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Array(items)) => {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong));
            texts.collect::<Result<_>>().map(Some)
        }
        Some(_) => Err(wrong()),
    }
}

/// A place in the log, as a number or a text.
fn place(body: &Map<String, Json>) -> Result<Option<Replay>> {
    match body.get("replayId") {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => replay(Some(text)).map(Some),
        Some(other) => replay(Some(&other.to_string())).map(Some),
    }
}

fn reply(webhook: &Webhook) -> Reply {
    Reply::json(&Json::Object(said(webhook)))
}

fn with_secret(webhook: &Webhook, secret: WebhookSecret) -> Reply {
    let mut body = said(webhook);
    body.insert("secret".to_owned(), secret.0.into());
    Reply::json(&Json::Object(body))
}

fn said(webhook: &Webhook) -> Map<String, Json> {
    let stamp = |at: Option<model::Instant>| at.map(|at| at.to_string());
    let body = json!({
        "id": webhook.id.to_string(),
        "name": webhook.name,
        "url": webhook.url,
        "objects": webhook.objects,
        "changeTypes": webhook.kinds,
        "runAsId": webhook.run_as.to_string(),
        "status": webhook.state.as_str(),
        "statusReason": (!webhook.reason.is_empty()).then_some(&webhook.reason),
        "replayId": webhook.replay,
        "newestReplayId": webhook.newest,
        "failures": webhook.failures,
        "failingSince": stamp(webhook.failing),
        "nextAttempt": stamp(webhook.next_attempt),
        "oldSecretUntil": stamp(webhook.old_secret_until),
        "isTestPending": webhook.is_test_asked,
        "createdDate": webhook.created.to_string(),
        "lastModifiedDate": webhook.changed.to_string(),
    });
    match body {
        Json::Object(body) => body,
        _ => Map::new(),
    }
}

fn attempt(attempt: &WebhookAttempt) -> Json {
    json!({
        "number": attempt.number,
        "at": attempt.at.to_string(),
        "type": if attempt.is_test { "test" } else { "changes" },
        "messageId": attempt.message,
        "events": attempt.events,
        "bytes": attempt.bytes,
        "outcome": attempt.outcome.as_str(),
        "status": attempt.status,
        "durationMs": attempt.took_ms,
        "reply": attempt.words,
    })
}
