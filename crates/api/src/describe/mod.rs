//! Metadata as clients read it: what each object and field is, and what this caller may do with it. Every flag says
//! what query and write accept.

mod field;
mod global;
mod object;
mod relationship;

use crate::call::Call;
use crate::condition::{self, Version};
use crate::recent;
use crate::reply::Reply;
use model::Result;
use platform::Ctx;
use serde_json::json;

pub(crate) use field::describe as describe_field;
pub(crate) use object::record_types;

pub(crate) fn global(ctx: &Ctx, call: &Call) -> Result<Reply> {
    Ok(Reply::json(&global::describe(ctx, call)))
}

pub(crate) fn object(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let body = object::describe(ctx, call, call.object(ctx)?)?.to_string();
    condition::answer(call, Version::of(None, &body), body)
}

/// The brief form and what the caller looked at last.
pub(crate) fn summary(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = call.object(ctx)?;
    let recent = recent::of_object(ctx, call, object)?;
    Ok(Reply::json(&json!({"objectDescribe": global::brief(ctx, call, object), "recentItems": recent})))
}
