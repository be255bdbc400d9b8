//! One HTTP request for one message: the name is looked up once, the address judged, and that very address connected to.
//! No redirect is followed, no proxy asked, no connection kept; time and bytes are bounded.

use super::addresses::AllowedAddresses;
use axum::body::Body;
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use platform::{WebhookReply, WebhookRequest, WebhookTransport};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// From the look-up of the name to the head of the answer.
const WITHIN: Duration = Duration::from_secs(20);
/// For connecting to one address; a name may stand for several.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// For the beginning of the answer's body, which is noted and nothing more.
const EXCERPT_WITHIN: Duration = Duration::from_secs(2);
const EXCERPT_BYTES: usize = 2_048;
/// The head of an answer.
const HEAD_BYTES: usize = 64 * 1024;
/// Addresses of one name that are tried.
const MOST_ADDRESSES: usize = 4;

/// Looks a name up.
pub type Resolver = Arc<dyn Fn(&str, u16) -> std::io::Result<Vec<SocketAddr>> + Send + Sync>;

/// Carries messages over HTTP.
#[derive(Clone)]
pub struct HttpTransport {
    allowed: AllowedAddresses,
    tls: Arc<ClientConfig>,
    runtime: tokio::runtime::Handle,
    resolver: Resolver,
    within: Duration,
}

impl std::fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpTransport").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

impl HttpTransport {
    /// Prepares to carry messages, trusting the public authorities and those in `ca_file`.
    ///
    /// # Errors
    /// In words: the file of certificates cannot be read.
    pub fn new(
        allowed: AllowedAddresses,
        ca_file: Option<&Path>,
        runtime: tokio::runtime::Handle,
    ) -> Result<Self, String> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = ca_file {
            let wrong = |cause: &dyn std::fmt::Display| format!("{} cannot be read: {cause}.", path.display());
            let pem = std::fs::read(path).map_err(|error| wrong(&error))?;
            for certificate in CertificateDer::pem_slice_iter(&pem) {
                roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let resolver: Resolver = Arc::new(|host, port| {
            use std::net::ToSocketAddrs as _;
            Ok((host, port).to_socket_addrs()?.collect())
        });
        Ok(Self { allowed, tls: Arc::new(config), runtime, resolver, within: WITHIN })
    }

    /// With another way to look names up, for tests.
    #[must_use]
    pub fn resolver(mut self, resolver: Resolver) -> Self {
        self.resolver = resolver;
        self
    }

    /// With another patience, for tests.
    #[must_use]
    pub fn within(mut self, within: Duration) -> Self {
        self.within = within;
        self
    }

    async fn send(&self, request: &WebhookRequest) -> Result<WebhookReply, String> {
        let url = Url::parse(&request.url).map_err(|error| format!("The address cannot be read: {error}."))?;
        let is_encrypted = match url.scheme() {
            "https" => true,
            "http" => false,
            other => return Err(format!("{other} is not spoken here.")),
        };
        let exchange = async {
            let stream = self.connect(&url, is_encrypted).await?;
            if !is_encrypted {
                return converse(stream, &url, request).await;
            }
            let name = match url.host() {
                Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()).map_err(|error| error.to_string())?,
                Some(Host::Ipv4(address)) => ServerName::from(IpAddr::V4(address)),
                Some(Host::Ipv6(address)) => ServerName::from(IpAddr::V6(address)),
                None => return Err("The address names no host.".to_owned()),
            };
            let connector = TlsConnector::from(self.tls.clone());
            let stream = connector.connect(name, stream).await;
            let stream = stream.map_err(|error| format!("No encrypted connection came about: {error}."))?;
            converse(stream, &url, request).await
        };
        let seconds = self.within.as_secs_f32();
        let late = |_| format!("No answer within {seconds} seconds.");
        let (head, body, _driver) = tokio::time::timeout(self.within, exchange).await.map_err(late)??;
        Ok(answered(head, body).await)
    }

