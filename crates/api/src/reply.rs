//! Replies: status, headers and body, and the forms that errors take.

use crate::changes::ChangeStream;
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use axum::http::{Response, StatusCode};
use futures_util::stream::try_unfold;
use model::{Error, ErrorCode, RecordId};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use platform::{BulkStream, ContentReader, RowError, RowResult};
use serde_json::{Map, Value as Json, json};
use std::fmt;

const JSON: &str = "application/json;charset=UTF-8";

/// Marks a response whose status says that the server failed, because its protocol has no other, and whose reason is the
/// caller's: a fault of SOAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallersFault;

#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    content_type: Option<&'static str>,
    body: Payload,
    headers: Vec<(HeaderName, String)>,
    is_callers_fault: bool,
}

/// What a reply carries.
#[derive(Debug)]
enum Payload {
    Text(String),
    /// A file that was made for this call.
    Made(Vec<u8>),
    /// Bytes that are fetched as the client takes them.
    Bytes(ContentReader),
    /// Server-sent events, as they come.
    Events(Box<ChangeStream>),
    /// Rows that are written as the client takes them.
    Rows(Rows),
}

struct Rows(Box<dyn BulkStream>);

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rows")
    }
}

impl Reply {
    pub(crate) fn json(body: &Json) -> Self {
        Self::json_text(body.to_string())
    }

    /// A body that is JSON already.
    pub(crate) fn json_text(body: String) -> Self {
        Self {
            status: StatusCode::OK,
            content_type: Some(JSON),
            body: Payload::Text(body),
            headers: Vec::new(),
            is_callers_fault: false,
        }
    }

    pub(crate) fn xml(body: String) -> Self {
        let content_type = Some("text/xml;charset=UTF-8");
        Self {
            status: StatusCode::OK,
            content_type,
            body: Payload::Text(body),
            headers: Vec::new(),
            is_callers_fault: false,
        }
    }

    /// A file, to be kept and never to be shown in place: what it holds is its author's.
    pub(crate) fn file(content: ContentReader) -> Self {
        let size = content.size().to_string();
        let (status, content_type) = (StatusCode::OK, Some("application/octet-stream"));
        Self { status, content_type, body: Payload::Bytes(content), headers: Vec::new(), is_callers_fault: false }
            .header(CONTENT_LENGTH, size)
            .header(CONTENT_DISPOSITION, "attachment")
    }

    /// A file that was made for this call, to be kept under a name.
    pub(crate) fn made(content_type: &'static str, name: &str, content: Vec<u8>) -> Self {
        let plain: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
            .collect();
        let encoded = utf8_percent_encode(name, NON_ALPHANUMERIC);
        let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
        let (status, length) = (StatusCode::OK, content.len().to_string());
        let (content_type, body) = (Some(content_type), Payload::Made(content));
        Self { status, content_type, body, headers: Vec::new(), is_callers_fault: false }
            .header(CONTENT_LENGTH, length)
            .header(CONTENT_DISPOSITION, disposition)
    }

    pub(crate) fn events(stream: ChangeStream) -> Self {
        let body = Payload::Events(Box::new(stream));
        Self {
            status: StatusCode::OK,
            content_type: Some("text/event-stream"),
            body,
            headers: Vec::new(),
            is_callers_fault: false,
        }
    }

    /// Rows in a file whose length nobody knows yet.
    pub(crate) fn rows(content_type: &'static str, rows: Box<dyn BulkStream>) -> Self {
        let (status, content_type) = (StatusCode::OK, Some(content_type));
        Self { status, content_type, body: Payload::Rows(Rows(rows)), headers: Vec::new(), is_callers_fault: false }
    }

    /// A text of another type than JSON.
    pub(crate) fn text(content_type: &'static str, body: String) -> Self {
        let (status, content_type) = (StatusCode::OK, Some(content_type));
        Self { status, content_type, body: Payload::Text(body), headers: Vec::new(), is_callers_fault: false }
    }

    /// Its status blames the server, its reason the caller.
    pub(crate) fn callers_fault(self) -> Self {
        Self { is_callers_fault: true, ..self }
    }

