//! `GET`, `PATCH`, `DELETE /sobjects/{object}/{id}`

use crate::call::{Call, comma_list};
use crate::draft;
use crate::reply::Reply;
use model::{Error, ErrorCode, ObjectSchema, RecordId, Result};
use platform::{Ctx, view};

pub(crate) fn get(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = call.object(ctx)?;
    show(ctx, call, object, call.id()?)
}

pub(crate) fn update(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = call.object(ctx)?;
    let id = call.id()?;
    let body = call.json_object()?;
    draft::refuse_id(&body, "The Id field should not be specified in the sobject data.")?;
    let mut draft = draft::read(ctx, object, &body)?;
    draft.id = Some(id);
    ctx.record_update_with(object.name(), draft, call.save_options()?)?;
    Ok(Reply::no_content())
}

pub(crate) fn delete(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = call.object(ctx)?;
    ctx.record_delete_with(object.name(), call.id()?, call.save_options()?)?;
    Ok(Reply::no_content())
}

/// A record with the fields asked for, or all that the caller may read; its id always.
pub(super) fn show(ctx: &Ctx, call: &Call, object: &ObjectSchema, id: RecordId) -> Result<Reply> {
    let fields = call.query("fields").map(field_list).transpose()?;
    let answer = ctx.record_get(object.name(), id, fields.as_deref())?;
    view::single_record(&answer, call.base()).map(Reply::json_text).ok_or_else(Error::not_found)
}

/// Names of fields, of parents too; they become part of a query, so nothing else may stand in them.
pub(crate) fn field_list(text: &str) -> Result<Vec<String>> {
    let mut fields = comma_list(text);
    for field in &fields {
        check_path(field)?;
    }
    if !fields.iter().any(|field| field.eq_ignore_ascii_case("Id")) {
        fields.push("Id".to_owned());
    }
    Ok(fields)
}

pub(crate) fn check_path(field: &str) -> Result<()> {
    let is_name = |part: &str| {
        part.bytes().next().is_some_and(|first| first.is_ascii_alphabetic())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if field.split('.').all(is_name) {
        return Ok(());
    }
    let shown: String = field.chars().take(80).collect();
    Err(Error::new(ErrorCode::InvalidField, format!("No such column '{shown}'; fields are names separated by commas.")))
}
