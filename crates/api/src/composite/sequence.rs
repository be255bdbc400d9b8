//! `composite`: calls in order, later ones using what earlier ones answered.

use super::MOST_PARTS;
use super::part::{Done, Part, flag, halted, parts, run, text};
use super::reference::{Answers, Missing};
use crate::call::Call;
use crate::reply::Reply;
use axum::http::StatusCode;
use model::{Error, ErrorCode, Result};
use platform::Ctx;
use serde_json::{Map, Value as Json, json};

/// Queries and collections among the parts.
const MOST_LARGE: usize = 5;

pub(crate) fn composite(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let body = call.json_object()?;
    let parts = parts(&body, "compositeRequest", MOST_PARTS)?;
    check(&parts)?;
    let writes =
        parts.iter().filter(|part| !text(part, "method").is_ok_and(|method| method.eq_ignore_ascii_case("GET")));
    if flag(&body, "allOrNone")? && writes.count() > 1 {
        return Err(Error::new(
            ErrorCode::FunctionalityNotEnabled,
            "allOrNone over several parts that write is not enabled; use composite/sobjects or composite/tree, which \
             save all of their records or none.",
        ));
    }
    let mut answers = Answers::default();
    let mut out = Vec::with_capacity(parts.len());
    for part in parts {
        let reference = text(part, "referenceId")?;
        let done = run_one(ctx, call, part, &answers)?;
        let mut headers = Map::new();
        if let Some(location) = &done.location {
            headers.insert("Location".to_owned(), location.as_str().into());
        }
        out.push(json!({
            "body": done.body,
            "httpHeaders": headers,
            "httpStatusCode": done.status,
            "referenceId": reference,
        }));
        answers.keep(reference, done.is_success().then_some(done.body));
    }
    Ok(Reply::json(&json!({"compositeResponse": out})))
}

/// Names that are unique, and not too many large parts.
fn check(parts: &[&Map<String, Json>]) -> Result<()> {
    let mut large = 0;
    for (at, part) in parts.iter().enumerate() {
        let reference = text(part, "referenceId")?;
        if parts[..at].iter().any(|earlier| text(earlier, "referenceId").is_ok_and(|earlier| earlier == reference)) {
            let message = format!("The referenceId {reference} is given twice.");
            return Err(Error::new(ErrorCode::InvalidField, message).with_field("referenceId"));
        }
        let url = text(part, "url")?.to_ascii_lowercase();
        large += usize::from(["/query", "/queryall", "/composite/sobjects"].iter().any(|name| url.contains(name)));
    }
    if large > MOST_LARGE {
        let message = format!("At most {MOST_LARGE} parts can be queries or collections; this call has {large}.");
        return Err(Error::new(ErrorCode::ExceededIdLimit, message));
    }
    Ok(())
}

fn run_one(ctx: &Ctx, call: &Call, part: &Map<String, Json>, answers: &Answers) -> Result<Done> {
    let filled = || -> std::result::Result<_, Missing> {
        let url = answers.fill_text(text(part, "url").unwrap_or_default())?;
        Ok((url, part.get("body").map(|body| answers.fill(body)).transpose()?))
    };
    let (url, body) = match filled() {
        Ok(filled) => filled,
        Err(Missing::Failed) => {
            let message = "The transaction was rolled back since another operation in the same transaction failed.";
            return Ok(halted(StatusCode::BAD_REQUEST, ErrorCode::ProcessingHalted.as_str(), message));
        }
        Err(Missing::Unknown(reference)) => {
            let message = format!("Invalid reference specified. No value for {reference} found.");
            return Ok(Done::of_error(&Error::new(ErrorCode::ProcessingHalted, message)));
        }
    };
    let headers = part.get("httpHeaders").and_then(Json::as_object);
    run(ctx, call, &Part { method: text(part, "method")?, url: &url, headers, body: body.as_ref() })
}
