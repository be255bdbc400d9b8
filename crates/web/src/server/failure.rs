//! Errors as pages: what happened in plain words, what to do, and for failures of ours a reference into the log.

use super::reply::page_with;
use super::{Call, Visit, reply};
use crate::kit::{BarePage, Button, ErrorPage, Page};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use maud::{Markup, Render};
use model::{Error, ErrorCode};

/// The error inside the frame of a signed-in person.
pub(crate) fn framed(call: &Call<'_>, error: &Error) -> Response {
    let status = status_of(error);
    if call.visit.wants_json() {
        return refused_json(status, error);
    }
    let content = content(call.visit, error, status, Button::link("Go home", "/home").primary());
    let shell = call.shell();
    page_with(status, Page::new(&shell, title(status), content).form().render())
}

/// The error without a frame, for people who did not sign in.
pub(crate) fn bare(visit: &Visit, error: &Error) -> Response {
    let status = status_of(error);
    if visit.wants_json() {
        return refused_json(status, error);
    }
    let content = content(visit, error, status, Button::link("Sign in", "/sign-in").primary());
    page_with(status, BarePage::new(format!("{} · Holdfast", title(status)), content).render())
}

/// The worker thread itself was lost: nothing is known of the visit any more.
pub(crate) fn lost(error: &Error) -> Response {
    tracing::error!(cause = error.internal_cause(), "a page was lost");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

fn status_of(error: &Error) -> StatusCode {
    match error.code() {
        ErrorCode::EntityIsDeleted => StatusCode::NOT_FOUND,
        code => StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn refused_json(status: StatusCode, error: &Error) -> Response {
    let mut response = reply::json(&serde_json::json!({ "error": error.message() }));
    *response.status_mut() = status;
    response
}

fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "Sign in first",
        403 => "Not allowed",
        404 => "Nothing here",
        412 => "Not sent from your session",
        400..=499 => "That did not work",
        503 => "Not available now",
        _ => "This page could not be made",
    }
}

fn content(visit: &Visit, error: &Error, status: StatusCode, way_out: Button) -> Markup {
    let advice = match error.code() {
        ErrorCode::NotFound => "There is no such page, or you cannot see what it shows. Check the address, or ask its owner to share it with you.".to_owned(),
        ErrorCode::EntityIsDeleted => "The record was deleted. Who deleted it can take it back from the recycle bin.".to_owned(),
        _ if status.is_server_error() => "Something on our side broke. It was logged; try again, or give the reference to your administrator.".to_owned(),
        _ => sentence(error.message()),
    };
    let mut page = ErrorPage::new(title(status), advice).status(status.as_u16()).action(way_out);
    if status.is_server_error() {
        let reference = reference(visit);
        tracing::error!(reference, code = %error.code(), cause = error.internal_cause(), "a page failed");
        page = page.reference(reference).action(Button::link("Try again", visit.address()));
    }
    page.render()
}

/// With a capital at the start and a full stop at the end.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.trim().chars();
    let mut out: String = chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default();
    if !out.ends_with(['.', '?', '…']) {
        out.push('.');
    }
    out
}

/// Twelve random digits in groups, easy to read out.
fn reference(visit: &Visit) -> String {
    let mut bytes = [0; 6];
    visit.state.platform.entropy().fill(&mut bytes);
    bytes
        .chunks(2)
        .map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}
