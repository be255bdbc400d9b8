//! Every address of the surface. The router, the OpenAPI document and the test of access are made from this list.

use crate::route::Handler::{Data, Open, Session};
use crate::route::{Handler, Route, Verb};
use crate::{
    collections, composite, describe, identity_url, oauth, query, recent, replication, search, service, soap, sobject,
};
use Verb::{Delete, Get, Patch, Post};

const fn route(
    verb: Verb,
    pattern: &'static str,
    name: &'static str,
    summary: &'static str,
    handler: Handler,
) -> Route {
    Route { verb, pattern, name, summary, query: &[], handler }
}

impl Route {
    const fn with(self, query: &'static [(&'static str, &'static str)]) -> Self {
        Self { query, ..self }
    }
}

const FIELDS: (&str, &str) = ("fields", "Names of fields, separated by commas");
const IDS: (&str, &str) = ("ids", "Record ids, separated by commas");
const COLUMNS: (&str, &str) = ("columns", "true: the columns of the answer in place of its rows");
const EXPLAIN: (&str, &str) = ("explain", "A query to explain in place of answering one");
const SOQL: (&str, &str) = ("q", "The query, in SOQL");

const SPAN: &[(&str, &str)] = &[("start", "An instant within the last 30 days"), ("end", "A later instant")];

/// Every route.
pub const ROUTES: &[Route] = &[
    // Signing in and out.
    route(Post, "/services/oauth2/token", "token_grant", "Exchange a proof for an access token", Open(oauth::token)),
    route(Post, "/services/oauth2/revoke", "token_revoke", "End the session of a token", Open(oauth::revoke)),
    route(Get, "/services/oauth2/revoke", "token_revoke_by_address", "End the session of a token", Open(oauth::revoke))
        .with(&[("token", "The access token")]),
    route(
        Get,
        "/services/oauth2/userinfo",
        "user_info_get",
        "Who the caller is, as OpenID Connect tells it",
        Session(identity_url::user_info),
    ),
    route(
        Post,
        "/services/oauth2/userinfo",
        "user_info_post",
        "Who the caller is, as OpenID Connect tells it",
        Session(identity_url::user_info),
    ),
    route(Get, "/id/{org}/{user}", "identity_get", "Who the caller is", Session(identity_url::identity)),
    route(Post, "/services/Soap/u/{soap_version}", "soap_call", "SOAP login, logout and getUserInfo", Open(soap::call)),
    route(
        Post,
        "/services/Soap/u/{soap_version}/{soap_org}",
        "soap_call_of_org",
        "SOAP login, logout and getUserInfo",
        Open(soap::call),
    ),
    // The service itself.
    route(Get, "/services/openapi.json", "openapi_get", "This surface as an OpenAPI document", Open(service::openapi)),
    route(Get, "/services/data", "version_list", "The versions that are answered", Open(service::versions)),
    route(Get, "/services/data/v{version}", "resource_list", "The resources of a version", Data(service::resources)),
    route(
        Get,
        "/services/data/v{version}/limits",
        "limit_list",
        "Limits and what is left of them",
        Data(service::limits),
    ),
    route(
        Get,
        "/services/data/v{version}/tooling/query",
        "tooling_query",
        "Refuses: the tooling API has no objects here",
        Data(service::tooling_query),
    )
    .with(&[SOQL]),
    // Reading.
    route(Get, "/services/data/v{version}/query", "query_run", "Answer a query", Data(query::run))
        .with(&[SOQL, COLUMNS, EXPLAIN]),
    route(
        Get,
        "/services/data/v{version}/query/{locator}",
        "query_more",
        "A later page of an answer",
        Data(query::more),
    ),
    route(
        Get,
        "/services/data/v{version}/queryAll",
        "query_all_run",
        "Answer a query over live and deleted records",
        Data(query::run_all),
    )
    .with(&[SOQL, COLUMNS, EXPLAIN]),
    route(
        Get,
        "/services/data/v{version}/queryAll/{locator}",
        "query_all_more",
        "A later page of an answer",
        Data(query::more),
    ),
    route(Get, "/services/data/v{version}/search", "search_run", "Find records by words", Data(search::run))
        .with(&[("q", "The search, in SOSL")]),
    route(
        Get,
        "/services/data/v{version}/recent",
        "recent_list",
        "Records that the caller looked at last",
        Data(recent::list),
    )
    .with(&[("limit", "The most records, 200 when left out")]),
    // Metadata.
    route(
        Get,
        "/services/data/v{version}/sobjects",
        "sobject_list",
        "The objects that the caller may read",
        Data(describe::global),
    ),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}",
        "sobject_get",
        "An object in brief, and its recent records",
        Data(describe::summary),
    ),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/describe",
        "sobject_describe",
        "An object with its fields and relationships",
        Data(describe::object),
    ),
    // What changed.
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/updated",
        "record_list_updated",
        "Ids of records that changed in a span of time",
        Data(replication::updated),
    )
    .with(SPAN),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/deleted",
        "record_list_deleted",
        "Records that were deleted in a span of time",
        Data(replication::deleted),
    )
    .with(SPAN),
    // Single records.
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
    // Files.
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
    // Several calls in one.
    route(
        Post,
        "/services/data/v{version}/composite",
        "composite_run",
        "Up to 25 calls in order, later ones using what earlier ones answered",
        Data(composite::composite),
    ),
    route(
        Post,
        "/services/data/v{version}/composite/batch",
        "batch_run",
        "Up to 25 calls that have nothing to do with each other",
        Data(composite::batch),
    ),
    route(
        Post,
        "/services/data/v{version}/composite/tree/{object}",
        "tree_create",
        "Up to 200 records with their children, all or none",
        Data(composite::tree),
    ),
    // Collections.
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
