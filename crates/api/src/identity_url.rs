//! Who the caller is: `/id/{org}/{user}` and `/services/oauth2/userinfo`.

use crate::call::Call;
use crate::reply::Reply;
use model::{Error, OrgId, RecordId, Result};
use platform::Ctx;
use serde_json::{Value as Json, json};

/// The identity service. Only one's own identity is told.
pub(crate) fn identity(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let org = OrgId::parse(call.param("org")?).map_err(|_| Error::not_found())?;
    let user = RecordId::parse(call.param("user")?).map_err(|_| Error::not_found())?;
    if org != ctx.org().id() || Some(user) != ctx.user_id() {
        return Err(Error::not_found());
    }
    let profile = ctx.user();
    Ok(Reply::json(&json!({
        "id": identity_url(&call.shared.public_url, org, user),
        "asserted_user": true,
        "user_id": user.to_string(),
        "organization_id": org.to_string(),
        "username": profile.username,
        "nick_name": profile.username,
        "display_name": profile.name,
        "email": profile.email,
        "email_verified": true,
        "first_name": profile.first_name,
        "last_name": last_name(ctx),
        "timezone": profile.zone_name,
        "photos": {},
        "active": profile.active,
        "user_type": "STANDARD",
        "language": profile.language,
        "locale": profile.locale,
        "utcOffset": offset_ms(ctx),
        "is_app_installed": true,
        "urls": urls(call, ctx),
    })))
}

/// OpenID Connect's claims of the caller.
pub(crate) fn user_info(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let (profile, org) = (ctx.user(), ctx.org().id());
    Ok(Reply::json(&json!({
        "sub": identity_url(&call.shared.public_url, org, profile.id),
        "user_id": profile.id.to_string(),
        "organization_id": org.to_string(),
        "preferred_username": profile.username,
        "nickname": profile.username,
        "name": profile.name,
        "email": profile.email,
        "email_verified": true,
        "given_name": profile.first_name,
        "family_name": last_name(ctx),
        "zoneinfo": profile.zone_name,
        "photos": {},
        "profile": format!("{}/{}", call.shared.public_url, profile.id),
        "picture": null,
        "address": {},
        "is_salesforce_integration_user": false,
        "urls": urls(call, ctx),
        "active": profile.active,
        "user_type": "STANDARD",
        "language": profile.language,
        "locale": profile.locale,
        "utcOffset": offset_ms(ctx),
    })))
}

pub(crate) fn identity_url(public_url: &str, org: OrgId, user: RecordId) -> String {
    format!("{public_url}/id/{org}/{user}")
}

/// Addresses of the services; `{version}` is for the client to fill in.
fn urls(call: &Call, ctx: &Ctx) -> Json {
    let url = &call.shared.public_url;
    let short = ctx.org().id().record_id().to_short();
    json!({
        "partner": format!("{url}/services/Soap/u/{{version}}/{short}"),
        "rest": format!("{url}/services/data/v{{version}}/"),
        "sobjects": format!("{url}/services/data/v{{version}}/sobjects/"),
        "search": format!("{url}/services/data/v{{version}}/search/"),
        "query": format!("{url}/services/data/v{{version}}/query/"),
        "recent": format!("{url}/services/data/v{{version}}/recent/"),
        "profile": format!("{url}/{}", ctx.user().id),
        "custom_domain": url,
    })
}

/// The full name without the first name in front.
fn last_name(ctx: &Ctx) -> String {
    let profile = ctx.user();
    profile.name.strip_prefix(&profile.first_name).unwrap_or(&profile.name).trim().to_owned()
}

/// How far the user's clock is ahead of UTC now.
fn offset_ms(ctx: &Ctx) -> i64 {
    i64::from(ctx.user().zone.to_offset(ctx.now().to_timestamp()).seconds()) * 1000
}
