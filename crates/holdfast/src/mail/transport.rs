//! One SMTP conversation per message, in which it is always known whether the message may have arrived.

use super::body::stuffed;
use super::connection::{Connection, Fault, Reply, trust};
use super::server::{MailServer, Tls};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lettre::message::Mailbox;
use lettre::transport::smtp::extension::ClientId;
use platform::{MailReply, MailTransport};
use rustls::ClientConfig;
use std::sync::Arc;
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
    tls: Option<Arc<ClientConfig>>,
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
    /// In words: the file of certificates cannot be read.
    pub fn new(server: MailServer) -> Result<Self, String> {
        let tls = match server.tls {
            Tls::Off => None,
            _ => Some(trust(server.ca_file.as_deref())?),
        };
        Ok(Self { server, tls, command_timeout: COMMAND_TIMEOUT })
    }

    /// With another patience, for tests against servers that do not answer.
    #[must_use]
    pub fn command_timeout(mut self, timeout: Duration) -> Self {
        self.command_timeout = timeout;
        self
    }

    fn converse(&self, from: &str, to: &str, message: &[u8], may_end: &mut dyn FnMut() -> bool) -> Result<Reply, Stop> {
        let (from, to) = (address(from)?, address(to)?);
        if message.contains(&0) {
            return Err(Stop::Refused("the message has a NUL byte, which mail cannot carry".to_owned()));
        }
        let (mut connection, offers) = self.connect()?;
        let outcome = self.deliver(&mut connection, &offers, &from, &to, message, may_end);
        // The message is settled; how the goodbye goes changes nothing. Inside a message it would be part of it.
        if matches!(outcome, Ok(_) | Err(Stop::Refused(_))) {
            let _ = connection.command("QUIT");
        }
        connection.drop_now();
        outcome
    }

    /// A connection that is ready for a message, with what the server offers.
    fn connect(&self) -> Result<(Connection, Offers), Stop> {
        let unreachable = |fault: Fault| Stop::Deferred(format!("{} cannot be reached: {fault}", self.server));
        let mut connection = Connection::open(&self.server, self.command_timeout).map_err(unreachable)?;
        if let (Some(tls), Tls::Implicit) = (&self.tls, self.server.tls) {
            connection = connection.encrypt(tls, &self.server.host).map_err(unreachable)?;
        }
        connection.good_reply().map_err(unreachable)?;
        let mut offers = hello(&mut connection).map_err(unreachable)?;
        match (&self.tls, self.server.tls) {
            (Some(tls), Tls::Required | Tls::WhenOffered) if offers.has("STARTTLS") => {
                connection.command("STARTTLS").map_err(unreachable)?;
                connection = connection.encrypt(tls, &self.server.host).map_err(unreachable)?;
                // What was offered in the clear may have been a stranger's words.
                offers = hello(&mut connection).map_err(unreachable)?;
            }
            (_, Tls::Required) => {
                connection.drop_now();
                return Err(Stop::Deferred(format!("{} does not offer STARTTLS, which is required", self.server)));
            }
            _ => {}
        }
        if let Some(username) = &self.server.username {
            self.sign_in(&mut connection, &offers, username).map_err(|fault| {
                // A wrong password is the operator's to mend; the message itself is not at fault.
                Stop::Deferred(format!("{} refused the sign-in of {username}: {fault}", self.server))
            })?;
        }
        Ok((connection, offers))
    }

    fn sign_in(&self, connection: &mut Connection, offers: &Offers, username: &str) -> Result<(), Fault> {
        let password = self.server.password();
        if offers.signs_in_by("PLAIN") {
            let words = BASE64_STANDARD.encode(format!("\0{username}\0{password}"));
            return connection.command(&format!("AUTH PLAIN {words}")).map(|_| ());
        }
        if offers.signs_in_by("LOGIN") {
            connection.command("AUTH LOGIN")?;
            connection.command(&BASE64_STANDARD.encode(username))?;
            return connection.command(&BASE64_STANDARD.encode(password)).map(|_| ());
        }
        Err(Fault::Connection("it offers neither PLAIN nor LOGIN".to_owned()))
    }

    fn deliver(
        &self,
        connection: &mut Connection,
        offers: &Offers,
        from: &str,
        to: &str,
        message: &[u8],
        may_end: &mut dyn FnMut() -> bool,
    ) -> Result<Reply, Stop> {
        let mut parameters = String::new();
        if !(from.is_ascii() && to.is_ascii()) {
            if !offers.has("SMTPUTF8") {
                return Err(Stop::Refused(format!("{} takes no addresses beyond ASCII", self.server)));
            }
            parameters.push_str(" SMTPUTF8");
        }
        if !message.is_ascii() {
            if !offers.has("8BITMIME") {
                return Err(Stop::Refused(format!("{} takes no 8-bit messages", self.server)));
            }
            parameters.push_str(" BODY=8BITMIME");
        }
        connection.command(&format!("MAIL FROM:<{from}>{parameters}")).map_err(before_the_last_byte)?;
        connection.command(&format!("RCPT TO:<{to}>")).map_err(before_the_last_byte)?;
        let go_on = connection.command("DATA").map_err(before_the_last_byte)?;
        if go_on.code != 354 {
            return Err(Stop::Deferred(format!("the server answered DATA with {go_on}")));
        }
        for chunk in stuffed(message).chunks(CHUNK) {
            connection.write(chunk).map_err(before_the_last_byte)?;
        }
        if !may_end() {
            return Err(Stop::Deferred("the message may not leave".to_owned()));
        }
        // From here on the server may have the message.
        connection.set_timeout(MESSAGE_TIMEOUT.max(self.command_timeout)).map_err(before_the_last_byte)?;
        connection.write(b".\r\n").and_then(|()| connection.good_reply()).map_err(after_the_last_byte)
    }
}

