//! The server as a child process, and the requests of its administrator.

use crate::meter::process_cpu_ns;
use anyhow::{Context as _, Result, bail};
use serde_json::{Value as Json, json};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const EMAIL: &str = "admin@bench.example";
const PASSWORD: &str = "a password of the bench";

pub(super) struct Server {
    child: Child,
    agent: ureq::Agent,
    root: String,
    token: String,
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
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let mut server =
            Self { child, agent: config.into(), root: format!("http://127.0.0.1:{port}"), token: String::new() };
        let signed_in = server.post(
            "/api/collections/_superusers/auth-with-password",
            &json!({"identity": EMAIL, "password": PASSWORD}),
        )?;
        server.token = signed_in["token"].as_str().context("a token")?.to_owned();
        Ok(server)
    }

    /// CPU of the server so far.
    pub(super) fn cpu_ns(&self) -> u64 {
        process_cpu_ns(self.child.id()).unwrap_or(0)
    }

    pub(super) fn get(&self, path: &str) -> Result<Json> {
        self.get_with(path, &[])
    }

    pub(super) fn get_with(&self, path: &str, query: &[(&str, &str)]) -> Result<Json> {
        let request = self.agent.get(format!("{}{path}", self.root)).header("authorization", &self.token);
        read(request.query_pairs(query.iter().copied()).call()?)
    }

    pub(super) fn post(&self, path: &str, body: &Json) -> Result<Json> {
        let request = self.agent.post(format!("{}{path}", self.root)).header("authorization", &self.token);
        read(request.send_json(body)?)
    }

    pub(super) fn patch(&self, path: &str, body: &Json) -> Result<Json> {
        let request = self.agent.patch(format!("{}{path}", self.root)).header("authorization", &self.token);
        read(request.send_json(body)?)
    }
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Result<Json> {
    let status = response.status();
    let text = response.body_mut().read_to_string()?;
    if !status.is_success() {
        bail!("PocketBase answers {status}: {text}");
    }
    serde_json::from_str(&text).context("an answer that is JSON")
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
