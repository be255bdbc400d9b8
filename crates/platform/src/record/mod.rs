//! Changing records: one pipeline for every surface. Types and lengths → gate → hooks → validation rules → uniqueness →
//! row, field history and audit in one transaction.

mod check;
mod choices;
mod constraints;
mod contents;
mod create;
mod delete;
mod gates;
mod inputs;
mod lead;
mod merge;
mod outcome;
mod owner;
mod purge;
mod rules;
mod save;
mod share;
mod trail;
mod undelete;
mod unit;
mod update;
mod upsert;

pub(crate) use check::settle;
pub(crate) use inputs::FORMULAS;
pub(crate) use lead::{LEADS, check_targets, converted_lead, refuse_converted};
pub use lead::{LeadConversion, LeadConverted, LeadOpportunity};
pub use purge::BIN_DAYS;
pub(crate) use purge::RECYCLE_BIN;
pub(crate) use rules::{RuleCache, compile_rules, try_rules};
pub(crate) use trail::{detail as change_detail, keep_field as keep_field_changes, tracked as tracked_changes};
pub use unit::{AppSetting, Unit};
pub use upsert::UpsertKey;

use crate::ctx::Ctx;
use crate::values;
use model::{Error, ErrorCode, FieldIx, FieldSchema, Instant, ObjectSchema, RecordId, Result, Value};

/// A record as a caller wants it: some fields, typed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordDraft {
    /// The record to change; for a new one a given id, which only a service may choose.
    pub id: Option<RecordId>,
    pub values: Vec<(FieldIx, Value)>,
}

impl RecordDraft {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn of(id: RecordId) -> Self {
        Self { id: Some(id), values: Vec::new() }
    }

    /// Sets a field by name.
    ///
    /// # Errors
    /// `INVALID_FIELD` for a field that the object does not have.
    pub fn set(mut self, object: &ObjectSchema, field: &str, value: impl Into<Value>) -> Result<Self> {
        let field = object.find_field(field).ok_or_else(|| no_such_field(object, field))?;
        self.values.push((field.ix, value.into()));
        Ok(self)
    }

    /// Sets a field by name from text, as a form or a file gives it.
    ///
    /// # Errors
    /// `INVALID_FIELD` for an unknown field or a text that is no value of it.
    pub fn set_text(mut self, object: &ObjectSchema, field: &str, text: &str) -> Result<Self> {
        let field = object.find_field(field).ok_or_else(|| no_such_field(object, field))?;
        self.values.push((field.ix, values::from_text(field, text)?));
        Ok(self)
    }

    /// Reads the body of an API call; `attributes` and `Id` are no fields of it.
    ///
    /// # Errors
    /// `INVALID_FIELD` for an unknown field, `JSON_PARSER_ERROR` for a value of another type.
    pub fn from_json(
        ctx: &Ctx,
        object: &ObjectSchema,
        body: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Self> {
        let mut draft = Self::default();
        for (name, json) in body {
            if name.eq_ignore_ascii_case("attributes") {
                continue;
            }
            // A field one may not read is no field: not even its type may show in an error.
            let visible = |field: &&FieldSchema| ctx.can_read_field(object.ix, field.ix);
            let field = object.find_field(name).filter(visible).ok_or_else(|| no_such_field(object, name))?;
            draft.values.push((field.ix, values::from_json(field, json)?));
        }
        Ok(draft)
    }
}

pub(crate) fn no_such_field(object: &ObjectSchema, field: &str) -> Error {
    let shown: String = field.chars().take(80).collect();
    Error::new(ErrorCode::InvalidField, format!("No such column '{shown}' on sobject of type {}", object.name()))
        .with_field(shown)
}

/// What went wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    pub code: ErrorCode,
    pub message: String,
    pub fields: Vec<String>,
}

impl From<Error> for RowError {
    fn from(error: Error) -> Self {
        Self { code: error.code(), message: error.message().to_owned(), fields: error.fields().to_vec() }
    }
}

impl From<RowError> for Error {
    fn from(error: RowError) -> Self {
        Error::new(error.code, error.message).with_fields(error.fields)
    }
}

/// What became of one row, in the order they were given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowResult {
    pub id: Option<RecordId>,
    /// An upsert made it, or would have.
    pub created: bool,
    pub errors: Vec<RowError>,
}

impl RowResult {
    pub fn is_success(&self) -> bool {
        self.errors.is_empty()
    }

    /// The id of a row that was saved.
    ///
    /// # Errors
    /// The first error of the row.
    pub fn into_id(self) -> Result<RecordId> {
        match (self.id, self.errors.into_iter().next()) {
            (Some(id), None) => Ok(id),
            (_, Some(error)) => Err(error.into()),
            (None, None) => Err(Error::internal("a saved row has no id")),
        }
    }
}

/// How a batch of rows is to be saved.
#[derive(Debug, Clone, Copy, Default)]
pub struct SaveOptions {
    /// One bad row undoes all.
    pub all_or_none: bool,
    /// Fields that the platform maintains may be given: for services that load data, refused to users.
    pub system_fields: bool,
    /// A record that was written after this instant is left alone: what the caller looked at is no longer there.
    pub unmodified_since: Option<Instant>,
    /// The team of a record stays when its owner changes.
    pub keep_teams: bool,
}

impl SaveOptions {
    pub const ALL: Self = Self { all_or_none: true, system_fields: false, unmodified_since: None, keep_teams: false };
}

impl Ctx {
    /// Creates one record.
    ///
    /// # Errors
    /// The API's codes, naming the fields.
    pub fn record_create(&self, object: &str, draft: RecordDraft) -> Result<RecordId> {
        first(self.records_create(object, vec![draft], SaveOptions::ALL)?)?.into_id()
    }

    /// Changes one record.
    ///
    /// # Errors
    /// The API's codes, naming the fields.
    pub fn record_update(&self, object: &str, draft: RecordDraft) -> Result<()> {
        self.record_update_with(object, draft, SaveOptions::ALL)
    }

    /// Changes one record as the options say.
    ///
    /// # Errors
    /// As [`Ctx::record_update`].
    pub fn record_update_with(&self, object: &str, draft: RecordDraft, options: SaveOptions) -> Result<()> {
        first(self.records_update(object, vec![draft], options)?)?.into_id().map(|_| ())
    }

    /// Moves one record, with its details, to the recycle bin.
    ///
    /// # Errors
    /// The API's codes.
    pub fn record_delete(&self, object: &str, id: RecordId) -> Result<()> {
        self.record_delete_with(object, id, SaveOptions::ALL)
    }

    /// Deletes one record as the options say.
    ///
    /// # Errors
    /// As [`Ctx::record_delete`].
    pub fn record_delete_with(&self, object: &str, id: RecordId, options: SaveOptions) -> Result<()> {
        first(self.records_delete(object, &[id], options)?)?.into_id().map(|_| ())
    }

    /// Takes one record, with the details that went with it, out of the recycle bin.
    ///
    /// # Errors
    /// The API's codes.
    pub fn record_undelete(&self, object: &str, id: RecordId) -> Result<()> {
        first(self.records_undelete(object, &[id], SaveOptions::ALL)?)?.into_id().map(|_| ())
    }
}

fn first(results: Vec<RowResult>) -> Result<RowResult> {
    results.into_iter().next().ok_or_else(|| Error::internal("a batch of one gave no result"))
}