    /// Connects to the first address of the host that may be reached and takes the connection.
    async fn connect(&self, url: &Url, is_encrypted: bool) -> Result<TcpStream, String> {
        let port = url.port_or_known_default().ok_or("The address names no port.")?;
        let addresses = match url.host() {
            Some(Host::Ipv4(address)) => vec![SocketAddr::from((address, port))],
            Some(Host::Ipv6(address)) => vec![SocketAddr::from((address, port))],
            Some(Host::Domain(name)) => {
                let (resolver, owned) = (self.resolver.clone(), name.to_owned());
                let found = tokio::task::spawn_blocking(move || resolver(&owned, port)).await;
                found.map_err(std::io::Error::other).flatten().unwrap_or_else(|error| {
                    tracing::warn!(name, %error, "the host of a webhook cannot be found");
                    Vec::new()
                })
            }
            None => return Err("The address names no host.".to_owned()),
        };
        // The same words for a name that is unknown and for one that leads inside, and never an address: whoever makes
        // webhooks learns nothing of the operator's network by trying names.
        let host = url.host_str().unwrap_or_default();
        let mut why = format!(
            "{host} cannot be found, or stands for no address that may be reached: public ones by https, and those that the \
             operator of this server allows."
        );
        for address in addresses.into_iter().take(MOST_ADDRESSES) {
            if let Err(barred) = self.allowed.check(address.ip(), is_encrypted) {
                tracing::warn!(host, %address, "a webhook was not told: {barred}");
                continue;
            }
            // The very address that was judged: a name is not looked up a second time.
            match tokio::time::timeout(CONNECT_WITHIN, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => {
                    tracing::warn!(host, %address, %error, "a webhook was not told");
                    why = format!("{host} cannot be reached: {}.", error.kind());
                }
                Err(_) => {
                    tracing::warn!(host, %address, "a webhook was not told: no answer");
                    why = format!("{host} does not answer.");
                }
            }
        }
        Err(why)
    }
}

/// The head of an answer, its body, and what drives the connection: dropped, it ends.
type Answer = (hyper::http::response::Parts, Incoming, JoinSet<hyper::Result<()>>);

/// Sends the message and waits for the head of the answer.
async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    url: &Url,
    request: &WebhookRequest,
) -> Result<Answer, String> {
    let mut client = http1::Builder::new();
    client.max_buf_size(HEAD_BYTES);
    let broken = |error: hyper::Error| format!("The answer is none of HTTP: {error}.");
    let (mut sender, connection) = client.handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut head = hyper::Request::post(target)
        .header("host", host)
        .header("user-agent", concat!("Holdfast-Webhooks/", env!("CARGO_PKG_VERSION")))
        .header("connection", "close");
    for (name, value) in &request.headers {
        head = head.header(*name, value);
    }
    let message = head.body(Body::from(request.body.clone())).map_err(|error| error.to_string())?;
    let (head, body) = sender.send_request(message).await.map_err(broken)?.into_parts();
    Ok((head, body, driver))
}

async fn answered(head: hyper::http::response::Parts, mut body: Incoming) -> WebhookReply {
    let mut excerpt = Vec::new();
    let beginning = async {
        while excerpt.len() < EXCERPT_BYTES {
            let frame = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
            match frame {
                Some(Ok(frame)) => excerpt.extend(frame.data_ref().into_iter().flatten().copied().take(EXCERPT_BYTES)),
                Some(Err(_)) | None => break,
            }
        }
    };
    // The status has been said; whether there is more to read changes nothing.
    let _ = tokio::time::timeout(EXCERPT_WITHIN, beginning).await;
    let retry_after = head.headers.get("retry-after").and_then(|value| value.to_str().ok()).map(str::to_owned);
    WebhookReply::Answered {
        status: head.status.as_u16(),
        retry_after,
        excerpt: String::from_utf8_lossy(&excerpt).into_owned(),
    }
}

impl WebhookTransport for HttpTransport {
    fn post(&self, request: &WebhookRequest) -> WebhookReply {
        self.runtime.block_on(self.send(request)).unwrap_or_else(WebhookReply::Failed)
    }
}
