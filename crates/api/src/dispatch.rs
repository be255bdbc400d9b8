//! From a request to a reply: find the route, read the body, prove who calls, run the handler, log what broke.

use crate::call::Call;
use crate::reply::Reply;
use crate::route::{Found, Gate, Handler, Route, Verb, find};
use crate::state::Shared;
use crate::upload;
use crate::usage::DAILY_REQUESTS;
use crate::{ROUTES, bulk1, version};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::header::{ALLOW, CACHE_CONTROL, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use axum::http::{Request, Response, request};
use identity::SessionKind;
use model::{Error, ErrorCode, Result};
use platform::{Ctx, SystemPermission};
use std::sync::Arc;

/// The most bytes of a body, after decompression.
const MOST_BODY_BYTES: usize = 50 * 1024 * 1024;
/// The same where the caller has not proven who they are.
const MOST_OPEN_BODY_BYTES: usize = 256 * 1024;

const LIMIT: HeaderName = HeaderName::from_static("sforce-limit-info");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) async fn dispatch(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let reference = hex(&model::random_bytes::<8>(&**shared.platform.entropy()));
    let (parts, body) = request.into_parts();
    let mut response = answer(shared, parts, body, &reference).await.into_response();
    let headers = response.headers_mut();
    // What a reply says belongs to one user; no cache on the way may keep it.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(reference) = HeaderValue::from_str(&reference) {
        headers.insert(REQUEST_ID, reference);
    }
    response
}

async fn answer(shared: Arc<Shared>, parts: request::Parts, body: Body, reference: &str) -> Reply {
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let verb = verb_of(&parts, &query);
    let (route, params) = match find(ROUTES, verb, parts.uri.path()) {
        Found::Route(route, params) => (route, params),
        Found::OtherVerbs(verbs) => return other_verbs(parts.method.as_str(), &verbs),
        Found::Nothing => return Reply::error(&Error::not_found()),
    };
    tracing::Span::current().record("route", route.name);
    let version = params.iter().find(|(name, _)| *name == "version").and_then(|(_, value)| version::parse(value));
    let version = version.unwrap_or(version::NEWEST);
    let call = Call { shared, version, params, query, headers: parts.headers, body: Bytes::new() };
    // Who calls is settled before their body is taken in.
    let admission = platform::blocking(move || {
        let admission = admit(route, &call);
        Ok((admission, call))
    });
    let (admission, call) = match admission.await {
        Ok(admitted) => admitted,
        Err(error) => return failed(route, None, &error, reference),
    };
    let content_type = call.header("content-type").map(str::to_owned);
    let reply = match admission.ctx {
        Ok(ctx) => run(route, ctx, call, body).await,
        Err(error) => Err(error),
    };
    let reply = reply.unwrap_or_else(|error| failed(route, content_type.as_deref(), &error, reference));
    match admission.used {
        Some(used) => reply.header(LIMIT, format!("api-usage={used}/{DAILY_REQUESTS}")),
        None => reply,
    }
}

async fn run(route: &'static Route, ctx: Option<Ctx>, mut call: Call, body: Body) -> Result<Reply> {
    if let (Handler::Upload(handler), Some(ctx)) = (route.handler, &ctx) {
        let (ctx, (mut bytes, pumped)) = (ctx.clone(), upload::bridge(body));
        let done = platform::blocking(move || handler(&ctx, &call, &mut bytes));
        return futures_util::future::join(pumped, done).await.1;
    }
    let most = if ctx.is_some() { MOST_BODY_BYTES } else { MOST_OPEN_BODY_BYTES };
    call.body = to_bytes(body, most).await.map_err(|_| {
        let message = format!("The request body could not be read or is larger than {most} bytes.");
        Error::new(ErrorCode::ExceededMaxSizeRequest, message)
    })?;
    platform::blocking(move || match (route.handler, ctx) {
        (Handler::Open(handler), _) => handler(&call),
        (Handler::Session(handler) | Handler::Data(handler), Some(ctx)) => handler(&ctx, &call),
        (Handler::Session(_) | Handler::Data(_) | Handler::Upload(_), _) => Err(expired()),
    })
    .await
}

