//! `POST /sobjects/{object}`

use crate::call::Call;
use crate::draft;
use crate::reply::{self, Reply};
use crate::work::{Work, only};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use model::Result;
use platform::SaveOptions;
use serde_json::Value as Json;

pub(crate) fn create(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    let object = call.object(work.ctx())?;
    let draft = draft::of_call(work, call, object, "cannot specify Id in an insert call")?;
    let id = only(work.create(object.name(), vec![draft], SaveOptions::ALL)?)?.into_id()?;
    let address = format!("{}/sobjects/{}/{id}", call.base_path(), object.name());
    Ok(Reply::json(&Json::Object(reply::saved(id))).status(StatusCode::CREATED).header(LOCATION, address))
}
