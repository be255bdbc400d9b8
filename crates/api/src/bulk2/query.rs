//! `jobs/query`: a query that is answered in the background, its rows fetched in pages of the client's choice.

use super::{CSV, job};
use crate::call::Call;
use crate::reply::Reply;
use axum::http::header::HeaderName;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use model::{Error, ErrorCode, Result};
use platform::{BulkJobKind, BulkJobState, Ctx};
use serde_json::Value as Json;

const KIND: BulkJobKind = BulkJobKind::V2Query;
const LOCATOR: HeaderName = HeaderName::from_static("sforce-locator");
const COUNT: HeaderName = HeaderName::from_static("sforce-numberofrecords");
/// What the last page says in place of a locator.
const NO_MORE: &str = "null";

pub(crate) fn create(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let body = call.json_object()?;
    let text = job::text(&body, "query")?
        .ok_or_else(|| Error::new(ErrorCode::MalformedQuery, "A query string has to be specified"))?;
    let made = ctx.bulk_query(job::terms(call, &body)?, text)?;
    Ok(Reply::json(&Json::Object(job::short(&made))))
}

pub(crate) fn list(ctx: &Ctx, call: &Call) -> Result<Reply> {
    job::list(ctx, call, KIND, "query")
}

pub(crate) fn get(ctx: &Ctx, call: &Call) -> Result<Reply> {
    job::get(ctx, call, KIND)
}

pub(crate) fn change(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let id = job::id(call)?;
    match job::wanted_state(call)? {
        BulkJobState::Aborted => Ok(Reply::json(&Json::Object(job::short(&ctx.bulk_abort(id, KIND)?)))),
        _ => Err(Error::new(ErrorCode::InvalidJobState, "state: a query can only be Aborted.").with_field("state")),
    }
}

pub(crate) fn remove(ctx: &Ctx, call: &Call) -> Result<Reply> {
    job::remove(ctx, call, KIND)
}

pub(crate) fn results(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let most =
        call.query("maxRecords").map(|text| text.parse().ok().filter(|most| *most > 0)).map(|most: Option<u64>| {
            most.ok_or_else(|| {
                Error::new(ErrorCode::NumberOutsideValidRange, "maxRecords must be a whole number above 0.")
            })
        });
    let from = match call.query("locator").filter(|locator| *locator != NO_MORE) {
        Some(locator) => read_locator(locator)?,
        None => 0,
    };
    let page = ctx.bulk_query_results(job::id(call)?, from, most.transpose()?)?;
    let locator = page.next.map_or_else(|| NO_MORE.to_owned(), write_locator);
    let count = page.count.to_string();
    Ok(Reply::rows(CSV, Box::new(page.rows)).header(LOCATOR, locator).header(COUNT, count))
}

fn write_locator(row: u64) -> String {
    BASE64.encode(row.to_string())
}

fn read_locator(text: &str) -> Result<u64> {
    let row = BASE64.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok());
    row.ok_or_else(|| Error::new(ErrorCode::InvalidQueryLocator, "invalid query locator"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locator_survives_the_address() {
        assert_eq!(read_locator(&write_locator(250_000)).expect("well formed"), 250_000);
        for text in ["", "x", "null!", "LTE"] {
            assert!(read_locator(text).is_err(), "{text}");
        }
    }
}
