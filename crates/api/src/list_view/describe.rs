//! `listviews/{id}/describe`: what a list says, as a query and taken apart.

use super::{column, condition, named};
use crate::call::Call;
use crate::reply::Reply;
use model::Result;
use platform::Ctx;
use serde_json::{Value as Json, json};

pub(crate) fn describe(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let view = named(ctx, call)?;
    let said = ctx.list_view_said(view.id)?;
    let object = ctx.listed_object(&view.object)?;
    let order: Vec<Json> = said
        .order
        .iter()
        .map(|sort| {
            json!({
                "fieldNameOrPath": sort.path,
                "nullsPosition": if sort.nulls_last { "last" } else { "first" },
                "sortDirection": if sort.descending { "descending" } else { "ascending" },
            })
        })
        .collect();
    Ok(Reply::json(&json!({
        "columns": column::columns(ctx, object, &said),
        "id": view.id.to_string(),
        "orderBy": order,
        "query": said.query,
        "relatedEntityId": null,
        "scope": if view.scope() == "Mine" { "mine" } else { "everything" },
        "scopeEntityId": null,
        "sobjectType": object.name(),
        "whereCondition": said.condition.as_ref().map(condition::shown),
    })))
}
