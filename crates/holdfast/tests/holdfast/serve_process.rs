//! `holdfast serve` from its configuration to its end.

use crate::program::{BINARY, run, stdout};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use test_support::ServerProcess;

/// Starts the binary and waits for its word that it is ready.
pub(crate) fn start(arguments: &[&str]) -> ServerProcess {
    ServerProcess::start(Command::new(BINARY).args(arguments)).expect("it becomes ready")
}

/// Stops a server as a service manager would.
pub(crate) fn stop(server: ServerProcess) {
    let status = server.stop().expect("it ends");
    assert!(status.success(), "{status}");
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("asked");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("a reply");
    reply
}

#[test]
fn a_configured_server_serves_until_it_is_told_to_stop() {
    let folder = test_support::temp_dir().expect("a folder");
    let config = folder.path().join("holdfast.toml");
    std::fs::write(&config, "data_dir = \"data\"\nlisten = \"127.0.0.1:1\"\nlog_format = \"json\"\n").expect("written");
    let config = config.to_str().expect("text");
    let created = run(&["org", "create", "--config", config, "--name", "Acme", "--admin-email", "ada@acme.example"]);
    assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));

    let server = start(&["serve", "--config", config, "--listen", "127.0.0.1:0"]);
    let address = server.address().to_owned();

    let page = get(&address, "/sign-in");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.to_lowercase().contains("\nx-request-id: "), "{page}");
    let api = get(&address, "/services/data/v60.0/limits");
    assert!(api.starts_with("HTTP/1.1 401") && api.contains("INVALID_SESSION_ID"), "{api}");

    let second = run(&["org", "list", "--config", config]);
    let words = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(second.status.code() == Some(1) && words.contains("Another Holdfast process"), "{words}");

    stop(server);
    assert!(stdout(&run(&["org", "list", "--config", config])).contains("Acme"), "its lock went with it");
}
