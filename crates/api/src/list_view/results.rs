//! `listviews/{id}/results`: the rows of a list, their values as text.

use super::{column, named};
use crate::call::Call;
use crate::reply::Reply;
use model::{Error, ErrorCode, Result, Value};
use platform::{Ctx, QueryOptions, view};
use serde_json::{Value as Json, json};

const USUAL_ROWS: usize = 25;
const MOST_ROWS: usize = 2000;

pub(crate) fn results(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let list = named(ctx, call)?;
    let limit = number(call, "limit", USUAL_ROWS, 1)?;
    let offset = number(call, "offset", 0, 0)?;
    let said = ctx.list_view_said(list.id)?;
    let object = ctx.listed_object(&list.object)?;
    // One more than asked for tells whether there is more.
    let text = format!("{} LIMIT {} OFFSET {offset}", said.query, limit + 1);
    let options = QueryOptions { api_version: call.version, ..QueryOptions::default() };
    let (_, mut rows) = ctx.query_all_rows(&text, options)?;
    let done = rows.len() <= limit;
    rows.truncate(limit);
    let paths: Vec<&String> = said.columns.iter().chain(&said.hidden).collect();
    let records: Vec<Json> = rows
        .iter()
        .map(|row| {
            let cells = paths.iter().zip(&row.cells);
            let columns: Vec<Json> =
                cells.map(|(path, cell)| json!({"fieldNameOrPath": path, "value": text_of(cell.value())})).collect();
            json!({"columns": columns})
        })
        .collect();
    Ok(Reply::json(&json!({
        "columns": column::columns(ctx, object, &said),
        "developerName": list.developer_name,
        "done": done,
        "id": list.id.to_string(),
        "label": list.name,
        "records": records,
        "size": rows.len(),
    })))
}

/// A value in the form of the JSON API, as text.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Text(text) => Some(text.clone()),
        other => {
            let mut out = String::new();
            view::value(&mut out, other);
            Some(out.trim_matches('"').to_owned())
        }
    }
}

fn number(call: &Call, name: &str, usual: usize, least: usize) -> Result<usize> {
    let Some(text) = call.query(name) else { return Ok(usual) };
    text.trim().parse().ok().filter(|number| (least..=MOST_ROWS).contains(number)).ok_or_else(|| {
        let message = format!("{name} must be a whole number from {least} to {MOST_ROWS}.");
        Error::new(ErrorCode::NumberOutsideValidRange, message)
    })
}
