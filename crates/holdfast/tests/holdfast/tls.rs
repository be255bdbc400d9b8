//! TLS as clients meet it: what is spoken, what a certificate must be, how it is renewed.

use crate::program::{failure, run, text};
use crate::serve_process::{start, stop};
use crate::web_server::{Served, answer_of};
use holdfast::server::{Certificate, Limits};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned, SupportedProtocolVersion};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use test_support::TestAuthority;

pub(crate) type Stream = StreamOwned<ClientConnection, TcpStream>;

/// A connection that trusts this root alone.
pub(crate) fn connect(
    address: SocketAddr,
    root: &Path,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<Stream, std::io::Error> {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_file(root).expect("the root");
    roots.add(root).expect("a root");
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address)?);
    stream.sock.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.flush()?;
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

/// Sends a request and leaves the connection open.
pub(crate) fn exchange(stream: &mut Stream, request: &str) -> String {
    stream.write_all(request.as_bytes()).expect("asked");
    answer_of(stream)
}

/// Asks for a page.
fn get(stream: &mut Stream, host: &str) -> String {
    exchange(stream, &format!("GET /hello HTTP/1.1\r\nHost: {host}\r\n\r\n"))
}

/// The certificate that the server showed.
fn shown(stream: &Stream) -> Vec<u8> {
    stream.conn.peer_certificates().expect("a certificate")[0].to_vec()
}

#[test]
fn tls_is_spoken_in_its_two_sound_versions_and_browsers_are_told_to_stay_with_it() {
    let authority = TestAuthority::new().expect("an authority");
    let files = authority.server_files().expect("a certificate");
    let certificate = Certificate::load(&files.certificate, &files.key).expect("sound files");
    let served = Served::start(Limits::default(), Some(certificate));
    for (version, expected) in [(&TLS12, ProtocolVersion::TLSv1_2), (&TLS13, ProtocolVersion::TLSv1_3)] {
        let mut stream = connect(served.address, &authority.root(), &[version]).expect("a connection");
        assert_eq!(stream.conn.protocol_version(), Some(expected));
        assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
        let page = get(&mut stream, "crm.example").to_lowercase();
        assert!(
            page.starts_with("http/1.1 200") && page.contains("strict-transport-security: max-age=63072000"),
            "{page}"
        );
        // Browsers would keep every other program of this machine from being seen.
        let page = get(&mut stream, "localhost:8443").to_lowercase();
        assert!(page.starts_with("http/1.1 200") && !page.contains("strict-transport"), "{page}");
    }
    let stranger = TestAuthority::new().expect("another authority");
    connect(served.address, &stranger.root(), &[&TLS13]).map(|_| ()).expect_err("a server of somebody else's");
    // Plain HTTP on the port of TLS is told nothing.
    let mut plain = TcpStream::connect(served.address).expect("a connection");
    write!(plain, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n").expect("asked");
    let mut reply = Vec::new();
    plain.read_to_end(&mut reply).ok();
    assert!(!String::from_utf8_lossy(&reply).contains("hello"), "{reply:?}");
}

#[test]
fn a_renewed_certificate_counts_from_the_next_connection_and_breaks_none() {
    let authority = TestAuthority::new().expect("an authority");
    let files = authority.server_files().expect("a certificate");
    let certificate = Certificate::load(&files.certificate, &files.key).expect("sound files");
    let served = Served::start(Limits::default(), Some(certificate.clone()));
    let mut old = connect(served.address, &authority.root(), &[&TLS13]).expect("a connection");
    get(&mut old, "x");

    let another = authority.server_files().expect("another certificate");
    certificate.renew().expect("sound files");
    let fresh = connect(served.address, &authority.root(), &[&TLS13]).expect("a connection");
    assert_ne!(shown(&old), shown(&fresh));
    assert!(get(&mut old, "x").starts_with("HTTP/1.1 200"), "an open connection goes on");

    // Half a renewal: the certificate of one pair with the key of another.
    let kept = std::fs::read(&another.key).expect("the key");
    authority.server_files().expect("a third");
    std::fs::write(&another.key, kept).expect("written");
    let words = certificate.renew().expect_err("they do not fit").to_string();
    assert!(words.contains("tls.key is not the private key of the first certificate in"), "{words}");
    let again = connect(served.address, &authority.root(), &[&TLS13]).expect("a connection");
    assert_eq!(shown(&again), shown(&fresh), "what was sound stays");
}

#[test]
fn files_that_cannot_be_used_are_named_with_the_rule_that_they_break() {
    let authority = TestAuthority::new().expect("an authority");
    let files = authority.server_files().expect("a certificate");
    let folder = test_support::temp_dir().expect("a folder");
    let file = |name: &str, content: &str, mode: u32| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("the mode is set");
        path
    };
    let key = std::fs::read_to_string(&files.key).expect("the key");
    let pem = std::fs::read_to_string(&files.certificate).expect("the certificate");
    let missing = folder.path().join("missing.pem");
    let broken = pem.replacen("MII", "AAA", 1);
    for (certificate, key, words) in [
        (&missing, &files.key, "The certificate file"),
        (&files.certificate, &missing, "The key file"),
        (&file("empty.pem", "", 0o600), &files.key, "empty.pem holds no certificate in PEM form"),
        (&file("a.key", &key, 0o600), &files.key, "a.key holds no certificate"),
        (&file("broken.pem", &broken, 0o600), &files.key, "broken.pem"),
        (&files.certificate, &file("none.key", &pem, 0o600), "none.key holds no private key"),
        (&files.certificate, &file("open.key", &key, 0o644), "open.key can be read or changed by every user"),
        (&authority.root(), &files.key, "is not the private key of the first certificate in"),
    ] {
        let refused = Certificate::load(certificate, key).err().expect(words).to_string();
        assert!(refused.contains(words), "{words}: {refused}");
    }
    // The program says it at its start, before anything else is done.
    let data = folder.path().join("data");
    let demo = ["demo", "--listen", "127.0.0.1:0", "--data", text(&data), "--tls-cert"];
    let words = failure(&[&demo[..], &[text(&missing), "--tls-key", text(&files.key)]].concat());
    assert!(words.contains("missing.pem cannot be read"), "{words}");
    assert!(!data.join("control.db").exists());
    assert_eq!(run(&[&demo[..], &[text(&files.certificate)]].concat()).status.code(), Some(2), "a key belongs to it");
    let words = failure(&["demo", "--listen", "0.0.0.0:0", "--data", text(&data)]);
    assert!(words.contains("plain HTTP is answered on this one alone"), "{words}");
}

