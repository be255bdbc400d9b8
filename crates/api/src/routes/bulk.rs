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
    )
    .takes("IngestTerms")
    .gives(&[(200, "BulkJob")]),
    route(Get, "/services/data/v{version}/jobs/ingest", "ingest_job_list", "Jobs that save rows", Data(bulk2::list))
        .gives(&[(200, "BulkJobs")])
        .with(LISTED),
    route(
        Get,
        "/services/data/v{version}/jobs/ingest/{job}",
        "ingest_job_get",
        "A job and how far it has come",
        Data(bulk2::get),
    )
    .gives(&[(200, "BulkJobSoFar")]),
    route(
        Patch,
        "/services/data/v{version}/jobs/ingest/{job}",
        "ingest_job_update",
        "Close a job, so that its rows are saved, or abort it",
        Data(bulk2::change),
    )
    .takes("BulkJobChange")
    .gives(&[(200, "BulkJob")]),
    route(
        Delete,
        "/services/data/v{version}/jobs/ingest/{job}",
        "ingest_job_delete",
        "Forget a job with its rows and results",
        Data(bulk2::remove),
    )
    .gives(&[(204, "")]),
    route(
        Put,
        "/services/data/v{version}/jobs/ingest/{job}/batches",
        "ingest_job_upload",
        "The rows of a job, as CSV, once",
        Upload(bulk2::upload),
    )
    .takes("Csv")
    .gives(&[(201, "")]),
    route(
        Get,
        "/services/data/v{version}/jobs/ingest/{job}/successfulResults",
        "ingest_job_successful",
        "The rows that were saved",
        Data(bulk2::successful),
    )
    .gives(&[(200, "Csv")]),
    route(
        Get,
        "/services/data/v{version}/jobs/ingest/{job}/failedResults",
        "ingest_job_failed",
        "The rows that were not saved, and why",
        Data(bulk2::failed),
    )
    .gives(&[(200, "Csv")]),
    route(
        Get,
        "/services/data/v{version}/jobs/ingest/{job}/unprocessedrecords",
        "ingest_job_unprocessed",
        "The rows that were not looked at",
        Data(bulk2::unprocessed),
    )
    .gives(&[(200, "Csv")]),
];

pub(super) const QUERY: &[Route] = &[
    route(
        Post,
        "/services/data/v{version}/jobs/query",
        "query_job_create",
        "Begin a job that answers a query",
        Data(bulk2::query_create),
    )
    .takes("QueryTerms")
    .gives(&[(200, "BulkJob")]),
    route(
        Get,
        "/services/data/v{version}/jobs/query",
        "query_job_list",
        "Jobs that answer queries",
        Data(bulk2::query_list),
    )
    .gives(&[(200, "BulkJobs")])
    .with(LISTED),
    route(
        Get,
        "/services/data/v{version}/jobs/query/{job}",
        "query_job_get",
        "A job and how far it has come",
        Data(bulk2::query_get),
    )
    .gives(&[(200, "BulkJobSoFar")]),
    route(
        Patch,
        "/services/data/v{version}/jobs/query/{job}",
        "query_job_update",
        "Abort a job",
        Data(bulk2::query_change),
    )
    .takes("BulkJobChange")
    .gives(&[(200, "BulkJob")]),
    route(
        Delete,
        "/services/data/v{version}/jobs/query/{job}",
        "query_job_delete",
        "Forget a job with its results",
        Data(bulk2::query_remove),
    )
    .gives(&[(204, "")]),
    route(
        Get,
        "/services/data/v{version}/jobs/query/{job}/results",
        "query_job_results",
        "The rows of the answer",
        Data(bulk2::query_results),
    )
    .gives(&[(200, "Csv")])
    .with(&[
        ("maxRecords", "The most rows of a page"),
        ("locator", "Where the page before ended, from its header Sforce-Locator"),
    ]),
];

pub(super) const CLASSIC: &[Route] = &[
    route(Post, "/services/async/{version}/job", "async_job_create", "Begin a job of batches", Data(bulk1::create))
        .takes("AsyncTerms")
        .gives(&[(201, "AsyncJob")]),
    route(Get, "/services/async/{version}/job/{job}", "async_job_get", "A job of batches", Data(bulk1::get))
        .gives(&[(200, "AsyncJob")]),
    route(
        Post,
        "/services/async/{version}/job/{job}",
        "async_job_update",
        "Close a job to further batches, or abort it",
        Data(bulk1::change),
    )
    .takes("AsyncJobChange")
    .gives(&[(200, "AsyncJob")]),
    route(
        Post,
        "/services/async/{version}/job/{job}/batch",
        "async_batch_create",
        "Add rows, or a query, to a job",
        Upload(bulk1::batch_add),
    )
    .takes("AsyncRows")
    .gives(&[(201, "AsyncBatch")]),
    route(
        Get,
        "/services/async/{version}/job/{job}/batch",
        "async_batch_list",
        "The batches of a job",
        Data(bulk1::batch_list),
    )
    .gives(&[(200, "AsyncBatches")]),
    route(
        Get,
        "/services/async/{version}/job/{job}/batch/{batch}",
        "async_batch_get",
        "A batch and how far it has come",
        Data(bulk1::batch_get),
    )
    .gives(&[(200, "AsyncBatch")]),
    route(
        Get,
        "/services/async/{version}/job/{job}/batch/{batch}/request",
        "async_batch_request",
        "What a batch was made of",
        Data(bulk1::request),
    )
    .gives(&[(200, "AsyncRequest")]),
    route(
        Get,
        "/services/async/{version}/job/{job}/batch/{batch}/result",
        "async_batch_result",
        "What became of each row, or the results of a query",
        Data(bulk1::result),
    )
    .gives(&[(200, "AsyncOutcomes")]),
    route(
        Get,
        "/services/async/{version}/job/{job}/batch/{batch}/result/{result}",
        "async_batch_rows",
        "The rows of a query",
        Data(bulk1::rows),
    )
    .gives(&[(200, "AsyncRows")]),
];
