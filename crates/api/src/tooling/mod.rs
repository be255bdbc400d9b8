//! The tooling API: the custom objects, fields, validation rules and shared value lists of the org, as components that
//! are read, made, changed and deleted. Other tooling objects are not there, from which clients learn what kind of org
//! this is.

use crate::call::Call;
use crate::reply::Reply;
use axum::http::StatusCode;
use model::{Error, ErrorCode, RecordId, Result};
use platform::Ctx;
use platform::component::{Component, ComponentKind};
use serde_json::{Map, Value as Json, json};

/// `tooling`
pub(crate) fn resources(_ctx: &Ctx, call: &Call) -> Result<Reply> {
    let address = |name: &str| format!("{}/tooling/{name}", call.base_path());
    Ok(Reply::json(&json!({"query": address("query"), "sobjects": address("sobjects")})))
}

/// `tooling/query`
pub(crate) fn query(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let text = call.query("q").filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| Error::new(ErrorCode::MalformedQuery, "A query string has to be specified"))?;
    let answer = ctx.components_query(text)?;
    let rows = answer.rows.unwrap_or_default().into_iter();
    let records: Vec<Json> = rows.map(|(component, row)| with_attributes(call, &component, row)).collect();
    let size = answer.total;
    Ok(Reply::json(&json!({
        "size": size,
        "totalSize": size,
        "done": true,
        "queryLocator": null,
        "records": records,
    })))
}

/// `tooling/sobjects`
pub(crate) fn sobjects(_ctx: &Ctx, call: &Call) -> Result<Reply> {
    let objects = ComponentKind::ALL.map(|kind| told(call, kind));
    Ok(Reply::json(&json!({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects})))
}

fn told(call: &Call, kind: ComponentKind) -> Json {
    json!({
        "name": kind.name(),
        "label": kind.label(),
        "labelPlural": format!("{}s", kind.label()),
        "keyPrefix": kind.prefix().to_string(),
        "custom": false,
        "createable": true,
        "updateable": true,
        "deletable": true,
        "queryable": true,
        "urls": {"sobject": format!("{}/tooling/sobjects/{}", call.base_path(), kind.name())},
    })
}

/// `tooling/sobjects/{tool}`
pub(crate) fn sobject(_ctx: &Ctx, call: &Call) -> Result<Reply> {
    Ok(Reply::json(&json!({"objectDescribe": told(call, kind_of(call)?), "recentItems": []})))
}

/// `tooling/sobjects/{tool}`, to make one.
pub(crate) fn create(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let kind = kind_of(call)?;
    let body = call.json_object()?;
    let full_name = full_name(&body)?.ok_or_else(|| missing("FullName", "a text"))?;
    let id = ctx.component_create(kind, full_name, metadata(&body)?)?;
    let reply = json!({"id": id.to_string(), "success": true, "errors": [], "warnings": [], "infos": []});
    Ok(Reply::json(&reply).status(StatusCode::CREATED))
}

/// `tooling/sobjects/{tool}/{tool_part}`, where the part is an id.
pub(crate) fn get(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let component = named(ctx, call)?;
    let mut row = ctx.component_row(&component)?;
    row.insert("Metadata".to_owned(), ctx.component_told(&component)?);
    Ok(Reply::json(&with_attributes(call, &component, row)))
}

/// `tooling/sobjects/{tool}/{tool_part}`: all that it says is replaced.
pub(crate) fn change(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let component = named(ctx, call)?;
    let body = call.json_object()?;
    ctx.component_change(&component, full_name(&body)?, metadata(&body)?)?;
    Ok(Reply::no_content())
}

/// `tooling/sobjects/{tool}/{tool_part}`
pub(crate) fn delete(ctx: &Ctx, call: &Call) -> Result<Reply> {
    ctx.component_delete(&named(ctx, call)?)?;
    Ok(Reply::no_content())
}

/// The component in the path.
fn named(ctx: &Ctx, call: &Call) -> Result<Component> {
    let kind = kind_of(call)?;
    ctx.component(kind, RecordId::parse(call.param("tool_part")?)?)
}

fn kind_of(call: &Call) -> Result<ComponentKind> {
    ComponentKind::named(call.param("tool")?)
}

fn with_attributes(call: &Call, component: &Component, row: Map<String, Json>) -> Json {
    let tool = component.kind.name();
    let url = format!("{}/tooling/sobjects/{tool}/{}", call.base_path(), component.id);
    let mut whole = Map::new();
    whole.insert("attributes".to_owned(), json!({"type": tool, "url": url}));
    whole.extend(row);
    Json::Object(whole)
}

fn word<'a>(body: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    body.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn full_name(body: &Map<String, Json>) -> Result<Option<&str>> {
    match word(body, "FullName") {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(name)) => Ok(Some(name)),
        Some(_) => Err(missing("FullName", "a text")),
    }
}

fn metadata(body: &Map<String, Json>) -> Result<&Json> {
    word(body, "Metadata").filter(|said| said.is_object()).ok_or_else(|| missing("Metadata", "an object"))
}

fn missing(word: &str, what: &str) -> Error {
    let message = format!("Required fields are missing: [{word}]. It is {what}.");
    Error::new(ErrorCode::RequiredFieldMissing, message).with_field(word)
}
