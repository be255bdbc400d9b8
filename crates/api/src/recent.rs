//! Records that the caller looked at last.

use crate::call::Call;
use crate::reply::Reply;
use model::{Error, ErrorCode, ObjectSchema, Result};
use platform::{Ctx, RecentRecord};
use serde_json::{Value as Json, json};

const MOST: usize = 2000;
const USUAL: usize = 200;

pub(crate) fn list(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let limit = match call.query("limit") {
        None => USUAL,
        Some(text) => text.trim().parse().ok().filter(|limit| (1..=MOST).contains(limit)).ok_or_else(|| {
            Error::new(ErrorCode::NumberOutsideValidRange, format!("limit must be a whole number from 1 to {MOST}."))
        })?,
    };
    let records = ctx.records_recent(None, limit)?;
    Ok(Reply::json(&records.iter().map(|record| shown(ctx, call, record)).collect()))
}

/// Those of one object.
pub(crate) fn of_object(ctx: &Ctx, call: &Call, object: &ObjectSchema) -> Result<Json> {
    let records = ctx.records_recent(Some(object), USUAL)?;
    Ok(records.iter().map(|record| shown(ctx, call, record)).collect())
}

fn shown(ctx: &Ctx, call: &Call, record: &RecentRecord) -> Json {
    let object = ctx.schema().object(record.object);
    json!({
        "attributes": {"type": object.name(), "url": format!("{}/sobjects/{}/{}", call.base_path(), object.name(), record.id)},
        "Id": record.id.to_string(),
        object.name_field().name(): record.name,
    })
}
