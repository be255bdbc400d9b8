//! Single records.

use super::{FIELDS, route};
use crate::route::Handler::Data;
use crate::route::Route;
use crate::route::Verb::{Delete, Get, Patch, Post};
use crate::sobject;

pub(super) const RECORDS: &[Route] = &[
    route(
        Post,
        "/services/data/v{version}/sobjects/{object}",
        "record_create",
        "Create a record",
        Data(sobject::create),
    ),
    route(Get, "/services/data/v{version}/sobjects/{object}/{id}", "record_get", "A record", Data(sobject::get))
        .with(&[FIELDS]),
    route(
        Patch,
        "/services/data/v{version}/sobjects/{object}/{id}",
        "record_update",
        "Change a record",
        Data(sobject::update),
    ),
    route(
        Delete,
        "/services/data/v{version}/sobjects/{object}/{id}",
        "record_delete",
        "Move a record to the recycle bin",
        Data(sobject::delete),
    ),
];
