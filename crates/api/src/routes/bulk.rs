//! Bulk API 2.0 and 1.0.

use super::route;
use crate::route::Handler::{Data, Upload};
use crate::route::Route;
use crate::route::Verb::{Delete, Get, Patch, Post, Put};
use crate::{bulk1, bulk2};

const LISTED: &[(&str, &str)] = &[
    ("jobType", "V2Ingest, V2Query or Classic"),
    ("concurrencyMode", "Parallel or Serial"),
    ("isPkChunkingEnabled", "true: only jobs that are split by ids"),
    ("queryLocator", "Where the page before ended"),
];

pub(super) const INGEST: &[Route] = &[
    route(
        Post,
        "/services/data/v{version}/jobs/ingest",
        "ingest_job_create",
        "Begin a job that saves rows",
        Data(bulk2::create),
    ),
    route(Get, "/services/data/v{version}/jobs/ingest", "ingest_job_list", "Jobs that save rows", Data(bulk2::list))
        .with(LISTED),
    route(
        Get,
        "/services/data/v{version}/jobs/ingest/{job}",
        "ingest_job_get",
        "A job and how far it has come",
        Data(bulk2::get),
    ),
    route(
        Patch,
        "/services/data/v{version}/jobs/ingest/{job}",
        "ingest_job_update",
        "Close a job, so that its rows are saved, or abort it",
        Data(bulk2::change),
    ),
    route(
        Delete,
        "/services/data/v{version}/jobs/ingest/{job}",
        "ingest_job_delete",
        "Forget a job with its rows and results",
        Data(bulk2::remove),
    ),
    route(
        Put,
        "/services/data/v{version}/jobs/ingest/{job}/batches",
        "ingest_job_upload",
        "The rows of a job, as CSV, once",
        Upload(bulk2::upload),
    ),
    route(
        Get,
        "/services/data/v{version}/jobs/ingest/{job}/successfulResults",
        "ingest_job_successful",
        "The rows that were saved",
        Data(bulk2::successful),
    ),
    route(
        Get,
        "/services/data/v{version}/jobs/ingest/{job}/failedResults",
        "ingest_job_failed",
        "The rows that were not saved, and why",
        Data(bulk2::failed),
    ),
    route(
        Get,
        "/services/data/v{version}/jobs/ingest/{job}/unprocessedrecords",
        "ingest_job_unprocessed",
        "The rows that were not looked at",
        Data(bulk2::unprocessed),
    ),
];

pub(super) const QUERY: &[Route] = &[
    route(
        Post,
        "/services/data/v{version}/jobs/query",
        "query_job_create",
        "Begin a job that answers a query",
        Data(bulk2::query_create),
    ),
    route(
        Get,
        "/services/data/v{version}/jobs/query",
        "query_job_list",
        "Jobs that answer queries",
        Data(bulk2::query_list),
    )
    .with(LISTED),
    route(
        Get,
        "/services/data/v{version}/jobs/query/{job}",
        "query_job_get",
        "A job and how far it has come",
        Data(bulk2::query_get),
    ),
    route(
        Patch,
        "/services/data/v{version}/jobs/query/{job}",
        "query_job_update",
        "Abort a job",
        Data(bulk2::query_change),
    ),
    route(
        Delete,
        "/services/data/v{version}/jobs/query/{job}",
        "query_job_delete",
        "Forget a job with its results",
        Data(bulk2::query_remove),
    ),
    route(
        Get,
        "/services/data/v{version}/jobs/query/{job}/results",
        "query_job_results",
        "The rows of the answer",
        Data(bulk2::query_results),
    )
    .with(&[
        ("maxRecords", "The most rows of a page"),
        ("locator", "Where the page before ended, from its header Sforce-Locator"),
    ]),
];

pub(super) const CLASSIC: &[Route] = &[
    route(Post, "/services/async/{version}/job", "async_job_create", "Begin a job of batches", Data(bulk1::create)),
    route(Get, "/services/async/{version}/job/{job}", "async_job_get", "A job of batches", Data(bulk1::get)),
    route(
        Post,
        "/services/async/{version}/job/{job}",
        "async_job_update",
        "Close a job to further batches, or abort it",
        Data(bulk1::change),
    ),
    route(
        Post,
        "/services/async/{version}/job/{job}/batch",
        "async_batch_create",
        "Add rows, or a query, to a job",
        Upload(bulk1::batch_add),
    ),
    route(
        Get,
        "/services/async/{version}/job/{job}/batch",
        "async_batch_list",
        "The batches of a job",
        Data(bulk1::batch_list),
    ),
    route(
        Get,
        "/services/async/{version}/job/{job}/batch/{batch}",
        "async_batch_get",
        "A batch and how far it has come",
        Data(bulk1::batch_get),
    ),
    route(
        Get,
        "/services/async/{version}/job/{job}/batch/{batch}/request",
        "async_batch_request",
        "What a batch was made of",
        Data(bulk1::request),
    ),
    route(
        Get,
        "/services/async/{version}/job/{job}/batch/{batch}/result",
        "async_batch_result",
        "What became of each row, or the results of a query",
        Data(bulk1::result),
    ),
    route(
        Get,
        "/services/async/{version}/job/{job}/batch/{batch}/result/{result}",
        "async_batch_rows",
        "The rows of a query",
        Data(bulk1::rows),
    ),
];
