//! The service itself.

use super::route;
use crate::route::Handler::{Data, Open};
use crate::route::Route;
use crate::route::Verb::Get;
use crate::service;

pub(super) const SERVICE: &[Route] = &[
    route(Get, "/services/openapi.json", "openapi_get", "This surface as an OpenAPI document", Open(service::openapi))
        .gives(&[(200, "OpenApi")]),
    route(Get, "/services/data", "version_list", "The versions that are answered", Open(service::versions))
        .gives(&[(200, "Versions")]),
    route(Get, "/services/data/v{version}", "resource_list", "The resources of a version", Data(service::resources))
        .gives(&[(200, "Resources")]),
    route(
        Get,
        "/services/data/v{version}/limits",
        "limit_list",
        "Limits and what is left of them",
        Data(service::limits),
    )
    .gives(&[(200, "Limits")]),
    route(
        Get,
        "/services/data/v{version}/limits/recordCount",
        "record_count_list",
        "How many records of each object there are for who asks",
        Data(service::record_counts),
    )
    .with(&[("sObjects", "Names of objects, separated by commas; all when left out")])
    .gives(&[(200, "RecordCounts")]),
];
