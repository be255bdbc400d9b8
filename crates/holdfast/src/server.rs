//! The web server: one listener for pages and API, a log line per request, an end that lets requests finish.

use crate::cli::Failure;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long requests under way may take to finish once the end has begun.
const GRACE: Duration = Duration::from_secs(10);

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Takes the port.
///
/// # Errors
/// In words for the operator, most of all when another program has it.
pub fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        Failure::new(match error.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "Another program listens on {address}. Stop it, or choose another port, such as --listen {}:{}.",
                address.ip(),
                address.port().checked_add(1).unwrap_or(8080)
            ),
            std::io::ErrorKind::PermissionDenied => {
                format!("Listening on {address} is not permitted: ports below 1024 need a right of their own. Choose one above, such as 8080.")
            }
            _ => format!("Listening on {address} failed: {error}."),
        })
    })
}

/// The end of the process, announced once to everybody who waits for it.
#[derive(Clone)]
pub struct Shutdown {
    announced: watch::Receiver<bool>,
}

impl Shutdown {
    /// Ends at SIGINT and SIGTERM.
    ///
    /// # Errors
    /// When the machine refuses to deliver signals.
    pub fn on_signals() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (announce, announced) = watch::channel(false);
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            // Nobody waits any more when the server has ended by itself.
            let _ = announce.send(true);
        });
        Ok(Self { announced })
    }

    /// Returns when the end is announced.
    pub async fn wait(mut self) {
        // The sender goes away without a word only when the runtime ends.
        let _ = self.announced.wait_for(|announced| *announced).await;
    }
}

/// Serves until the shutdown, then until requests under way are finished or their time is over.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: Shutdown,
    entropy: Arc<dyn model::Entropy>,
) -> std::io::Result<()> {
    let router = router.layer(axum::middleware::from_fn(move |request, next| {
        let id = request_id(&*entropy);
        logged(id, request, next)
    }));
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let server = axum::serve(listener, router).with_graceful_shutdown(shutdown.clone().wait());
    tokio::select! {
        ended = server => ended,
        () = after(shutdown) => {
            tracing::warn!("requests were still under way after {} s and were cut off", GRACE.as_secs());
            Ok(())
        }
    }
}

async fn after(shutdown: Shutdown) {
    shutdown.wait().await;
    tokio::time::sleep(GRACE).await;
}

fn request_id(entropy: &dyn model::Entropy) -> String {
    format!("{:016x}", u64::from_be_bytes(model::random_bytes(entropy)))
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
    if response.status().is_server_error() {
        tracing::error!(parent: &span, %method, status, elapsed_ms, "answered");
    } else {
        tracing::info!(parent: &span, %method, status, elapsed_ms, "answered");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().entry(&REQUEST_ID).or_insert(value);
    }
    response
}
