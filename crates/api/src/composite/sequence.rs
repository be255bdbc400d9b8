//! `composite`: calls in order, later ones using what earlier ones answered; with `allOrNone` in one transaction.

use super::MOST_PARTS;
use super::part::{Done, Part, flag, halted, parts, run, text};
use super::reference::{Answers, Missing};
use crate::call::Call;
use crate::idempotency::{self, Outcome};
use crate::reply::Reply;
use crate::work::Work;
use axum::http::StatusCode;
use model::{Error, ErrorCode, Result};
use platform::Ctx;
use serde_json::{Map, Value as Json, json};

/// Queries and collections among the parts.
const MOST_LARGE: usize = 5;

pub(crate) fn composite(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let body = call.json_object()?;
    let parts = parts(&body, "compositeRequest", MOST_PARTS)?;
    check_names(&parts)?;
    check_large(&parts)?;
    let is_whole = flag(&body, "allOrNone")?;
    let run = |work: &mut Work<'_, '_, '_>| -> Result<(Reply, bool)> {
        let done = if is_whole {
            let order: Vec<usize> = (0..parts.len()).collect();
            run_whole(work, call, &parts, &order)?.0
        } else {
            run_apart(work, call, &parts)?
        };
        let made = done.iter().any(Done::is_success);
        Ok((Reply::json(&response(&parts, done)?), made))
    };
    match idempotency::key_of(call) {
        None => run(&mut Work::Apart(ctx)).map(|(reply, _)| reply),
        Some(key) => keyed(ctx, "composite_run", call, key, &parts, run),
    }
}

