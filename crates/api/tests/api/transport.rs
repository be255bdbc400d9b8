//! What only a real connection shows.

use crate::world::World;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// Serves a world for as long as the test runs.
fn serve(world: &World) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a listener for tokio");
    let address = listener.local_addr().expect("an address");
    let router = world.router();
    world.runtime().spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        axum::serve(listener, router).await.expect("a server");
    });
    address
}

/// The head of the answer to a request.
fn head_of(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time limit");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    // The server may close while the last of a request that it refused is still on its way.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).split("\r\n\r\n").next().unwrap_or_default().to_owned()
}

#[test]
fn a_target_is_read_up_to_65534_bytes_and_a_longer_one_is_told_so() {
    let world = World::new();
    let address = serve(&world);
    let token = world.token(world.rep);
    let ask = |method: &str, padding: usize| {
        let spaces = "+".repeat(padding);
        let target = format!("/services/data/v60.0/query?q=SELECT+Name+FROM{spaces}Account");
        let headers = format!("Host: x\r\nAuthorization: Bearer {token}\r\nConnection: close");
        head_of(address, &format!("{method} {target} HTTP/1.1\r\n{headers}\r\n\r\n"))
    };
    assert!(ask("GET", 65_000).starts_with("HTTP/1.1 200 "), "within the limit");
    assert!(ask("GET", 70_000).starts_with("HTTP/1.1 414 "), "beyond it");
    let head = ask("HEAD", 1);
    assert!(head.starts_with("HTTP/1.1 200 ") && head.to_lowercase().contains("content-length: "), "{head}");
}

#[test]
fn a_body_without_a_length_is_read_to_its_end() {
    let world = World::new();
    let address = serve(&world);
    let token = world.token(world.rep);
    let request = format!(
        "POST /services/data/v60.0/sobjects/Account HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
         8\r\n{{\"Name\":\r\n7\r\n\"Acme\"}}\r\n0\r\n\r\n"
    );
    assert!(head_of(address, &request).starts_with("HTTP/1.1 201 "));
}
