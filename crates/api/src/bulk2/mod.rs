//! Bulk API 2.0: `jobs/ingest` and `jobs/query`.

mod ingest;
mod job;
mod query;

pub(crate) use ingest::{change, create, failed, get, list, remove, successful, unprocessed, upload};
pub(crate) use query::{
    change as query_change, create as query_create, get as query_get, list as query_list, remove as query_remove,
    results as query_results,
};

/// What CSV is sent as.
const CSV: &str = "text/csv;charset=UTF-8";
