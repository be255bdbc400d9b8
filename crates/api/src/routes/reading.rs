//! Reading.

use super::{COLUMNS, EXPLAIN, SOQL, route};
use crate::route::Handler::{Data, Records};
use crate::route::Route;
use crate::route::Verb::{Get, Post};
use crate::{asked_search, query, recent, search};

pub(super) const READING: &[Route] = &[
    route(Get, "/services/data/v{version}/query", "query_run", "Answer a query", Records(query::run))
        .gives(&[(200, "QueryAnswer")])
        .with(&[SOQL, COLUMNS, EXPLAIN]),
    route(
        Get,
        "/services/data/v{version}/query/{locator}",
        "query_more",
        "A later page of an answer",
        Data(query::more),
    )
    .gives(&[(200, "QueryPage")]),
    route(
        Get,
        "/services/data/v{version}/queryAll",
        "query_all_run",
        "Answer a query over live and deleted records",
        Records(query::run_all),
    )
    .gives(&[(200, "QueryAnswer")])
    .with(&[SOQL, COLUMNS, EXPLAIN]),
    route(
        Get,
        "/services/data/v{version}/queryAll/{locator}",
        "query_all_more",
        "A later page of an answer",
        Data(query::more),
    )
    .gives(&[(200, "QueryPage")]),
    route(Get, "/services/data/v{version}/search", "search_run", "Find records by words", Data(search::run))
        .gives(&[(200, "SearchResult")])
        .with(&[("q", "The search, in SOSL")]),
    route(
        Get,
        "/services/data/v{version}/parameterizedSearch",
        "asked_search_run",
        "Find records by words, told by parameters",
        Data(asked_search::by_parameters),
    )
    .gives(&[(200, "SearchResult")])
    .with(&[
        ("q", "The words to find"),
        ("sobject", "An object to look for; may be given several times"),
        ("fields", "Fields of each object, separated by commas; Account.fields for those of one"),
        ("in", "ALL, NAME, EMAIL, PHONE or SIDEBAR"),
        ("overallLimit", "The most records"),
        ("defaultLimit", "The most records of each object; Account.limit for those of one"),
        ("spellCorrection", "true or false"),
        ("metadata", "LABELS"),
    ]),
    route(
        Post,
        "/services/data/v{version}/parameterizedSearch",
        "asked_search_run_by_body",
        "Find records by words, told by a body",
        Data(asked_search::by_body),
    )
    .takes("SearchBody")
    .gives(&[(200, "SearchResult")]),
    route(
        Get,
        "/services/data/v{version}/recent",
        "recent_list",
        "Records that the caller looked at last",
        Data(recent::list),
    )
    .gives(&[(200, "RecentRecords")])
    .with(&[("limit", "The most records, 200 when left out")]),
];
