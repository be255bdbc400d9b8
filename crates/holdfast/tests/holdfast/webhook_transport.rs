//! Messages carried to real addresses on this machine that answer, fail, hang, redirect and lie.

use holdfast::webhook::{AllowedAddresses, HttpTransport, Resolver};
use platform::{WebhookReply, WebhookRequest, WebhookTransport as _};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, LazyLock};
use std::thread::JoinHandle;
use std::time::Duration;
use test_support::TestAuthority;

static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
});

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

/// An address that takes one connection after the other and does with each as a test says. It gives what it read.
struct Receiving {
    address: SocketAddr,
    heard: Receiver<String>,
    thread: Option<JoinHandle<()>>,
}

impl Receiving {
    fn plain(serve: impl Fn(&mut dyn Wire) + Send + 'static) -> Self {
        Self::start(None, serve)
    }

    fn encrypted(authority: &TestAuthority, serve: impl Fn(&mut dyn Wire) + Send + 'static) -> Self {
        let files = authority.server_files().expect("a certificate");
        let chain = CertificateDer::pem_file_iter(&files.certificate).expect("a file").map(|one| one.expect("PEM"));
        let key = PrivateKeyDer::from_pem_file(&files.key).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain.collect(), key)
            .expect("a certificate with its key");
        Self::start(Some(Arc::new(config)), serve)
    }

    fn start(tls: Option<Arc<ServerConfig>>, serve: impl Fn(&mut dyn Wire) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (says, heard) = channel();
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream: TcpStream = stream.expect("a connection");
                stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a patience");
                let mut wire: Box<dyn Wire> = match &tls {
                    None => Box::new(stream),
                    Some(config) => {
                        let mut connection = ServerConnection::new(config.clone()).expect("a server");
                        // Who does not like the certificate goes away.
                        if connection.complete_io(&mut stream).is_err() {
                            let _ = says.send("went away".to_owned());
                            continue;
                        }
                        Box::new(StreamOwned::new(connection, stream))
                    }
                };
                let request = request_of(&mut wire);
                let is_last = request.is_empty();
                let _ = says.send(request);
                if is_last {
                    return;
                }
                serve(&mut *wire);
                let _ = wire.flush();
            }
        });
        Self { address, heard, thread: Some(thread) }
    }

    fn heard(&self) -> String {
        self.heard.recv_timeout(Duration::from_secs(20)).expect("a request")
    }

    fn is_silent(&self) -> bool {
        self.heard.try_recv().is_err()
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        // A connection that says nothing ends a plain one; one with TLS goes with the process.
        if let (Ok(stream), Some(thread)) = (TcpStream::connect(self.address), self.thread.take()) {
            drop(stream);
            if !thread.is_finished() {
                drop(thread);
            }
        }
    }
}

/// A head and as much of a body as it announces.
fn request_of(wire: &mut dyn Read) -> String {
    let (mut bytes, mut byte) = (Vec::new(), [0; 1]);
    while !bytes.ends_with(b"\r\n\r\n") {
        match wire.read(&mut byte) {
            Ok(1) => bytes.push(byte[0]),
            _ => return String::new(),
        }
    }
    let head = String::from_utf8(bytes).expect("text").to_lowercase();
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().expect("n"));
    let mut body = vec![0; length];
    wire.read_exact(&mut body).expect("a body");
    head + &String::from_utf8(body).expect("text")
}

fn say(text: impl Into<String>) -> impl Fn(&mut dyn Wire) + Send + 'static {
    let text = text.into();
    move |wire| wire.write_all(text.as_bytes()).expect("said")
}

const BARRED: &str = "cannot be found, or stands for no address that may be reached";

/// A transport that reaches this machine by its resolver alone.
fn transport(allowed: &[&str]) -> HttpTransport {
    let allowed = AllowedAddresses::parse(allowed.iter().copied()).expect("sound");
    let transport = HttpTransport::new(allowed, None, RUNTIME.handle().clone()).expect("a transport");
    transport.within(Duration::from_secs(10))
}

fn local() -> HttpTransport {
    transport(&["127.0.0.1"])
}

fn post(transport: &HttpTransport, url: &str) -> WebhookReply {
    let headers = vec![("content-type", "application/json".to_owned()), ("webhook-id", "msg_1".to_owned())];
    transport.post(&WebhookRequest { url: url.to_owned(), headers, body: b"{\"a\":1}".to_vec() })
}

fn failure(reply: WebhookReply) -> String {
    match reply {
        WebhookReply::Failed(why) => why,
        other => panic!("{other:?}"),
    }
}

