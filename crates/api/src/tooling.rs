//! The tooling API has no objects here; clients ask it for some to find out what kind of org this is.

use crate::call::Call;
use crate::reply::Reply;
use model::{Error, ErrorCode, Result};
use platform::{Ctx, QueryOptions};
use serde_json::json;

/// `tooling`
pub(crate) fn resources(_ctx: &Ctx, call: &Call) -> Result<Reply> {
    let address = |name: &str| format!("{}/tooling/{name}", call.base_path());
    Ok(Reply::json(&json!({"query": address("query"), "sobjects": address("sobjects")})))
}

/// `tooling/query`: a query that can be read asks for an object that is not there.
pub(crate) fn query(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let text = call.query("q").filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| Error::new(ErrorCode::MalformedQuery, "A query string has to be specified"))?;
    let options = QueryOptions { api_version: call.version, ..QueryOptions::default() };
    if let Err(error) = ctx.plan(text, options)
        && error.code() == ErrorCode::MalformedQuery
    {
        return Err(error);
    }
    let mut words = text.split_whitespace().skip_while(|word| !word.eq_ignore_ascii_case("from"));
    Err(unknown(words.nth(1).unwrap_or("?")))
}

/// `tooling/sobjects`
pub(crate) fn sobjects(_ctx: &Ctx, _call: &Call) -> Result<Reply> {
    Ok(Reply::json(&json!({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": []})))
}

/// Everything of one object: it is not there.
pub(crate) fn sobject(_ctx: &Ctx, call: &Call) -> Result<Reply> {
    Err(unknown(call.param("tool")?))
}

fn unknown(object: &str) -> Error {
    let shown: String = object.chars().take(80).collect();
    Error::new(
        ErrorCode::InvalidType,
        format!("sObject type '{shown}' is not supported. The tooling API has no objects in this org."),
    )
}
