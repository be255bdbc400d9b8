//! JSON bodies → drafts, with references named by an external id resolved to record ids.

use crate::call::Call;
use crate::work::Work;
use model::{Error, ErrorCode, FieldIx, ObjectSchema, RecordId, Result, Value};
use platform::RecordDraft;
use serde_json::{Map, Value as Json};

/// Reads what a single write says of its record: JSON, or several parts with files among them.
pub(crate) fn of_call(
    work: &mut Work<'_, '_, '_>,
    call: &Call,
    object: &ObjectSchema,
    no_id: &str,
) -> Result<RecordDraft> {
    let Some(upload) = &call.upload else {
        let body = call.json_object()?;
        refuse_id(&body, no_id)?;
        return read(work, object, &body);
    };
    // Nobody fills the store with files for records that they may not write.
    let permission = work.ctx().object_permission(object.ix);
    if !permission.create && !permission.edit {
        let message = format!("insufficient access rights on the object {}", object.name());
        return Err(Error::new(ErrorCode::InsufficientAccessOrReadonly, message));
    }
    let uploaded = upload.read(work.ctx(), object)?;
    refuse_id(&uploaded.record, no_id)?;
    let mut draft = read(work, object, &uploaded.record)?;
    uploaded.fill(work.ctx(), object, &mut draft)?;
    Ok(draft)
}

/// Reads a body; `attributes` and the id keys are no fields of it.
pub(crate) fn read(
    work: &mut Work<'_, '_, '_>,
    object: &ObjectSchema,
    body: &Map<String, Json>,
) -> Result<RecordDraft> {
    let ctx = work.ctx();
    let mut fields = Map::new();
    let mut references = Vec::new();
    for (name, json) in body {
        if is_id(name) {
            continue;
        }
        let relationship = object.find_relationship(name).filter(|field| ctx.can_read_field(object.ix, field.ix));
        match (relationship, json) {
            (Some(field), Json::Object(parent)) => {
                let found =
                    ctx.parent_of_json(field, parent, |object, key, value| work.found_by(object, key, value))?;
                references.push((field.ix, Value::Id(found)));
            }
            (Some(field), Json::Null) => references.push((field.ix, Value::Null)),
            _ => {
                fields.insert(name.clone(), json.clone());
            }
        }
    }
    let mut draft = RecordDraft::from_json(ctx, object, &fields)?;
    draft.values.extend(references);
    Ok(draft)
}

fn is_id(name: &str) -> bool {
    name.eq_ignore_ascii_case("Id")
}

/// The `Id` (or `id`) of a body.
pub(crate) fn id_of(body: &Map<String, Json>) -> Result<Option<RecordId>> {
    match body.iter().find(|(name, _)| is_id(name)).map(|(_, json)| json) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Json::String(text)) => RecordId::parse(text.trim()).map(Some),
        Some(other) => Err(Error::new(ErrorCode::MalformedId, format!("malformed id {other}")).with_field("Id")),
    }
}

/// Refuses a body that names a record where the address or the server does.
pub(crate) fn refuse_id(body: &Map<String, Json>, message: &str) -> Result<()> {
    match id_of(body)? {
        None => Ok(()),
        Some(_) => Err(Error::new(ErrorCode::InvalidField, message).with_field("Id")),
    }
}

/// The type that a row of a collection names.
pub(crate) fn type_of(body: &Map<String, Json>) -> Result<&str> {
    body.get("attributes").and_then(|attributes| attributes.get("type")).and_then(Json::as_str).ok_or_else(|| {
        Error::new(ErrorCode::MissingArgument, "Every record needs attributes with the type of its object.")
    })
}

/// Takes a key field out of a draft: its value is given elsewhere.
pub(crate) fn take(draft: &mut RecordDraft, field: FieldIx) -> Option<Value> {
    let at = draft.values.iter().position(|(ix, _)| *ix == field)?;
    Some(draft.values.remove(at).1)
}