fn status(reply: WebhookReply) -> u16 {
    match reply {
        WebhookReply::Answered { status, .. } => status,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_arrives_as_it_was_written_and_the_answer_comes_back() {
    let text = "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 5\r\n\r\nlater";
    let server = Receiving::plain(say(text));
    let reply = post(&local(), &format!("http://{}/a%20b?c=d", server.address));
    let expected =
        WebhookReply::Answered { status: 429, retry_after: Some("7".to_owned()), excerpt: "later".to_owned() };
    assert_eq!(reply, expected);
    let heard = server.heard();
    assert!(heard.starts_with("post /a%20b?c=d http/1.1\r\n"), "{heard}");
    for line in [
        format!("\r\nhost: {}\r\n", server.address),
        "\r\nwebhook-id: msg_1\r\n".to_owned(),
        "\r\nuser-agent: holdfast-webhooks/".to_owned(),
        "\r\n\r\n{\"a\":1}".to_owned(),
    ] {
        assert!(heard.contains(&line), "{line}: {heard}");
    }
}

#[test]
fn a_certificate_must_be_of_a_known_authority_and_for_the_name() {
    let (known, other) = (TestAuthority::new().expect("an authority"), TestAuthority::new().expect("an authority"));
    let server = Receiving::encrypted(&known, say("HTTP/1.1 204 Fine\r\n\r\n"));
    let allowed = AllowedAddresses::parse(["127.0.0.1"]).expect("sound");
    let port = server.address.port();
    let to = SocketAddr::from(([127, 0, 0, 1], port));
    let resolver: Resolver = Arc::new(move |_, _| Ok(vec![to]));
    let with = |root: Option<&TestAuthority>| {
        let root = root.map(TestAuthority::root);
        let made = HttpTransport::new(allowed.clone(), root.as_deref(), RUNTIME.handle().clone());
        made.expect("a transport").resolver(resolver.clone())
    };
    assert_eq!(status(post(&with(Some(&known)), &format!("https://localhost:{port}/"))), 204);
    assert_eq!(status(post(&with(Some(&known)), &format!("https://127.0.0.1:{port}/"))), 204);
    for (transport, host) in
        [(with(None), "localhost"), (with(Some(&other)), "localhost"), (with(Some(&known)), "hooks.example.com")]
    {
        let why = failure(post(&transport, &format!("https://{host}:{port}/")));
        assert!(why.starts_with("No encrypted connection came about"), "{why}");
    }
    let heard: Vec<String> = (0..5).map(|_| server.heard()).collect();
    assert_eq!(heard.iter().filter(|request| request.contains("msg_1")).count(), 2, "nothing was said to the others");
}

#[test]
fn an_address_of_this_machine_or_its_network_is_not_reached_unless_the_operator_says_so() {
    let server = Receiving::plain(say("HTTP/1.1 200 Fine\r\n\r\n"));
    let port = server.address.port();
    let nobody = transport(&[]);
    for host in
        ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
    {
        for scheme in ["https", "http"] {
            let why = failure(post(&nobody, &format!("{scheme}://{host}:{port}/")));
            assert!(why.contains(BARRED), "{host}: {why}");
        }
    }
    for host in ["169.254.169.254", "10.0.0.1", "192.168.0.1", "[fd00:ec2::254]", "[64:ff9b::a9fe:a9fe]"] {
        let why = failure(post(&nobody, &format!("https://{host}/latest/meta-data")));
        assert!(why.contains(BARRED), "{host}: {why}");
    }
    // What is allowed beside it makes no other address reachable, and http stays on this machine.
    let why = failure(post(&transport(&["10.0.0.0/8"]), &format!("http://127.0.0.1:{port}/")));
    assert!(why.contains(BARRED), "{why}");
    let why = failure(post(&transport(&["10.0.0.0/8"]), "http://10.0.0.1/"));
    assert!(why.contains(BARRED), "{why}");
    assert!(server.is_silent());
    for other in ["ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/x"] {
        failure(post(&local(), other));
    }
}

#[test]
fn a_name_is_looked_up_once_and_the_address_that_was_judged_is_the_one_that_is_reached() {
    let server = Receiving::plain(say("HTTP/1.1 200 Fine\r\n\r\n"));
    let port = server.address.port();
    // The second look-up of a rebinding name would lead into the machine.
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let rebinding: Resolver = Arc::new(move |_, _| {
        let host = if count.fetch_add(1, Ordering::SeqCst) == 0 { [192, 0, 2, 7] } else { [127, 0, 0, 1] };
        Ok(vec![SocketAddr::from((host, port))])
    });
    let why = failure(post(&local().resolver(rebinding), &format!("http://rebound.example.com:{port}/")));
    assert!(why.contains(BARRED), "{why}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(server.is_silent());
    // Of several addresses none is reached but those that may be.
    let mixed: Resolver = Arc::new(move |_, _| {
        Ok([[10, 0, 0, 1], [169, 254, 169, 254], [127, 0, 0, 1]].map(|host| SocketAddr::from((host, port))).to_vec())
    });
    assert_eq!(status(post(&local().resolver(mixed), &format!("http://mixed.example.com:{port}/"))), 200);
    let nothing: Resolver = Arc::new(|_, _| Ok(Vec::new()));
    let why = failure(post(&local().resolver(nothing), "http://nothing.example.com/"));
    assert!(why.contains(BARRED), "{why}");
}

#[test]
fn a_failure_does_not_say_whether_a_name_is_known_inside_nor_what_it_stands_for() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let why = |found: std::io::Result<[u8; 4]>, allowed: &[&str]| {
        let found = Arc::new(found);
        let resolver: Resolver = Arc::new(move |_, port| match &*found {
            Ok(host) => Ok(vec![SocketAddr::from((*host, port))]),
            Err(_) => Err(std::io::Error::other("Name or service not known")),
        });
        failure(post(&transport(allowed).resolver(resolver), &format!("https://db.internal.example.com:{closed}/")))
    };
    let unknown = why(Err(std::io::Error::other("unknown")), &[]);
    assert_eq!(why(Ok([10, 20, 3, 4]), &[]), unknown);
    assert_eq!(why(Ok([127, 0, 0, 1]), &[]), unknown);
    assert!(unknown.contains("db.internal.example.com") && unknown.contains(BARRED), "{unknown}");
    let refused = why(Ok([127, 0, 0, 1]), &["127.0.0.1"]);
    assert!(refused.contains("cannot be reached") && !refused.contains("127.0.0.1"), "{refused}");
}

#[test]
fn a_redirect_is_not_followed() {
    let other = Receiving::plain(say("HTTP/1.1 200 Fine\r\n\r\n"));
    for code in [301, 302, 303, 307, 308] {
        let text = format!("HTTP/1.1 {code} There\r\nLocation: http://{}/\r\nContent-Length: 0\r\n\r\n", other.address);
        let server = Receiving::plain(say(text));
        assert_eq!(status(post(&local(), &format!("http://{}/", server.address))), code);
    }
    assert!(other.is_silent());
}

#[test]
fn an_address_that_hangs_is_given_up_in_time() {
    let hang = |said: &'static str| {
        move |wire: &mut dyn Wire| {
            wire.write_all(said.as_bytes()).expect("said");
            wire.flush().expect("sent");
            // Until the other side goes away.
            let _ = wire.read(&mut [0; 1]);
        }
    };
    let hasty = local().within(Duration::from_millis(300));
    for said in ["", "HTTP/1.1 200", "HTTP/1.1 200 Fine\r\nX: "] {
        let server = Receiving::plain(hang(said));
        let why = failure(post(&hasty, &format!("http://{}/", server.address)));
        assert!(why.contains("No answer within 0.3 seconds"), "{said:?}: {why}");
    }
    // A handshake that never comes about.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let why = failure(post(&hasty, &format!("https://{}/", silent.local_addr().expect("an address"))));
    assert!(why.contains("No answer within"), "{why}");
    // Once the status was said, the rest is not waited for.
    let server = Receiving::plain(hang("HTTP/1.1 200 Fine\r\nContent-Length: 100\r\n\r\nbegun"));
    let expected = WebhookReply::Answered { status: 200, retry_after: None, excerpt: "begun".to_owned() };
    assert_eq!(post(&local(), &format!("http://{}/", server.address)), expected);
}

#[test]
fn an_answer_without_end_and_one_that_is_none_cost_little() {
    let endless = |head: &'static str, piece: &'static str| {
        move |wire: &mut dyn Wire| {
            let _ = wire.write_all(head.as_bytes());
            // Until the other side has had enough.
            while wire.write_all(piece.as_bytes()).is_ok() {}
        }
    };
    let server = Receiving::plain(endless("HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n", "4\r\nmore\r\n"));
    match post(&local(), &format!("http://{}/", server.address)) {
        WebhookReply::Answered { status: 200, excerpt, .. } => assert!(excerpt.len() < 64 * 1024, "{}", excerpt.len()),
        other => panic!("{other:?}"),
    }
    let server = Receiving::plain(endless("HTTP/1.1 200 Fine\r\n", "X-More: of the same\r\n"));
    failure(post(&local(), &format!("http://{}/", server.address)));
    let server = Receiving::plain(endless("", "HTTP "));
    failure(post(&local(), &format!("http://{}/", server.address)));
    for lie in [
        "HTTP/1.1 999999 What\r\n\r\n",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nabc",
        "\u{0}\u{1}\u{2}\r\n\r\n",
    ] {
        let server = Receiving::plain(say(lie));
        failure(post(&local(), &format!("http://{}/", server.address)));
    }
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let why = failure(post(&local(), &format!("http://{closed}/")));
    assert!(why.contains("cannot be reached"), "{why}");
}
