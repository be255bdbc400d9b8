//! The server-rendered web interface: pages over the platform, as the person who signed in.
//!
//! [`ROUTES`] is the whole of it, one line per address. A page is a blocking function from a request to a reply; it
//! sees records through the person's own `platform::Ctx` and nothing else.

mod frame;
pub mod kit;
mod pages;
mod routes;
mod server;
mod show;
mod state;

pub use routes::{ROUTES, router};
pub use server::{Access, Route, Verb};
pub use state::WebState;
