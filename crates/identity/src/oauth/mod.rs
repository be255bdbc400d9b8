//! OAuth without its HTTP: clients, the consent of users, the token endpoint.

mod assertion;
mod authorize;
mod client;
mod consents;
mod error;
mod exchange;
mod grant;
mod introspect;
mod jwt_bearer;
mod pkce;
mod redirect;
mod register;
mod reply;
mod request;

pub use authorize::{AuthorizeRefusal, AuthorizeRequest, Consent};
pub(crate) use client::may_open_pages;
pub use client::{ClientSummary, NewClient};
pub use consents::GivenConsent;
pub use error::OAuthError;
pub use reply::TokenReply;
pub use request::{Grant, GrantKind, TokenRequest};
