//! The kinds of reply a page gives.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use maud::{Markup, Render};
use model::{Error, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// An HTML page.
pub(crate) fn page(page: impl Render) -> Response {
    let markup: Markup = page.render();
    let mut response = Response::new(Body::from(markup.into_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// A page under another status than 200.
pub(crate) fn page_with(status: StatusCode, content: impl Render) -> Response {
    let mut response = page(content);
    *response.status_mut() = status;
    response
}

/// On to another address of this site, by GET.
///
/// # Errors
/// An internal error for an address that no header can carry.
pub(crate) fn see_other(to: &str) -> Result<Response> {
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_str(to).map_err(Error::internal)?);
    Ok(response)
}

pub(crate) fn json(value: &serde_json::Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A file to keep. The name may be anything; it travels encoded.
///
/// # Errors
/// An internal error for a content type that no header can carry.
pub(crate) fn file(name: &str, content_type: &str, content: Vec<u8>) -> Result<Response> {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect();
    let encoded = utf8_percent_encode(name, NON_ALPHANUMERIC);
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let mut response = Response::new(Body::from(content));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(content_type).map_err(Error::internal)?);
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(Error::internal)?);
    Ok(response)
}

/// Adds a cookie line.
///
/// # Errors
/// An internal error for a line that no header can carry.
pub(crate) fn with_cookie(mut response: Response, line: &str) -> Result<Response> {
    response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(line).map_err(Error::internal)?);
    Ok(response)
}
