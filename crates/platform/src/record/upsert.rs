//! Upsert: found by an external id (or Id) and changed, or not found and created.

use super::constraints::key_text;
use super::create::NewRows;
use super::outcome::{Halt, Outcome};
use super::{RecordDraft, RowResult, SaveOptions};
use crate::ctx::Ctx;
use crate::literal::quoted;
use crate::query::QueryOptions;
use model::{Error, ErrorCode, FieldSchema, ObjectSchema, RecordId, Result, Value};
use std::collections::{HashMap, HashSet};
use store::WriteTx;

/// Keys that one query asks for: its text stays well below the longest that is read.
const KEYS_OF_ONE_LOOK: usize = 100;

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
        let outcome = Outcome::new(drafts.len(), options);
        self.save_alone(object, outcome, |tx, outcome| {
            self.upsert_drafts(tx, object, field, key, drafts, options, outcome)
        })
    }

    /// Looks the keys up where nobody else can add one of them before the transaction ends, then saves all rows.
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    pub(super) fn upsert_drafts(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        field: &FieldSchema,
        key: &UpsertKey,
        mut drafts: Vec<RecordDraft>,
        options: SaveOptions,
        outcome: &mut Outcome,
    ) -> std::result::Result<(), Halt> {
        let keys: Vec<String> = key.values.iter().map(|value| key_text(field, value)).collect();
        if field.name() != "Id" {
            let named: Vec<&str> = keys.iter().map(String::as_str).filter(|key| !key.is_empty()).collect();
            tx.hold_keys(object, field.ix, &named)?;
        }
        let mut found = self.ids_by_key(tx, object, field, &key.values)?;
        let mut maker = NewRows::new(self, object, options);
        let mut rows = Vec::with_capacity(drafts.len());
        let mut changes = Vec::new();
        let mut seen = HashSet::new();
        for (at, (draft, value)) in drafts.iter_mut().zip(&key.values).enumerate() {
            if !value.is_null() && !seen.insert(keys[at].as_str()) {
                outcome.fail(at, given_twice(field, value));
                continue;
            }
            match found.remove(&keys[at]).filter(|_| !value.is_null()).unwrap_or_default().as_slice() {
                [one] => {
                    draft.id = Some(*one);
                    changes.push(at);
                }
                // A blank id asks for a new record; an id that nobody has does not.
                [] if field.name() == "Id" && !value.is_null() => outcome.fail(at, Error::not_found()),
                [] => {
                    if field.name() != "Id" && !value.is_null() {
                        draft.values.retain(|(ix, _)| *ix != field.ix);
                        draft.values.push((field.ix, value.clone()));
                    }
                    outcome.results[at].created = true;
                    match maker.row(at, draft) {
                        Ok(row) => rows.push(row),
                        Err(error) => outcome.fail(at, error),
                    }
                }
                several => outcome.fail(at, found_several(field, several)),
            }
        }
        let placed: Vec<(usize, &RecordDraft)> = changes.into_iter().map(|at| (at, &drafts[at])).collect();
        rows.extend(self.changed_rows(tx, object, &placed, options, outcome)?);
        rows.sort_by_key(|row| row.at);
        self.save_rows(tx, object, rows, outcome)
    }

    /// The visible records with each of these keys, by key.
    fn ids_by_key(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        field: &FieldSchema,
        values: &[Value],
    ) -> Result<HashMap<String, Vec<RecordId>>> {
        let mut found: HashMap<String, Vec<RecordId>> = HashMap::with_capacity(values.len());
        let named: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
        for part in named.chunks(KEYS_OF_ONE_LOOK) {
            let list: Vec<String> = part.iter().map(|value| literal(value)).collect();
            let text = format!("SELECT {0} FROM {1} WHERE {0} IN ({2})", field.name(), object.name(), list.join(", "));
            let plan = self.plan(&text, QueryOptions::default())?;
            let mut strange = Vec::new();
            for row in tx.records(&plan, &self.read_options(), None)? {
                let text = key_text(field, row.cells[0].value());
                if part.iter().any(|value| key_text(field, value) == text) {
                    found.entry(text).or_default().push(row.id);
                } else {
                    strange.push(row.id);
                }
            }
            if strange.is_empty() {
                continue;
            }
            // The database takes two texts for equal that simple folding tells apart: ask it for each key.
            for value in part {
                let ids = self.ids_with(tx, object, field, value)?;
                found.insert(key_text(field, value), ids);
            }
        }
        Ok(found)
    }

    fn ids_with(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectSchema,
        field: &FieldSchema,
        value: &Value,
    ) -> Result<Vec<RecordId>> {
        let text = format!("SELECT Id FROM {} WHERE {} = {}", object.name(), field.name(), literal(value));
        let plan = self.plan(&text, QueryOptions::default())?;
        Ok(tx.records(&plan, &self.read_options(), None)?.into_iter().map(|row| row.id).collect())
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
            several => Err(found_several(field, several)),
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
        let literal = literal(value);
        let text = format!("SELECT Id FROM {} WHERE {} = {literal} LIMIT 200", object.name(), field.name());
        Ok(self.query(&text, QueryOptions::default())?.records().iter().map(|row| row.id).collect())
    }
}

/// A key in a query.
fn literal(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Id(id) => format!("'{id}'"),
        other => other.to_plain(),
    }
}

fn found_several(field: &FieldSchema, ids: &[RecordId]) -> Error {
    Error::new(
        ErrorCode::DuplicateExternalId,
        format!(
            "{}: more than one record found for external id field: [{}]",
            field.name(),
            ids.iter().map(RecordId::to_string).collect::<Vec<_>>().join(", ")
        ),
    )
    .with_field(field.name())
}

fn given_twice(field: &FieldSchema, value: &Value) -> Error {
    Error::new(ErrorCode::DuplicateValue, format!("Duplicate external id specified: {}", value.to_plain()))
        .with_field(field.name())
}
