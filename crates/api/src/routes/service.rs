//! The service itself.

use super::{SOQL, route};
use crate::route::Handler::{Data, Open};
use crate::route::Route;
use crate::route::Verb::Get;
use crate::service;

pub(super) const SERVICE: &[Route] = &[
    route(Get, "/services/openapi.json", "openapi_get", "This surface as an OpenAPI document", Open(service::openapi)),
    route(Get, "/services/data", "version_list", "The versions that are answered", Open(service::versions)),
    route(Get, "/services/data/v{version}", "resource_list", "The resources of a version", Data(service::resources)),
    route(
        Get,
        "/services/data/v{version}/limits",
        "limit_list",
        "Limits and what is left of them",
        Data(service::limits),
    ),
    route(
        Get,
        "/services/data/v{version}/tooling/query",
        "tooling_query",
        "Refuses: the tooling API has no objects here",
        Data(service::tooling_query),
    )
    .with(&[SOQL]),
];
