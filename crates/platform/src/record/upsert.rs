//! Upsert: found by an external id (or Id) and changed, or not found and created.

use super::save::rolled_back;
use super::{RecordDraft, RowError, RowResult, SaveOptions};
use crate::ctx::Ctx;
use crate::literal::quoted;
use crate::query::QueryOptions;
use model::{Error, ErrorCode, FieldSchema, ObjectSchema, RecordId, Result, Value};
use std::collections::HashSet;

/// The field rows are found by, and each row's value of it.
#[derive(Debug, Clone)]
pub struct UpsertKey {
    pub field: String,
    /// One per draft; blank means "create".
    pub values: Vec<Value>,
}

impl Ctx {
    /// Finds each row by its key, then changes or creates it, all in one transaction.
    ///
    /// # Errors
    /// `INVALID_FIELD` for a key that is no external id; what concerns the whole call.
    pub fn records_upsert(
        &self,
        object_name: &str,
        key: &UpsertKey,
        drafts: Vec<RecordDraft>,
        options: SaveOptions,
    ) -> Result<Vec<RowResult>> {
        let object = self.object(object_name)?;
        let field = self.key_field(object, &key.field)?;
        let mut results = vec![RowResult::default(); drafts.len()];
        let (mut creates, mut updates) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        for (at, (mut draft, value)) in drafts.into_iter().zip(&key.values).enumerate() {
            if !value.is_null() && !seen.insert(key_text(field, value)) {
                results[at].errors.push(RowError::from(given_twice(field, value)));
                continue;
            }
            match self.found_by(object, field, value) {
                Ok(Some(id)) => {
                    draft.id = Some(id);
                    updates.push((at, draft));
                }
                // A blank id asks for a new record; an id that nobody has does not.
                Ok(None) if field.name() == "Id" && !value.is_null() => {
                    results[at].errors.push(RowError::from(Error::not_found()));
                }
                Ok(None) => {
                    if field.name() != "Id" && !value.is_null() {
                        draft.values.retain(|(ix, _)| *ix != field.ix);
                        draft.values.push((field.ix, value.clone()));
                    }
                    results[at].created = true;
                    creates.push((at, draft));
                }
                Err(error) => results[at].errors.push(RowError::from(error)),
            }
        }
        if options.all_or_none && results.iter().any(|result| !result.errors.is_empty()) {
            return Ok(rolled_back(results));
        }
        let (create_at, create_drafts): (Vec<_>, Vec<_>) = creates.into_iter().unzip();
        let (update_at, update_drafts): (Vec<_>, Vec<_>) = updates.into_iter().unzip();
        let mut broken = false;
        let saved = self.in_one_transaction(|unit| {
            if !create_drafts.is_empty() {
                for (at, result) in create_at.iter().zip(unit.create(object_name, &create_drafts, options)?) {
                    results[*at] = RowResult { created: true, ..result };
                }
            }
            if !update_drafts.is_empty() {
                for (at, result) in update_at.iter().zip(unit.update(object_name, &update_drafts, options)?) {
                    results[*at] = result;
                }
            }
            broken = options.all_or_none && results.iter().any(|result| !result.errors.is_empty());
            if broken { Err(Error::internal("undone: one row of a batch that must be whole is bad")) } else { Ok(()) }
        });
        if broken {
            return Ok(rolled_back(results));
        }
        saved?;
        Ok(results)
    }

    /// A field that rows can be found by.
    ///
    /// # Errors
    /// `INVALID_FIELD` for a field that the user cannot read or that is no external id; `NOT_FOUND` never.
    pub fn key_field<'a>(&self, object: &'a ObjectSchema, name: &str) -> Result<&'a FieldSchema> {
        object
            .find_field(name)
            .filter(|field| self.can_read_field(object.ix, field.ix))
            .filter(|field| field.def.external_id || field.name() == "Id")
            .ok_or_else(|| {
                Error::new(
                    ErrorCode::InvalidField,
                    format!("Provided external ID field does not exist or is not accessible: {name}"),
                )
                .with_field(name)
            })
    }

    /// The one record with this key; several are an error that lists them.
    ///
    /// # Errors
    /// `DUPLICATE_EXTERNAL_ID` when several records have it.
    pub fn found_by(&self, object: &ObjectSchema, field: &FieldSchema, value: &Value) -> Result<Option<RecordId>> {
        let ids = self.all_found_by(object, field, value)?;
        match ids.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            several => Err(Error::new(
                ErrorCode::DuplicateExternalId,
                format!(
                    "{}: more than one record found for external id field: [{}]",
                    field.name(),
                    several.iter().map(RecordId::to_string).collect::<Vec<_>>().join(", ")
                ),
            )
            .with_field(field.name())),
        }
    }

    /// Every readable record with this key.
    ///
    /// # Errors
    /// What the database reports.
    pub fn all_found_by(&self, object: &ObjectSchema, field: &FieldSchema, value: &Value) -> Result<Vec<RecordId>> {
        if value.is_null() {
            return Ok(Vec::new());
        }
        let literal = match value {
            Value::Text(text) => quoted(text),
            Value::Id(id) => format!("'{id}'"),
            other => other.to_plain(),
        };
        let text = format!("SELECT Id FROM {} WHERE {} = {literal} LIMIT 200", object.name(), field.name());
        Ok(self.query(&text, QueryOptions::default())?.records().iter().map(|row| row.id).collect())
    }
}

/// A key as the field compares it.
fn key_text(field: &FieldSchema, value: &Value) -> String {
    if field.def.case_sensitive { value.to_plain() } else { model::text::fold(&value.to_plain()) }
}

fn given_twice(field: &FieldSchema, value: &Value) -> Error {
    Error::new(ErrorCode::DuplicateValue, format!("Duplicate external id specified: {}", value.to_plain()))
        .with_field(field.name())
}
