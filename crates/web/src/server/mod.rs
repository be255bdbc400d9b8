//! From an HTTP request to a page and back: what is read of a request, who is asking, what every reply carries. Pages
//! themselves are plain blocking functions; nothing in them knows of HTTP beyond [`Visit`], [`Call`] and [`reply`].

pub(crate) mod cookies;
pub(crate) mod failure;
pub(crate) mod flash;
pub(crate) mod headers;
pub(crate) mod params;
pub(crate) mod reply;
mod route;
mod serve;
mod visit;

pub(crate) use params::Params;
pub use route::{Access, Route, Verb};
pub(crate) use route::{member, public};
pub(crate) use serve::{comes_from_elsewhere, forged, not_found, serve, session_of};
pub(crate) use visit::{Call, Visit};

/// What a page answers with. An error becomes an error page.
pub(crate) type PageResult = model::Result<axum::response::Response>;
