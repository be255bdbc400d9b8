//! The OAuth token endpoint, without its HTTP: clients, requests, grants, replies, errors.

mod client;
mod error;
mod grant;
mod reply;
mod request;

pub use client::{ClientSummary, NewClient};
pub use error::OAuthError;
pub use reply::TokenReply;
pub use request::{Grant, GrantKind, TokenRequest};
