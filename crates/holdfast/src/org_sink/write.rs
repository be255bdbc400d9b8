//! One batch: found by key, then created, changed or left alone, and marked in the journal.

use super::sink::{compared, folds};
use crate::import::mapping::{Existing, Missing};
use crate::import::{Batch, RowOutcome, RowWrite};
use model::{Error, ErrorCode, FieldIx, ObjectSchema, OrgSchema, RecordId, Result, Value};
use platform::{RecordDraft, RowResult, SaveOptions, Unit};
use std::collections::{BTreeSet, HashMap};

/// A batch that can travel to the thread of an open file.
pub(super) struct OwnedBatch {
    object: String,
    key_field: Option<String>,
    existing: Existing,
    missing: Missing,
    journal: String,
    rows: Vec<RowWrite>,
}

impl OwnedBatch {
    pub(super) fn of(batch: &Batch<'_>, journal: String) -> Self {
        Self {
            object: batch.object.to_owned(),
            key_field: batch.key_field.map(str::to_owned),
            existing: batch.existing,
            missing: batch.missing,
            journal,
            rows: batch.rows.to_vec(),
        }
    }
}

/// A record that has the key of a row, with its values of the fields that the batch writes.
struct Found {
    id: RecordId,
    values: HashMap<FieldIx, Value>,
    several: bool,
}

pub(super) fn write_batch(
    unit: &mut Unit<'_, '_>,
    schema: &OrgSchema,
    batch: &OwnedBatch,
) -> Result<Vec<Result<RowOutcome>>> {
    let object = schema
        .find_object(&batch.object)
        .ok_or_else(|| Error::new(ErrorCode::InvalidType, format!("The org has no object {}.", batch.object)))?;
    let mut answers = Vec::with_capacity(batch.rows.len());
    // A key that comes twice is found the second time: its rows are written one after the other.
    for rows in without_repeats(batch, folds(schema, &batch.object, batch.key_field.as_deref().unwrap_or_default())) {
        answers.extend(write_rows(unit, schema, object, batch, rows)?);
    }
    for (row, answer) in batch.rows.iter().zip(&answers) {
        if let Ok(outcome) = answer {
            let word = match outcome {
                RowOutcome::Created(_) => "created",
                RowOutcome::Updated(_) => "updated",
                RowOutcome::Unchanged(_) => "unchanged",
            };
            unit.import_mark(&batch.journal, row.row, &format!("{word} {}", outcome.id()))?;
        }
    }
    Ok(answers)
}

/// The rows in order, cut before every key that the run at hand has already.
fn without_repeats(batch: &OwnedBatch, folds: bool) -> Vec<&[RowWrite]> {
    let (mut cuts, mut from) = (Vec::new(), 0);
    let mut seen = BTreeSet::new();
    for (at, row) in batch.rows.iter().enumerate() {
        let Some(key) = row.key.as_ref().filter(|_| batch.key_field.is_some()) else { continue };
        let key = compared(key, folds);
        if seen.contains(&key) {
            cuts.push(&batch.rows[from..at]);
            from = at;
            seen.clear();
        }
        seen.insert(key);
    }
    cuts.push(&batch.rows[from..]);
    cuts
}

/// What is to be done with one row.
enum Plan {
    Create(RecordDraft),
    Update(RecordDraft),
    Settled(Result<RowOutcome>),
}

fn write_rows(
    unit: &mut Unit<'_, '_>,
    schema: &OrgSchema,
    object: &ObjectSchema,
    batch: &OwnedBatch,
    rows: &[RowWrite],
) -> Result<Vec<Result<RowOutcome>>> {
    let case = folds(schema, &batch.object, batch.key_field.as_deref().unwrap_or_default());
    let found = find(unit, object, batch, rows, case)?;
    let mut plans = Vec::with_capacity(rows.len());
    for row in rows {
        let known = row.key.as_ref().and_then(|key| found.get(&compared(key, case)));
        plans.push(plan(object, batch, row, known));
    }
    let pick = |wanted: fn(&Plan) -> Option<&RecordDraft>| plans.iter().filter_map(wanted).cloned().collect::<Vec<_>>();
    let creates = pick(|plan| if let Plan::Create(draft) = plan { Some(draft) } else { None });
    let updates = pick(|plan| if let Plan::Update(draft) = plan { Some(draft) } else { None });
    let row_by_row = SaveOptions::default();
    let created = if creates.is_empty() { Vec::new() } else { unit.create(object.name(), &creates, row_by_row)? };
    let updated = if updates.is_empty() { Vec::new() } else { unit.update(object.name(), &updates, row_by_row)? };
    let (mut created, mut updated) = (created.into_iter(), updated.into_iter());
    plans
        .into_iter()
        .map(|plan| {
            Ok(match plan {
                Plan::Create(_) => next(&mut created)?.into_id().map(RowOutcome::Created),
                Plan::Update(_) => next(&mut updated)?.into_id().map(RowOutcome::Updated),
                Plan::Settled(outcome) => outcome,
            })
        })
        .collect()
}

