//! Single records.

use super::{FIELDS, route};
use crate::route::Handler::Records;
use crate::route::Route;
use crate::route::Verb::{Delete, Get, Patch, Post};
use crate::sobject;

pub(super) const RECORDS: &[Route] = &[
    route(
        Post,
        "/services/data/v{version}/sobjects/{object}",
        "record_create",
        "Create a record",
        Records(sobject::create),
    )
    .takes("RecordFields")
    .gives(&[(201, "SaveResult")]),
    route(Get, "/services/data/v{version}/sobjects/{object}/{id}", "record_get", "A record", Records(sobject::get))
        .gives(&[(200, "Record"), (304, "")])
        .with(&[FIELDS]),
    route(
        Patch,
        "/services/data/v{version}/sobjects/{object}/{id}",
        "record_update",
        "Change a record",
        Records(sobject::update),
    )
    .takes("RecordFields")
    .gives(&[(204, "")]),
    route(
        Delete,
        "/services/data/v{version}/sobjects/{object}/{id}",
        "record_delete",
        "Move a record to the recycle bin",
        Records(sobject::delete),
    )
    .gives(&[(204, "")]),
];
