//! Carrying webhooks' messages to their addresses: which of them may be reached, and one HTTP request per message.

mod addresses;
mod transport;

pub use addresses::AllowedAddresses;
pub use transport::{HttpTransport, Resolver};
