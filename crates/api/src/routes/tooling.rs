//! The tooling API: components of metadata, and no other objects.

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
        "Components by a query over CustomField, CustomObject, GlobalValueSet or ValidationRule",
        Data(tooling::query),
    )
    .gives(&[(200, "ComponentPage")])
    .with(&[SOQL]),
    route(
        Get,
        "/services/data/v{version}/tooling/sobjects",
        "tooling_sobject_list",
        "The objects of the tooling API",
        Data(tooling::sobjects),
    )
    .gives(&[(200, "ObjectList")]),
    route(
        Get,
        "/services/data/v{version}/tooling/sobjects/{tool}",
        "tooling_sobject_get",
        "An object of the tooling API",
        Data(tooling::sobject),
    )
    .gives(&[(200, "ToolingObject")]),
    route(
        Post,
        "/services/data/v{version}/tooling/sobjects/{tool}",
        "tooling_record_create",
        "Make a component: a custom object or field, a validation rule, a shared value list",
        Data(tooling::create),
    )
    .takes("Component")
    .gives(&[(201, "ComponentMade")]),
    route(
        Get,
        "/services/data/v{version}/tooling/sobjects/{tool}/{tool_part}",
        "tooling_sobject_part_get",
        "A component, by its id",
        Data(tooling::get),
    )
    .gives(&[(200, "ComponentTold")]),
    route(
        Patch,
        "/services/data/v{version}/tooling/sobjects/{tool}/{tool_part}",
        "tooling_record_update",
        "Put other words in place of all that a component says",
        Data(tooling::change),
    )
    .takes("Component")
    .gives(&[(204, "")]),
    route(
        Delete,
        "/services/data/v{version}/tooling/sobjects/{tool}/{tool_part}",
        "tooling_record_delete",
        "Delete a component",
        Data(tooling::delete),
    )
    .gives(&[(204, "")]),
];
