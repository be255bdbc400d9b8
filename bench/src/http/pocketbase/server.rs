//! The server as a child process, and the requests of its administrator.

use super::super::client::Client;
use anyhow::{Context as _, Result};
use serde_json::{Value as Json, json};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const EMAIL: &str = "admin@bench.example";
const PASSWORD: &str = "a password of the bench";

pub(super) struct Server {
    child: Child,
    client: Client,
}

impl Server {
    pub(super) fn start(program: &Path, dir: &Path) -> Result<Self> {
        let made = Command::new(program)
            .args(["superuser", "upsert", EMAIL, PASSWORD, "--dir"])
            .arg(dir)
            .stdout(Stdio::null())
            .status()
            .context("PocketBase cannot be started")?;
        anyhow::ensure!(made.success(), "PocketBase makes no administrator");
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut child = Command::new(program)
            .args(["serve", "--http", &format!("127.0.0.1:{port}"), "--dir"])
            .arg(dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        // Its first lines come when it listens.
        let mut line = String::new();
        let output = child.stdout.take().context("its output")?;
        let mut lines = BufReader::new(output);
        lines.read_line(&mut line)?;
        // Later lines are read too, so that it never waits for somebody to read them.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        let client = Client::new(format!("http://127.0.0.1:{port}"), String::new());
        let mut server = Self { child, client };
        let signed_in = server.post(
            "/api/collections/_superusers/auth-with-password",
            &json!({"identity": EMAIL, "password": PASSWORD}),
        )?;
        server.client.authorize(signed_in["token"].as_str().context("a token")?.to_owned());
        Ok(server)
    }

    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn get(&self, path: &str) -> Result<Json> {
        self.client.get(path)
    }

    pub(super) fn post(&self, path: &str, body: &Json) -> Result<Json> {
        self.client.json("POST", path, body)
    }

    pub(super) fn patch(&self, path: &str, body: &Json) -> Result<Json> {
        self.client.json("PATCH", path, body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
