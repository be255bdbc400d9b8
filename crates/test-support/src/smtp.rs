//! A real SMTP server that keeps what it receives, to test what the product sends.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::paths;
use crate::process::Service;

const START_WITHIN: Duration = Duration::from_secs(30);

/// How the server behaves; the default accepts everything from everyone without TLS.
#[derive(Debug, Default, Clone, Serialize)]
pub struct SmtpOptions {
    credentials: Option<Credentials>,
    starttls: bool,
    refusals: BTreeMap<String, String>,
    data_reply: Option<String>,
    max_bytes: Option<u64>,
}

#[derive(Debug, Clone, Serialize)]
struct Credentials {
    username: String,
    password: String,
}

impl SmtpOptions {
    /// Clients must sign in with this name and password before they send.
    #[must_use]
    pub fn sign_in(mut self, username: &str, password: &str) -> Self {
        self.credentials = Some(Credentials { username: username.to_owned(), password: password.to_owned() });
        self
    }

    /// Clients must start TLS before anything else; [`SmtpServer::certificate_pem`] is what they have to trust.
    #[must_use]
    pub fn starttls(mut self) -> Self {
        self.starttls = true;
        self
    }

    /// Answers this recipient with an SMTP reply such as `550 5.1.1 No such person` or `451 4.3.0 Try again later`.
    #[must_use]
    pub fn refuse_recipient(mut self, address: &str, reply: &str) -> Self {
        self.refusals.insert(address.to_owned(), reply.to_owned());
        self
    }

    /// Answers every message with this SMTP reply and keeps none.
    #[must_use]
    pub fn refuse_messages(mut self, reply: &str) -> Self {
        self.data_reply = Some(reply.to_owned());
        self
    }

    /// Refuses messages of more bytes.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }
}

/// One message as it came over the wire, with its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients, blind copies among them.
    pub to: Vec<String>,
    /// Headers and body, byte for byte.
    pub raw: Vec<u8>,
}

/// A mail server on 127.0.0.1 that ends with the value.
pub struct SmtpServer {
    service: Service,
    folder: TempDir,
    port: u16,
    received: Vec<ReceivedMail>,
}

#[derive(Deserialize)]
struct Started {
    port: u16,
}

#[derive(Deserialize)]
struct Kept {
    from: String,
    to: Vec<String>,
    file: PathBuf,
}

impl SmtpServer {
    /// A server that accepts everything.
    pub fn start() -> Result<Self> {
        Self::start_with(SmtpOptions::default())
    }

    pub fn start_with(options: SmtpOptions) -> Result<Self> {
        let folder = crate::temp_dir()?;
        let mut argument = serde_json::to_value(&options).context("the options could not be written as JSON")?;
        argument["folder"] = folder.path().to_str().context("the temporary folder's name is not text")?.into();
        let mut command = Command::new(paths::of_python("python", "python")?);
        command.arg(paths::clients_dir().join("smtp_server.py")).arg(argument.to_string());
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        let mut service = Service::start("the test mail server", &mut command)?;
        let started = service.next_line(START_WITHIN)?;
        let Started { port } = serde_json::from_str(&started)
            .with_context(|| format!("the test mail server began with an unknown line: {started}"))?;
        Ok(Self { service, folder, port, received: Vec::new() })
    }

    /// The host to connect to; the certificate is valid for it and for `localhost`.
    pub fn host(&self) -> &'static str {
        "127.0.0.1"
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate that clients have to trust, in PEM. Only a server with STARTTLS has one.
    pub fn certificate_pem(&self) -> Result<String> {
        std::fs::read_to_string(self.folder.path().join("certificate.pem"))
            .context("only a server with STARTTLS has a certificate: start it with SmtpOptions::starttls")
    }

    /// Waits for the next message, at most `within`.
    pub fn next_message(&mut self, within: Duration) -> Result<ReceivedMail> {
        let line = self.service.next_line(within)?;
        let mail = self.read(&line)?;
        self.received.push(mail.clone());
        Ok(mail)
    }

    /// Waits until `count` messages have come in all, and fails when more did.
    pub fn wait_for(&mut self, count: usize, within: Duration) -> Result<&[ReceivedMail]> {
        while self.received.len() < count {
            self.next_message(within).with_context(|| format!("{} of {count} messages came", self.received.len()))?;
        }
        if self.messages()?.len() > count {
            bail!("{count} messages were expected and {} came", self.received.len());
        }
        Ok(&self.received)
    }

    /// Every message received so far, in the order of their coming.
    pub fn messages(&mut self) -> Result<&[ReceivedMail]> {
        while let Some(line) = self.service.ready_line() {
            let mail = self.read(&line)?;
            self.received.push(mail);
        }
        Ok(&self.received)
    }

    fn read(&self, line: &str) -> Result<ReceivedMail> {
        let Kept { from, to, file } =
            serde_json::from_str(line).with_context(|| format!("an unknown line of the test mail server: {line}"))?;
        let raw = std::fs::read(self.folder.path().join(file)).context("a received message could not be read")?;
        Ok(ReceivedMail { from, to, raw })
    }
}
