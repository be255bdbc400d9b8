//! From a request to a reply: find the route, read the body, prove who calls, run the handler, log what broke.

use crate::call::Call;
use crate::idempotency;
use crate::reply::Reply;
use crate::route::{Found, Gate, Handler, Route, Verb, find};
use crate::state::Shared;
use crate::upload::{self, Upload};
use crate::usage::Turn;
use crate::work::Work;
use crate::{ROUTES, bulk1, incoming, version};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, TRANSFER_ENCODING,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Method, Request, Response, request};
use identity::{ClientAddress, Session, SessionKind};
use model::{Error, ErrorCode, Result};
use platform::{Ctx, SystemPermission};
use std::sync::Arc;

/// The most bytes of a body, after decompression.
const MOST_BODY_BYTES: usize = 50 * 1024 * 1024;
/// The same where the caller has not proven who they are.
const MOST_OPEN_BODY_BYTES: usize = 256 * 1024;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

const LIMIT: HeaderName = HeaderName::from_static("sforce-limit-info");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) async fn dispatch(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let reference = hex(&model::random_bytes::<8>(&**shared.platform.entropy()));
    let (parts, body) = request.into_parts();
    let is_head = parts.method == Method::HEAD;
    let reply = answer(shared, parts, body, &reference).await;
    let mut response = if is_head { reply.without_body().into_response() } else { reply.into_response() };
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
    let address = parts.extensions.get::<ClientAddress>().map(|client| client.0);
    let (headers, body_so_far) = (parts.headers, Bytes::new());
    let call = Call { shared, version, params, query, headers, address, body: body_so_far, upload: None };
    // Who calls is settled before their body is taken in. A call without one is answered in the same go: a change of
    // threads costs more than many an answer.
    let is_whole = matches!(route.verb, Verb::Get | Verb::Delete) && has_no_body(&call.headers);
    let admission = platform::blocking(move || {
        let mut admission = admit(route, &call);
        let answered = is_whole.then(|| std::mem::replace(&mut admission.ctx, Ok(None)));
        let answered = answered.map(|ctx| ctx.and_then(|ctx| answered_by(route, ctx, &call)));
        Ok((admission, call, answered))
    });
    let (admission, call, answered) = match admission.await {
        Ok(admitted) => admitted,
        Err(error) => return failed(route, None, &error, reference),
    };
    let most = call.shared.usage.limits().requests_per_day;
    let content_type = call.header("content-type").map(str::to_owned);
    let reply = match (answered, admission.ctx) {
        (Some(reply), _) => reply,
        (None, Ok(ctx)) => run(route, ctx, call, body).await,
        (None, Err(error)) => Err(error),
    };
    let reply = reply.unwrap_or_else(|error| failed(route, content_type.as_deref(), &error, reference));
    let reply = match admission.wait_s {
        Some(seconds) => reply.header(RETRY_AFTER, seconds.to_string()),
        None => reply,
    };
    match admission.used {
        Some(used) => reply.header(LIMIT, format!("api-usage={used}/{most}")),
        None => reply,
    }
}

async fn run(route: &'static Route, ctx: Option<Ctx>, mut call: Call, body: Body) -> Result<Reply> {
    if let (Handler::Upload(handler), Some(ctx)) = (route.handler, &ctx) {
        let (ctx, (mut bytes, pumped)) = (ctx.clone(), incoming::bridge(body));
        let done = platform::blocking(move || handler(&ctx, &call, &mut bytes));
        return futures_util::future::join(pumped, done).await.1;
    }
    let content_type = call.headers.get(CONTENT_TYPE);
    if let Some(asker) = ctx.clone().filter(|_| route.takes_files() && upload::has_parts(content_type)) {
        let most = platform::blocking(move || asker.upload_limit()).await?;
        let upload = Upload::begin(content_type, body, most).await?;
        return handle(route, ctx, Call { upload: Some(upload), ..call }).await;
    }
    let most = if ctx.is_some() { MOST_BODY_BYTES } else { MOST_OPEN_BODY_BYTES };
    call.body = to_bytes(body, most).await.map_err(|_| {
        let message = format!("The request body could not be read or is larger than {most} bytes.");
        Error::new(ErrorCode::ExceededMaxSizeRequest, message)
    })?;
    handle(route, ctx, call).await
}

