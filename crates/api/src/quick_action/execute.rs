//! `POST quickActions/{name}`: the record is made.

use super::{beginnings, named};
use crate::call::Call;
use crate::draft;
use crate::reply::{self, Reply};
use crate::work::{Work, only};
use axum::http::StatusCode;
use model::{Error, ErrorCode, RecordId, Result};
use platform::SaveOptions;
use serde_json::{Map, Value as Json};

pub(crate) fn execute(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    let (action, object) = named(work.ctx(), call)?;
    let body = call.json_object()?;
    let context = match body.get("contextId") {
        None | Some(Json::Null) => None,
        Some(Json::String(text)) => Some(RecordId::parse(text.trim())?),
        Some(other) => return Err(Error::new(ErrorCode::MalformedId, format!("malformed id {other}"))),
    };
    let empty = Map::new();
    let record = match body.get("record") {
        None | Some(Json::Null) => &empty,
        Some(Json::Object(record)) => record,
        Some(_) => return Err(Error::new(ErrorCode::JsonParserError, "record must be a JSON object")),
    };
    draft::refuse_id(record, "cannot specify Id in an insert call")?;
    let mut draft = draft::read(work, object, record)?;
    for (field, value) in beginnings(work.ctx(), action, object, context) {
        if !draft.values.iter().any(|(given, _)| *given == field) {
            draft.values.push((field, value));
        }
    }
    let id = only(work.create(object.name(), vec![draft], SaveOptions::ALL)?)?.into_id()?;
    let mut saved = reply::saved(id);
    saved.insert("contextId".to_owned(), context.map(|id| id.to_string()).into());
    saved.insert("created".to_owned(), true.into());
    saved.insert("feedItemIds".to_owned(), Json::Array(Vec::new()));
    saved.insert("successMessage".to_owned(), Json::Null);
    Ok(Reply::json(&Json::Object(saved)).status(StatusCode::CREATED))
}
