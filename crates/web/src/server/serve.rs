//! The way of a request: read it, find who asks, check that a change comes from our own form, let the page answer on a
//! worker thread, complete the reply.

use super::cookies::Cookie;
use super::route::{Handler, Route};
use super::{Call, Params, Verb, Visit, failure, headers, reply};
use crate::pages::sign_in;
use crate::state::WebState;
use axum::body::to_bytes;
use axum::extract::{RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use identity::{ClientAddress, Session, SessionKind};
use model::{Error, ErrorCode};

/// The largest form: long texts with room to spare.
const MOST_BYTES: usize = 2 * 1024 * 1024;

pub(crate) async fn serve(
    route: &'static Route,
    state: WebState,
    captured: RawPathParams,
    request: Request,
) -> Response {
    tracing::Span::current().record("route", route.path);
    let secure = state.secure_cookies;
    let mut response = match read(state, &captured, request).await {
        Ok(visit) => {
            let outcome = platform::blocking(move || Ok(answer(route, &visit))).await;
            outcome.unwrap_or_else(|error| failure::lost(&error))
        }
        Err(status) => status.into_response(),
    };
    headers::complete(&mut response, secure);
    response
}

/// The answer to an address that no route has.
pub(crate) async fn not_found(state: WebState, request: Request) -> Response {
    let secure = state.secure_cookies;
    let (parts, _) = request.into_parts();
    let visit = visit(state, &parts, Vec::new(), Params::default());
    let outcome =
        platform::blocking(move || Ok(answer_with(Handler::Member(|_| Err(Error::not_found())), Verb::Get, &visit)))
            .await;
    let mut response = outcome.unwrap_or_else(|error| failure::lost(&error));
    headers::complete(&mut response, secure);
    response
}

async fn read(state: WebState, captured: &RawPathParams, request: Request) -> Result<Visit, StatusCode> {
    let (parts, body) = request.into_parts();
    let captured = captured.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let is_form = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let form = if is_form {
        let bytes = to_bytes(body, MOST_BYTES).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        Params::parse(&bytes)
    } else {
        Params::default()
    };
    Ok(visit(state, &parts, captured, form))
}

fn visit(state: WebState, parts: &http::request::Parts, captured: Vec<(String, String)>, form: Params) -> Visit {
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    let address = parts.extensions.get::<ClientAddress>().map(|client| client.0);
    let state = WebState { identities: state.identities.seen_from(address), ..state };
    Visit {
        state,
        path: parts.uri.path().to_owned(),
        query: Params::parse(raw_query.as_bytes()),
        raw_query,
        form,
        headers: parts.headers.clone(),
        captured,
    }
}

fn answer(route: &Route, visit: &Visit) -> Response {
    answer_with(route.handler, route.verb, visit)
}

fn answer_with(handler: Handler, verb: Verb, visit: &Visit) -> Response {
    let foreign = verb == Verb::Post && comes_from_elsewhere(visit);
    match handler {
        Handler::Public(_) if foreign => failure::bare(visit, &forged()),
        Handler::Public(page) => page(visit).unwrap_or_else(|error| failure::bare(visit, &error)),
        Handler::Member(page) => {
            let session = match session_of(visit) {
                Ok(Some(session)) => session,
                Ok(None) => return sign_in::ask(visit, verb).unwrap_or_else(|error| failure::bare(visit, &error)),
                Err(error) => return failure::bare(visit, &error),
            };
            let call = Call { visit, ctx: &session.ctx, session: &session, csrf: &session.csrf };
            let outcome = if verb == Verb::Post
                && (foreign || !session.csrf_matches(visit.form.first("csrf_token").unwrap_or_default()))
            {
                Err(forged())
            } else {
                page(&call)
            };
            let response = outcome.unwrap_or_else(|error| failure::framed(&call, &error));
            told(&call, response)
        }
    }
}

/// The live session that the browser shows, if it shows one.
pub(crate) fn session_of(visit: &Visit) -> Result<Option<Session>, Error> {
    let token = Cookie::Session.read(&visit.headers, visit.state.secure_cookies).unwrap_or_default();
    match visit.state.identities.authenticate(&token) {
        // A program's session has no business in a cookie.
        Ok(session) => Ok(Some(session).filter(|session| session.kind == SessionKind::Browser)),
        Err(error) if error.code() == ErrorCode::InvalidSessionId => Ok(None),
        Err(error) => Err(error),
    }
}

/// A page that showed the waiting flash clears it.
fn told(call: &Call<'_>, response: Response) -> Response {
    let secure = call.visit.state.secure_cookies;
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let waits = Cookie::Flash.read(&call.visit.headers, secure).is_some();
    if is_page && waits && !response.headers().contains_key(header::SET_COOKIE) {
        return reply::with_cookie(response, &Cookie::Flash.clear(secure))
            .unwrap_or_else(|error| failure::lost(&error));
    }
    response
}

/// Whether the browser says that another site sent the form.
pub(crate) fn comes_from_elsewhere(visit: &Visit) -> bool {
    let site = visit.headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    site.is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

pub(crate) fn forged() -> Error {
    Error::new(
        ErrorCode::PreconditionFailed,
        "This form was not sent from a page of your session. Nothing was changed; go back, reload the page and try again.",
    )
}