fn next(results: &mut impl Iterator<Item = RowResult>) -> Result<RowResult> {
    results.next().ok_or_else(|| Error::internal("a row has no result"))
}

fn plan(object: &ObjectSchema, batch: &OwnedBatch, row: &RowWrite, known: Option<&Found>) -> Plan {
    let draft = || {
        row.values.iter().try_fold(RecordDraft::new(), |draft, (field, value)| draft.set(object, field, value.clone()))
    };
    let planned = match (known, &batch.key_field, &row.key) {
        (Some(found), Some(field), Some(key)) if found.several => {
            let message = format!("More than one {} has {field} {:?}.", object.name(), key.to_plain());
            Err(Error::new(ErrorCode::DuplicateExternalId, message).with_field(field.as_str()))
        }
        (Some(found), ..) if batch.existing == Existing::Keep => Ok(Plan::Settled(Ok(RowOutcome::Unchanged(found.id)))),
        (Some(found), ..) => draft().map(|mut draft| {
            draft.values.retain(|(field, value)| found.values.get(field).is_none_or(|known| known != value));
            draft.id = Some(found.id);
            if draft.values.is_empty() {
                Plan::Settled(Ok(RowOutcome::Unchanged(found.id)))
            } else {
                Plan::Update(draft)
            }
        }),
        (None, Some(field), Some(key)) if batch.missing == Missing::Refuse => {
            let message = format!("no {} has {field} {:?}, and this step creates none", object.name(), key.to_plain());
            Err(Error::new(ErrorCode::NotFound, message).with_field(field.as_str()))
        }
        (None, ..) => draft().map(Plan::Create),
    };
    planned.unwrap_or_else(|error| Plan::Settled(Err(error)))
}

/// The records that have the rows' keys.
fn find(
    unit: &mut Unit<'_, '_>,
    object: &ObjectSchema,
    batch: &OwnedBatch,
    rows: &[RowWrite],
    case: bool,
) -> Result<HashMap<String, Found>> {
    let Some(key_field) = &batch.key_field else { return Ok(HashMap::new()) };
    let keys: BTreeSet<String> =
        rows.iter().filter_map(|row| row.key.as_ref()).filter(|key| !key.is_null()).map(literal).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let written: BTreeSet<&str> = rows.iter().flat_map(|row| &row.values).map(|(field, _)| field.as_str()).collect();
    let compared_fields: Vec<(&str, FieldIx)> = written
        .into_iter()
        .filter(|name| !name.eq_ignore_ascii_case(key_field) && !name.eq_ignore_ascii_case("Id"))
        .filter_map(|name| object.find_field(name).map(|field| (name, field.ix)))
        .collect();
    let columns: String = compared_fields.iter().map(|(name, _)| format!(", {name}")).collect();
    let id = if key_field.eq_ignore_ascii_case("Id") { "" } else { "Id, " };
    let keys = keys.into_iter().collect::<Vec<_>>().join(", ");
    let soql = format!("SELECT {id}{key_field}{columns} FROM {} WHERE {key_field} IN ({keys})", object.name());
    let key_ix = object.find_field(key_field).map(|field| field.ix);
    let key_at = usize::from(!id.is_empty());
    let mut found: HashMap<String, Found> = HashMap::new();
    for row in unit.rows(&soql)? {
        let Some(key) = row.cells.get(key_at) else { continue };
        let mut values: HashMap<FieldIx, Value> = compared_fields
            .iter()
            .zip(row.cells.iter().skip(key_at + 1))
            .map(|((_, field), cell)| (*field, cell.value().clone()))
            .collect();
        values.extend(key_ix.map(|field| (field, key.value().clone())));
        let record = Found { id: row.id, values, several: false };
        found.entry(compared(key.value(), case)).and_modify(|found| found.several = true).or_insert(record);
    }
    Ok(found)
}

/// A value as a query spells it.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Text(text) => quoted(text),
        Value::Id(id) => format!("'{id}'"),
        other => other.to_plain(),
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}
