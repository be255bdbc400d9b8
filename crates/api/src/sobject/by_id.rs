//! `GET`, `PATCH`, `DELETE /sobjects/{object}/{id}`

use crate::call::{Call, comma_list};
use crate::condition::{self, Version};
use crate::draft;
use crate::reply::Reply;
use crate::work::{Work, only};
use model::{Error, ErrorCode, Instant, ObjectSchema, RecordId, Result};
use platform::{Output, QueryAnswer, view};

/// The field that says when a record was last written.
const STAMP: &str = "SystemModstamp";

pub(crate) fn get(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    let object = call.object(work.ctx())?;
    show(work, call, object, call.id()?)
}

pub(crate) fn update(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    let object = call.object(work.ctx())?;
    update_one(work, call, object, call.id()?)
}

pub(crate) fn delete(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    let object = call.object(work.ctx())?;
    delete_one(work, call, object, call.id()?)
}

pub(super) fn update_one(
    work: &mut Work<'_, '_, '_>,
    call: &Call,
    object: &ObjectSchema,
    id: RecordId,
) -> Result<Reply> {
    let no_id = "The Id field should not be specified in the sobject data.";
    let mut draft = draft::of_call(work, call, object, no_id)?;
    draft.id = Some(id);
    only(work.update(object.name(), vec![draft], call.save_options()?)?)?.into_id()?;
    Ok(Reply::no_content())
}

pub(super) fn delete_one(
    work: &mut Work<'_, '_, '_>,
    call: &Call,
    object: &ObjectSchema,
    id: RecordId,
) -> Result<Reply> {
    only(work.delete(object.name(), &[id], call.save_options()?)?)?.into_id()?;
    Ok(Reply::no_content())
}

/// A record with the fields asked for, or all that the caller may read; its id always.
pub(super) fn show(work: &mut Work<'_, '_, '_>, call: &Call, object: &ObjectSchema, id: RecordId) -> Result<Reply> {
    let fields = call.query("fields").map(field_list).transpose()?;
    // Before the record itself: should it change in between, its tag is too old and nobody takes it for the newer one.
    let stamp = match &fields {
        Some(_) => stamp_of(&work.record_get(object.name(), id, Some(&[STAMP.to_owned()]))?),
        None => None,
    };
    let answer = work.record_get(object.name(), id, fields.as_deref())?;
    let stamp = stamp.or_else(|| stamp_of(&answer));
    let body = view::single_record(&answer, call.base()).ok_or_else(Error::not_found)?;
    condition::answer(call, Version::of(stamp, &body), body)
}

fn stamp_of(answer: &QueryAnswer) -> Option<Instant> {
    let is_stamp = |output: &Output| matches!(output, Output::Field { path, .. } if *path == [STAMP]);
    let at = answer.plan.plan().select.output.iter().position(is_stamp)?;
    answer.records().first()?.cells[at].value().as_instant()
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
