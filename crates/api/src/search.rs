//! `GET /search?q=`: SOSL.

use crate::call::Call;
use crate::reply::Reply;
use model::{Error, ErrorCode, Result};
use platform::view;
use platform::{Ctx, QueryOptions};

pub(crate) fn run(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let text = call.query("q").filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| Error::new(ErrorCode::MalformedSearch, "A search string has to be specified"))?;
    answer(ctx, call, text)
}

/// Answers a search in SOSL.
pub(crate) fn answer(ctx: &Ctx, call: &Call, text: &str) -> Result<Reply> {
    let options = QueryOptions { api_version: call.version, ..QueryOptions::default() };
    let mut out = String::from("{\"searchRecords\":[");
    let mut first = true;
    for found in ctx.search(text, options)? {
        for row in &found.rows {
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            view::record(&mut out, ctx.schema(), call.base(), &found.shape, row);
        }
    }
    out.push_str("]}");
    Ok(Reply::json_text(out))
}
