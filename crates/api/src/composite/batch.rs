//! `composite/batch`: calls that have nothing to do with each other.

use super::MOST_PARTS;
use super::part::{Done, Part, flag, halted, parts, run, text};
use crate::call::Call;
use crate::reply::Reply;
use crate::work::Work;
use axum::http::StatusCode;
use model::Result;
use platform::Ctx;
use serde_json::{Map, Value as Json, json};

pub(crate) fn batch(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let body = call.json_object()?;
    let halts = flag(&body, "haltOnError")?;
    let mut results = Vec::new();
    let mut failed = false;
    for part in parts(&body, "batchRequests", MOST_PARTS)? {
        let done = if failed && halts {
            let message = "Batch processing halted due to an earlier error in the batch.";
            halted(StatusCode::PRECONDITION_FAILED, "BATCH_PROCESSING_HALTED", message)
        } else {
            run_one(ctx, call, part)?
        };
        failed |= !done.is_success();
        results.push(json!({"statusCode": done.status, "result": done.body}));
    }
    Ok(Reply::json(&json!({"hasErrors": failed, "results": results})))
}

fn run_one(ctx: &Ctx, call: &Call, part: &Map<String, Json>) -> Result<Done> {
    let read = || Ok((text(part, "method")?, address(text(part, "url")?)));
    match read() {
        Ok((method, url)) => {
            run(&mut Work::Apart(ctx), call, &Part { method, url: &url, headers: None, body: part.get("richInput") })
        }
        Err(error) => Ok(Done::of_error(&error)),
    }
}

/// `v60.0/limits`, or a whole path.
fn address(url: &str) -> String {
    match url.trim_start_matches('/') {
        rest if rest.starts_with("services/") => format!("/{rest}"),
        rest => format!("/services/data/{rest}"),
    }
}
