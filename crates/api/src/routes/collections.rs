//! Collections.

use super::{FIELDS, IDS, route};
use crate::collections;
use crate::route::Handler::Records;
use crate::route::Route;
use crate::route::Verb::{Delete, Get, Patch, Post};

pub(super) const COLLECTIONS: &[Route] = &[
    route(
        Post,
        "/services/data/v{version}/composite/sobjects",
        "records_create",
        "Create up to 200 records",
        Records(collections::create),
    )
    .takes("Rows")
    .gives(&[(200, "RowResults")]),
    route(
        Patch,
        "/services/data/v{version}/composite/sobjects",
        "records_update",
        "Change up to 200 records",
        Records(collections::update),
    )
    .takes("Rows")
    .gives(&[(200, "RowResults")]),
    route(
        Delete,
        "/services/data/v{version}/composite/sobjects",
        "records_delete",
        "Move up to 200 records to the recycle bin",
        Records(collections::delete),
    )
    .gives(&[(200, "RowResults")])
    .with(&[IDS, ("allOrNone", "true: one bad row undoes all")]),
    route(
        Get,
        "/services/data/v{version}/composite/sobjects/{object}",
        "records_get",
        "Up to 2,000 records by their ids",
        Records(collections::retrieve_get),
    )
    .gives(&[(200, "Retrieved")])
    .with(&[IDS, FIELDS]),
    route(
        Post,
        "/services/data/v{version}/composite/sobjects/{object}",
        "records_get_by_body",
        "Up to 2,000 records by their ids",
        Records(collections::retrieve_post),
    )
    .takes("IdsAndFields")
    .gives(&[(200, "Retrieved")]),
    route(
        Patch,
        "/services/data/v{version}/composite/sobjects/{object}/{field}",
        "records_upsert",
        "Change or create up to 200 records, by an external id",
        Records(collections::upsert),
    )
    .takes("Rows")
    .gives(&[(200, "RowResults")]),
];
