//! `PATCH /composite/sobjects/{object}/{field}`

use super::batch::{Rows, answer, read_body, rolled_back};
use crate::call::Call;
use crate::draft;
use crate::reply::Reply;
use crate::work::Work;
use model::{FieldSchema, ObjectSchema, Result, Value};
use platform::{RecordDraft, UpsertKey, values};
use serde_json::{Map, Value as Json};

pub(crate) fn upsert(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    let object = call.object(work.ctx())?;
    let field = work.ctx().key_field(object, call.param("field")?)?;
    let body = read_body(call)?;
    let rows = Rows::read(&body.records, body.options, |row| keyed_row(work, object, field, row));
    if rows.is_broken() {
        // Nothing is saved, and each row still says whether it would have made a record.
        let mut results = rolled_back(rows.results);
        for (result, row) in results.iter_mut().zip(&body.records) {
            result.created = would_create(work, object, field, row)?;
        }
        return Ok(answer(&results, true));
    }
    let results = rows.save(work, |work, name, rows| {
        let (values, drafts) = rows.into_iter().unzip();
        let key = UpsertKey { field: field.name().to_owned(), values };
        work.upsert(name, &key, drafts, body.options)
    })?;
    Ok(answer(&results, true))
}

fn keyed_row(
    work: &mut Work<'_, '_, '_>,
    object: &ObjectSchema,
    field: &FieldSchema,
    row: &Map<String, Json>,
) -> Result<(String, (Value, RecordDraft))> {
    let by_id = field.name() == "Id";
    if !by_id {
        draft::refuse_id(row, "The Id field should not be specified in the sobject data.")?;
    }
    let mut draft = draft::read(work, object, row)?;
    let value = if by_id { draft::id_of(row)?.into() } else { draft::take(&mut draft, field.ix).unwrap_or_default() };
    Ok((object.name().to_owned(), (value, draft)))
}

/// Whether a row's key names no record yet. A key that is none asks for nothing.
fn would_create(
    work: &mut Work<'_, '_, '_>,
    object: &ObjectSchema,
    field: &FieldSchema,
    row: &Map<String, Json>,
) -> Result<bool> {
    let given = row.iter().find(|(name, _)| name.eq_ignore_ascii_case(field.name())).map(|(_, json)| json);
    let Ok(value) = given.map_or(Ok(Value::Null), |json| values::from_json(field, json)) else { return Ok(false) };
    Ok(work.all_found_by(object, field, &value)?.is_empty())
}
