//! Jobs of the older interface.

use super::form::Form;
use super::xml;
use crate::bulk_job;
use crate::call::Call;
use crate::reply::Reply;
use axum::http::StatusCode;
use model::{Error, ErrorCode, RecordId, Result};
use platform::{BulkFormat, BulkJob, BulkJobKind, BulkOperation, BulkTerms, Ctx, Delimiter, NewBulk};
use serde_json::{Map, Value as Json};

pub(super) const KIND: BulkJobKind = BulkJobKind::Classic;

/// Rows of a batch of a query that is split, where nothing else is said.
const CHUNK_ROWS: u64 = 100_000;
const MOST_CHUNK_ROWS: u64 = 250_000;

fn invalid(words: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidJob, words)
}

pub(super) fn no_such_job() -> Error {
    invalid("Unable to find object for id: the job is not there.")
}

/// The job that the address names.
pub(super) fn id(call: &Call) -> Result<RecordId> {
    RecordId::parse(call.param("job")?).map_err(|_| no_such_job())
}

pub(super) fn form_of(call: &Call) -> Form {
    Form::of_request(call.header("content-type"))
}

/// The texts of a job in a body, by name.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn read(call: &Call) -> Result<Self> {
        if form_of(call) == Form::Xml {
            return xml::read(&call.body, "jobInfo").map(Self);
        }
        let body: Json = serde_json::from_slice(&call.body)
            .map_err(|error| invalid(format!("The request is not valid JSON: {error}")))?;
        let Json::Object(body) = body else { return Err(invalid("The request must be a JSON object.")) };
        let text = |value: Json| match value {
            Json::Null => None,
            Json::String(text) => Some(text),
            other => Some(other.to_string()),
        };
        Ok(Self(body.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()))
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
        found.filter(|text| !text.is_empty())
    }
}

pub(crate) fn create(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let fields = Fields::read(call)?;
    let operation = fields.get("operation").ok_or_else(|| invalid("operation: say what is to be done."))?;
    let operation = BulkOperation::parse("operation", operation)?;
    let format = match fields.get("contentType") {
        None if form_of(call) == Form::Json => BulkFormat::Json,
        None => BulkFormat::Xml,
        Some(name) => BulkFormat::parse("contentType", name)?,
    };
    // Numbers are how one client says it.
    let serial = match fields.get("concurrencyMode") {
        None | Some("0") => false,
        Some("1") => true,
        Some(word) if word.eq_ignore_ascii_case("Parallel") => false,
        Some(word) if word.eq_ignore_ascii_case("Serial") => true,
        Some(_) => return Err(invalid("concurrencyMode: it is Parallel or Serial.")),
    };
    let terms = BulkTerms {
        operation,
        object: fields.get("object").unwrap_or_default().to_owned(),
        external_id: fields.get("externalIdFieldName").map(str::to_owned),
        format,
        line_ending: None,
        delimiter: Delimiter::Comma,
        version: call.version,
        chunk_rows: chunk_rows(call.header("sforce-enable-pkchunking"), operation)?,
    };
    let job = ctx.bulk_create(NewBulk { terms, serial }, KIND)?;
    Ok(form_of(call).one("jobInfo", &info(&job)).status(StatusCode::CREATED))
}

/// `true`, or `chunkSize=50000` among options.
fn chunk_rows(header: Option<&str>, operation: BulkOperation) -> Result<Option<u64>> {
    let Some(header) = header.map(str::trim).filter(|header| !header.eq_ignore_ascii_case("false")) else {
        return Ok(None);
    };
    if !operation.is_query() {
        return Err(invalid("Sforce-Enable-PKChunking: only a query is split."));
    }
    let options = header.split([';', ',']).filter_map(|option| option.split_once('='));
    for (name, value) in options {
        if name.trim().eq_ignore_ascii_case("chunkSize") {
            let rows = value.trim().parse().ok().filter(|rows| (1..=MOST_CHUNK_ROWS).contains(rows));
            let words = format!("Sforce-Enable-PKChunking: chunkSize is from 1 to {MOST_CHUNK_ROWS}.");
            return rows.map(Some).ok_or_else(|| invalid(words));
        }
    }
    Ok(Some(CHUNK_ROWS))
}

pub(crate) fn get(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let job = ctx.bulk_job(id(call)?, KIND).map_err(missing)?;
    Ok(Form::of(&job.terms).one("jobInfo", &info(&job)))
}

/// A miss is the word of this interface for one.
pub(super) fn missing(error: Error) -> Error {
    if error.code() == ErrorCode::NotFound { no_such_job() } else { error }
}

pub(crate) fn change(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let (id, fields) = (id(call)?, Fields::read(call)?);
    let job = match fields.get("state") {
        Some("Closed") => ctx.bulk_close(id, KIND),
        Some("Aborted") => ctx.bulk_abort(id, KIND),
        _ => return Err(Error::new(ErrorCode::InvalidJobState, "state: it can become Closed or Aborted.")),
    };
    let job = job.map_err(missing)?;
    Ok(Form::of(&job.terms).one("jobInfo", &info(&job)))
}

fn info(job: &BulkJob) -> Map<String, Json> {
    let (terms, counts) = (&job.terms, &job.counts);
    let mut out = bulk_job::beginning(job, stamp);
    let mut put = |name: &str, value: Json| {
        out.insert(name.to_owned(), value);
    };
    put("numberBatchesQueued", counts.queued.into());
    put("numberBatchesInProgress", counts.in_progress.into());
    put("numberBatchesCompleted", counts.completed.into());
    put("numberBatchesFailed", counts.failed.into());
    put("numberBatchesTotal", counts.batches.into());
    put("numberRecordsProcessed", counts.rows_done.into());
    put("numberRetries", counts.retries.into());
    put("apiVersion", f64::from(terms.version).into());
    put("numberRecordsFailed", counts.rows_failed.into());
    put("totalProcessingTime", counts.busy_ms.into());
    put("apiActiveProcessingTime", counts.busy_ms.into());
    put("apexProcessingTime", 0.into());
    out
}

/// `2026-11-21T08:21:19.000Z`
pub(super) fn stamp(instant: model::Instant) -> String {
    let text = instant.to_string();
    format!("{}Z", text.strip_suffix("+0000").unwrap_or(&text))
}
