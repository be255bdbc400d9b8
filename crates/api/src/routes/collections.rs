//! Collections.

use super::{FIELDS, IDS, route};
use crate::collections;
use crate::route::Handler::Data;
use crate::route::Route;
use crate::route::Verb::{Delete, Get, Patch, Post};

pub(super) const COLLECTIONS: &[Route] = &[
    route(
        Post,
        "/services/data/v{version}/composite/sobjects",
        "records_create",
        "Create up to 200 records",
        Data(collections::create),
    ),
    route(
        Patch,
        "/services/data/v{version}/composite/sobjects",
        "records_update",
        "Change up to 200 records",
        Data(collections::update),
    ),
    route(
        Delete,
        "/services/data/v{version}/composite/sobjects",
        "records_delete",
        "Move up to 200 records to the recycle bin",
        Data(collections::delete),
    )
    .with(&[IDS, ("allOrNone", "true: one bad row undoes all")]),
    route(
        Get,
        "/services/data/v{version}/composite/sobjects/{object}",
        "records_get",
        "Up to 2,000 records by their ids",
        Data(collections::retrieve_get),
    )
    .with(&[IDS, FIELDS]),
    route(
        Post,
        "/services/data/v{version}/composite/sobjects/{object}",
        "records_get_by_body",
        "Up to 2,000 records by their ids",
        Data(collections::retrieve_post),
    ),
    route(
        Patch,
        "/services/data/v{version}/composite/sobjects/{object}/{field}",
        "records_upsert",
        "Change or create up to 200 records, by an external id",
        Data(collections::upsert),
    ),
];
