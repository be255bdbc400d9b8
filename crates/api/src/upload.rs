//! Bodies of several parts: a record as JSON, and the bytes of its files, which go into the store as they arrive.

use axum::RequestExt as _;
use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::extract::{DefaultBodyLimit, Multipart};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Request, StatusCode};
use model::Result;
use model::{Error, ErrorCode, FieldSchema, FieldType, ObjectSchema};
use platform::exact::quote_long_numbers;
use platform::{Ctx, RecordDraft, StagedContent};
use serde_json::{Map, Value as Json};
use std::io::Read;
use std::sync::{Mutex, PoisonError};
use tokio::runtime::Handle;

/// The most bytes of the part that says what the record is.
const MOST_RECORD_BYTES: usize = 1024 * 1024;

/// Bytes of a whole body beside its files: the record, and what stands between the parts.
const BESIDE_FILES: u64 = 2 * MOST_RECORD_BYTES as u64;

/// A body whose parts have not been read.
pub(crate) struct Upload {
    parts: Mutex<Option<Multipart>>,
    runtime: Handle,
}

/// What a body of several parts brought.
pub(crate) struct Uploaded {
    pub(crate) record: Map<String, Json>,
    files: Vec<(String, StagedContent)>,
}

/// Whether a body says that it has several parts.
pub(crate) fn has_parts(content_type: Option<&HeaderValue>) -> bool {
    let text = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("multipart/form-data")
}

impl Upload {
    /// Takes hold of a body whose files have so many bytes at most; nothing of it is read yet.
    ///
    /// # Errors
    /// `JSON_PARSER_ERROR` for a body whose header names no boundary.
    pub(crate) async fn begin(content_type: Option<&HeaderValue>, body: Body, most_of_files: u64) -> Result<Self> {
        let mut request = Request::new(body);
        if let Some(content_type) = content_type {
            request.headers_mut().insert(CONTENT_TYPE, content_type.clone());
        }
        let most = most_of_files.saturating_add(BESIDE_FILES);
        DefaultBodyLimit::max(usize::try_from(most).unwrap_or(usize::MAX)).apply(&mut request);
        let extracted: std::result::Result<Multipart, MultipartRejection> = request.extract().await;
        let parts = extracted.map_err(|error| unreadable(&error.body_text()))?;
        Ok(Self { parts: Mutex::new(Some(parts)), runtime: Handle::current() })
    }

    /// Reads all parts. The files are this caller's and wait for the record.
    ///
    /// # Errors
    /// `JSON_PARSER_ERROR`, `STRING_TOO_LONG` for a file beyond the limit, what the database reports.
    pub(crate) fn read(&self, ctx: &Ctx, object: &ObjectSchema) -> Result<Uploaded> {
        let taken = self.parts.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut parts = taken.ok_or_else(|| Error::internal("a body was read twice"))?;
        let (mut record, mut files) = (None, Vec::new());
        while let Some(part) = self.runtime.block_on(parts.next_field()).map_err(|error| broken(&error))? {
            let name = part.name().unwrap_or_default().to_owned();
            // What the record is carries no name of a file; older clients say so by the type alone.
            let is_record = part.file_name().is_none() || part.content_type().is_some_and(is_json);
            let mut bytes = PartReader { part, runtime: &self.runtime, rest: Vec::new(), at: 0, failed: None };
            if !is_record {
                // Before a byte of it is kept.
                place_of(ctx, object, &name)?;
                if files.iter().any(|(known, _): &(String, _)| known.eq_ignore_ascii_case(&name)) {
                    return Err(unreadable(&format!("there are two files for {name}")));
                }
                let staged = ctx.content_stage(&mut bytes);
                // A body that ends too early is its sender's, not ours to repair.
                files.push((name, bytes.failed.map_or(staged, Err)?));
            } else if record.is_none() {
                record = Some(read_record(&mut bytes)?);
            } else {
                return Err(unreadable(&format!("there are two parts with a record; the second is {name}")));
            }
        }
        let record = record.ok_or_else(|| unreadable("no part holds a record as JSON"))?;
        Ok(Uploaded { record, files })
    }
}

impl Uploaded {
    /// Puts the files into the fields that their parts name.
    ///
    /// # Errors
    /// `INVALID_FIELD` for a part that names no field for files.
    pub(crate) fn fill(&self, ctx: &Ctx, object: &ObjectSchema, draft: &mut RecordDraft) -> Result<()> {
        for (name, staged) in &self.files {
            let field = place_of(ctx, object, name)?;
            draft.values.retain(|(given, _)| *given != field.ix);
            draft.values.push((field.ix, staged.value()));
        }
        Ok(())
    }
}

/// The field for a file.
fn place_of<'a>(ctx: &Ctx, object: &'a ObjectSchema, name: &str) -> Result<&'a FieldSchema> {
    let field = object.find_field(name);
    let field =
        field.filter(|field| *field.data_type() == FieldType::Base64 && ctx.can_read_field(object.ix, field.ix));
    field.ok_or_else(|| {
        let shown: String = name.chars().take(80).collect();
        let message = format!("The part {shown} is a file; {} has no field of that name for it.", object.name());
        Error::new(ErrorCode::InvalidField, message).with_field(shown)
    })
}

fn read_record(bytes: &mut PartReader<'_>) -> Result<Map<String, Json>> {
    let mut text = Vec::new();
    let mut bounded = Read::take(bytes, MOST_RECORD_BYTES as u64 + 1);
    bounded.read_to_end(&mut text).map_err(|error| unreadable(&error.to_string()))?;
    if text.len() > MOST_RECORD_BYTES {
        return Err(unreadable(&format!("the part with the record is larger than {MOST_RECORD_BYTES} bytes")));
    }
    match serde_json::from_slice(&quote_long_numbers(&text)) {
        Ok(Json::Object(record)) => Ok(record),
        Ok(_) => Err(unreadable("the part with the record is no JSON object")),
        Err(error) => Err(unreadable(&format!("the part with the record is no JSON: {error}"))),
    }
}

/// The bytes of one part, fetched as they are read.
struct PartReader<'a> {
    part: Field<'a>,
    runtime: &'a Handle,
    rest: Vec<u8>,
    at: usize,
    /// Why the rest of the part cannot be had.
    failed: Option<Error>,
}

impl Read for PartReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.at == self.rest.len() {
            match self.runtime.block_on(self.part.chunk()) {
                Ok(Some(chunk)) => (self.rest, self.at) = (chunk.to_vec(), 0),
                Ok(None) => return Ok(0),
                Err(error) => {
                    self.failed = Some(broken(&error));
                    return Err(std::io::Error::other(error));
                }
            }
        }
        let count = out.len().min(self.rest.len() - self.at);
        out[..count].copy_from_slice(&self.rest[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

fn is_json(content_type: &str) -> bool {
    content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn broken(error: &MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let message = "The multipart body is larger than the largest file of this org and a record take.";
        return Error::new(ErrorCode::ExceededMaxSizeRequest, message);
    }
    unreadable(&error.body_text())
}

fn unreadable(why: &str) -> Error {
    let shown: String = why.chars().take(200).collect();
    Error::new(ErrorCode::JsonParserError, format!("The multipart body could not be read: {shown}."))
}
