//! `holdfast serve` from its configuration to its end.

use crate::program::{BINARY, run, stdout};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A server until it is stopped, or until the test fails half way.
pub(crate) struct Running {
    child: Child,
    /// Where it listens: `127.0.0.1:41234`.
    address: String,
}

impl Running {
    /// Starts the binary and waits for its word that it is ready.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(BINARY)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let output = child.stdout.take().expect("asked to be piped");
        let mut running = Self { child, address: String::new() };
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let ready = lines.find_map(|line| line.strip_prefix("Ready: http://").map(str::to_owned));
        running.address = ready.expect("it becomes ready");
        running
    }

    /// Asks it to end, as a service manager would, and waits until it has.
    pub(crate) fn stop(mut self) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("told to stop");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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

    let server = Running::start(&["serve", "--config", config, "--listen", "127.0.0.1:0"]);
    let address = server.address.clone();

    let page = get(&address, "/sign-in");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.to_lowercase().contains("\nx-request-id: "), "{page}");
    let api = get(&address, "/services/data/v60.0/limits");
    assert!(api.starts_with("HTTP/1.1 401") && api.contains("INVALID_SESSION_ID"), "{api}");

    let second = run(&["org", "list", "--config", config]);
    let words = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(second.status.code() == Some(1) && words.contains("Another Holdfast process"), "{words}");

    server.stop();
    assert!(stdout(&run(&["org", "list", "--config", config])).contains("Acme"), "its lock went with it");
}
