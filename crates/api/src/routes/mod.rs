//! Every address of the surface. The router, the OpenAPI document and the test of access are made from this list.

mod analytics;
mod bulk;
mod changes;
mod collections;
mod composite;
mod dkim;
mod files;
mod metadata;
mod pages;
mod reading;
mod records;
mod service;
mod sign_in;
mod tooling;
mod users;
mod webhooks;

use crate::route::{Handler, Route, Verb};

const fn route(
    verb: Verb,
    pattern: &'static str,
    name: &'static str,
    summary: &'static str,
    handler: Handler,
) -> Route {
    Route { verb, pattern, name, summary, query: &[], body: None, replies: &[], handler }
}

impl Route {
    const fn with(self, query: &'static [(&'static str, &'static str)]) -> Self {
        Self { query, ..self }
    }

    /// The schema of its body.
    const fn takes(self, body: &'static str) -> Self {
        Self { body: Some(body), ..self }
    }

    /// The statuses of its own replies with their schemas; an empty one has no body.
    const fn gives(self, replies: &'static [(u16, &'static str)]) -> Self {
        Self { replies, ..self }
    }
}

const FIELDS: (&str, &str) = ("fields", "Names of fields, separated by commas");
const IDS: (&str, &str) = ("ids", "Record ids, separated by commas");
const COLUMNS: (&str, &str) = ("columns", "true: the columns of the answer in place of its rows");
const EXPLAIN: (&str, &str) = ("explain", "A query to explain in place of answering one");
const SOQL: (&str, &str) = ("q", "The query, in SOQL");

const SPAN: &[(&str, &str)] = &[("start", "An instant within the last 30 days"), ("end", "A later instant")];

/// The routes by what they are about, each in a file of its own.
const GROUPS: &[&[Route]] = &[
    sign_in::SIGN_IN,
    service::SERVICE,
    tooling::TOOLING,
    users::USERS,
    reading::READING,
    metadata::METADATA,
    pages::PAGES,
    changes::CHANGES,
    webhooks::WEBHOOKS,
    dkim::DKIM,
    records::RECORDS,
    files::FILES,
    composite::COMPOSITE,
    collections::COLLECTIONS,
    analytics::ANALYTICS,
    bulk::INGEST,
    bulk::QUERY,
    bulk::CLASSIC,
];

static ALL: [Route; count(GROUPS)] = joined(GROUPS);

/// Every route.
pub static ROUTES: &[Route] = &ALL;

const fn count(groups: &[&[Route]]) -> usize {
    let (mut sum, mut group) = (0, 0);
    while group < groups.len() {
        sum += groups[group].len();
        group += 1;
    }
    sum
}

const fn joined<const N: usize>(groups: &[&[Route]]) -> [Route; N] {
    let mut all = [groups[0][0]; N];
    let (mut at, mut group) = (0, 0);
    while group < groups.len() {
        let mut index = 0;
        while index < groups[group].len() {
            all[at] = groups[group][index];
            at += 1;
            index += 1;
        }
        group += 1;
    }
    all
}
