//! OAuth's token endpoint and revocation, over HTTP.

use crate::call::Call;
use crate::reply::Reply;
use axum::http::StatusCode;
use axum::http::header::PRAGMA;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use identity::{OAuthError, TokenRequest};
use model::Result;
use percent_encoding::percent_decode_str;

pub(crate) fn token(call: &Call) -> Result<Reply> {
    // From the body alone: what stands in an address ends up in logs.
    let form = form(&call.body);
    let granted =
        TokenRequest::from_form(&form, basic(call)).and_then(|request| call.shared.identities.token_grant(&request));
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

fn refused(error: &OAuthError) -> Reply {
    let status = StatusCode::from_u16(error.http_status()).unwrap_or(StatusCode::BAD_REQUEST);
    Reply::json(&error.to_json()).status(status)
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
