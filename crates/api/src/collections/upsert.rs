//! `PATCH /composite/sobjects/{object}/{field}`

use super::batch::{Rows, answer, read_body};
use crate::call::Call;
use crate::draft;
use crate::reply::Reply;
use model::{FieldSchema, ObjectSchema, Result, Value};
use platform::{Ctx, RecordDraft, UpsertKey};
use serde_json::{Map, Value as Json};

pub(crate) fn upsert(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = call.object(ctx)?;
    let field = ctx.key_field(object, call.param("field")?)?;
    let body = read_body(call)?;
    let rows = Rows::read(&body.records, body.options, |row| keyed_row(ctx, object, field, row));
    let results = rows.save(|name, rows| {
        let (values, drafts) = rows.into_iter().unzip();
        let key = UpsertKey { field: field.name().to_owned(), values };
        ctx.records_upsert(name, &key, drafts, body.options)
    })?;
    Ok(answer(&results, true))
}

fn keyed_row(
    ctx: &Ctx,
    object: &ObjectSchema,
    field: &FieldSchema,
    row: &Map<String, Json>,
) -> Result<(String, (Value, RecordDraft))> {
    let by_id = field.name() == "Id";
    if !by_id {
        draft::refuse_id(row, "The Id field should not be specified in the sobject data.")?;
    }
    let mut draft = draft::read(ctx, object, row)?;
    let value = if by_id { draft::id_of(row)?.into() } else { draft::take(&mut draft, field.ix).unwrap_or_default() };
    Ok((object.name().to_owned(), (value, draft)))
}