/// Carries out a call made of others once under its key, in one transaction; parts that fail are undone for themselves.
///
/// # Errors
/// As [`idempotency::once`]; `FUNCTIONALITY_NOT_ENABLED` when a part reads.
pub(super) fn keyed(
    ctx: &Ctx,
    name: &str,
    call: &Call,
    key: &str,
    parts: &[&Map<String, Json>],
    run: impl FnOnce(&mut Work<'_, '_, '_>) -> Result<(Reply, bool)>,
) -> Result<Reply> {
    // Replies are kept without values of records.
    if let Some(reading) =
        parts.iter().find(|part| text(part, "method").is_ok_and(|verb| verb.eq_ignore_ascii_case("GET")))
    {
        let message = format!(
            "Idempotency-Key is for calls whose parts make, change and delete records; {} reads.",
            text(reading, "referenceId")?
        );
        return Err(Error::new(ErrorCode::FunctionalityNotEnabled, message));
    }
    idempotency::once(ctx, name, call, key, |unit| {
        let (reply, made) = run(&mut Work::Within(unit))?;
        Ok(if made { Outcome::Kept(reply) } else { Outcome::Undone(reply) })
    })
}

/// Runs parts in order; each is kept or undone for itself.
fn run_apart(work: &mut Work<'_, '_, '_>, call: &Call, parts: &[&Map<String, Json>]) -> Result<Vec<Done>> {
    let mut answers = Answers::default();
    let mut run = |part| match work {
        Work::Apart(ctx) => run_one(&mut Work::Apart(ctx), call, part, &mut answers),
        Work::Within(_) => {
            let mut failed = None;
            let kept = work.together(|work| {
                let one = run_one(work, call, part, &mut answers)?;
                if one.is_success() {
                    return Ok(one);
                }
                failed = Some(one);
                Err(Error::internal("undone: a part that failed leaves nothing"))
            });
            failed.map_or(kept, Ok)
        }
    };
    parts.iter().map(|part| run(part)).collect()
}

/// `{"compositeResponse": […]}`
pub(super) fn response(parts: &[&Map<String, Json>], done: Vec<Done>) -> Result<Json> {
    let mut out = Vec::with_capacity(parts.len());
    for (part, done) in parts.iter().zip(done) {
        let mut headers = Map::new();
        if let Some(location) = &done.location {
            headers.insert("Location".to_owned(), location.as_str().into());
        }
        out.push(json!({
            "body": done.body,
            "httpHeaders": headers,
            "httpStatusCode": done.status,
            "referenceId": text(part, "referenceId")?,
        }));
    }
    Ok(json!({"compositeResponse": out}))
}

/// Runs parts in the given order inside one transaction, which is kept when all of them went well. When one fails, it
/// tells its own error and every other one that it was undone. Says whether all went well.
///
/// # Errors
/// What is ours to repair, and what only a commit tells.
pub(super) fn run_whole(
    work: &mut Work<'_, '_, '_>,
    call: &Call,
    parts: &[&Map<String, Json>],
    order: &[usize],
) -> Result<(Vec<Done>, bool)> {
    let mut done: Vec<Done> = parts.iter().map(|_| undone()).collect();
    let mut failed = None;
    let kept = work.together(|work| {
        let mut answers = Answers::default();
        for at in order.iter().copied() {
            let one = run_one(work, call, parts[at], &mut answers)?;
            let success = one.is_success();
            done[at] = one;
            if !success {
                failed = Some(at);
                return Err(Error::internal("undone: one part of a call that must be whole failed"));
            }
        }
        Ok(())
    });
    match (failed, kept) {
        (None, kept) => kept.map(|()| (done, true)),
        (Some(at), _) => {
            let others = done.iter_mut().enumerate().filter(|(other, _)| *other != at);
            others.for_each(|(_, other)| *other = undone());
            Ok((done, false))
        }
    }
}

/// What a part answers that fell with another.
fn undone() -> Done {
    let message = "The transaction was rolled back since another operation in the same transaction failed.";
    halted(StatusCode::BAD_REQUEST, ErrorCode::ProcessingHalted.as_str(), message)
}

/// Reference ids that are there and unique.
pub(super) fn check_names(parts: &[&Map<String, Json>]) -> Result<()> {
    let mut known = std::collections::HashSet::with_capacity(parts.len());
    for part in parts {
        let reference = text(part, "referenceId")?;
        text(part, "url")?;
        text(part, "method")?;
        if !known.insert(reference) {
            let message = format!("The referenceId {reference} is given twice.");
            return Err(Error::new(ErrorCode::InvalidField, message).with_field("referenceId"));
        }
    }
    Ok(())
}

fn check_large(parts: &[&Map<String, Json>]) -> Result<()> {
    let mut large = 0;
    for part in parts {
        let url = text(part, "url")?.to_ascii_lowercase();
        large += usize::from(["/query", "/queryall", "/composite/sobjects"].iter().any(|name| url.contains(name)));
    }
    if large > MOST_LARGE {
        let message = format!("At most {MOST_LARGE} parts can be queries or collections; this call has {large}.");
        return Err(Error::new(ErrorCode::ExceededIdLimit, message));
    }
    Ok(())
}

fn run_one(work: &mut Work<'_, '_, '_>, call: &Call, part: &Map<String, Json>, answers: &mut Answers) -> Result<Done> {
    let done = run_filled(work, call, part, answers)?;
    answers.keep(text(part, "referenceId")?, done.is_success().then(|| done.body.clone()));
    Ok(done)
}

fn run_filled(work: &mut Work<'_, '_, '_>, call: &Call, part: &Map<String, Json>, answers: &Answers) -> Result<Done> {
    let filled = || -> std::result::Result<_, Missing> {
        let url = answers.fill_text(text(part, "url").unwrap_or_default())?;
        Ok((url, part.get("body").map(|body| answers.fill(body)).transpose()?))
    };
    let (url, body) = match filled() {
        Ok(filled) => filled,
        Err(Missing::Failed) => return Ok(undone()),
        Err(Missing::TooMuch) => {
            let message = "The references of this call bring more than 50 MB.";
            return Ok(Done::of_error(&Error::new(ErrorCode::ExceededMaxSizeRequest, message)));
        }
        Err(Missing::Unknown(reference)) => {
            let message = format!("Invalid reference specified. No value for {reference} found.");
            return Ok(Done::of_error(&Error::new(ErrorCode::ProcessingHalted, message)));
        }
    };
    let headers = part.get("httpHeaders").and_then(Json::as_object);
    run(work, call, &Part { method: text(part, "method")?, url: &url, headers, body: body.as_ref() })
}
