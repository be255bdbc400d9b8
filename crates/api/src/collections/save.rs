//! `POST` and `PATCH /composite/sobjects`

use super::batch::{Draft, Rows, answer, read_body};
use crate::call::Call;
use crate::draft;
use crate::reply::Reply;
use crate::work::Work;
use model::{Error, ErrorCode, Result};
use platform::Ctx;
use serde_json::{Map, Value as Json};

pub(crate) fn create(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    let body = read_body(call)?;
    let rows = Rows::read(&body.records, body.options, |row| new_row(work, row));
    let results = rows.save(work, |work, object, drafts| work.create(object, drafts, body.options))?;
    Ok(answer(&results, false))
}

pub(crate) fn update(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    let body = read_body(call)?;
    let rows = Rows::read(&body.records, body.options, |row| changed_row(work, row));
    let results = rows.save(work, |work, object, drafts| work.update(object, drafts, body.options))?;
    Ok(answer(&results, false))
}

fn new_row(work: &mut Work<'_, '_, '_>, row: &Map<String, Json>) -> Result<Draft> {
    let object = object_of_row(work.ctx(), row)?;
    draft::refuse_id(row, "cannot specify Id in an insert call")?;
    Ok((object.name().to_owned(), draft::read(work, object, row)?))
}

fn changed_row(work: &mut Work<'_, '_, '_>, row: &Map<String, Json>) -> Result<Draft> {
    let object = object_of_row(work.ctx(), row)?;
    let id = draft::id_of(row)?
        .ok_or_else(|| Error::new(ErrorCode::MissingArgument, "Id not specified in an update call").with_field("Id"))?;
    let mut draft = draft::read(work, object, row)?;
    draft.id = Some(id);
    Ok((object.name().to_owned(), draft))
}

fn object_of_row<'a>(ctx: &'a Ctx, row: &Map<String, Json>) -> Result<&'a model::ObjectSchema> {
    let name = draft::type_of(row)?;
    let shown: String = name.chars().take(80).collect();
    ctx.object(name)
        .map_err(|_| Error::new(ErrorCode::InvalidType, format!("sObject type '{shown}' is not supported.")))
}
