//! The address of a PostgreSQL server, with what Holdfast reads beyond what the driver does: how much TLS must prove,
//! which certificates to trust, how many connections to hold.

use super::tls::{Connector, Trust};
use model::{Error, Result};
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

/// Connections held at most, all orgs together, when the address does not say.
const CONNECTIONS: usize = 32;
/// An unanswered packet ends a connection after so long.
const SILENCE: Duration = Duration::from_secs(30);

pub(super) struct Address {
    pub(super) config: Config,
    pub(super) tls: Connector,
    pub(super) connections: usize,
}

impl Address {
    /// Reads `postgres://user:password@host/database?sslmode=verify-full&sslrootcert=/path&connections=32`.
    pub(super) fn parse(url: &str) -> Result<Self> {
        let (server, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut root, mut connections, mut rest) = (None, None, CONNECTIONS, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
            match key {
                "sslmode" => mode = Some(value.into_owned()),
                "sslrootcert" => root = Some(PathBuf::from(value.into_owned())),
                "connections" => {
                    connections = value.parse().ok().filter(|count| *count >= 2).ok_or_else(|| {
                        wrong(format!("connections={value} is no number of connections, which is 2 at least"))
                    })?;
                }
                _ => rest.push(pair),
            }
        }
        let plain = if rest.is_empty() { server.to_owned() } else { format!("{server}?{}", rest.join("&")) };
        let mut config: Config = plain.parse().map_err(|error: tokio_postgres::Error| {
            let why = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            wrong(why)
        })?;
        let mode = mode.as_deref().unwrap_or("prefer");
        let (ssl_mode, trust) = match (mode, root) {
            ("disable", _) => (SslMode::Disable, Trust::Anyone),
            ("prefer", _) => (SslMode::Prefer, Trust::Anyone),
            ("require", None) => (SslMode::Require, Trust::Anyone),
            // As everywhere with PostgreSQL: naming a root asks for its signature.
            ("require" | "verify-ca", root) => (SslMode::Require, Trust::SignedBy(root)),
            ("verify-full", root) => (SslMode::Require, Trust::SignedForHost(root)),
            (other, _) => {
                return Err(wrong(format!(
                    "sslmode={other} is none of disable, prefer, require, verify-ca, verify-full"
                )));
            }
        };
        config
            .ssl_mode(ssl_mode)
            .connect_timeout(Duration::from_secs(10))
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE)
            .application_name("holdfast");
        Ok(Self { config, tls: Connector::new(&trust)?, connections })
    }
}

fn wrong(why: impl std::fmt::Display) -> Error {
    Error::unavailable(
        format!(
            "The PostgreSQL address in the configuration cannot be used: {why}. It looks like \
             postgres://user:password@host/database?sslmode=verify-full."
        ),
        "postgres address",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        Address::parse(url).err().expect("refused").message().to_owned()
    }

    #[test]
    fn a_wrong_address_says_what_is_wrong_and_never_the_password() {
        for (url, words) in [
            ("postgres://me:secret@host/db?sslmode=always", "sslmode=always is none of"),
            ("postgres://me:secret@host/db?connections=1", "connections=1 is no number"),
            ("postgres://me:secret@host/db?sslmode=verify-full&sslrootcert=/no/such.pem", "/no/such.pem"),
            ("postgres://me:secret@host:port/db", "cannot be used"),
        ] {
            let message = refusal(url);
            assert!(message.contains(words), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
    }

    #[test]
    fn settings_of_the_address_reach_driver_and_pool() {
        let address =
            Address::parse("postgres://me@host:6000/db?connections=5&sslmode=require&target_session_attrs=any")
                .expect("an address");
        assert_eq!(address.connections, 5);
        assert_eq!(address.config.get_ssl_mode(), SslMode::Require);
        assert_eq!(address.config.get_ports(), [6000]);
    }
}
