//! The server's certificate and its private key: read from two files, checked against each other, and read again when
//! they change, without a connection lost.

use crate::cli::Failure;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{InconsistentKeys, ServerConfig};
use std::fmt;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_rustls::TlsAcceptor;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What proves to clients who this server is.
pub struct Certificate {
    files: Files,
    provider: CryptoProvider,
    current: Arc<Current>,
    acceptor: TlsAcceptor,
    /// What the files were when they were last read, well or not.
    read: Mutex<Stamp>,
}

/// Where the two are.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What a file was: another one in its place differs in one of these.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Stamp([(u64, i64, i64, u64); 2]);

/// What handshakes are answered with from now on.
struct Current(RwLock<Arc<CertifiedKey>>);

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Current(…)")
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Certificate {
    /// Reads the two files.
    ///
    /// # Errors
    /// In words that name the file and the rule that it breaks.
    pub fn load(certificate: &Path, key: &Path) -> Result<Arc<Self>, Failure> {
        let files = Files { certificate: certificate.to_owned(), key: key.to_owned() };
        let provider = ring::default_provider();
        let stamp = files.stamp();
        let current = Arc::new(Current(RwLock::new(Arc::new(files.read(&provider)?))));
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider.clone()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|error| Failure::new(format!("TLS cannot be spoken: {error}.")))?
            .with_no_client_auth()
            .with_cert_resolver(current.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Arc::new(Self { files, provider, current, acceptor, read: Mutex::new(stamp) }))
    }

    pub(super) fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }

    /// Reads the files again. Handshakes from now on use what they hold; connections that are open go on.
    ///
    /// # Errors
    /// As [`Certificate::load`]; the certificate in use stays.
    pub fn renew(&self) -> Result<(), Failure> {
        let stamp = self.files.stamp();
        let read = self.files.read(&self.provider);
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = stamp;
        let fresh = Arc::new(read?);
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// Whether the files are others than those that were read last.
    fn has_changed(&self) -> bool {
        self.files.stamp() != *self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the certificate as its files are, for as long as what it returns is polled; with `on_hang_up` it also looks
    /// at SIGHUP, which from now on does not end the process.
    ///
    /// # Errors
    /// When the machine refuses to deliver signals.
    pub fn keep_current(self: Arc<Self>, on_hang_up: bool) -> std::io::Result<impl Future<Output = ()> + Send> {
        let hang_ups = if on_hang_up { Some(signal(SignalKind::hangup())?) } else { None };
        Ok(self.renew_for_ever(hang_ups))
    }

    async fn renew_for_ever(self: Arc<Self>, mut hang_ups: Option<Signal>) {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        loop {
            let asked = tokio::select! {
                _ = looks.tick() => false,
                () = next(&mut hang_ups) => true,
            };
            if !asked && !self.has_changed() {
                continue;
            }
            match self.renew() {
                Ok(()) => tracing::info!("the certificate was read again"),
                Err(failure) => tracing::error!("{failure} The certificate that was read before stays in use."),
            }
        }
    }
}

async fn next(signals: &mut Option<Signal>) {
    match signals {
        Some(signals) => {
            signals.recv().await;
        }
        None => std::future::pending().await,
    }
}

impl Files {
    fn stamp(&self) -> Stamp {
        let of = |path: &Path| {
            let about = std::fs::metadata(path).ok()?;
            Some((about.ino(), about.mtime(), about.mtime_nsec(), about.len()))
        };
        Stamp([&self.certificate, &self.key].map(|path| of(path).unwrap_or_default()))
    }

    fn read(&self, provider: &CryptoProvider) -> Result<CertifiedKey, Failure> {
        let chain = self.read_chain()?;
        let key = self.read_key()?;
        let (certificate, key_file) = (self.certificate.display(), self.key.display());
        CertifiedKey::from_der(chain, key, provider).map_err(|error| {
            Failure::new(match error {
                rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => format!(
                    "{key_file} is not the private key of the first certificate in {certificate}. Give the key that the certificate was made with, and the server's own certificate first."
                ),
                rustls::Error::InvalidCertificate(_) => {
                    format!("The first certificate in {certificate} cannot be read: it must be an X.509 certificate.")
                }
                _ => format!(
                    "The private key in {key_file} cannot be used: it must be RSA of 2048 bits or more, ECDSA on P-256 or P-384, or Ed25519."
                ),
            })
        })
    }

    fn read_chain(&self) -> Result<Vec<CertificateDer<'static>>, Failure> {
        let shown = self.certificate.display();
        let pem = read(&self.certificate, "certificate")?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        match chain {
            Ok(chain) if !chain.is_empty() => Ok(chain),
            _ => Err(Failure::new(format!(
                "The certificate file {shown} holds no certificate in PEM form, from BEGIN CERTIFICATE to END CERTIFICATE."
            ))),
        }
    }

    fn read_key(&self) -> Result<PrivateKeyDer<'static>, Failure> {
        let shown = self.key.display();
        let pem = zeroize::Zeroizing::new(read(&self.key, "key")?);
        let mode = std::fs::metadata(&self.key).map(|about| about.permissions().mode()).unwrap_or_default();
        if mode & 0o007 != 0 {
            return Err(Failure::new(format!(
                "The key file {shown} can be read or changed by every user of this machine. Run: chmod o= {shown}"
            )));
        }
        PrivateKeyDer::from_pem_slice(&pem).map_err(|_| {
            Failure::new(format!(
                "The key file {shown} holds no private key in PEM form, from BEGIN PRIVATE KEY to END PRIVATE KEY. An encrypted key must be decrypted first."
            ))
        })
    }
}

fn read(path: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    std::fs::read(path)
        .map_err(|error| Failure::new(format!("The {what} file {} cannot be read: {error}.", path.display())))
}
