//! What the service itself is: its versions, the resources of a version, its limits, the parts it does not have.

use crate::call::Call;
use crate::reply::Reply;
use crate::usage::DAILY_REQUESTS;
use crate::{openapi, version};
use model::{Error, ErrorCode, Result, Zone};
use platform::Ctx;
use serde_json::{Map, Value as Json, json};

/// What a limit without a bound of ours reports: the largest number that every client reads.
const UNBOUNDED: i64 = 2_147_483_647;

pub(crate) fn versions(_call: &Call) -> Result<Reply> {
    Ok(Reply::json(&Json::Array(version::list())))
}

pub(crate) fn openapi(call: &Call) -> Result<Reply> {
    Ok(Reply::json(&openapi::document(&call.shared.public_url)))
}

/// Resource → path; `identity` is a full address.
pub(crate) fn resources(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let mut resources = Map::new();
    for name in ["limits", "query", "queryAll", "recent", "search", "sobjects", "tooling"] {
        resources.insert(name.to_owned(), format!("{}/{name}", call.base_path()).into());
    }
    resources.insert("jobs".to_owned(), format!("{}/jobs", call.base_path()).into());
    resources.insert("composite".to_owned(), format!("{}/composite", call.base_path()).into());
    if let Some(user) = ctx.user_id() {
        let identity = format!("{}/id/{}/{user}", call.shared.public_url, ctx.org().id());
        resources.insert("identity".to_owned(), identity.into());
    }
    Ok(Reply::json(&Json::Object(resources)))
}

pub(crate) fn limits(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let used = call.shared.usage.used(ctx.org().id(), ctx.now().date_in(&Zone::UTC));
    Ok(Reply::json(&json!({
        "DailyApiRequests": {"Max": DAILY_REQUESTS, "Remaining": DAILY_REQUESTS.saturating_sub(used)},
        "DailyBulkApiBatches": {"Max": UNBOUNDED, "Remaining": UNBOUNDED},
        "DailyBulkApiRequests": {"Max": UNBOUNDED, "Remaining": UNBOUNDED},
        "DailyBulkV2QueryJobs": {"Max": UNBOUNDED, "Remaining": UNBOUNDED},
        "DataStorageMB": {"Max": UNBOUNDED, "Remaining": UNBOUNDED},
        "FileStorageMB": {"Max": UNBOUNDED, "Remaining": UNBOUNDED},
    })))
}

/// The tooling API has no objects here; clients ask it for some to find out what kind of org this is.
pub(crate) fn tooling_query(_ctx: &Ctx, call: &Call) -> Result<Reply> {
    let text = call.query("q").filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| Error::new(ErrorCode::MalformedQuery, "A query string has to be specified"))?;
    let mut words = text.split_whitespace().skip_while(|word| !word.eq_ignore_ascii_case("from"));
    let object: String = words.nth(1).unwrap_or("?").chars().take(80).collect();
    Err(Error::new(
        ErrorCode::InvalidType,
        format!("sObject type '{object}' is not supported. The tooling API has no objects in this org."),
    ))
}
