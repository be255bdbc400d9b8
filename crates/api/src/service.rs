//! What the service itself is: its versions, the resources of a version, its limits, the parts it does not have.

use crate::call::Call;
use crate::reply::Reply;
use crate::{openapi, version};
use model::{ObjectSchema, Result, Zone};
use platform::{Ctx, QueryOptions};
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
    for name in [
        "compactLayouts",
        "composite",
        "jobs",
        "limits",
        "parameterizedSearch",
        "query",
        "queryAll",
        "quickActions",
        "recent",
        "search",
        "sobjects",
        "tabs",
        "theme",
        "tooling",
    ] {
        resources.insert(name.to_owned(), format!("{}/{name}", call.base_path()).into());
    }
    if let Some(user) = ctx.user_id() {
        let identity = format!("{}/id/{}/{user}", call.shared.public_url, ctx.org().id());
        resources.insert("identity".to_owned(), identity.into());
    }
    Ok(Reply::json(&Json::Object(resources)))
}

pub(crate) fn limits(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let used = call.shared.usage.used(ctx.org().id(), ctx.now().date_in(&Zone::UTC));
    let most = call.shared.usage.limits().requests_per_day;
    Ok(Reply::json(&json!({
        "DailyApiRequests": {"Max": most, "Remaining": most.saturating_sub(used)},
        "DailyBulkApiBatches": {"Max": UNBOUNDED, "Remaining": UNBOUNDED},
        "DailyBulkApiRequests": {"Max": UNBOUNDED, "Remaining": UNBOUNDED},
        "DailyBulkV2QueryJobs": {"Max": UNBOUNDED, "Remaining": UNBOUNDED},
        "DataStorageMB": {"Max": UNBOUNDED, "Remaining": UNBOUNDED},
        "FileStorageMB": {"Max": UNBOUNDED, "Remaining": UNBOUNDED},
    })))
}

/// How many records of each object the asker sees: of those that are named, or of all that can be queried.
pub(crate) fn record_counts(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let schema = ctx.schema();
    // Lists of children have no records of their own, and access to a record is told of one record at a time.
    let seen = |object: &ObjectSchema| {
        let counts = object.members().is_empty() && !object.def.computed;
        counts && ctx.object_permission(object.ix).read
    };
    let objects: Vec<&ObjectSchema> = match call.query("sObjects").filter(|names| !names.trim().is_empty()) {
        None => schema.objects().iter().filter(|object| seen(object)).collect(),
        // One that is not there for the asker has no count, as in the answer for all.
        Some(names) => {
            names.split(',').filter_map(|name| ctx.object(name.trim()).ok()).filter(|object| seen(object)).collect()
        }
    };
    let counts: Result<Vec<Json>> = objects
        .into_iter()
        .map(|object| {
            let answer = ctx.query(&format!("SELECT COUNT() FROM {}", object.name()), QueryOptions::default())?;
            Ok(json!({"count": answer.total, "name": object.name()}))
        })
        .collect();
    Ok(Reply::json(&json!({"sObjects": counts?})))
}
