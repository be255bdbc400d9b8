//! The type of a record, and what its type and its other fields leave of a picklist's choices.

use super::check::bad_choice;
use super::outcome::Outcome;
use super::save::Row;
use crate::ctx::Ctx;
use crate::hooks::RECORD_TYPES;
use crate::query::plan_for_service;
use model::schema::{FieldType, MASTER_RECORD_TYPE};
use model::{Error, ErrorCode, FieldIx, FieldSchema, ObjectSchema, RecordId, Result, Value};
use policy::Identity;
use std::collections::{HashMap, HashSet};
use store::WriteTx;

/// Gives a new record its type, the one that was chosen or the asker's default, and lets its picklists start as the
/// type says.
///
/// # Errors
/// `INVALID_CROSS_REFERENCE_KEY` for a type that the asker may not use.
pub(super) fn begin(identity: &Identity, object: &ObjectSchema, given: &[FieldIx], after: &mut [Value]) -> Result<()> {
    if let Some(field) = object.record_type_field() {
        match after[field.ix.index()].as_id() {
            Some(_) => check_type(identity, object, field, after)?,
            None => after[field.ix.index()] = identity.default_record_type(object.ix).into(),
        }
        if let Some(id) = after[field.ix.index()].as_id() {
            start_as_type_says(object, id, given, after);
        }
    }
    // What a field starts with, and nobody chose, must go with the field that it depends on.
    let dependent =
        || object.fields.iter().filter(|field| field.def.dependency.is_some() && !given.contains(&field.ix));
    for _ in 0..dependent().count() {
        for field in dependent() {
            if check_dependency(object, field, after).is_err() {
                after[field.ix.index()] = Value::Null;
            }
        }
    }
    Ok(())
}

/// The type that a change gives to a record.
///
/// # Errors
/// As [`begin`]. A record keeps a type that its editor could not give it.
pub(super) fn retype(identity: &Identity, object: &ObjectSchema, before: &[Value], after: &mut [Value]) -> Result<()> {
    match object.record_type_field() {
        Some(field) if before[field.ix.index()] != after[field.ix.index()] => {
            check_type(identity, object, field, after)
        }
        _ => Ok(()),
    }
}

fn check_type(identity: &Identity, object: &ObjectSchema, field: &FieldSchema, after: &mut [Value]) -> Result<()> {
    let Some(id) = after[field.ix.index()].as_id() else { return Ok(()) };
    if id.to_string() == MASTER_RECORD_TYPE {
        after[field.ix.index()] = Value::Null;
        return Ok(());
    }
    if identity.may_use_record_type(object.ix, id) { Ok(()) } else { Err(not_for_user(field, id)) }
}

fn not_for_user(field: &FieldSchema, id: RecordId) -> Error {
    Error::new(
        ErrorCode::InvalidCrossReferenceKey,
        format!("Record Type ID: this ID value isn't valid for the user: {id}"),
    )
    .with_field(field.name())
}

fn start_as_type_says(object: &ObjectSchema, record_type: RecordId, given: &[FieldIx], after: &mut [Value]) {
    let Some(of_type) = object.def.record_types.iter().find(|choices| choices.record_type == record_type) else {
        return;
    };
    for narrowed in &of_type.fields {
        if let Some(field) = object.find_field(&narrowed.field).filter(|field| !given.contains(&field.ix)) {
            after[field.ix.index()] = narrowed.default.as_deref().map_or(Value::Null, Value::from);
        }
    }
}

/// Types that services gave belong to the object; those that users gave were judged with their permissions.
///
/// # Errors
/// What the database reports.
pub(super) fn check_types(
    ctx: &Ctx,
    tx: &mut WriteTx<'_>,
    object: &ObjectSchema,
    rows: &[Row],
    outcome: &mut Outcome,
) -> Result<()> {
    let Some(field) = object.record_type_field().filter(|_| ctx.user_id().is_none()) else { return Ok(()) };
    let typed: Vec<(usize, RecordId)> = rows
        .iter()
        .filter(|row| row.is_changed(field))
        .filter_map(|row| Some((row.at, row.after[field.ix.index()].as_id()?)))
        .collect();
    if typed.is_empty() {
        return Ok(());
    }
    let ids: HashSet<String> = typed.iter().map(|(_, id)| format!("'{id}'")).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let text = format!("SELECT SobjectType FROM RecordType WHERE Id IN ({})", ids.join(","));
    let plan = plan_for_service(&ctx.org, &ctx.schema, &RECORD_TYPES, &text)?;
    let found = tx.records(&plan, &ctx.read_options(), None)?;
    let objects: HashMap<RecordId, String> =
        found.iter().map(|row| (row.id, row.cells[0].value().to_plain())).collect();
    for (at, id) in typed {
        if objects.get(&id).is_none_or(|name| !name.eq_ignore_ascii_case(object.name())) {
            outcome.fail(at, not_for_user(field, id));
        }
    }
    Ok(())
}

/// Restricted picklists hold what the record's type and the fields they depend on leave of their lists.
///
/// # Errors
/// `INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST` naming the field.
pub(super) fn check(object: &ObjectSchema, row: &Row) -> Result<()> {
    let record_type = object.record_type_field().and_then(|field| row.after[field.ix.index()].as_id());
    for field in object.fields.iter().filter(|field| field.data_type().is_restricted()) {
        let changed = row.is_changed(field);
        if changed
            && let Some(narrowed) = record_type.and_then(|id| object.def.choices_of(id, field.name()))
            && let Some(bad) = chosen(field, &row.after).into_iter().find(|choice| !narrowed.offers(choice))
        {
            return Err(bad_choice(field, bad));
        }
        let controller = field.def.dependency.as_ref().and_then(|known| object.find_field(&known.controller));
        if changed || controller.is_some_and(|controller| row.is_changed(controller)) {
            check_dependency(object, field, &row.after)?;
        }
    }
    Ok(())
}

/// The values of a picklist, one or several.
fn chosen<'a>(field: &FieldSchema, after: &'a [Value]) -> Vec<&'a str> {
    match (field.data_type(), after[field.ix.index()].as_text()) {
        (_, None) => Vec::new(),
        (FieldType::MultiPicklist { .. }, Some(text)) => text.split(';').collect(),
        (_, Some(text)) => vec![text],
    }
}

fn check_dependency(object: &ObjectSchema, field: &FieldSchema, after: &[Value]) -> Result<()> {
    let Some(dependency) = &field.def.dependency else { return Ok(()) };
    let Some(controller) = object.find_field(&dependency.controller) else { return Ok(()) };
    let controlling = &after[controller.ix.index()];
    let bad = chosen(field, after).into_iter().find(|choice| !dependency.allows(choice, controlling));
    let Some(bad) = bad else { return Ok(()) };
    let shown = if controlling.is_null() { "blank".to_owned() } else { controlling.to_plain() };
    Err(Error::new(
        ErrorCode::InvalidOrNullForRestrictedPicklist,
        format!(
            "{}: bad value for restricted picklist field: {} (it does not go with {} {})",
            field.label(),
            field.told(bad),
            controller.label(),
            controller.told(&shown)
        ),
    )
    .with_field(field.name()))
}
