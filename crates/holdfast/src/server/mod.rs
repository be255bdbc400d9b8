//! The web server: its listeners for plain HTTP and TLS, what a client may take of them, an end that lets requests
//! finish.

mod certificate;
mod connection;
mod every_request;
mod limits;
mod patience;
mod proxies;
mod shutdown;
mod slots;

pub use certificate::Certificate;
pub use limits::Limits;
pub use proxies::TrustedProxies;
pub use shutdown::{Announcer, Shutdown};

use crate::cli::Failure;
use axum::Router;
use slots::Slots;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

/// How long requests under way may take to finish once the end has begun.
const GRACE: Duration = Duration::from_secs(10);

/// How long a listener rests when the machine has no descriptor left for another connection.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(500);

/// A port with what is served behind it.
pub struct Door {
    pub listener: TcpListener,
    pub router: Router,
    /// Nothing for plain HTTP.
    pub certificate: Option<Arc<Certificate>>,
    pub proxies: TrustedProxies,
}

/// Takes a port for plain HTTP, which is answered on this machine alone: passwords and tokens would travel in the open.
///
/// # Errors
/// In words for the operator, most of all when another program has it.
pub fn bind_plain(address: SocketAddr) -> Result<TcpListener, Failure> {
    if !address.ip().is_loopback() {
        return Err(Failure::new(format!(
            "{address} can be reached from other machines, and plain HTTP is answered on this one alone (127.0.0.1 or [::1]). \
             Give a certificate and its key (tls_cert, tls_key) and set tls_listen to {address}, or put a proxy that speaks TLS on this machine."
        )));
    }
    bind(address)
}

/// Takes a port.
///
/// # Errors
/// As [`bind_plain`].
pub fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        Failure::new(match error.kind() {
            ErrorKind::AddrInUse => format!(
                "Another program listens on {address}. Stop it, or choose another port, such as {}:{}.",
                address.ip(),
                address.port().checked_add(1).unwrap_or(8080)
            ),
            ErrorKind::PermissionDenied => {
                format!("Listening on {address} is not permitted: ports below 1024 need a right of their own. Choose one above, such as 8080.")
            }
            _ => format!("Listening on {address} failed: {error}."),
        })
    })
}

/// Serves until the shutdown, then until requests under way are finished or their time is over.
///
/// # Errors
/// When a listener cannot be used at all.
pub async fn serve(
    doors: Vec<Door>,
    limits: Limits,
    shutdown: Shutdown,
    entropy: Arc<dyn model::Entropy>,
) -> std::io::Result<()> {
    let slots = Slots::new(&limits);
    let mut open = tokio::task::JoinSet::new();
    for Door { listener, router, certificate, proxies } in doors {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let is_tls = certificate.is_some();
        let router = every_request::layered(router, is_tls, limits.body_time, entropy.clone());
        open.spawn(accept(listener, router, certificate, proxies, limits, slots.clone(), shutdown.clone()));
    }
    while open.join_next().await.is_some() {}
    // Only the shutdown ends a door.
    if tokio::time::timeout(GRACE, slots.all_free()).await.is_err() {
        tracing::warn!("requests were still under way after {} s and were cut off", GRACE.as_secs());
    }
    Ok(())
}

/// Takes in connections until the shutdown. Each is served by a task of its own, so that none waits for another's
/// handshake.
async fn accept(
    listener: tokio::net::TcpListener,
    router: Router,
    certificate: Option<Arc<Certificate>>,
    proxies: TrustedProxies,
    limits: Limits,
    slots: Slots,
    shutdown: Shutdown,
) {
    let end = shutdown.clone().wait();
    tokio::pin!(end);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut end => return,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // A client that went away again is no fault; no descriptors left passes when others end.
                    let gone = [ErrorKind::ConnectionAborted, ErrorKind::ConnectionReset, ErrorKind::ConnectionRefused];
                    if !gone.contains(&error.kind()) {
                        tracing::error!(%error, "a connection could not be taken in");
                        tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
                    }
                    continue;
                }
            },
        };
        // No address: where somebody works from is theirs.
        tracing::trace!(is_tls = certificate.is_some(), "a connection came in");
        // Refused by closing it: a client that must wait in the dark cannot know what for.
        let Some(slot) = slots.take(peer.ip()) else {
            tracing::warn!("a connection was refused: as many are open as there may be, in all or from its address");
            continue;
        };
        let served = connection::Answers { router: router.clone(), peer: peer.ip(), proxies: proxies.clone() };
        let served = connection::serve(stream, served, certificate.clone(), limits, shutdown.clone());
        tokio::spawn(async move {
            served.await;
            drop(slot);
        });
    }
}
