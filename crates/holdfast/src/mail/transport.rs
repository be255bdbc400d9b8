//! One SMTP conversation per message, in which it is always known whether the message may have arrived.

use super::server::{MailServer, Tls};
use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use platform::{MailReply, MailTransport};
use std::error::Error as _;
use std::time::Duration;

/// For connecting and for the answer to a command.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);
/// For the answer to the last byte: servers scan the message before they answer (RFC 5321 asks for ten minutes).
const MESSAGE_TIMEOUT: Duration = Duration::from_secs(600);
/// Bytes handed over at a time.
const CHUNK: usize = 64 * 1024;

/// Hands messages to one mail server.
#[derive(Clone)]
pub struct SmtpTransport {
    server: MailServer,
    tls: Option<TlsParameters>,
    command_timeout: Duration,
}

/// Why a conversation ended before its message was taken.
enum Stop {
    Deferred(String),
    Refused(String),
    Uncertain(String),
}

impl std::fmt::Debug for SmtpTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpTransport").field("server", &self.server).finish_non_exhaustive()
    }
}

impl SmtpTransport {
    /// Prepares to speak to a server; no connection is made yet.
    ///
    /// # Errors
    /// In words: the file of certificates cannot be read, the host name cannot be checked against a certificate.
    pub fn new(server: MailServer) -> Result<Self, String> {
        let tls = match server.tls {
            Tls::Off => None,
            _ => Some(tls_parameters(&server)?),
        };
        Ok(Self { server, tls, command_timeout: COMMAND_TIMEOUT })
    }

    /// With another patience, for tests against servers that do not answer.
    #[must_use]
    pub fn command_timeout(mut self, timeout: Duration) -> Self {
        self.command_timeout = timeout;
        self
    }

    fn converse(&self, from: &str, to: &str, message: &[u8]) -> Result<Response, Stop> {
        let envelope = envelope(from, to)?;
        let mut connection = self.connect()?;
        let outcome = self.deliver(&mut connection, &envelope, message);
        // The message is settled; how the goodbye goes changes nothing.
        match outcome {
            Ok(_) => drop(connection.quit()),
            Err(_) => connection.abort(),
        }
        outcome
    }

