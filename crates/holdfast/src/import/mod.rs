//! CSV import: a declarative mapping says how dirty files become records; the importer reads, repairs, types and
//! orders the rows and hands them in batches to a [`RecordSink`].
//!
//! This folder is pure but for reading the source files: it opens no database, reads no clock and draws no random
//! number. What the mapping file may say is described in `docs/import.md`.
//!
//! - `mapping`: the TOML format, its parts and its checks
//! - `source`: files and inline rows, read as rows with line numbers
//! - `evaluate`, `convert`, `lookup`: one row → typed values
//! - `run`: the order of steps, batches, journal, atomic files, summary
//! - `sink`, `check_sink`: where records go, and the overlay of a dry run

mod check_sink;
mod convert;
mod evaluate;
mod lookup;
pub mod mapping;
mod progress;
mod run;
mod sink;
mod source;
mod summary;
#[cfg(test)]
mod tests;

pub use mapping::{Mapping, MappingError, MappingProblem};
pub use progress::{NoProgress, Note, NoteKind, Progress, RowNote};
pub use run::{ImportError, Importer, Options};
pub use sink::{BATCH_ROWS, Batch, JournalKey, Match, RecordSink, RowOutcome, RowWrite};
pub use summary::{Ending, StepSummary, Summary};
