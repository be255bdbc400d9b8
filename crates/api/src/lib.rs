//! The HTTP surface for programs: the record API in Salesforce's form, OAuth's token endpoint, SOAP sign-in.
//!
//! [`ROUTES`] is the surface: the router, the OpenAPI document and the test of access are made from it. A handler is
//! plain blocking code over a [`platform::Ctx`]; what it may do is decided below it, by the platform's one gate.

mod analytics;
mod asked_search;
mod bulk1;
mod bulk2;
mod bulk_job;
mod call;
mod changes;
mod collections;
mod columns;
mod composite;
mod condition;
mod describe;
mod dispatch;
mod dkim;
mod draft;
mod explain;
mod idempotency;
mod identity_url;
mod incoming;
mod list_view;
mod oauth;
mod openapi;
mod page_layout;
mod password;
mod query;
mod quick_action;
mod recent;
mod replication;
mod reply;
mod route;
mod routes;
mod search;
mod service;
mod soap;
mod sobject;
mod state;
mod tabs;
mod tooling;
mod upload;
mod usage;
mod version;
mod webhooks;
mod work;

pub use openapi::reference;
pub use reply::CallersFault;
pub use route::{Gate, Route, Verb};
pub use routes::ROUTES;
pub use state::{ApiLimits, ApiState};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::any;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;

/// The surface as a router, to stand beside others. It takes every path below `/services` and `/id`.
pub fn router(state: ApiState) -> Router {
    let shared = Arc::new(state::Shared::from(state));
    // Names compare without case, which routes of axum do not: one door for each first segment, then our own list.
    let mut router = Router::new();
    // Clients that were told an address with a slash at its end put another one behind it.
    for door in ["/services", "/id", "//services", "//id"] {
        router = router
            .route(door, any(dispatch::dispatch))
            .route(&format!("{door}/"), any(dispatch::dispatch))
            .route(&format!("{door}/{{*rest}}"), any(dispatch::dispatch));
    }
    // What a body may hold is settled where its route is known.
    let router = router.layer(DefaultBodyLimit::disable());
    router.with_state(shared).layer(RequestDecompressionLayer::new()).layer(CompressionLayer::new())
}
