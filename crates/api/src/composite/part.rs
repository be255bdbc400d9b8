//! One call inside another: it runs through the same list of routes, as the same user.

use crate::ROUTES;
use crate::call::Call;
use crate::reply::Reply;
use crate::route::{Found, Handler, Route, Verb, find};
use crate::version;
use crate::work::Work;
use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use model::{Error, ErrorCode, Result};
use serde_json::{Map, Value as Json};

pub(super) struct Part<'a> {
    pub(super) method: &'a str,
    /// From the root: `/services/data/v60.0/…`
    pub(super) url: &'a str,
    pub(super) headers: Option<&'a Map<String, Json>>,
    pub(super) body: Option<&'a Json>,
}

/// What became of a part.
pub(super) struct Done {
    pub(super) status: u16,
    pub(super) body: Json,
    pub(super) location: Option<String>,
}

impl Done {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn of_error(error: &Error) -> Self {
        Self::of_reply(&Reply::error(error))
    }

    fn of_reply(reply: &Reply) -> Self {
        let body =
            if reply.body().is_empty() { Json::Null } else { serde_json::from_str(reply.body()).unwrap_or_default() };
        Self { status: reply.code().as_u16(), body, location: reply.location().map(str::to_owned) }
    }
}

/// Runs a part. Its own refusal is its outcome; only what is ours to repair is an error.
pub(super) fn run(work: &mut Work<'_, '_, '_>, call: &Call, part: &Part<'_>) -> Result<Done> {
    match try_run(work, call, part) {
        Ok(reply) => Ok(Done::of_reply(&reply)),
        Err(error) if matches!(error.code(), ErrorCode::UnknownException | ErrorCode::ServerUnavailable) => Err(error),
        Err(error) => Ok(Done::of_error(&error)),
    }
}

/// The route of a part, with its parameters.
pub(super) fn route_of(method: &str, path: &str) -> Result<(&'static Route, Vec<(&'static str, String)>)> {
    match find(ROUTES, Verb::parse(method), path) {
        Found::Route(route, params) => Ok((route, params)),
        Found::OtherVerbs(_) => Err(Error::new(ErrorCode::MethodNotAllowed, "The resource does not take this method.")),
        Found::Nothing => Err(Error::not_found()),
    }
}

fn try_run(work: &mut Work<'_, '_, '_>, call: &Call, part: &Part<'_>) -> Result<Reply> {
    let (path, query) = part.url.split_once('?').unwrap_or((part.url, ""));
    let (route, params) = route_of(part.method, path)?;
    if !matches!(route.handler, Handler::Data(_) | Handler::Records(_)) {
        return Err(Error::not_found());
    }
    if matches!(route.name, "composite_run" | "batch_run" | "graph_run") {
        return Err(Error::new(ErrorCode::InvalidField, "A part of a composite call cannot be a composite call."));
    }
    if matches!(route.name, "attachment_body_get" | "version_data_get") {
        return Err(Error::new(ErrorCode::InvalidField, "A part of a composite call cannot fetch a file."));
    }
    let version = params.iter().find(|(name, _)| *name == "version").and_then(|(_, value)| version::parse(value));
    let inner = Call {
        shared: call.shared.clone(),
        version: version.unwrap_or(call.version),
        params,
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: headers(part.headers),
        address: call.address,
        body: part.body.map(|body| Bytes::from(body.to_string())).unwrap_or_default(),
        upload: None,
    };
    match (route.handler, &work) {
        (Handler::Records(handler), _) => handler(work, &inner),
        (Handler::Data(handler), Work::Apart(ctx)) => handler(ctx, &inner),
        _ => Err(Error::new(
            ErrorCode::FunctionalityNotEnabled,
            "Parts of a call that must be whole query, read and change records; this part does something else.",
        )),
    }
}

/// Headers of a part, and its body's type; one that is no header is left out, as it would be on the wire.
fn headers(given: Option<&Map<String, Json>>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in given.into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = value.as_str().map(HeaderValue::from_str);
        if let (Ok(name), Some(Ok(value))) = (name, value) {
            headers.insert(name, value);
        }
    }
    headers
}

/// A list of objects in the body, of the size that one call takes.
pub(super) fn parts<'a>(body: &'a Map<String, Json>, name: &str, most: usize) -> Result<Vec<&'a Map<String, Json>>> {
    let Some(Json::Array(parts)) = body.get(name) else {
        return Err(Error::new(ErrorCode::MissingArgument, format!("The body needs a list named {name}.")));
    };
    if parts.len() > most {
        let message = format!("{name} has {} entries; at most {most} are allowed.", parts.len());
        return Err(Error::new(ErrorCode::ExceededIdLimit, message));
    }
    parts
        .iter()
        .map(|part| match part {
            Json::Object(part) => Ok(part),
            _ => Err(Error::new(ErrorCode::JsonParserError, format!("Every entry of {name} must be a JSON object"))),
        })
        .collect()
}

/// A text of a part that must be there.
pub(super) fn text<'a>(part: &'a Map<String, Json>, name: &str) -> Result<&'a str> {
    part.get(name)
        .and_then(Json::as_str)
        .ok_or_else(|| Error::new(ErrorCode::MissingArgument, format!("Every part needs a text named {name}.")))
}

/// `true` where a flag of the body says so.
pub(super) fn flag(body: &Map<String, Json>, name: &str) -> Result<bool> {
    match body.get(name) {
        None | Some(Json::Null) => Ok(false),
        Some(Json::Bool(flag)) => Ok(*flag),
        Some(_) => Err(Error::new(ErrorCode::JsonParserError, format!("{name} must be true or false"))),
    }
}

/// The outcome of a part that was not run because of another.
pub(super) fn halted(status: StatusCode, code: &str, message: &str) -> Done {
    Done::of_reply(&Reply::of_code(status, code, message, &[]))
}
