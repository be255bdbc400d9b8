//! Keys that the org's mail is signed with. For those who may customize the org.

use crate::call::Call;
use crate::reply::Reply;
use axum::http::StatusCode;
use model::{Error, ErrorCode, Result};
use platform::{Ctx, DkimAlgorithm, DkimKey};
use serde_json::{Value as Json, json};

const FIELDS: [&str; 3] = ["domain", "selector", "algorithm"];
/// The selector of who names none.
const SELECTOR: &str = "holdfast";

pub(crate) fn list(ctx: &Ctx, _call: &Call) -> Result<Reply> {
    let keys: Vec<Json> = ctx.dkim_keys()?.iter().map(said).collect();
    Ok(Reply::json(&json!({"keys": keys})))
}

pub(crate) fn create(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let body = call.json_object()?;
    if let Some(other) = body.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        let shown: String = other.chars().take(80).collect();
        let message = format!("No such field: {shown}. There are {}.", FIELDS.join(", "));
        return Err(Error::new(ErrorCode::InvalidField, message).with_field(shown));
    }
    let text = |name: &str| match body.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(Error::new(ErrorCode::JsonParserError, format!("{name} must be a text")).with_field(name)),
    };
    let algorithm = text("algorithm")?.unwrap_or(DkimAlgorithm::RsaSha256.as_str());
    let algorithm = DkimAlgorithm::find(algorithm).ok_or_else(|| {
        let message = "algorithm: choose rsa-sha256, which every receiver checks, or ed25519-sha256.";
        Error::new(ErrorCode::FieldIntegrityException, message).with_field("algorithm")
    })?;
    let key =
        ctx.dkim_key_create(text("domain")?.unwrap_or_default(), text("selector")?.unwrap_or(SELECTOR), algorithm)?;
    Ok(Reply::json(&said(&key)).status(StatusCode::CREATED))
}

pub(crate) fn delete(ctx: &Ctx, call: &Call) -> Result<Reply> {
    ctx.dkim_key_remove(call.param("key")?)?;
    Ok(Reply::no_content())
}

fn said(key: &DkimKey) -> Json {
    json!({
        "domain": key.domain,
        "selector": key.selector,
        "algorithm": key.algorithm.as_str(),
        "dnsName": key.dns_name,
        "dnsType": "TXT",
        "dnsValue": key.dns_value,
        "createdDate": key.created.to_string(),
    })
}
