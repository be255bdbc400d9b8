//! Metadata.

use super::route;
use crate::describe;
use crate::route::Handler::Data;
use crate::route::Route;
use crate::route::Verb::Get;

pub(super) const METADATA: &[Route] = &[
    route(
        Get,
        "/services/data/v{version}/sobjects",
        "sobject_list",
        "The objects that the caller may read",
        Data(describe::global),
    )
    .gives(&[(200, "ObjectList")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}",
        "sobject_get",
        "An object in brief, and its recent records",
        Data(describe::summary),
    )
    .gives(&[(200, "ObjectSummary")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/describe",
        "sobject_describe",
        "An object with its fields and relationships",
        Data(describe::object),
    )
    .gives(&[(200, "ObjectDescription"), (304, "")]),
];
