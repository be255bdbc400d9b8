//! A demo that speaks TLS, with everything that clients with built-in hosts need to reach it.

use crate::program::BINARY;
use std::path::{Path, PathBuf};
use std::time::Duration;
use test_support::{ConnectProxy, HoldfastProcess, TestAuthority, project_root, python_script};

/// Keys made for tests alone.
const KEYS: &str = "crates/identity/tests/identity/keys";

/// The demo, its authority, and the proxy that leads `*.salesforce.com` to it.
pub(crate) struct Connected {
    pub(crate) process: HoldfastProcess,
    pub(crate) authority: TestAuthority,
    pub(crate) proxy: ConnectProxy,
}

impl Connected {
    pub(crate) fn new() -> Self {
        let authority = TestAuthority::new().expect("an authority");
        let files = authority.server_files().expect("a certificate");
        let trusted = project_root().join(KEYS).join("client.cert.pem");
        let arguments = ["--jwt-cert", trusted.to_str().expect("text")];
        let process = HoldfastProcess::demo_with_tls(BINARY, &files, &arguments).expect("the demo starts");
        let url = process.url();
        assert!(url.starts_with("https://"), "{url}");
        let port = url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let proxy = ConnectProxy::start(port).expect("a proxy");
        Self { process, authority, proxy }
    }

    /// The private key of the certificate that the demo trusts.
    pub(crate) fn signing_key() -> PathBuf {
        project_root().join(KEYS).join("client.key.pem")
    }

    /// Runs a Python script as a program of somebody who trusts the authority.
    pub(crate) fn python(&self, script: impl AsRef<Path>) -> String {
        let (root, key, proxy) = (self.authority.root(), Self::signing_key(), self.proxy.url());
        let own = [
            ("REQUESTS_CA_BUNDLE", root.to_str().expect("text")),
            ("SSL_CERT_FILE", root.to_str().expect("text")),
            ("HTTPS_PROXY", proxy.as_str()),
            ("https_proxy", proxy.as_str()),
            ("NO_PROXY", "127.0.0.1,localhost"),
            ("no_proxy", "127.0.0.1,localhost"),
            ("SF_JWT_KEY", key.to_str().expect("text")),
        ];
        let env = [&self.process.access().env()[..], &own].concat();
        let printed = python_script(script, &env, Duration::from_secs(240))
            .unwrap_or_else(|error| panic!("{error}\n{}", self.process.log()));
        assert_eq!(self.proxy.refused(), Vec::<String>::new(), "no client speaks to anybody else");
        printed
    }
}
