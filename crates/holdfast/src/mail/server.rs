//! The address of a mail server: `smtp://user:password@host:587?tls=required`.

use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use url::Url;

/// When a conversation is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte.
    Implicit,
    /// STARTTLS, or nothing is sent.
    Required,
    /// STARTTLS when the server offers it.
    WhenOffered,
    /// Never.
    Off,
}

/// A mail server and how to sign in to it.
#[derive(Clone)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub username: Option<String>,
    password: SecretString,
    /// Certificates to trust beside the public ones.
    pub ca_file: Option<PathBuf>,
}

impl MailServer {
    /// Reads an address.
    ///
    /// # Errors
    /// In words, without the password.
    pub fn parse(text: &str, ca_file: Option<&Path>) -> Result<Self, String> {
        const SHAPE: &str = "it looks like smtp://user:password@mail.example.com:587 or smtps://…";
        let url = Url::parse(text).map_err(|error| format!("the address cannot be read ({error}); {SHAPE}."))?;
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or_else(|| format!("the address names no host; {SHAPE}."))?;
        let host = host.trim_matches(['[', ']']).to_owned();
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(format!("the address has a part that means nothing here; {SHAPE}."));
        }
        let has_password = url.password().is_some();
        let asked = tls_asked(&url)?;
        let (tls, port) = match (url.scheme(), asked) {
            ("smtps", None) => (Tls::Implicit, 465),
            ("smtps", Some(_)) => return Err("smtps:// is encrypted from the start and takes no tls=.".to_owned()),
            // A password never travels in the clear unless somebody wrote that it may, or it stays on this machine.
            ("smtp", None) if has_password && !is_this_machine(&host) => (Tls::Required, 587),
            ("smtp", None) => (Tls::WhenOffered, 25),
            ("smtp", Some(tls)) => (tls, 587),
            (other, _) => return Err(format!("{other}:// is no mail address; {SHAPE}.")),
        };
        let decoded = |part: &str| -> Result<String, String> {
            let decoded = percent_encoding::percent_decode_str(part).decode_utf8();
            decoded
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| "the user name or password is not UTF-8 when decoded.".to_owned())
        };
        let username = Some(url.username()).filter(|name| !name.is_empty()).map(decoded).transpose()?;
        if username.is_none() && has_password {
            return Err(format!("there is a password and no user name; {SHAPE}."));
        }
        Ok(Self {
            host,
            port: url.port().unwrap_or(port),
            tls,
            username,
            password: decoded(url.password().unwrap_or_default())?.into(),
            ca_file: ca_file.map(Path::to_owned),
        })
    }

    pub(super) fn password(&self) -> &str {
        self.password.expose_secret()
    }
}

fn tls_asked(url: &Url) -> Result<Option<Tls>, String> {
    let mut asked = None;
    for (name, value) in url.query_pairs() {
        asked = match (&*name, &*value) {
            ("tls", "required") => Some(Tls::Required),
            ("tls", "opportunistic") => Some(Tls::WhenOffered),
            ("tls", "none") => Some(Tls::Off),
            ("tls", _) => return Err("tls= is required, opportunistic or none.".to_owned()),
            (other, _) => return Err(format!("{other}= is not known here; tls= is the one setting of an address.")),
        };
    }
    Ok(asked)
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl PartialEq for MailServer {
    fn eq(&self, other: &Self) -> bool {
        let key = |server: &Self| {
            (server.host.clone(), server.port, server.tls, server.username.clone(), server.ca_file.clone())
        };
        key(self) == key(other) && self.password() == other.password()
    }
}

impl Eq for MailServer {}

/// Without the password: this is what the log shows.
impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailServer({self}, {:?}, user {:?})", self.tls, self.username)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> MailServer {
        MailServer::parse(text, None).expect("an address")
    }

    #[test]
    fn a_password_asks_for_encryption_unless_it_stays_on_this_machine() {
        assert_eq!(parse("smtp://u:p@mail.example").tls, Tls::Required);
        assert_eq!(parse("smtp://u:p@127.0.0.1:2525").tls, Tls::WhenOffered);
        assert_eq!(parse("smtp://u:p@mail.example?tls=none").tls, Tls::Off);
        assert_eq!(parse("smtps://u:p@mail.example").port, 465);
        assert_eq!(parse("smtp://mail.example").port, 25);
    }

    #[test]
    fn user_names_and_passwords_are_decoded_and_never_shown() {
        let server = parse("smtp://ada%40example.com:p%3Aw@mail.example:587");
        assert_eq!(server.username.as_deref(), Some("ada@example.com"));
        assert_eq!(server.password(), "p:w");
        assert!(!format!("{server:?} {server}").contains("p:w"));
    }

    #[test]
    fn what_is_no_address_is_refused_in_words() {
        for text in [
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://:p@mail.example",
            "smtp://m?tls=maybe",
            "smtp://m/path",
            "smtps://m?tls=none",
            "smtp://m?x=1",
        ] {
            let words = MailServer::parse(text, None).expect_err(text);
            assert!(words.ends_with('.'), "{words}");
        }
    }
}
