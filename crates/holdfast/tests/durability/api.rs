//! The REST API as one client with one session sees it.

use serde_json::Value;
use std::time::Duration;

/// How long a busy server on a busy machine may take for one answer.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Api {
    agent: ureq::Agent,
    address: String,
    token: String,
}

/// No answer came: whether the request was carried out is not known.
#[derive(Debug)]
pub(crate) struct Lost;

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Api {
    pub(crate) fn new(address: &str, token: &str) -> Self {
        let agent =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into();
        Self { agent, address: address.to_owned(), token: token.to_owned() }
    }

    /// One request below the version's path.
    pub(crate) fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Reply, Lost> {
        self.send(method, path, body.map(Value::to_string).unwrap_or_default())
    }

    /// The same with a body that need not be JSON.
    pub(crate) fn send(&self, method: &str, path: &str, body: String) -> Result<Reply, Lost> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}/services/data/v60.0/{path}", self.address))
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Content-Type", "application/json")
            .body(body)
            .expect("a sound request");
        let mut response = self.agent.run(request).map_err(|_| Lost)?;
        let status = response.status().as_u16();
        // An answer that breaks off is no answer: its status line alone proves nothing about what was meant to follow.
        let text = response.body_mut().read_to_string().map_err(|_| Lost)?;
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).map_err(|_| Lost)? };
        Ok(Reply { status, body })
    }

    /// All rows of a query, over as many pages as it takes.
    pub(crate) fn query(&self, soql: &str) -> Vec<Value> {
        let encoded = percent_encoding::utf8_percent_encode(soql, percent_encoding::NON_ALPHANUMERIC);
        let mut reply = self.call("GET", &format!("query?q={encoded}"), None).expect("an answer");
        let mut rows = Vec::new();
        loop {
            assert_eq!(reply.status, 200, "{soql}: {}", reply.body);
            rows.extend(reply.body["records"].as_array().expect("records").iter().cloned());
            let Some(next) = reply.body["nextRecordsUrl"].as_str() else { return rows };
            let path = next.trim_start_matches("/services/data/v60.0/").to_owned();
            reply = self.call("GET", &path, None).expect("an answer");
        }
    }
}
