//! Saved lists of an object's records: which there are, what each says, what it shows the caller.

mod column;
mod condition;
mod describe;
mod results;

pub(crate) use describe::describe;
pub(crate) use results::results;

use crate::call::Call;
use crate::reply::Reply;
use model::{Error, Result};
use platform::{Ctx, ListView};
use serde_json::{Value as Json, json};

/// `listviews`
pub(crate) fn list(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = ctx.listed_object(call.param("object")?)?;
    let views: Vec<Json> = ctx.list_views(object.name())?.iter().map(|view| brief(call, view)).collect();
    Ok(Reply::json(&json!({
        "done": true,
        "size": views.len(),
        "listviews": views,
        "nextRecordsUrl": null,
        "sobjectType": object.name(),
    })))
}

/// `listviews/{id}`
pub(crate) fn get(ctx: &Ctx, call: &Call) -> Result<Reply> {
    Ok(Reply::json(&brief(call, &named(ctx, call)?)))
}

/// The list in the path, one of the object's.
fn named(ctx: &Ctx, call: &Call) -> Result<ListView> {
    let object = ctx.listed_object(call.param("object")?)?;
    let view = ctx.list_view(call.id()?)?;
    if view.object.eq_ignore_ascii_case(object.name()) { Ok(view) } else { Err(Error::not_found()) }
}

fn brief(call: &Call, view: &ListView) -> Json {
    let address = format!("{}/sobjects/{}/listviews/{}", call.base_path(), view.object, view.id);
    json!({
        "describeUrl": format!("{address}/describe"),
        "developerName": view.developer_name,
        "id": view.id.to_string(),
        "label": view.name,
        "resultsUrl": format!("{address}/results"),
        "soqlCompatible": true,
        "url": address,
    })
}
