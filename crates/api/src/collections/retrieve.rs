//! `GET` and `POST /composite/sobjects/{object}`: records by their ids, `null` in the place of one that cannot be had.

use super::MOST_RETRIEVED;
use super::batch::check_count;
use crate::call::{Call, comma_list, required};
use crate::reply::Reply;
use crate::sobject::field_list;
use crate::work::Work;
use model::{Error, ErrorCode, RecordId, Result};
use platform::QueryOptions;
use platform::view::{self, Shape};
use serde_json::Value as Json;
use std::collections::HashMap;

pub(crate) fn retrieve_get(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    let ids = comma_list(required(call.query("ids"), "ids")?);
    let fields = required(call.query("fields"), "fields")?;
    retrieve(work, call, &ids, fields)
}

pub(crate) fn retrieve_post(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    let body = call.json_object()?;
    let list = |name: &str| -> Result<Vec<String>> {
        let missing =
            || Error::new(ErrorCode::MissingArgument, format!("The body needs a list of texts named {name}."));
        let Some(Json::Array(items)) = body.get(name) else { return Err(missing()) };
        items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(missing)).collect()
    };
    retrieve(work, call, &list("ids")?, &list("fields")?.join(","))
}

fn retrieve(work: &mut Work<'_, '_, '_>, call: &Call, ids: &[String], fields: &str) -> Result<Reply> {
    let object = call.object(work.ctx())?;
    check_count(ids.len(), MOST_RETRIEVED)?;
    let fields = field_list(fields)?;
    let ids: Vec<RecordId> = ids.iter().map(|id| RecordId::parse(id)).collect::<Result<_>>()?;
    let mut wanted: Vec<RecordId> = ids.iter().copied().filter(|id| id.prefix() == object.key_prefix()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let list: Vec<String> = wanted.iter().map(|id| format!("'{id}'")).collect();
    // A list must not be empty; no record has the id zero.
    let list = if list.is_empty() { format!("'{}'", RecordId::new(object.key_prefix(), 0)) } else { list.join(",") };
    let text = format!("SELECT {} FROM {} WHERE Id IN ({list})", fields.join(","), object.name());
    // At most a page: as many as may be asked for.
    let found = work.query(&text, QueryOptions { api_version: call.version, ..QueryOptions::default() })?;
    let plan = found.plan.plan();
    let shape = Shape::of(&plan.select);
    let by_id: HashMap<RecordId, _> = found.records().iter().map(|row| (row.id, row)).collect();
    let mut out = String::with_capacity(64 + by_id.len() * 200);
    for (at, id) in ids.iter().enumerate() {
        out.push(if at == 0 { '[' } else { ',' });
        match by_id.get(id) {
            Some(row) => view::record(&mut out, &plan.schema, call.base(), &shape, row),
            None => out.push_str("null"),
        }
    }
    out.push_str(if ids.is_empty() { "[]" } else { "]" });
    Ok(Reply::json_text(out))
}
