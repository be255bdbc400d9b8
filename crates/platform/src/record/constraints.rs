//! What a set of rows must satisfy against the rest of the org: required fields, references, unique values. One look
//! per field for all rows.

use super::outcome::Outcome;
use super::save::Row;
use super::update::no_access;
use model::{Error, ErrorCode, FieldSchema, ObjectSchema, RecordId, Result, Value};
use std::collections::{HashMap, HashSet};
use store::{Refusal, WriteTx};

/// Every required field has a value.
///
/// # Errors
/// `REQUIRED_FIELD_MISSING` naming all that are missing.
pub(super) fn require(object: &ObjectSchema, after: &[Value]) -> Result<()> {
    let missing: Vec<String> = object
        .fields
        .iter()
        .filter(|field| field.def.required && after[field.ix.index()].is_null())
        .map(|field| field.name().to_owned())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorCode::RequiredFieldMissing, format!("Required fields are missing: [{}]", missing.join(", ")))
        .with_fields(missing))
}

/// A location has both of its coordinates or none: half of one is no place.
///
/// # Errors
/// `FIELD_INTEGRITY_EXCEPTION` naming the coordinate that is missing.
pub(super) fn whole_locations(object: &ObjectSchema, after: &[Value]) -> Result<()> {
    for part in &object.fields {
        let Some(whole) = object.location_of(part) else { continue };
        if after[part.ix.index()].is_null()
            && let Some([latitude, longitude]) = object.coordinates(whole)
            && [latitude, longitude].iter().any(|other| !after[other.ix.index()].is_null())
        {
            return Err(Error::new(
                ErrorCode::FieldIntegrityException,
                format!("{}: a location has a latitude and a longitude; give both, or leave both empty", whole.label()),
            )
            .with_field(part.name()));
        }
    }
    Ok(())
}

/// References that changed must point to records that the asker may point them to.
///
/// # Errors
/// What the database reports.
pub(super) fn check_references(
    tx: &mut WriteTx<'_>,
    object: &ObjectSchema,
    rows: &[Row],
    outcome: &mut Outcome,
) -> Result<()> {
    let Some(write) = rows.first().map(|row| row.write.clone()) else { return Ok(()) };
    for field in object.fields.iter().filter(|field| !field.targets.is_empty() && field.is_writable()) {
        let pointed: Vec<(usize, RecordId)> = rows
            .iter()
            .filter(|row| row.given.contains(&field.ix) && row.is_changed(field))
            .filter_map(|row| Some((row.at, row.after[field.ix.index()].as_id()?)))
            .collect();
        if pointed.is_empty() {
            continue;
        }
        let ids: HashSet<RecordId> = pointed.iter().map(|(_, id)| *id).collect();
        // What a reference must satisfy depends on who asks and not on the row.
        let refused = tx.refused_references(&write, field.ix, &ids.into_iter().collect::<Vec<_>>())?;
        for (at, id) in pointed {
            match refused.get(&id) {
                None => {}
                Some(Refusal::NotThere) => outcome.fail(at, bad_reference(field, id)),
                Some(Refusal::NotAllowed) => outcome.fail(at, no_access(id).with_field(field.name())),
            }
        }
    }
    Ok(())
}

fn bad_reference(field: &FieldSchema, id: RecordId) -> Error {
    Error::new(ErrorCode::InvalidCrossReferenceKey, format!("{}: invalid cross reference id {id}", field.label()))
        .with_field(field.name())
}

/// Unique fields that changed: nobody else holds the value, neither in the org nor in the batch.
///
/// # Errors
/// What the database reports.
pub(super) fn check_unique(
    tx: &mut WriteTx<'_>,
    object: &ObjectSchema,
    rows: &[Row],
    outcome: &mut Outcome,
) -> Result<()> {
    for field in object.fields.iter().filter(|field| field.def.unique) {
        let wanted: Vec<&Row> =
            rows.iter().filter(|row| row.is_changed(field) && !row.after[field.ix.index()].is_null()).collect();
        let Some(first) = wanted.first() else { continue };
        let values: Vec<&Value> = wanted.iter().map(|row| &row.after[field.ix.index()]).collect();
        // A record of this batch may be about to give its value up; it counts as it will be.
        let moving: HashSet<RecordId> = wanted.iter().filter_map(|row| row.id).collect();
        let mut held: HashMap<String, Option<RecordId>> = tx
            .holders_of(&first.write, field.ix, &values)?
            .into_iter()
            .filter(|holder| !moving.contains(&holder.id))
            .map(|holder| (key_text(field, &holder.value), holder.readable.then_some(holder.id)))
            .collect();
        for row in wanted {
            let key = key_text(field, &row.after[field.ix.index()]);
            if let Some(holder) = held.get(&key) {
                outcome.fail(row.at, duplicate(field, *holder));
            } else {
                held.insert(key, None);
            }
        }
    }
    Ok(())
}

/// A value as a unique or external-id field compares it.
pub(super) fn key_text(field: &FieldSchema, value: &Value) -> String {
    if field.def.case_sensitive { value.to_plain() } else { model::text::fold(&value.to_plain()) }
}

pub(super) fn duplicate(field: &FieldSchema, holder: Option<RecordId>) -> Error {
    let shown = holder.map_or_else(|| "<unknown>".to_owned(), |id| id.to_string());
    Error::new(
        ErrorCode::DuplicateValue,
        format!("duplicate value found: {} duplicates value on record with id: {shown}", field.name()),
    )
    .with_field(field.name())
}
