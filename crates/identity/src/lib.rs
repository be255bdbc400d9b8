//! Who somebody is: passwords, sessions, and the OAuth token endpoint. What comes out is a [`platform::Ctx`], and with
//! it the sealed identity that everything below asks for.
//!
//! Everything here blocks; async callers put it on a worker thread with [`platform::blocking`]. Refusals are uniform:
//! the reply to an unknown user, a wrong password and a locked account is the same, after the same work.

mod audit;
mod config;
mod directory;
mod identities;
mod oauth;
mod password;
mod session;
mod sign_in;
mod throttle;
mod token;
mod turns;

pub use config::{AddressLimit, IdentityConfig, Lockout, PasswordCost, SessionLengths};
pub use identities::{ClientAddress, Identities};
pub use oauth::{
    AuthorizeRefusal, AuthorizeRequest, ClientSummary, Consent, GivenConsent, Grant, GrantKind, NewClient, OAuthError,
    TokenReply, TokenRequest,
};
pub use session::{OpenSession, Opened, Session};
pub use sign_in::{SecurityToken, SignIn};
pub use store::SessionKind;
