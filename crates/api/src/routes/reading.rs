//! Reading.

use super::{COLUMNS, EXPLAIN, SOQL, route};
use crate::route::Handler::Data;
use crate::route::Route;
use crate::route::Verb::Get;
use crate::{query, recent, search};

pub(super) const READING: &[Route] = &[
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
];
