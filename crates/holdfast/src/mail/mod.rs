//! Handing mail to the next server: its address, and one conversation per message.

mod body;
mod bounces;
mod connection;
mod kept;
mod server;
mod transport;

pub use bounces::{Bounces, take_in};
pub use kept::KeepInOutbox;
pub use server::{MailServer, Tls};
pub use transport::SmtpTransport;
