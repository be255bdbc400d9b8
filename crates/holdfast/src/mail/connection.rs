//! A connection to a mail server: lines out, replies in, encrypted from the start or from STARTTLS on (RFC 5321, 3207).

use super::server::MailServer;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Bytes of one reply; servers say a line or a few.
const REPLY_BYTES: usize = 64 * 1024;

/// What a server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) lines: Vec<String>,
}

impl Reply {
    pub(super) fn is_good(&self) -> bool {
        matches!(self.code, 200..=399)
    }

    /// 5xx: the server has decided for good.
    pub(super) fn is_permanent(&self) -> bool {
        matches!(self.code, 500..=599)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.lines.join(" "))
    }
}

/// What went wrong.
#[derive(Debug)]
pub(super) enum Fault {
    /// The connection failed, fell silent, or said what is no reply.
    Connection(String),
    /// The server said no.
    Said(Reply),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(words) => f.write_str(words),
            Self::Said(reply) => reply.fmt(f),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // What a read says that waited long enough.
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                Self::Connection("the server did not answer in time".to_owned())
            }
            _ => Self::Connection(error.to_string()),
        }
    }
}

enum Stream {
    Plain(TcpStream),
    Encrypted(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Stream {
    fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Encrypted(stream) => stream.get_ref(),
        }
    }

    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(into),
            Self::Encrypted(stream) => stream.read(into),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.write_all(bytes).and_then(|()| socket.flush()),
            Self::Encrypted(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
    }
}

pub(super) struct Connection {
    stream: Stream,
    /// Read and not yet part of a reply.
    waiting: Vec<u8>,
}

impl Connection {
    /// Connects to the first address of the host that answers. The server's greeting is still to be read.
    pub(super) fn open(server: &MailServer, timeout: Duration) -> Result<Self, Fault> {
        let mut last = None;
        for address in (server.host.as_str(), server.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, timeout) {
                Ok(socket) => {
                    socket.set_nodelay(true)?;
                    let connection = Self { stream: Stream::Plain(socket), waiting: Vec::new() };
                    connection.set_timeout(timeout)?;
                    return Ok(connection);
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.map_or_else(|| Fault::Connection("the name has no address".to_owned()), Fault::from))
    }

    pub(super) fn set_timeout(&self, timeout: Duration) -> Result<(), Fault> {
        let socket = self.stream.socket();
        Ok(socket.set_read_timeout(Some(timeout)).and_then(|()| socket.set_write_timeout(Some(timeout)))?)
    }

    /// Goes on encrypted. What a stranger slipped in before that would count as said by the server, so nothing may wait.
    pub(super) fn encrypt(self, tls: &Arc<ClientConfig>, host: &str) -> Result<Self, Fault> {
        let Stream::Plain(mut socket) = self.stream else { return Ok(self) };
        if !self.waiting.is_empty() {
            return Err(Fault::Connection("the server spoke before the connection was encrypted".to_owned()));
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|error| Fault::Connection(error.to_string()))?;
        let mut client =
            ClientConnection::new(tls.clone(), name).map_err(|error| Fault::Connection(error.to_string()))?;
        while client.is_handshaking() {
            client.complete_io(&mut socket)?;
        }
        Ok(Self { stream: Stream::Encrypted(Box::new(StreamOwned::new(client, socket))), waiting: Vec::new() })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        Ok(self.stream.write(bytes)?)
    }

    /// Says a line and gives the reply to it, when it is good.
    pub(super) fn command(&mut self, line: &str) -> Result<Reply, Fault> {
        debug_assert!(!line.contains(['\r', '\n']), "one line is one command");
        self.write(format!("{line}\r\n").as_bytes())?;
        self.good_reply()
    }

    pub(super) fn good_reply(&mut self) -> Result<Reply, Fault> {
        let reply = self.reply()?;
        if reply.is_good() { Ok(reply) } else { Err(Fault::Said(reply)) }
    }

    fn reply(&mut self) -> Result<Reply, Fault> {
        let mut lines = Vec::new();
        let mut seen = 0;
        loop {
            let line = self.line()?;
            seen += line.len();
            let (code, rest, is_last) = part(&line)
                .filter(|_| seen <= REPLY_BYTES)
                .ok_or_else(|| Fault::Connection("what the server says is no reply of a mail server".to_owned()))?;
            lines.push(rest);
            if is_last {
                return Ok(Reply { code, lines });
            }
        }
    }

    fn line(&mut self) -> Result<String, Fault> {
        loop {
            if let Some(end) = self.waiting.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.waiting.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned());
            }
            if self.waiting.len() > REPLY_BYTES {
                return Err(Fault::Connection("the server's reply has no end".to_owned()));
            }
            let mut chunk = [0; 4096];
            let count = self.stream.read(&mut chunk)?;
            if count == 0 {
                return Err(Fault::Connection("the server closed the connection".to_owned()));
            }
            self.waiting.extend_from_slice(&chunk[..count]);
        }
    }

    /// Lets the connection fall without another word.
    pub(super) fn drop_now(self) {
        // It may be gone already, which is what is wanted.
        let _ = self.stream.socket().shutdown(std::net::Shutdown::Both);
    }
}

/// Code, text, and whether it is the last line of a reply: `250-first`, `250 last`.
fn part(line: &str) -> Option<(u16, String, bool)> {
    let (code, rest) = line.split_at_checked(3)?;
    let code = code.parse().ok().filter(|code| (200..600).contains(code))?;
    match rest.as_bytes().first() {
        None | Some(b' ') => Some((code, rest.trim().to_owned(), true)),
        Some(b'-') => Some((code, rest[1..].trim().to_owned(), false)),
        Some(_) => None,
    }
}

/// Whom to trust: the public authorities and those in a file.
///
/// # Errors
/// In words: the file of certificates cannot be read.
pub(super) fn trust(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = ca_file {
        let shown = path.display();
        let pem = std::fs::read(path)
            .map_err(|error| format!("The file of certificates {shown} cannot be read: {error}."))?;
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| format!("{shown} cannot be read: {error}."))?;
            roots.add(certificate).map_err(|error| format!("{shown}: {error}."))?;
        }
        if roots.len() == before {
            return Err(format!("{shown} holds no certificate."));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn lines_of_replies_are_told_from_noise() {
        assert_eq!(part("250-SIZE 5"), Some((250, "SIZE 5".to_owned(), false)));
        assert_eq!(part("250"), Some((250, String::new(), true)));
        for noise in ["", "25", "2500 x", "199 x", "HTTP/1.1 200", "é25 x"] {
            assert_eq!(part(noise), None, "{noise}");
        }
    }
}
