//! The web server's own bounds, on a small router: slow clients, large heads, many connections, the end.

use axum::body::Bytes;
use axum::routing::{get, post};
use axum::{Extension, Router};
use holdfast::server::{Announcer, Certificate, Door, Limits, Shutdown, TrustedProxies, serve};
use identity::ClientAddress;
use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use test_support::TestEntropy;
use tokio::sync::Notify;

/// A served router for as long as the value lives.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    runtime: tokio::runtime::Runtime,
    end: Announcer,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
    /// Told by `/wait` that it has begun, and telling it to go on.
    begun: Arc<Notify>,
    go_on: Arc<Notify>,
}

impl Served {
    pub(crate) fn start(limits: Limits, certificate: Option<Arc<Certificate>>) -> Self {
        Self::behind(TrustedProxies::default(), limits, certificate)
    }

    fn behind(proxies: TrustedProxies, limits: Limits, certificate: Option<Arc<Certificate>>) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (told, waits) = (begun.clone(), go_on.clone());
        let wait = async move || {
            told.notify_one();
            waits.notified().await;
            "waited"
        };
        let router = Router::new()
            .route("/hello", get(async || "hello"))
            .route("/count", post(async |body: Bytes| body.len().to_string()))
            .route("/who", get(async |Extension(ClientAddress(address)): Extension<ClientAddress>| address.to_string()))
            .route("/wait", get(wait));
        let (end, shutdown) = Shutdown::by_hand();
        let doors = vec![Door { listener, router, certificate, proxies }];
        let task = runtime.spawn(serve(doors, limits, shutdown, Arc::new(TestEntropy::from_seed(1))));
        Self { address, runtime, end, task, begun, go_on }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a bound");
        stream
    }

    /// What is answered to a text, until the connection ends.
    fn told(&self, sent: &str) -> String {
        let mut stream = self.connect();
        // The server may have heard enough before the end.
        let _ = stream.write_all(sent.as_bytes());
        rest_of(&mut stream)
    }
}

/// What comes until the connection ends, which must be soon.
fn rest_of(stream: &mut TcpStream) -> String {
    let mut reply = Vec::new();
    if let Err(error) = stream.read_to_end(&mut reply) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}");
    }
    String::from_utf8_lossy(&reply).into_owned()
}

/// One answer with its whole body, on a connection that stays open.
pub(crate) fn answer_of(stream: &mut impl Read) -> String {
    let mut reply = Vec::new();
    let mut byte = [0];
    let ended = |reply: &[u8]| {
        let text = String::from_utf8_lossy(reply);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
        let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        match length {
            Some(length) => body.len() >= length,
            None => body.ends_with("0\r\n\r\n"),
        }
    };
    while !ended(&reply) && stream.read(&mut byte).expect("an answer") == 1 {
        reply.push(byte[0]);
    }
    String::from_utf8(reply).expect("text")
}

const SOON: Duration = Duration::from_millis(100);

#[test]
fn a_client_that_is_slow_with_its_head_or_its_body_is_cut_off() {
    let limits = Limits { head_time: SOON, body_time: SOON, ..Limits::default() };
    let served = Served::start(limits, None);
    assert_eq!(served.told("GET /hello HTTP/1.1\r\nHost: x\r\nX-Slow: "), "");
    assert_eq!(served.told(""), "", "a connection that says nothing is not kept");
    let stuck = served.told("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab");
    assert!(!stuck.contains(" 200 "), "half a body is none: {stuck}");
}

#[test]
fn a_body_of_unknown_length_is_taken() {
    let served = Served::start(Limits::default(), None);
    let chunked = "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    assert!(served.told(chunked).ends_with("\r\n\r\n5"));
}

#[test]
fn a_client_that_is_slow_with_its_handshake_is_cut_off() {
    let authority = test_support::TestAuthority::new().expect("an authority");
    let files = authority.server_files().expect("a certificate");
    let certificate = Certificate::load(&files.certificate, &files.key).expect("sound files");
    let served = Served::start(Limits { handshake_time: SOON, ..Limits::default() }, Some(certificate));
    assert_eq!(served.told("\u{16}\u{3}"), "");
}

#[test]
fn a_request_comes_from_its_connection_unless_a_trusted_proxy_says_otherwise() {
    let asked = "GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 8.8.8.8, 192.0.2.1\r\n\r\n";
    let alone = Served::start(Limits::default(), None);
    assert!(alone.told(asked).ends_with("\r\n127.0.0.1"), "any client can write a header");
    let proxies = TrustedProxies::parse(["127.0.0.0/8"]).expect("a network");
    let behind = Served::behind(proxies, Limits::default(), None);
    assert!(behind.told(asked).ends_with("\r\n192.0.2.1"));
}

#[test]
fn heads_are_bounded_and_a_request_line_of_sixty_four_thousand_bytes_fits() {
    let served = Served::start(Limits::default(), None);
    let line = |length: usize| {
        let target = format!("/hello?q={}", "x".repeat(length - 9));
        served.told(&format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    };
    assert!(line(65_534).starts_with("HTTP/1.1 200"));
    assert!(line(65_535).starts_with("HTTP/1.1 414"));
    let headers = |count: usize, length: usize| {
        let value = "x".repeat(length);
        let headers: String = (0..count).map(|number| format!("x-{number}: {value}\r\n")).collect();
        served.told(&format!("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"))
    };
    assert!(headers(90, 1_000).starts_with("HTTP/1.1 200"));
    assert!(headers(101, 1).starts_with("HTTP/1.1 431"));
    assert!(headers(2, 100 * 1_024).starts_with("HTTP/1.1 431"));
}

#[test]
fn no_more_connections_are_open_than_there_may_be() {
    let served = Served::start(Limits { connections: 2, ..Limits::default() }, None);
    let mut held = [served.connect(), served.connect()];
    for stream in &mut held {
        write!(stream, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n").expect("asked");
        assert!(answer_of(stream).ends_with("hello"));
    }
    assert_eq!(served.told("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"), "", "a third is refused");
    let [first, _second] = held;
    drop(first);
    // The place is free as soon as the server has seen the end of the connection.
    let came_in = (0..10_000)
        .any(|_| served.told("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").ends_with("hello"));
    assert!(came_in);
}

#[test]
fn the_end_lets_a_request_finish_and_takes_no_other() {
    let served = Served::start(Limits::default(), None);
    let mut stream = served.connect();
    write!(stream, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n").expect("asked");
    served.runtime.block_on(served.begun.notified());
    served.end.announce();
    served.go_on.notify_one();
    assert!(rest_of(&mut stream).ends_with("waited"), "and then the connection ends");
    served.runtime.block_on(served.task).expect("it ends").expect("well");
    assert!(TcpStream::connect(served.address).is_err());
}
