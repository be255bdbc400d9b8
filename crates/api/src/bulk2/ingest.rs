//! `jobs/ingest`: rows are uploaded once, saved when the job is closed, and told of one by one.

use super::{CSV, job};
use crate::call::Call;
use crate::reply::Reply;
use axum::http::StatusCode;
use model::{Error, ErrorCode, Result};
use platform::{BULK_BODY_BYTES, BulkJobKind, BulkJobState, Ctx, IngestResults, NewBulk};
use serde_json::Value as Json;
use std::io::Read;

const KIND: BulkJobKind = BulkJobKind::V2Ingest;

pub(crate) fn create(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let body = call.json_object()?;
    let terms = job::terms(call, &body)?;
    if terms.object.is_empty() {
        let message = "object: say which object's records these are.";
        return Err(Error::new(ErrorCode::InvalidJob, message).with_field("object"));
    }
    let made = ctx.bulk_create(NewBulk { terms, serial: false }, KIND)?;
    Ok(Reply::json(&Json::Object(job::short(&made))))
}

pub(crate) fn list(ctx: &Ctx, call: &Call) -> Result<Reply> {
    job::list(ctx, call, KIND, "ingest")
}

pub(crate) fn get(ctx: &Ctx, call: &Call) -> Result<Reply> {
    job::get(ctx, call, KIND)
}

pub(crate) fn upload(ctx: &Ctx, call: &Call, bytes: &mut dyn Read) -> Result<Reply> {
    // One that says how long it is need not be sent first.
    let announced = call.header("content-length").and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length > BULK_BODY_BYTES) {
        let message = format!("The rows of a job have at most {BULK_BODY_BYTES} bytes; split them.");
        return Err(Error::new(ErrorCode::ExceededMaxSizeRequest, message));
    }
    ctx.bulk_upload(job::id(call)?, bytes, BULK_BODY_BYTES)?;
    Ok(Reply::empty().status(StatusCode::CREATED))
}

pub(crate) fn change(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let id = job::id(call)?;
    let changed = match job::wanted_state(call)? {
        BulkJobState::Aborted => ctx.bulk_abort(id, KIND)?,
        _ => ctx.bulk_close(id, KIND)?,
    };
    Ok(Reply::json(&Json::Object(job::short(&changed))))
}

pub(crate) fn remove(ctx: &Ctx, call: &Call) -> Result<Reply> {
    job::remove(ctx, call, KIND)
}

pub(crate) fn successful(ctx: &Ctx, call: &Call) -> Result<Reply> {
    results(ctx, call, IngestResults::Successful)
}

pub(crate) fn failed(ctx: &Ctx, call: &Call) -> Result<Reply> {
    results(ctx, call, IngestResults::Failed)
}

pub(crate) fn unprocessed(ctx: &Ctx, call: &Call) -> Result<Reply> {
    results(ctx, call, IngestResults::Unprocessed)
}

fn results(ctx: &Ctx, call: &Call, which: IngestResults) -> Result<Reply> {
    Ok(Reply::rows(CSV, ctx.bulk_ingest_results(job::id(call)?, which)?))
}