    fn connect(&self) -> Result<SmtpConnection, Stop> {
        let hello = ClientId::default();
        let implicit = self.tls.as_ref().filter(|_| self.server.tls == Tls::Implicit);
        let address = (self.server.host.as_str(), self.server.port);
        let mut connection = SmtpConnection::connect(address, Some(self.command_timeout), &hello, implicit, None)
            .map_err(|error| self.unreachable(&error))?;
        let offered = connection.can_starttls();
        match (&self.tls, self.server.tls) {
            (Some(tls), Tls::Required | Tls::WhenOffered) if offered => {
                connection.starttls(tls, &hello).map_err(|error| self.unreachable(&error))?;
            }
            (_, Tls::Required) => {
                connection.abort();
                return Err(Stop::Deferred(format!("{} does not offer STARTTLS, which is required", self.server)));
            }
            _ => {}
        }
        if let Some(username) = &self.server.username {
            let credentials = Credentials::new(username.clone(), self.server.password().to_owned());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).map_err(|error| {
                // A wrong password is the operator's to mend; the message itself is not at fault.
                Stop::Deferred(format!("{} refused the sign-in of {username}: {}", self.server, words(&error)))
            })?;
        }
        Ok(connection)
    }

    fn deliver(&self, connection: &mut SmtpConnection, envelope: &Envelope, message: &[u8]) -> Result<Response, Stop> {
        let mut parameters = Vec::new();
        let takes = |connection: &SmtpConnection, extension| connection.server_info().supports_feature(extension);
        let beyond_ascii = |address: &lettre::Address| !address.to_string().is_ascii();
        let addresses = || envelope.from().into_iter().chain(envelope.to());
        if addresses().any(beyond_ascii) {
            if !takes(connection, Extension::SmtpUtfEight) {
                return Err(Stop::Refused(format!("{} takes no addresses beyond ASCII", self.server)));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !message.is_ascii() {
            if !takes(connection, Extension::EightBitMime) {
                return Err(Stop::Refused(format!("{} takes no 8-bit messages", self.server)));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        connection
            .command(Mail::new(envelope.from().cloned(), parameters))
            .map_err(|error| before_the_last_byte(&error))?;
        for address in envelope.to() {
            connection.command(Rcpt::new(address.clone(), vec![])).map_err(|error| before_the_last_byte(&error))?;
        }
        connection.command(Data).map_err(|error| before_the_last_byte(&error))?;
        connection
            .set_timeout(Some(MESSAGE_TIMEOUT.max(self.command_timeout)))
            .map_err(|error| Stop::Deferred(error.to_string()))?;
        let mut all_given = false;
        let chunks = Chunks { rest: message, all_given: &mut all_given };
        let answer = connection.message_iter(chunks);
        answer.map_err(|error| if all_given { after_the_last_byte(&error) } else { before_the_last_byte(&error) })
    }

    fn unreachable(&self, error: &SmtpError) -> Stop {
        Stop::Deferred(format!("{} cannot be reached: {}", self.server, words(error)))
    }
}

impl MailTransport for SmtpTransport {
    fn send(&self, from: &str, to: &str, message: &[u8]) -> MailReply {
        match self.converse(from, to, message) {
            Ok(response) => MailReply::Accepted(reply(&response)),
            Err(Stop::Deferred(words)) => MailReply::Deferred(words),
            Err(Stop::Refused(words)) => MailReply::Refused(words),
            Err(Stop::Uncertain(words)) => MailReply::Uncertain(words),
        }
    }
}

/// The message in pieces; the connection sends the final dot when the pieces are at their end.
struct Chunks<'a> {
    rest: &'a [u8],
    all_given: &'a mut bool,
}

impl<'a> Iterator for Chunks<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            *self.all_given = true;
            return None;
        }
        let (chunk, rest) = self.rest.split_at(self.rest.len().min(CHUNK));
        self.rest = rest;
        Some(chunk)
    }
}

/// Nothing was handed over: to be tried again, unless the server said for good that it will not have it.
fn before_the_last_byte(error: &SmtpError) -> Stop {
    if error.is_permanent() { Stop::Refused(words(error)) } else { Stop::Deferred(words(error)) }
}

/// The server may have the message: only its own word says that it has not.
fn after_the_last_byte(error: &SmtpError) -> Stop {
    if error.is_permanent() {
        Stop::Refused(words(error))
    } else if error.is_transient() {
        Stop::Deferred(words(error))
    } else {
        Stop::Uncertain(format!("no answer to the last byte: {}", words(error)))
    }
}

/// What the server or the network said.
fn words(error: &SmtpError) -> String {
    let cause = error.source().map(ToString::to_string);
    match (error.status(), cause) {
        (Some(code), Some(cause)) => format!("{code} {cause}"),
        (Some(code), None) => code.to_string(),
        (None, Some(cause)) => cause,
        (None, None) => error.to_string(),
    }
}

fn reply(response: &Response) -> String {
    let text: Vec<&str> = response.message().collect();
    format!("{} {}", response.code(), text.join(" ")).trim().to_owned()
}

fn envelope(from: &str, to: &str) -> Result<Envelope, Stop> {
    let address = |text: &str| {
        let mailbox = text.parse::<Mailbox>();
        mailbox
            .map(|mailbox| mailbox.email)
            .map_err(|error| Stop::Refused(format!("{text:?} is no mail address: {error}")))
    };
    Envelope::new(Some(address(from)?), vec![address(to)?]).map_err(|error| Stop::Refused(error.to_string()))
}

fn tls_parameters(server: &MailServer) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(path) = &server.ca_file {
        let shown = path.display();
        let pem = std::fs::read(path)
            .map_err(|error| format!("The file of certificates {shown} cannot be read: {error}."))?;
        let certificate =
            Certificate::from_pem(&pem).map_err(|error| format!("{shown} holds no certificate: {}.", words(&error)))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| format!("TLS with {} cannot be prepared: {}.", server.host, words(&error)))
}
