//! The ports that a server listens on, and the address that leads to them.

use super::Failure;
use super::args::TlsArgs;
use crate::config::TlsConfig;
use crate::server::{self, Certificate};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

/// Ports that were taken before anything else was done: nobody should wait for what then cannot be served.
pub struct Listeners {
    pub(super) plain: TcpListener,
    pub(super) tls: Option<(TcpListener, Arc<Certificate>)>,
    plain_url: String,
    tls_url: Option<String>,
}

impl Listeners {
    /// # Errors
    /// In words for the operator: a certificate that cannot be used, a port that is taken or must not be.
    pub(super) fn bind(plain: SocketAddr, tls: Option<&TlsConfig>) -> Result<Self, Failure> {
        let plain = server::bind_plain(plain)?;
        let plain_url = format!("http://{}", host(&plain)?);
        let mut listeners = Self { plain, tls: None, plain_url, tls_url: None };
        if let Some(tls) = tls {
            let certificate = Certificate::load(&tls.certificate, &tls.key)?;
            let listener = server::bind(tls.listen)?;
            listeners.tls_url = Some(format!("https://{}", host(&listener)?));
            listeners.tls = Some((listener, certificate));
        }
        Ok(listeners)
    }

    /// Where plain HTTP is answered: `http://127.0.0.1:8080`.
    pub fn plain_url(&self) -> &str {
        &self.plain_url
    }

    /// Where TLS is spoken, if it is.
    pub fn tls_url(&self) -> Option<&str> {
        self.tls_url.as_deref()
    }

    /// The address to go to: that of TLS where there is one.
    pub fn url(&self) -> &str {
        self.tls_url().unwrap_or(&self.plain_url)
    }
}

impl TlsArgs {
    /// What was typed, over what is configured; an address that nobody gives is the `usual` one.
    pub(super) fn over(&self, configured: Option<TlsConfig>, usual: SocketAddr) -> Option<TlsConfig> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Some(TlsConfig {
                listen: self.tls_listen.or(configured.map(|tls| tls.listen)).unwrap_or(usual),
                certificate: certificate.clone(),
                key: key.clone(),
            }),
            _ => configured,
        }
    }
}

/// Where a listener can be reached from this machine.
fn host(listener: &TcpListener) -> Result<String, Failure> {
    let address: SocketAddr = listener
        .local_addr()
        .map_err(|error| Failure::new(format!("The port listened on cannot be told: {error}.")))?;
    // An address that stands for all of this machine's is no address to go to.
    Ok(if address.ip().is_unspecified() { format!("localhost:{}", address.port()) } else { address.to_string() })
}
