//! `/sobjects/User/{id}/password`: whether a password has run out, setting one, giving a new one.

use crate::call::Call;
use crate::reply::Reply;
use model::{Error, ErrorCode, RecordId, Result};
use platform::Ctx;
use serde_json::{Value as Json, json};

/// Passwords do not run out here.
pub(crate) fn get(ctx: &Ctx, call: &Call) -> Result<Reply> {
    user(ctx, call)?;
    Ok(Reply::json(&json!({"isExpired": false})))
}

pub(crate) fn set(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let user = user(ctx, call)?;
    let body = call.json_object()?;
    let given = body.iter().find(|(name, _)| name.eq_ignore_ascii_case("NewPassword")).map(|(_, value)| value);
    let Some(Json::String(password)) = given else {
        return Err(Error::new(ErrorCode::MissingArgument, "The body needs a text named NewPassword.")
            .with_field("NewPassword"));
    };
    call.shared.identities.password_set_by(ctx, user, password)?;
    Ok(Reply::no_content())
}

pub(crate) fn reset(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let password = call.shared.identities.password_reset_by(ctx, user(ctx, call)?)?;
    Ok(Reply::json(&json!({"NewPassword": password})))
}

/// The user in the path, whom the caller can see.
fn user(ctx: &Ctx, call: &Call) -> Result<RecordId> {
    let id = call.id()?;
    let users = ctx.object("User")?;
    if ctx.readable_among(users, &[id])?.is_empty() { Err(Error::not_found()) } else { Ok(id) }
}
