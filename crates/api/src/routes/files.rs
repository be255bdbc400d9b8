//! Files.

use super::{FIELDS, route};
use crate::route::Handler::{Data, Records};
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
    )
    .gives(&[(200, "Bytes")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/ContentVersion/{id}/VersionData",
        "version_data_get",
        "The bytes of a version of a file",
        Data(sobject::version_data),
    )
    .gives(&[(200, "Bytes")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/{field}/{value}",
        "external_record_get",
        "A record, by an external id",
        Records(sobject::get_by),
    )
    .gives(&[(200, "RecordOrList"), (300, "Choices"), (304, "")])
    .with(&[FIELDS]),
    route(
        Patch,
        "/services/data/v{version}/sobjects/{object}/{field}/{value}",
        "external_record_upsert",
        "Change or create a record, by an external id",
        Records(sobject::upsert_by),
    )
    .takes("RecordFields")
    .gives(&[(200, "SaveResult"), (201, "SaveResult"), (204, ""), (300, "Choices")]),
    route(
        Delete,
        "/services/data/v{version}/sobjects/{object}/{field}/{value}",
        "external_record_delete",
        "Move a record to the recycle bin, by an external id",
        Records(sobject::delete_by),
    )
    .gives(&[(204, ""), (300, "Choices")]),
];
