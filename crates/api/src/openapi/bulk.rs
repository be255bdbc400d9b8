//! The bodies of bulk jobs, by name.

use super::schemas::{count, flag, list, object, of, text, text_or_null};
use serde_json::{Value as Json, json};

pub(super) fn bulk() -> Json {
    let chosen =
        [("externalIdFieldName", text()), ("contentType", text()), ("columnDelimiter", text()), ("lineEnding", text())];
    let terms = |first: &str| object(2, &[&[("operation", text()), (first, text())], &chosen[..]].concat());
    let told = [
        ("id", text()),
        ("operation", text()),
        ("object", text()),
        ("createdById", text()),
        ("createdDate", text()),
        ("systemModstamp", text()),
        ("state", text()),
        ("concurrencyMode", text()),
        ("contentType", text()),
        ("apiVersion", json!({"type": "number"})),
    ];
    let of_v2 = [
        ("externalIdFieldName", text()),
        ("lineEnding", text()),
        ("columnDelimiter", text()),
        ("contentUrl", text()),
        ("jobType", text()),
    ];
    let so_far = [
        ("jobType", text()),
        ("numberRecordsProcessed", count()),
        ("retries", count()),
        ("totalProcessingTime", count()),
    ];
    let of_ingest = [
        ("numberRecordsFailed", count()),
        ("apiActiveProcessingTime", count()),
        ("apexProcessingTime", count()),
        ("errorMessage", text()),
    ];
    let batches = [
        "numberBatchesQueued",
        "numberBatchesInProgress",
        "numberBatchesCompleted",
        "numberBatchesFailed",
        "numberBatchesTotal",
        "numberRecordsProcessed",
        "numberRecordsFailed",
        "numberRetries",
        "totalProcessingTime",
        "apiActiveProcessingTime",
        "apexProcessingTime",
    ]
    .map(|name| (name, count()));
    let batch = [
        ("id", text()),
        ("jobId", text()),
        ("state", text()),
        ("createdDate", text()),
        ("systemModstamp", text()),
        ("numberRecordsProcessed", count()),
        ("numberRecordsFailed", count()),
        ("totalProcessingTime", count()),
        ("apiActiveProcessingTime", count()),
        ("apexProcessingTime", count()),
        ("stateMessage", text()),
    ];
    let row_errors = list(object(2, &[("message", text()), ("statusCode", text())]));
    let outcome =
        object(4, &[("success", flag()), ("created", flag()), ("id", text_or_null()), ("errors", row_errors)]);
    let rows = list(json!({"type": "object", "description": "A row, its fields by name"}));
    json!({
        "Csv": {"type": "string", "description": "Rows as CSV, with a header line"},
        "IngestTerms": terms("object"),
        "QueryTerms": terms("query"),
        "BulkJob": object(told.len(), &[&told[..], &of_v2[..]].concat()),
        "BulkJobSoFar": object(told.len() + so_far.len(), &[&told[..], &so_far[..], &of_v2[..4], &of_ingest[..]].concat()),
        "BulkJobs": object(3, &[("done", flag()), ("records", list(of("BulkJob"))), ("nextRecordsUrl", text_or_null())]),
        "BulkJobChange": object(1, &[("state", text())]),
        "AsyncTerms": object(2, &[
            ("operation", text()),
            ("object", text()),
            ("contentType", text()),
            ("concurrencyMode", text()),
            ("externalIdFieldName", text()),
        ]),
        "AsyncJob": object(told.len() + batches.len(), &[&told[..], &batches[..], &of_v2[..1]].concat()),
        "AsyncJobChange": object(1, &[("state", text())]),
        "AsyncBatch": object(batch.len() - 1, &batch),
        "AsyncBatches": object(1, &[("batchInfo", list(of("AsyncBatch")))]),
        "AsyncRows": rows,
        "AsyncRequest": {"description": "What the batch was sent with, sound or not"},
        "AsyncOutcomes": list(json!({"anyOf": [outcome, {"type": "string", "description": "The id of a result of a query"}]})),
        "AsyncError": object(2, &[("exceptionCode", text()), ("exceptionMessage", text())]),
    })
}
