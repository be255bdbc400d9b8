//! OAuth's token endpoint, revocation and introspection over HTTP, and the way from a token to the pages.

use crate::call::Call;
use crate::reply::Reply;
use axum::http::StatusCode;
use axum::http::header::{PRAGMA, RETRY_AFTER};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use identity::{OAuthError, TokenRequest};
use model::Result;
use percent_encoding::percent_decode_str;
use platform::Ctx;

pub(crate) fn token(call: &Call) -> Result<Reply> {
    // From the body alone: what stands in an address ends up in logs.
    let form = form(&call.body);
    let granted =
        TokenRequest::from_form(&form, basic(call)).and_then(|request| call.identities().token_grant(&request));
    match granted {
        Ok(reply) => Ok(Reply::json(&reply.to_json(&call.shared.public_url)?).header(PRAGMA, "no-cache")),
        Err(error) => Ok(refused(&error)),
    }
}

/// Ends the session of a token. Tokens that are unknown answer as those that were ended.
pub(crate) fn revoke(call: &Call) -> Result<Reply> {
    let form = form(&call.body);
    let in_form = form.iter().find(|(name, _)| name == "token").map(|(_, value)| value.as_str());
    match in_form.or_else(|| call.query("token")).filter(|token| !token.is_empty()) {
        Some(token) => {
            call.shared.identities.revoke(token)?;
            Ok(Reply::empty())
        }
        None => {
            let body = serde_json::json!({"error": "invalid_request", "error_description": "token is missing"});
            Ok(Reply::json(&body).status(StatusCode::BAD_REQUEST))
        }
    }
}

/// What a token is worth, for the client that it was given to.
pub(crate) fn introspect(call: &Call) -> Result<Reply> {
    let form = form(&call.body);
    let given = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let (client, secret) = match basic(call) {
        Some((client, secret)) => (client, Some(secret)),
        None => (given("client_id").unwrap_or_default().to_owned(), given("client_secret").map(str::to_owned)),
    };
    let token = given("token").unwrap_or_default();
    match call.identities().token_introspect(&client, secret.as_deref(), token) {
        Ok(answer) => Ok(Reply::json(&answer).header(PRAGMA, "no-cache")),
        Err(error) => Ok(refused(&error)),
    }
}

/// An address that opens the pages in the browser of the caller's user, once.
pub(crate) fn single_access(_ctx: &Ctx, call: &Call) -> Result<Reply> {
    let session = call.shared.identities.authenticate(call.bearer().unwrap_or_default())?;
    let ticket = call.shared.identities.front_door_ticket(&session)?;
    let form = form(&call.body);
    let in_form = form.iter().find(|(name, _)| name == "redirect_uri").map(|(_, value)| value.as_str());
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("otp", &ticket);
    if let Some(to) = in_form.or_else(|| call.query("redirect_uri")) {
        query.append_pair("startURL", to);
    }
    let address = format!("{}/secur/frontdoor.jsp?{}", call.shared.public_url, query.finish());
    Ok(Reply::json(&serde_json::json!({ "frontdoor_uri": address })).header(PRAGMA, "no-cache"))
}

fn refused(error: &OAuthError) -> Reply {
    let status = StatusCode::from_u16(error.http_status()).unwrap_or(StatusCode::BAD_REQUEST);
    let reply = Reply::json(&error.to_json()).status(status);
    match error.retry_after_s {
        Some(seconds) => reply.header(RETRY_AFTER, seconds.to_string()),
        None => reply,
    }
}

fn form(body: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

/// Client id and secret from HTTP Basic, each percent-encoded (RFC 6749, section 2.3.1).
fn basic(call: &Call) -> Option<(String, String)> {
    let (scheme, encoded) = call.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |text: &str| percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned());
    Some((decode(id)?, decode(secret)?))
}
