//! Bulk jobs: many rows read from a file and saved, or the rows of a query written to one, in the background and in the
//! name of whoever asked. A job acts with its creator's rights at the moment of each step.
//!
//! Ctx (`jobs`, `upload`, `results`) is what surfaces use; `run` takes batches further a step at a time; `workers` gives
//! every org its turn.

mod bytes;
mod columns;
mod csv;
mod id_list;
mod ingest;
mod jobs;
mod json_rows;
mod outcome;
mod query;
mod query_rows;
mod results;
mod run;
mod terms;
mod upload;
mod workers;
mod write;
mod written;
mod xml_rows;

pub use jobs::{BulkBatch, BulkCounts, BulkJob, BulkJobPage, BulkList};
pub use outcome::BulkRow;
pub use query_rows::BulkRows;
pub use results::{BulkOutcomes, BulkStream, IngestResults, QueryPage};
pub use run::BULK_DAYS;
pub use terms::{BulkFormat, BulkOperation, BulkTerms, Delimiter, LineEnding, NewBulk};
pub use upload::BULK_BODY_BYTES;
pub use workers::BulkWorkers;

use model::{KeyPrefix, RecordId};

const JOB: KeyPrefix = KeyPrefix::known("750");
const BATCH: KeyPrefix = KeyPrefix::known("751");
const RESULT: KeyPrefix = KeyPrefix::known("752");

/// A number of the store as an id of the API.
fn id_of(prefix: KeyPrefix, number: i64) -> RecordId {
    RecordId::new(prefix, number.unsigned_abs())
}

/// The number behind an id with this prefix; none for an id of anything else.
fn number_of(prefix: KeyPrefix, id: RecordId) -> Option<i64> {
    (id.prefix() == prefix).then(|| i64::try_from(id.sequence()).ok()).flatten()
}
