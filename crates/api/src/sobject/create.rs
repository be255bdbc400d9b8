//! `POST /sobjects/{object}`

use crate::call::Call;
use crate::draft;
use crate::reply::{self, Reply};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use model::Result;
use platform::Ctx;
use serde_json::Value as Json;

pub(crate) fn create(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = call.object(ctx)?;
    let body = call.json_object()?;
    draft::refuse_id(&body, "cannot specify Id in an insert call")?;
    let id = ctx.record_create(object.name(), draft::read(ctx, object, &body)?)?;
    let address = format!("{}/sobjects/{}/{id}", call.base_path(), object.name());
    Ok(Reply::json(&Json::Object(reply::saved(id))).status(StatusCode::CREATED).header(LOCATION, address))
}
