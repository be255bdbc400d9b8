//! One connection: its handshake when it speaks TLS, then its requests, one after the other.

use super::patience::Patience;
use super::{Certificate, Limits, Shutdown, TrustedProxies};
use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use identity::ClientAddress;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// What answers the requests of a connection, and where they come from.
pub(super) struct Answers {
    pub(super) router: Router,
    pub(super) peer: IpAddr,
    pub(super) proxies: TrustedProxies,
}

/// Serves a connection to its end. What goes wrong with one concerns nobody else.
pub(super) async fn serve(
    stream: TcpStream,
    answers: Answers,
    certificate: Option<Arc<Certificate>>,
    limits: Limits,
    shutdown: Shutdown,
) {
    // Small replies must not wait for the acknowledgement of what went before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection could not be prepared");
    }
    let stream = Patience::new(stream, limits.write_time);
    let Some(certificate) = certificate else { return requests(stream, answers, limits, shutdown).await };
    match tokio::time::timeout(limits.handshake_time, certificate.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => requests(stream, answers, limits, shutdown).await,
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

async fn requests<S>(stream: S, answers: Answers, limits: Limits, shutdown: Shutdown)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Answers { router, peer, proxies } = answers;
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let address = ClientAddress(proxies.client(peer, request.headers()));
        request.extensions_mut().insert(address);
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_header_size(limits.head_bytes)
        .max_headers(limits.headers)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.wait() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
