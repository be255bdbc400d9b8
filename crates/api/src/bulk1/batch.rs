//! Batches of the older interface: rows or a query in, row results or rows of a query out.

use super::form::{Form, JSON};
use super::job::{KIND, id, missing, stamp};
use super::outcomes::Outcomes;
use super::xml;
use crate::call::Call;
use crate::reply::Reply;
use axum::http::StatusCode;
use model::{Error, ErrorCode, RecordId, Result};
use platform::{BulkBatch, BulkFormat, BulkStream, Ctx};
use serde_json::{Map, Value as Json, json};
use std::io::{Cursor, Read};

const CSV: &str = "text/csv;charset=UTF-8";

/// The batch that the address names.
fn batch_id(call: &Call) -> Result<RecordId> {
    RecordId::parse(call.param("batch")?).map_err(|_| no_such_batch())
}

fn no_such_batch() -> Error {
    Error::new(ErrorCode::InvalidBatch, "Unable to find object for id: the batch is not there.")
}

fn info(batch: &BulkBatch) -> Map<String, Json> {
    let mut out = Map::new();
    let mut put = |name: &str, value: Json| {
        out.insert(name.to_owned(), value);
    };
    put("id", batch.id.to_string().into());
    put("jobId", batch.job.to_string().into());
    put("state", batch.state.as_str().into());
    if !batch.message.is_empty() {
        put("stateMessage", batch.message.clone().into());
    }
    put("createdDate", stamp(batch.created).into());
    put("systemModstamp", stamp(batch.changed).into());
    put("numberRecordsProcessed", batch.rows_done.into());
    put("numberRecordsFailed", batch.rows_failed.into());
    put("totalProcessingTime", batch.busy_ms.into());
    put("apiActiveProcessingTime", batch.busy_ms.into());
    put("apexProcessingTime", 0.into());
    out
}

/// The form of the replies of the job in the address.
fn form(ctx: &Ctx, call: &Call) -> Result<Form> {
    Ok(Form::of(&ctx.bulk_job(id(call)?, KIND).map_err(missing)?.terms))
}

pub(crate) fn add(ctx: &Ctx, call: &Call, bytes: &mut dyn Read) -> Result<Reply> {
    let form = form(ctx, call)?;
    // One byte tells whether there is anything at all.
    let mut first = [0];
    let count = bytes.read(&mut first).map_err(|error| match error.downcast::<Error>() {
        Ok(error) => error,
        Err(error) => Error::internal(error),
    })?;
    if count == 0 {
        let message = "The batch is empty; it takes the rows, or the text of the query.";
        return Err(Error::new(ErrorCode::MissingArgument, message));
    }
    let batch = ctx.bulk_batch_add(id(call)?, &mut Cursor::new(first).chain(bytes))?;
    Ok(form.one("batchInfo", &info(&batch)).status(StatusCode::CREATED))
}

pub(crate) fn list(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let batches = ctx.bulk_batches(id(call)?).map_err(missing)?;
    Ok(form(ctx, call)?.list("batchInfoList", "batchInfo", batches.iter().map(info).collect()))
}

pub(crate) fn get(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let form = form(ctx, call)?;
    let batch = ctx.bulk_batch(id(call)?, batch_id(call)?).map_err(|_| no_such_batch())?;
    Ok(form.one("batchInfo", &info(&batch)))
}

/// The bytes that a batch was made of.
pub(crate) fn request(ctx: &Ctx, call: &Call) -> Result<Reply> {
    form(ctx, call)?;
    let (terms, bytes) = ctx.bulk_batch_request(id(call)?, batch_id(call)?).map_err(lost)?;
    Ok(Reply::rows(content_type(terms.format), bytes))
}

fn content_type(format: BulkFormat) -> &'static str {
    match format {
        BulkFormat::Json => JSON,
        BulkFormat::Csv => CSV,
        BulkFormat::Xml => xml::CONTENT_TYPE,
    }
}

fn lost(error: Error) -> Error {
    if error.code() == ErrorCode::NotFound { no_such_batch() } else { error }
}

/// What became of each row, or of a query the list of its results.
pub(crate) fn result(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let job = ctx.bulk_job(id(call)?, KIND).map_err(missing)?;
    if job.terms.operation.is_query() {
        let batch = ctx.bulk_batch(job.id, batch_id(call)?).map_err(|_| no_such_batch())?;
        // It says whether there are results, and whose they are.
        ctx.bulk_batch_rows(job.id, batch.id, batch.result).map_err(lost)?;
        let result = batch.result.to_string();
        return Ok(match Form::of(&job.terms) {
            Form::Json => Reply::text(JSON, json!([result]).to_string()),
            Form::Xml => Reply::text(xml::CONTENT_TYPE, xml::document("result-list", &xml::element("result", &result))),
        });
    }
    let (terms, rows) = ctx.bulk_batch_outcomes(job.id, batch_id(call)?).map_err(lost)?;
    Ok(Reply::rows(content_type(terms.format), Box::new(Outcomes::new(rows, terms.format))))
}

/// The rows of a query.
pub(crate) fn rows(ctx: &Ctx, call: &Call) -> Result<Reply> {
    form(ctx, call)?;
    let result = RecordId::parse(call.param("result")?).map_err(|_| no_such_batch())?;
    let (terms, rows) = ctx.bulk_batch_rows(id(call)?, batch_id(call)?, result).map_err(lost)?;
    Ok(Reply::rows(content_type(terms.format), Box::new(rows) as Box<dyn BulkStream>))
}
