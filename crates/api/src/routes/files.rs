//! Files.

use super::{FIELDS, route};
use crate::route::Handler::Data;
use crate::route::Route;
use crate::route::Verb::{Delete, Get, Patch};
use crate::sobject;

pub(super) const FILES: &[Route] = &[
    route(
        Get,
        "/services/data/v{version}/sobjects/Attachment/{id}/Body",
        "attachment_body_get",
        "The bytes of an attachment",
        Data(sobject::attachment_body),
    ),
    route(
        Get,
        "/services/data/v{version}/sobjects/ContentVersion/{id}/VersionData",
        "version_data_get",
        "The bytes of a version of a file",
        Data(sobject::version_data),
    ),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/{field}/{value}",
        "external_record_get",
        "A record, by an external id",
        Data(sobject::get_by),
    )
    .with(&[FIELDS]),
    route(
        Patch,
        "/services/data/v{version}/sobjects/{object}/{field}/{value}",
        "external_record_upsert",
        "Change or create a record, by an external id",
        Data(sobject::upsert_by),
    ),
    route(
        Delete,
        "/services/data/v{version}/sobjects/{object}/{field}/{value}",
        "external_record_delete",
        "Move a record to the recycle bin, by an external id",
        Data(sobject::delete_by),
    ),
];
