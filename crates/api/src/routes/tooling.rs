//! The tooling API: no objects, so that clients learn what kind of org this is.

use super::{SOQL, route};
use crate::route::Handler::Data;
use crate::route::Route;
use crate::route::Verb::{Delete, Get, Patch, Post};
use crate::tooling;

pub(super) const TOOLING: &[Route] = &[
    route(
        Get,
        "/services/data/v{version}/tooling",
        "tooling_resource_list",
        "The resources of the tooling API",
        Data(tooling::resources),
    )
    .gives(&[(200, "Resources")]),
    route(
        Get,
        "/services/data/v{version}/tooling/query",
        "tooling_query",
        "Refuses: the tooling API has no objects here",
        Data(tooling::query),
    )
    .gives(&[(400, "Errors")])
    .with(&[SOQL]),
    route(
        Get,
        "/services/data/v{version}/tooling/sobjects",
        "tooling_sobject_list",
        "The objects of the tooling API: none",
        Data(tooling::sobjects),
    )
    .gives(&[(200, "ObjectList")]),
    route(
        Get,
        "/services/data/v{version}/tooling/sobjects/{tool}",
        "tooling_sobject_get",
        "Refuses: the tooling API has no objects here",
        Data(tooling::sobject),
    )
    .gives(&[(400, "Errors")]),
    route(
        Post,
        "/services/data/v{version}/tooling/sobjects/{tool}",
        "tooling_record_create",
        "Refuses: the tooling API has no objects here",
        Data(tooling::sobject),
    )
    .gives(&[(400, "Errors")]),
    route(
        Get,
        "/services/data/v{version}/tooling/sobjects/{tool}/{tool_part}",
        "tooling_sobject_part_get",
        "Refuses: the tooling API has no objects here",
        Data(tooling::sobject),
    )
    .gives(&[(400, "Errors")]),
    route(
        Patch,
        "/services/data/v{version}/tooling/sobjects/{tool}/{tool_part}",
        "tooling_record_update",
        "Refuses: the tooling API has no objects here",
        Data(tooling::sobject),
    )
    .takes("RecordFields")
    .gives(&[(400, "Errors")]),
    route(
        Delete,
        "/services/data/v{version}/tooling/sobjects/{tool}/{tool_part}",
        "tooling_record_delete",
        "Refuses: the tooling API has no objects here",
        Data(tooling::sobject),
    )
    .gives(&[(400, "Errors")]),
];
