//! The HTTP surface for programs: the record API in Salesforce's form, OAuth's token endpoint, SOAP sign-in.
//!
//! [`ROUTES`] is the surface: the router, the OpenAPI document and the test of access are made from it. A handler is
//! plain blocking code over a [`platform::Ctx`]; what it may do is decided below it, by the platform's one gate.

mod bulk1;
mod bulk2;
mod call;
mod collections;
mod columns;
mod composite;
mod describe;
mod dispatch;
mod draft;
mod explain;
mod identity_url;
mod oauth;
mod openapi;
mod query;
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
mod upload;
mod usage;
mod version;

pub use route::{Gate, Route, Verb};
pub use routes::ROUTES;
pub use state::ApiState;

use axum::Router;
use axum::routing::any;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;

/// The surface as a router, to stand beside others. It takes every path below `/services` and `/id`.
pub fn router(state: ApiState) -> Router {
    let shared = Arc::new(state::Shared::from(state));
    // Names compare without case, which routes of axum do not: one door for each first segment, then our own list.
    let mut router = Router::new();
    for door in ["/services", "/id"] {
        router = router
            .route(door, any(dispatch::dispatch))
            .route(&format!("{door}/"), any(dispatch::dispatch))
            .route(&format!("{door}/{{*rest}}"), any(dispatch::dispatch));
    }
    router.with_state(shared).layer(RequestDecompressionLayer::new()).layer(CompressionLayer::new())
}