/// Whether the head of a request says that nothing follows it.
fn has_no_body(headers: &HeaderMap) -> bool {
    let length = headers.get(CONTENT_LENGTH).map(HeaderValue::as_bytes);
    !headers.contains_key(TRANSFER_ENCODING) && length.is_none_or(|length| length == b"0")
}

async fn handle(route: &'static Route, ctx: Option<Ctx>, call: Call) -> Result<Reply> {
    platform::blocking(move || answered_by(route, ctx, &call)).await
}

fn answered_by(route: &Route, ctx: Option<Ctx>, call: &Call) -> Result<Reply> {
    match (route.handler, ctx) {
        (Handler::Open(handler), _) => handler(call),
        // Whoever sends a key counts on it; where it means nothing they are told.
        (Handler::Data(_), Some(_))
            if route.verb != Verb::Get && idempotency::key_of(call).is_some() && !idempotency::is_of_several(route) =>
        {
            Err(idempotency::not_here())
        }
        (Handler::Session(handler) | Handler::Data(handler), Some(ctx)) => handler(&ctx, call),
        (Handler::Records(handler), Some(ctx)) => match idempotency::key_of(call).filter(|_| route.verb != Verb::Get) {
            Some(key) => idempotency::run(&ctx, route, call, key, handler),
            None => handler(&mut Work::Apart(&ctx), call),
        },
        (Handler::Session(_) | Handler::Data(_) | Handler::Records(_) | Handler::Upload(_), _) => Err(expired()),
    }
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
    /// When it is worth to try again, of a call that came too often.
    wait_s: Option<i64>,
    /// Its place among the org's calls under way, until it is answered.
    _turn: Option<Turn>,
}

impl Admission {
    fn plain(ctx: Result<Option<Ctx>>) -> Self {
        Self { ctx, used: None, wait_s: None, _turn: None }
    }
}

fn admit(route: &Route, call: &Call) -> Admission {
    match route.gate() {
        Gate::Open => Admission::plain(Ok(None)),
        Gate::Session => Admission::plain(authenticate(route, call).map(Some)),
        Gate::Data => match authenticate(route, call) {
            Ok(ctx) => admit_counted(ctx, call),
            Err(error) => Admission::plain(Err(error)),
        },
    }
}

fn admit_counted(ctx: Ctx, call: &Call) -> Admission {
    if !ctx.has(SystemPermission::ApiEnabled) {
        let message =
            "The REST API is not enabled for this user; an administrator can grant ApiEnabled with a permission set.";
        return Admission::plain(Err(Error::new(ErrorCode::ApiDisabledForOrg, message)));
    }
    let (org, usage) = (ctx.org().id(), &call.shared.usage);
    let now = ctx.now();
    let used = match usage.count(org, now.date_in(&model::Zone::UTC)) {
        Ok(used) => used,
        Err(error) => {
            let wait_s = Some((DAY_MS - now.ms().rem_euclid(DAY_MS)).div_euclid(1000) + 1);
            return Admission { ctx: Err(error), used: Some(usage.limits().requests_per_day), wait_s, _turn: None };
        }
    };
    match usage.take_turn(org) {
        Ok(turn) => Admission { ctx: Ok(Some(ctx)), used: Some(used), wait_s: None, _turn: Some(turn) },
        Err(error) => Admission { ctx: Err(error), used: Some(used), wait_s: Some(1), _turn: None },
    }
}

/// Who calls. A missing, unknown and expired token answer alike.
fn authenticate(route: &Route, call: &Call) -> Result<Ctx> {
    // The older bulk interface has a header of its own for it.
    if let Some(token) = call.header("x-sfdc-session").filter(|_| route.is_async()) {
        return session_of(&call.shared, token.trim());
    }
    // The identity service is the only one that clients give their token in the address as well.
    let token = call.bearer().or_else(|| call.query("oauth_token").filter(|_| call.param("user").is_ok()));
    session_of(&call.shared, token.ok_or_else(expired)?)
}

/// The session behind a token; a browser's token opens pages, not this surface.
pub(crate) fn session_of(shared: &Shared, token: &str) -> Result<Ctx> {
    of_program(shared.identities.authenticate(token)?)
}

/// The same without counting as a use of the session, whose idle end stays where it is.
pub(crate) fn session_seen(shared: &Shared, token: &str) -> Result<Ctx> {
    of_program(shared.identities.authenticate_unused(token)?)
}

fn of_program(session: Session) -> Result<Ctx> {
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