impl MailTransport for SmtpTransport {
    fn send(&self, from: &str, to: &str, message: &[u8], may_end: &mut dyn FnMut() -> bool) -> MailReply {
        match self.converse(from, to, message, may_end) {
            Ok(reply) => MailReply::Accepted(reply.to_string().trim().to_owned()),
            Err(Stop::Deferred(words)) => MailReply::Deferred(words),
            Err(Stop::Refused(words)) => MailReply::Refused(words),
            Err(Stop::Uncertain(words)) => MailReply::Uncertain(words),
        }
    }
}

/// What a server says it can do.
struct Offers(Vec<String>);

impl Offers {
    fn has(&self, keyword: &str) -> bool {
        self.0.iter().any(|line| line.split_whitespace().next().is_some_and(|word| word == keyword))
    }

    fn signs_in_by(&self, mechanism: &str) -> bool {
        self.0.iter().any(|line| {
            let mut words = line.split([' ', '=']);
            words.next() == Some("AUTH") && words.any(|word| word == mechanism)
        })
    }
}

fn hello(connection: &mut Connection) -> Result<Offers, Fault> {
    let reply = connection.command(&format!("EHLO {}", ClientId::default()))?;
    // The first line is the server's name.
    Ok(Offers(reply.lines.iter().skip(1).map(|line| line.to_ascii_uppercase()).collect()))
}

/// Nothing was handed over: to be tried again, unless the server said for good that it will not have it.
fn before_the_last_byte(fault: Fault) -> Stop {
    match fault {
        Fault::Said(reply) if reply.is_permanent() => Stop::Refused(reply.to_string()),
        other => Stop::Deferred(other.to_string()),
    }
}

/// The server may have the message: only its own word says that it has not.
fn after_the_last_byte(fault: Fault) -> Stop {
    match fault {
        Fault::Said(reply) if reply.is_permanent() => Stop::Refused(reply.to_string()),
        Fault::Said(reply) => Stop::Deferred(reply.to_string()),
        Fault::Connection(words) => Stop::Uncertain(format!("no answer to the last byte: {words}")),
    }
}

/// An address as it stands in a command; nothing of it can end the line.
fn address(text: &str) -> Result<String, Stop> {
    let mailbox = text.parse::<Mailbox>();
    let mailbox = mailbox.map_err(|error| Stop::Refused(format!("{text:?} is no mail address: {error}")))?;
    let address = mailbox.email.to_string();
    if address.chars().any(|c| c.is_control() || matches!(c, '<' | '>' | ' ')) {
        return Err(Stop::Refused(format!("{text:?} is no mail address")));
    }
    Ok(address)
}
