//! One client with one connection that is kept open, as a program has it.

use anyhow::{Context as _, Result, bail};
use serde_json::Value as Json;
use std::io::Read;

pub(super) struct Client {
    agent: ureq::Agent,
    root: String,
    authorization: String,
}

impl Client {
    pub(super) fn new(root: String, authorization: String) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Self { agent: config.into(), root, authorization }
    }

    pub(super) fn authorize(&mut self, authorization: String) {
        self.authorization = authorization;
    }

    fn builder(&self, method: &str, path: &str, kind: &str) -> ureq::http::request::Builder {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.root));
        request.header("authorization", &self.authorization).header("content-type", kind)
    }

    /// The answer as it comes; an error when it is a refusal.
    fn run(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Result<ureq::http::Response<ureq::Body>> {
        let mut response = self.agent.run(self.builder(method, path, kind).body(body)?)?;
        let status = response.status();
        if !status.is_success() {
            bail!("{method} {path} is answered by {status}: {}", response.body_mut().read_to_string()?);
        }
        Ok(response)
    }

    pub(super) fn json(&self, method: &str, path: &str, body: &Json) -> Result<Json> {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let text = self.text(method, path, "application/json", body)?;
        if text.is_empty() { Ok(Json::Null) } else { serde_json::from_str(&text).context("an answer that is JSON") }
    }

    pub(super) fn get(&self, path: &str) -> Result<Json> {
        self.json("GET", path, &Json::Null)
    }

    pub(super) fn text(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Result<String> {
        let mut response = self.run(method, path, kind, body)?;
        Ok(response.body_mut().with_config().limit(u64::MAX).read_to_string()?)
    }

    /// Reads an answer of any length without keeping it. Returns its lines.
    pub(super) fn count_lines(&self, path: &str) -> Result<usize> {
        let mut response = self.run("GET", path, "application/json", Vec::new())?;
        let mut reader = response.body_mut().with_config().limit(u64::MAX).reader();
        let (mut buffer, mut lines) = (vec![0; 256 * 1024], 0);
        loop {
            let count = reader.read(&mut buffer)?;
            if count == 0 {
                return Ok(lines);
            }
            lines += buffer[..count].iter().filter(|byte| **byte == b'\n').count();
        }
    }
}

/// A value in an address.
pub(super) fn escaped(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
