//! A job in JSON; what both kinds of jobs have in common.

use crate::bulk_job;
use crate::call::{Call, is_true};
use crate::reply::Reply;
use model::{Error, ErrorCode, RecordId, Result};
use platform::{
    BulkFormat, BulkJob, BulkJobKind, BulkJobState, BulkList, BulkOperation, BulkTerms, Ctx, Delimiter, LineEnding,
};
use serde_json::{Map, Value as Json, json};

/// A text of the body.
pub(super) fn text<'a>(body: &'a Map<String, Json>, name: &str) -> Result<Option<&'a str>> {
    match body.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.trim().is_empty())),
        Some(_) => Err(Error::new(ErrorCode::JsonParserError, format!("{name} must be a text"))),
    }
}

/// The terms that a body names.
pub(super) fn terms(call: &Call, body: &Map<String, Json>) -> Result<BulkTerms> {
    let operation = text(body, "operation")?.ok_or_else(|| {
        Error::new(ErrorCode::InvalidJob, "operation: say what is to be done.").with_field("operation")
    })?;
    if let Some(other) = text(body, "contentType")?.filter(|kind| !kind.eq_ignore_ascii_case("CSV")) {
        let shown: String = other.chars().take(80).collect();
        let message = format!("contentType: '{shown}' is not CSV, which is what these jobs take.");
        return Err(Error::new(ErrorCode::InvalidJob, message).with_field("contentType"));
    }
    let chosen = |name| text(body, name);
    Ok(BulkTerms {
        operation: BulkOperation::parse("operation", operation)?,
        object: text(body, "object")?.unwrap_or_default().to_owned(),
        external_id: text(body, "externalIdFieldName")?.map(str::to_owned),
        format: BulkFormat::Csv,
        line_ending: Some(
            chosen("lineEnding")?.map_or(Ok(LineEnding::Lf), |text| LineEnding::parse("lineEnding", text))?,
        ),
        delimiter: chosen("columnDelimiter")?
            .map_or(Ok(Delimiter::Comma), |text| Delimiter::parse("columnDelimiter", text))?,
        version: call.version,
        chunk_rows: None,
    })
}

/// The job that the address names.
pub(super) fn id(call: &Call) -> Result<RecordId> {
    RecordId::parse(call.param("job")?).map_err(|_| Error::not_found())
}

/// A job as it was made.
pub(super) fn short(job: &BulkJob) -> Map<String, Json> {
    let terms = &job.terms;
    let mut out = bulk_job::beginning(job, |instant| instant.to_string());
    let mut put = |name: &str, value: Json| {
        out.insert(name.to_owned(), value);
    };
    put("apiVersion", f64::from(terms.version).into());
    if job.kind == BulkJobKind::V2Ingest {
        let url = format!("services/data/v{}.0/jobs/ingest/{}/batches", terms.version, job.id);
        put("contentUrl", url.into());
    }
    if let Some(ending) = terms.line_ending {
        put("lineEnding", ending.as_str().into());
    }
    put("columnDelimiter", terms.delimiter.as_str().into());
    out
}

/// A job with what it has come to.
pub(super) fn whole(job: &BulkJob) -> Map<String, Json> {
    let mut out = short(job);
    let counts = job.counts;
    out.insert("jobType".to_owned(), kind(job.kind).into());
    out.insert("numberRecordsProcessed".to_owned(), counts.rows_done.into());
    if job.kind == BulkJobKind::V2Ingest {
        out.insert("numberRecordsFailed".to_owned(), counts.rows_failed.into());
        out.insert("apiActiveProcessingTime".to_owned(), counts.busy_ms.into());
        out.insert("apexProcessingTime".to_owned(), 0.into());
    }
    out.insert("retries".to_owned(), counts.retries.into());
    out.insert("totalProcessingTime".to_owned(), counts.busy_ms.into());
    if job.state == BulkJobState::Failed {
        out.insert("errorMessage".to_owned(), job.message.clone().into());
    }
    out
}

fn kind(kind: BulkJobKind) -> &'static str {
    match kind {
        BulkJobKind::V2Ingest => "V2Ingest",
        BulkJobKind::V2Query => "V2Query",
        BulkJobKind::Classic => "Classic",
    }
}

pub(super) fn get(ctx: &Ctx, call: &Call, kind: BulkJobKind) -> Result<Reply> {
    let job = ctx.bulk_job(id(call)?, kind)?;
    Ok(Reply::json(&Json::Object(whole(&job))))
}

pub(super) fn remove(ctx: &Ctx, call: &Call, kind: BulkJobKind) -> Result<Reply> {
    ctx.bulk_delete(id(call)?, kind)?;
    Ok(Reply::no_content())
}

/// The state that a change asks for.
pub(super) fn wanted_state(call: &Call) -> Result<BulkJobState> {
    let body = call.json_object()?;
    match text(&body, "state")? {
        Some("UploadComplete") => Ok(BulkJobState::UploadComplete),
        Some("Aborted") => Ok(BulkJobState::Aborted),
        other => {
            let shown: String = other.unwrap_or("nothing").chars().take(80).collect();
            let message = format!("state: '{shown}' is none of UploadComplete, Aborted.");
            Err(Error::new(ErrorCode::InvalidJobState, message).with_field("state"))
        }
    }
}

/// The jobs of these kinds, newest first, a page at a time.
pub(super) fn list(ctx: &Ctx, call: &Call, own: BulkJobKind, resource: &str) -> Result<Reply> {
    let kinds = match call.query("jobType") {
        None => vec![own],
        Some(name) => {
            let known = [BulkJobKind::V2Ingest, BulkJobKind::V2Query, BulkJobKind::Classic];
            let found = known.into_iter().find(|known| kind(*known).eq_ignore_ascii_case(name));
            let refuse = || Error::new(ErrorCode::InvalidJob, "jobType: one of V2Ingest, V2Query, Classic.");
            vec![found.ok_or_else(refuse)?]
        }
    };
    let after = call.query("queryLocator").map(RecordId::parse).transpose();
    let after = after.map_err(|_| Error::new(ErrorCode::InvalidQueryLocator, "invalid query locator"))?;
    let serial = call.query("concurrencyMode").map(|mode| mode.eq_ignore_ascii_case("Serial"));
    // No job of ours is chunked but those of the older interface, which are asked for by their type.
    if is_true(call.query("isPkChunkingEnabled")) {
        return Ok(Reply::json(&json!({"done": true, "records": [], "nextRecordsUrl": null})));
    }
    let page = ctx.bulk_jobs(&BulkList { kinds, serial, after })?;
    let records: Vec<Json> = page
        .jobs
        .iter()
        .map(|job| {
            let mut record = short(job);
            record.insert("jobType".to_owned(), kind(job.kind).into());
            Json::Object(record)
        })
        .collect();
    let next = page.next.map(|last| {
        let given: String = call
            .query
            .iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("queryLocator"))
            .map(|(name, value)| format!("&{}", encoded(name, value)))
            .collect();
        format!("{}/jobs/{resource}?queryLocator={last}{given}", call.base_path())
    });
    Ok(Reply::json(&json!({"done": next.is_none(), "records": records, "nextRecordsUrl": next})))
}

fn encoded(name: &str, value: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}