#[test]
fn a_configured_server_speaks_tls_and_reads_its_certificate_again_at_a_signal() {
    let authority = TestAuthority::new().expect("an authority");
    let files = authority.server_files().expect("a certificate");
    let folder = test_support::temp_dir().expect("a folder");
    let config = folder.path().join("holdfast.toml");
    let port = test_support::free_port().expect("a port");
    let content = format!(
        "data_dir = \"data\"\nlisten = \"127.0.0.1:0\"\ntls_listen = \"127.0.0.1:{port}\"\ntls_cert = {:?}\ntls_key = {:?}\n",
        text(&files.certificate),
        text(&files.key)
    );
    std::fs::write(&config, content).expect("written");
    let server = start(&["serve", "--config", text(&config)]);
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut first = connect(address, &authority.root(), &[&TLS13]).expect("a connection");
    write!(first, "GET /sign-in HTTP/1.1\r\nHost: crm.example\r\n\r\n").expect("asked");
    let page = answer_of(&mut first);
    assert!(page.contains("__Host-holdfast-visitor=") && page.contains("; Secure"), "{page}");

    authority.server_files().expect("another certificate");
    let id = i32::try_from(server.process_id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process");
    rustix::process::kill_process(id, rustix::process::Signal::HUP).expect("a signal");
    let renewed = (0..10_000).any(|_| {
        let fresh = connect(address, &authority.root(), &[&TLS13]).expect("a connection");
        shown(&fresh) != shown(&first)
    });
    assert!(renewed, "{}", server.log());
    stop(server);
}
