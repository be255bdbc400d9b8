//! `GET`, `PATCH`, `DELETE /sobjects/{object}/{field}/{value}`: records by an external id, or by `Id` spelled out. With the
//! id of a record in the place of the field it is the way from that record to its parent or children.

use super::by_id::{delete_one, show};
use super::relation;
use crate::call::Call;
use crate::draft;
use crate::reply::{self, Reply};
use crate::work::{Work, only};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use model::{Error, ErrorCode, FieldSchema, ObjectSchema, RecordId, Result, Value};
use platform::{Ctx, RecordDraft, UpsertKey, values};
use serde_json::Value as Json;

pub(crate) fn get_by(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    if let Some(id) = relation::record(work.ctx(), call)? {
        return relation::get(work, call, id);
    }
    let (object, field, value) = key(work.ctx(), call)?;
    match work.all_found_by(object, field, &value)?.as_slice() {
        [] => Err(Error::not_found()),
        [one] => show(work, call, object, *one),
        several => Ok(choices(call, object, several)),
    }
}

pub(crate) fn delete_by(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    if let Some(id) = relation::record(work.ctx(), call)? {
        return relation::delete(work, call, id);
    }
    let (object, field, value) = key(work.ctx(), call)?;
    match work.all_found_by(object, field, &value)?.as_slice() {
        [] => Err(Error::not_found()),
        [one] => delete_one(work, call, object, *one),
        several => Ok(choices(call, object, several)),
    }
}

pub(crate) fn upsert_by(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    if let Some(id) = relation::record(work.ctx(), call)? {
        return relation::update(work, call, id);
    }
    let (object, field, value) = key(work.ctx(), call)?;
    let body = call.json_object()?;
    draft::refuse_id(&body, "The Id field should not be specified in the sobject data.")?;
    let mut draft: RecordDraft = draft::read(work, object, &body)?;
    if let Some(given) = draft::take(&mut draft, field.ix)
        && !same(field, &given, &value)
    {
        let message = format!("The {} field should not be specified in the sobject data.", field.name());
        return Err(Error::new(ErrorCode::InvalidField, message).with_field(field.name()));
    }
    let several = work.all_found_by(object, field, &value)?;
    if several.len() > 1 {
        return Ok(choices(call, object, &several));
    }
    if field.name() == "Id" && several.is_empty() {
        return Err(Error::not_found());
    }
    let key = UpsertKey { field: field.name().to_owned(), values: vec![value] };
    let result = only(work.upsert(object.name(), &key, vec![draft], call.save_options()?)?)?;
    let created = result.created;
    let id = result.into_id()?;
    let mut body = reply::saved(id);
    body.insert("created".to_owned(), created.into());
    let reply = Reply::json(&Json::Object(body));
    if created {
        return Ok(reply.status(StatusCode::CREATED).header(LOCATION, address(call, object, id)));
    }
    Ok(reply)
}

/// The key of the address: a field that records can be found by, and a value of it.
fn key<'a>(ctx: &'a Ctx, call: &Call) -> Result<(&'a ObjectSchema, &'a FieldSchema, Value)> {
    let object = call.object(ctx)?;
    // In an address an unknown name is a page that is not there.
    let field = ctx
        .key_field(object, call.param("field")?)
        .map_err(|error| Error::new(ErrorCode::NotFound, error.message().to_owned()))?;
    let value = values::from_text(field, call.param("value")?)?;
    if value.is_null() {
        return Err(Error::not_found());
    }
    Ok((object, field, value))
}

fn same(field: &FieldSchema, one: &Value, other: &Value) -> bool {
    if field.def.case_sensitive {
        one == other
    } else {
        model::text::fold(&one.to_plain()) == model::text::fold(&other.to_plain())
    }
}

fn choices(call: &Call, object: &ObjectSchema, several: &[RecordId]) -> Reply {
    let list: Vec<Json> = several.iter().map(|id| address(call, object, *id).into()).collect();
    Reply::json(&Json::Array(list)).status(StatusCode::MULTIPLE_CHOICES)
}

fn address(call: &Call, object: &ObjectSchema, id: RecordId) -> String {
    format!("{}/sobjects/{}/{id}", call.base_path(), object.name())
}