/// The method, or the one that a client without PATCH asks for on a POST.
fn verb_of(parts: &request::Parts, query: &[(String, String)]) -> Option<Verb> {
    let named = query.iter().find(|(name, _)| name.eq_ignore_ascii_case("_HttpMethod"));
    match (parts.method.as_str(), named) {
        ("POST", Some((_, method))) => Verb::parse(method),
        (method, _) => Verb::parse(method),
    }
}

/// Whether a call may go on, as whom, and the number of the day's requests where it counts as one.
struct Admission {
    ctx: Result<Option<Ctx>>,
    used: Option<u64>,
}

fn admit(route: &Route, call: &Call) -> Admission {
    match route.gate() {
        Gate::Open => Admission { ctx: Ok(None), used: None },
        Gate::Session => Admission { ctx: authenticate(route, call).map(Some), used: None },
        Gate::Data => match authenticate(route, call) {
            Ok(ctx) => admit_counted(ctx, call),
            Err(error) => Admission { ctx: Err(error), used: None },
        },
    }
}

fn admit_counted(ctx: Ctx, call: &Call) -> Admission {
    if !ctx.has(SystemPermission::ApiEnabled) {
        let message =
            "The REST API is not enabled for this user; an administrator can grant ApiEnabled with a permission set.";
        return Admission { ctx: Err(Error::new(ErrorCode::ApiDisabledForOrg, message)), used: None };
    }
    let today = ctx.now().date_in(&model::Zone::UTC);
    match call.shared.usage.count(ctx.org().id(), today) {
        Ok(used) => Admission { ctx: Ok(Some(ctx)), used: Some(used) },
        Err(error) => Admission { ctx: Err(error), used: Some(DAILY_REQUESTS) },
    }
}

/// Who calls. A missing, unknown and expired token answer alike.
fn authenticate(route: &Route, call: &Call) -> Result<Ctx> {
    // The older bulk interface has a header of its own for it.
    if let Some(token) = call.header("x-sfdc-session").filter(|_| route.is_async()) {
        return session_of(call, token.trim());
    }
    // The identity service is the only one that clients give their token in the address as well.
    let token = call.bearer().or_else(|| call.query("oauth_token").filter(|_| call.param("user").is_ok()));
    session_of(call, token.ok_or_else(expired)?)
}

/// The session behind a token; a browser's token opens pages, not this surface.
pub(crate) fn session_of(call: &Call, token: &str) -> Result<Ctx> {
    let session = call.shared.identities.authenticate(token)?;
    if session.kind == SessionKind::Api { Ok(session.ctx) } else { Err(expired()) }
}

fn expired() -> Error {
    Error::new(ErrorCode::InvalidSessionId, "Session expired or invalid")
}

/// Logs what is ours to repair and turns an error into its reply.
fn failed(route: &Route, content_type: Option<&str>, error: &Error, reference: &str) -> Reply {
    let cause = error.internal_cause().unwrap_or_default();
    let message = match error.code() {
        ErrorCode::UnknownException | ErrorCode::ServerUnavailable => {
            tracing::error!(route = route.name, reference, code = %error.code(), cause, "request failed");
            format!("{} (ErrorId: {reference})", error.message())
        }
        code => {
            // The message may quote what was sent: it is for the caller alone.
            tracing::debug!(route = route.name, reference, %code, cause, "request refused");
            error.message().to_owned()
        }
    };
    if route.is_async() {
        return bulk1::refused(error.code(), &message, content_type);
    }
    Reply::of_code(crate::reply::status_of(error.code()), error.code().as_str(), &message, error.fields())
}

fn other_verbs(method: &str, verbs: &[Verb]) -> Reply {
    let allowed = verbs.iter().map(|verb| verb.as_str()).collect::<Vec<_>>().join(",");
    let shown: String = method.chars().take(20).collect();
    let message = format!("HTTP Method '{shown}' not allowed. Allowed are {allowed}");
    Reply::error(&Error::new(ErrorCode::MethodNotAllowed, message)).header(ALLOW, allowed)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
