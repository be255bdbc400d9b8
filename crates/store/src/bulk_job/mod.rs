//! Bulk jobs: what somebody asked to be done with many rows, its batches, and what came of them. Bodies and results are
//! contents, so that they are sealed, rewritten under new keys, copied and backed up as files are.
//!
//! A batch is claimed for a while and by an epoch. What a step did and how far the batch then is are written in one
//! transaction under that epoch, so that a worker that was taken for dead changes nothing any more.

mod batches;
mod claims;
mod jobs;
mod parts;

use model::{Error, Instant, RecordId, Result};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($variant),* }

        impl $name {
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => stringify!($variant)),* }
            }

            pub(crate) fn parse(text: &str) -> Result<Self> {
                match text {
                    $(stringify!($variant) => Ok($name::$variant),)*
                    other => Err(Error::internal(format!("{} in a bulk job", other))),
                }
            }
        }
    };
}

words! {
    /// By which interface a job came.
    BulkJobKind { V2Ingest, V2Query, Classic }
}

words! {
    /// Where a job stands, in the words of the API. `Closed` is a job of the older interface that takes no more batches.
    BulkJobState { Open, Closed, UploadComplete, InProgress, JobComplete, Failed, Aborted }
}

words! {
    /// Where a batch stands. `Held` waits for its job to be closed.
    BulkBatchState { Held, Queued, InProgress, Completed, Failed, NotProcessed }
}

impl BulkBatchState {
    /// Nothing more happens to it.
    pub const fn is_over(self) -> bool {
        matches!(self, BulkBatchState::Completed | BulkBatchState::Failed | BulkBatchState::NotProcessed)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBulkJob {
    pub kind: BulkJobKind,
    /// What is to be done, in the platform's words (JSON).
    pub terms: String,
    /// Its batches run one after the other.
    pub serial: bool,
    pub created_by: RecordId,
    pub state: BulkJobState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkJobRow {
    pub id: i64,
    pub kind: BulkJobKind,
    pub terms: String,
    pub serial: bool,
    pub created_by: RecordId,
    pub created: Instant,
    pub changed: Instant,
    pub state: BulkJobState,
    /// Why it failed.
    pub message: String,
}

/// A batch to be added to a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBulkBatch {
    pub state: BulkBatchState,
    /// The content with its rows or its query.
    pub body: Option<i64>,
    /// Of a query: the content with the ids of the rows of its answer, and which of them are this batch's.
    pub rows_list: Option<i64>,
    pub from_row: u64,
    pub to_row: u64,
    pub header: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkBatchRow {
    pub id: i64,
    pub job: i64,
    /// From 1, in the order in which they were added.
    pub number: i64,
    pub state: BulkBatchState,
    pub message: String,
    pub created: Instant,
    pub changed: Instant,
    pub body: Option<i64>,
    pub progress: BulkProgress,
    /// Attempts since the last step that was kept.
    pub attempts: u32,
    pub epoch: i64,
}

/// How far a batch has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulkProgress {
    pub rows_list: Option<i64>,
    pub from_row: u64,
    pub to_row: u64,
    /// Where the next step begins: a byte of the body, or a row of the answer.
    pub place: u64,
    /// The line of the body that begins there.
    pub line: u64,
    /// The columns of what it gives back, in the platform's form.
    pub header: String,
    pub done: u64,
    pub failed: u64,
    pub parts: i64,
    /// Time spent on it.
    pub busy_ms: i64,
}

/// A batch that somebody works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkClaim {
    pub job: BulkJobRow,
    pub batch: BulkBatchRow,
}

/// How a batch ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkBatchEnd {
    pub state: BulkBatchState,
    pub message: String,
    /// What becomes of its job; `None` leaves it as it is.
    pub job: Option<BulkJobState>,
}

/// A stretch of what a batch gives back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkPart {
    pub number: i64,
    pub content: i64,
    pub first_row: u64,
    pub rows: u64,
}

/// Which jobs a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulkPage {
    pub kinds: Vec<BulkJobKind>,
    /// Those of one user; of all when left out.
    pub created_by: Option<RecordId>,
    pub serial: Option<bool>,
    /// Those older than this one.
    pub before: Option<i64>,
    pub limit: u32,
}
