//! A certificate authority of a test's own, and a server certificate of it for this machine and for the hosts that some
//! clients have built in.

use anyhow::{Context as _, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The hosts that the server certificate is for.
const HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "*.salesforce.com"];

/// An authority with its files, which go with the value.
pub struct TestAuthority {
    folder: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// The files of a server certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl TestAuthority {
    pub fn new() -> Result<Self> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "Authority of a test");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let folder = crate::temp_dir()?;
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).context("the root could not be written")?;
        Ok(Self { folder, issuer })
    }

    /// The root certificate: what `REQUESTS_CA_BUNDLE` and `NODE_EXTRA_CA_CERTS` name.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A server certificate with its key. Asked again, it writes others over the same files.
    pub fn server_files(&self) -> Result<ServerFiles> {
        let files =
            ServerFiles { certificate: self.folder.path().join("tls.pem"), key: self.folder.path().join("tls.key") };
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(HOSTS.map(str::to_owned))?;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&key, &self.issuer)?;
        put(&files.certificate, &certificate.pem())?;
        put(&files.key, &key.serialize_pem())?;
        Ok(files)
    }
}

/// Writes a file that its owner alone can read, and puts it in place at once.
fn put(path: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    let fresh = path.with_extension("new");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(text.as_bytes())?;
    std::fs::rename(&fresh, path).with_context(|| format!("{} could not be written", path.display()))
}
