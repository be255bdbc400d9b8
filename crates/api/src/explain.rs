//! `query?explain=`: how a query would be answered.

use crate::reply::Reply;
use model::{Error, RecordId, Result};
use platform::{Ctx, QueryOptions};
use serde_json::{Value as Json, json};

pub(crate) fn explain(ctx: &Ctx, text: &str, options: QueryOptions) -> Result<Reply> {
    let text = &match RecordId::parse(text.trim()) {
        Ok(id) => of_saved(ctx, id)?,
        Err(_) => text.to_owned(),
    };
    let found = ctx.query_explain(text, options)?;
    let object = ctx.schema().object(found.object);
    let fields: Vec<&str> = found.indexed.iter().map(|field| object.field(*field).name()).collect();
    // The share of the table that is read: all of it without an index.
    let share = if found.object_rows == 0 { 0.0 } else { found.rows as f64 / found.object_rows as f64 };
    let plan = json!({
        "cardinality": found.rows,
        "fields": fields,
        "leadingOperationType": if fields.is_empty() { "TableScan" } else { "Index" },
        "notes": Json::Array(Vec::new()),
        "relativeCost": if fields.is_empty() { 1.0 } else { share },
        "sobjectCardinality": found.object_rows,
        "sobjectType": object.name(),
    });
    Ok(Reply::json(&json!({"plans": [plan], "sourceQuery": text})))
}

/// The query behind a saved list, or the one by which a report asks for its records.
fn of_saved(ctx: &Ctx, id: RecordId) -> Result<String> {
    match ctx.schema().find_by_prefix(id.prefix()).map(|object| object.name()) {
        Some("ListView") => ctx.list_view_query(id),
        Some("Report") => app_reports::SavedReport::fetch(ctx, id)?.query_text(ctx),
        _ => Err(Error::not_found()),
    }
}
