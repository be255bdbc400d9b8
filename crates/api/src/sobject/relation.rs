//! `/sobjects/{object}/{id}/{relationship}`: the parent of a record, or a list of its children.

use super::by_id::{delete_one, field_list, show, update_one};
use crate::call::Call;
use crate::query::{options, page};
use crate::reply::Reply;
use crate::work::Work;
use model::{Error, ObjectSchema, RecordId, Result};
use platform::Ctx;

/// The record id in the place of a field's name: a name never looks like one.
pub(super) fn record(ctx: &Ctx, call: &Call) -> Result<Option<RecordId>> {
    let object = call.object(ctx)?;
    let place = call.param("field")?;
    let id = RecordId::parse(place).ok().filter(|id| id.prefix() == object.key_prefix());
    Ok(id.filter(|_| object.find_field(place).is_none()))
}

pub(super) fn get(work: &mut Work<'_, '_, '_>, call: &Call, id: RecordId) -> Result<Reply> {
    let ctx = work.ctx();
    let object = call.object(ctx)?;
    let Some(relation) = object.find_children(call.param("value")?) else {
        let (parent, id) = parent(work, call, id)?;
        return show(work, call, parent, id);
    };
    let child = ctx.schema().object(relation.child);
    if !ctx.object_permission(child.ix).read || !ctx.can_read_field(child.ix, relation.field) {
        return Err(Error::not_found());
    }
    // Whose children they are must be seen first.
    work.record_get(object.name(), id, Some(&["Id".to_owned()]))?;
    let fields = match call.query("fields") {
        Some(text) => field_list(text)?,
        None => {
            let readable = child.fields.iter().filter(|field| ctx.can_read_field(child.ix, field.ix));
            readable.map(|field| field.name().to_owned()).collect()
        }
    };
    let reference = child.field(relation.field).name();
    let text = format!("SELECT {} FROM {} WHERE {reference} = '{id}'", fields.join(", "), child.name());
    Ok(page(call, &work.query(&text, options(call, false)?)?))
}

pub(super) fn update(work: &mut Work<'_, '_, '_>, call: &Call, id: RecordId) -> Result<Reply> {
    let (object, id) = parent(work, call, id)?;
    update_one(work, call, object, id)
}

pub(super) fn delete(work: &mut Work<'_, '_, '_>, call: &Call, id: RecordId) -> Result<Reply> {
    let (object, id) = parent(work, call, id)?;
    delete_one(work, call, object, id)
}

/// The record that a reference of another leads to.
fn parent<'c>(work: &mut Work<'c, '_, '_>, call: &Call, id: RecordId) -> Result<(&'c ObjectSchema, RecordId)> {
    let ctx = work.ctx();
    let object = call.object(ctx)?;
    let reference = object
        .find_relationship(call.param("value")?)
        .filter(|field| ctx.can_read_field(object.ix, field.ix))
        .ok_or_else(Error::not_found)?;
    let fields = [reference.name().to_owned()];
    let answer = work.record_get(object.name(), id, Some(&fields))?;
    let value = answer.records().first().and_then(|row| row.cells.first()).and_then(|cell| cell.value().as_id());
    let id = value.ok_or_else(Error::not_found)?;
    let parent = ctx.schema().find_by_prefix(id.prefix()).ok_or_else(Error::not_found)?;
    Ok((ctx.object(parent.name())?, id))
}
