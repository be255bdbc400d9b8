//! JSON bodies → drafts, with references named by an external id resolved to record ids.

use model::{Error, ErrorCode, FieldIx, ObjectSchema, RecordId, Result, Value};
use platform::{Ctx, RecordDraft};
use serde_json::{Map, Value as Json};

/// Reads a body; `attributes` and the id keys are no fields of it.
pub(crate) fn read(ctx: &Ctx, object: &ObjectSchema, body: &Map<String, Json>) -> Result<RecordDraft> {
    let mut fields = Map::new();
    let mut references = Vec::new();
    for (name, json) in body {
        if is_id(name) {
            continue;
        }
        let relationship = object.find_relationship(name).filter(|field| ctx.can_read_field(object.ix, field.ix));
        match (relationship, json) {
            (Some(field), Json::Object(parent)) => {
                references.push((field.ix, Value::Id(ctx.parent_of_json(field, parent)?)))
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
