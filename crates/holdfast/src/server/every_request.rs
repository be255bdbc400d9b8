//! What happens around every request, whichever surface answers it: a number, a line in the log, a bound on how long
//! its body may take, and the word to browsers that this host speaks TLS.

use api::CallersFault;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{HOST, STRICT_TRANSPORT_SECURITY};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::time::Duration;
use tower_http::timeout::TimeoutBody;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Two years, as the lists of browsers ask for.
const STRICT: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// The router with all of it.
pub(super) fn layered(router: Router, is_tls: bool, body_time: Duration, entropy: Arc<dyn model::Entropy>) -> Router {
    router.layer(axum::middleware::from_fn(move |request: Request, next: Next| {
        let id = format!("{:016x}", u64::from_be_bytes(model::random_bytes(&*entropy)));
        let is_strict = is_tls && !is_own_machine(request.headers());
        let request = request.map(|body| Body::new(TimeoutBody::new(body_time, body)));
        async move {
            let mut response = logged(id, request, next).await;
            if is_strict {
                response.headers_mut().entry(STRICT_TRANSPORT_SECURITY).or_insert(STRICT);
            }
            response
        }
    }))
}

/// One line per request. Neither address nor headers: both can hold tokens and values of records. The surface that has
/// found its route writes the route's name into the span.
async fn logged(id: String, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let span = tracing::info_span!("request", id, route = tracing::field::Empty);
    let started = tokio::time::Instant::now();
    let mut response = tracing::Instrument::instrument(next.run(request), span.clone()).await;
    let elapsed_ms = started.elapsed().as_millis();
    let status = response.status().as_u16();
    // A fault of SOAP has the status of a broken server whatever its reason.
    if response.status().is_server_error() && response.extensions().get::<CallersFault>().is_none() {
        tracing::error!(parent: &span, %method, status, elapsed_ms, "answered");
    } else {
        tracing::info!(parent: &span, %method, status, elapsed_ms, "answered");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().entry(&REQUEST_ID).or_insert(value);
    }
    response
}

/// Whether the client calls this machine `localhost`: browsers would keep every other program's pages of that name from
/// opening for years.
fn is_own_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    name.eq_ignore_ascii_case("localhost")
}