    /// 204, without a body.
    pub(crate) fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            content_type: None,
            body: Payload::Text(String::new()),
            headers: Vec::new(),
            is_callers_fault: false,
        }
    }

    /// 200, without a body.
    pub(crate) fn empty() -> Self {
        Self { status: StatusCode::OK, ..Self::no_content() }
    }

    #[must_use]
    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    #[must_use]
    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same without its body, whose length stays told: the answer to a HEAD.
    #[must_use]
    pub(crate) fn without_body(self) -> Self {
        match self.body {
            Payload::Text(text) => {
                let length = text.len().to_string();
                Self { body: Payload::Text(String::new()), ..self }.header(CONTENT_LENGTH, length)
            }
            // The length of a file stands among its headers already.
            Payload::Made(_) | Payload::Bytes(_) | Payload::Events(_) | Payload::Rows(_) => {
                Self { body: Payload::Text(String::new()), ..self }
            }
        }
    }

    pub(crate) fn code(&self) -> StatusCode {
        self.status
    }

    /// The text of the body; nothing of a file, which no composite call carries.
    pub(crate) fn body(&self) -> &str {
        match &self.body {
            Payload::Text(text) => text,
            Payload::Made(_) | Payload::Bytes(_) | Payload::Events(_) | Payload::Rows(_) => "",
        }
    }

    pub(crate) fn location(&self) -> Option<&str> {
        self.headers.iter().find(|(name, _)| *name == LOCATION).map(|(_, value)| value.as_str())
    }

    /// The error form of the record API: a list of one.
    pub(crate) fn error(error: &Error) -> Self {
        Self::of_code(status_of(error.code()), error.code().as_str(), error.message(), error.fields())
    }

    pub(crate) fn of_code(status: StatusCode, code: &str, message: &str, fields: &[String]) -> Self {
        let mut entry = Map::new();
        entry.insert("message".to_owned(), message.into());
        entry.insert("errorCode".to_owned(), code.into());
        if !fields.is_empty() {
            entry.insert("fields".to_owned(), fields.into());
        }
        Self::json(&Json::Array(vec![Json::Object(entry)])).status(status)
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let body = match self.body {
            Payload::Text(text) => Body::from(text),
            Payload::Made(content) => Body::from(content),
            Payload::Bytes(content) => Body::from_stream(try_unfold(content, next_bytes)),
            Payload::Events(stream) => Body::from_stream(try_unfold(*stream, ChangeStream::next)),
            Payload::Rows(Rows(rows)) => Body::from_stream(try_unfold(rows, next_rows)),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        if self.is_callers_fault {
            response.extensions_mut().insert(CallersFault);
        }
        let headers = response.headers_mut();
        if let Some(content_type) = self.content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        for (name, value) in self.headers {
            // Values are made of ids, numbers and paths; one with a control character has no place in a reply.
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// The next bytes of a file. An error ends the body before its announced length, so that nobody takes the part for the
/// whole.
async fn next_bytes(content: ContentReader) -> model::Result<Option<(Bytes, ContentReader)>> {
    let fetched = platform::blocking(move || {
        let mut content = content;
        let chunk = content.chunk()?;
        Ok((chunk, content))
    });
    let (chunk, content) = fetched.await.inspect_err(|error| {
        tracing::error!(code = %error.code(), cause = error.internal_cause(), "a file could not be read to its end");
    })?;
    Ok(chunk.map(|mut chunk| (Bytes::from(std::mem::take(&mut *chunk)), content)))
}

/// The next rows. After an error the connection is broken off, so that nobody takes the part for the whole.
async fn next_rows(rows: Box<dyn BulkStream>) -> model::Result<Option<(Bytes, Box<dyn BulkStream>)>> {
    let fetched = platform::blocking(move || {
        let mut rows = rows;
        let chunk = rows.chunk()?;
        Ok((chunk, rows))
    });
    let (chunk, rows) = fetched.await.inspect_err(|error| {
        tracing::error!(code = %error.code(), cause = error.internal_cause(), "rows could not be read to their end");
    })?;
    Ok(chunk.map(|chunk| (Bytes::from(chunk), rows)))
}

pub(crate) fn status_of(code: ErrorCode) -> StatusCode {
    StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The row form of a collection: `{id, success, errors}`, for an upsert with `created`.
pub(crate) fn row(result: &RowResult, shows_created: bool) -> Json {
    let mut row = Map::new();
    if let Some(id) = result.id.filter(|_| result.is_success()) {
        row.insert("id".to_owned(), id.to_string().into());
    }
    row.insert("success".to_owned(), result.is_success().into());
    row.insert("errors".to_owned(), result.errors.iter().map(row_error).collect());
    if shows_created {
        row.insert("created".to_owned(), result.created.into());
    }
    Json::Object(row)
}

pub(crate) fn row_error(error: &RowError) -> Json {
    json!({"statusCode": error.code.as_str(), "message": error.message, "fields": error.fields})
}

/// The reply of a single write that made or changed a record.
pub(crate) fn saved(id: RecordId) -> Map<String, Json> {
    let mut body = Map::new();
    body.insert("id".to_owned(), id.to_string().into());
    body.insert("success".to_owned(), true.into());
    body.insert("errors".to_owned(), Json::Array(Vec::new()));
    body
}
