//! Where an import writes: the questions it asks an org and the batches it hands over.

use super::mapping::{Existing, Missing};
use model::schema::{FieldDef, ObjectDef};
use model::{Error, OrgSchema, RecordId, Result, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most rows in one [`Batch`], and the most values in one [`RecordSink::find`].
pub const BATCH_ROWS: usize = 200;

/// An org as an import sees it.
///
/// The importer types every value by [`RecordSink::schema`] before it writes; validation rules, sharing and triggers
/// are the sink's. An `Err` of a method ends the run; a row that the org does not want is an `Err` inside the answer
/// of [`RecordSink::write`].
pub trait RecordSink {
    /// The metadata as it stands now, custom fields made by this import included.
    fn schema(&self) -> Arc<OrgSchema>;

    /// Creates a custom object that the org lacks. The key prefix of the declaration is a proposal.
    ///
    /// # Errors
    /// When the org refuses the object.
    fn ensure_object(&mut self, object: &ObjectDef) -> Result<()>;

    /// Creates a custom field that the object lacks.
    ///
    /// # Errors
    /// When the org refuses the field.
    fn ensure_field(&mut self, object: &str, field: &FieldDef) -> Result<()>;

    /// Finds records by the values of one field, compared as the org compares them; one answer per value, in order.
    ///
    /// # Errors
    /// When the org cannot answer.
    fn find(&mut self, object: &str, field: &str, values: &[Value]) -> Result<Vec<Match>>;

    /// Shows every record's value of one field, for lookups that must compare in their own way.
    ///
    /// # Errors
    /// When the org cannot answer.
    fn scan(&mut self, object: &str, field: &str, visit: &mut dyn FnMut(&Value, RecordId)) -> Result<()>;

    /// Writes up to 200 rows and, in the same transaction, marks those it took as done in the journal.
    /// One answer per row, in order.
    ///
    /// # Errors
    /// When the batch as a whole could not be written; then none of its rows was.
    fn write(&mut self, batch: &Batch<'_>) -> Result<Vec<Result<RowOutcome>>>;

    /// The rows that an earlier run of the same mapping, file and step has written.
    ///
    /// # Errors
    /// When the org cannot answer.
    fn done_rows(&mut self, journal: &JournalKey) -> Result<BTreeSet<u64>>;

    /// Opens the transaction of an atomic file; what is written from here on stands or falls with it.
    ///
    /// # Errors
    /// When no transaction can be opened.
    fn begin_file(&mut self, file: &str) -> Result<()>;

    /// Keeps what was written since [`RecordSink::begin_file`].
    ///
    /// # Errors
    /// When the transaction cannot be committed; then nothing of it stands.
    fn commit_file(&mut self) -> Result<()>;

    /// Undoes what was written since [`RecordSink::begin_file`], journal marks included.
    ///
    /// # Errors
    /// When the transaction cannot be undone.
    fn rollback_file(&mut self) -> Result<()>;
}

/// What a search by value found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    None,
    One(RecordId),
    /// More than one record has the value.
    Several,
}

/// Names the part of an import that a journal mark belongs to: marks are void when the mapping or the file changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JournalKey {
    /// SHA-256 of the mapping text, hex.
    pub mapping_hash: String,
    /// SHA-256 of the file's bytes, hex.
    pub file_hash: String,
    /// The step's name; `#2` is added for the second pass of a self reference.
    pub step: String,
}

/// Rows of one object to be written together.
#[derive(Debug)]
pub struct Batch<'a> {
    pub object: &'a str,
    /// The field that tells whether a record exists already; `None` when every row is a new record.
    pub key_field: Option<&'a str>,
    /// What to do with a record that has the key already.
    pub existing: Existing,
    /// What to do when no record has the key.
    pub missing: Missing,
    pub journal: &'a JournalKey,
    pub rows: &'a [RowWrite],
}

/// One record to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowWrite {
    /// The row's number in its file, from 1, header not counted: the journal's mark.
    pub row: u64,
    /// The value of the batch's key field; also among `values`.
    pub key: Option<Value>,
    /// API names and typed values.
    pub values: Vec<(String, Value)>,
}

/// What became of a row that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    Created(RecordId),
    Updated(RecordId),
    /// The record had these values already, or the mapping keeps existing records as they are.
    Unchanged(RecordId),
}

impl RowOutcome {
    pub fn id(self) -> RecordId {
        match self {
            RowOutcome::Created(id) | RowOutcome::Updated(id) | RowOutcome::Unchanged(id) => id,
        }
    }
}

/// The refusal of a row whose record had to exist.
pub(super) fn no_record_with_key(object: &str, field: &str, key: &Value) -> Error {
    let message = format!("no {object} has {field} {:?}, and this step creates none", key.to_plain());
    Error::new(model::ErrorCode::NotFound, message).with_field(field)
}
