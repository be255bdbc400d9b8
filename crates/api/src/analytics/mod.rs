//! The analytics API: reports and dashboards in Salesforce's form. What a report answers is made by the app; here it gets
//! its addresses.

pub(crate) mod dashboards;
mod file;
pub(crate) mod instances;
pub(crate) mod reports;
pub(crate) mod save;
pub(crate) mod types;

use crate::call::Call;
use app_reports::SavedReport;
use model::{Error, ErrorCode, Result};
use serde_json::{Map, Value as Json, json};

/// `/services/data/v60.0/analytics`
fn base(call: &Call) -> String {
    format!("{}/analytics", call.base_path())
}

/// What a report's own replies begin with.
fn attributes(call: &Call, saved: &SavedReport) -> Json {
    let url = format!("{}/reports/{}", base(call), saved.id);
    json!({
        "type": "Report",
        "reportId": saved.id.to_string(),
        "reportName": saved.name,
        "describeUrl": format!("{url}/describe"),
        "instancesUrl": format!("{url}/instances"),
    })
}

/// The `reportMetadata` of a body; none where the body is empty or has none.
fn metadata(call: &Call) -> Result<Option<Map<String, Json>>> {
    if call.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    match call.json_object()?.remove("reportMetadata") {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Object(metadata)) => Ok(Some(metadata)),
        Some(_) => Err(Error::new(ErrorCode::JsonParserError, "reportMetadata must be a JSON object.")),
    }
}

/// `metadata`, where there must be one.
fn needed_metadata(call: &Call) -> Result<Map<String, Json>> {
    metadata(call)?.ok_or_else(|| Error::new(ErrorCode::MissingArgument, "The body needs a reportMetadata."))
}

/// `true` or `false` in a parameter; none where it is left out.
fn flag(call: &Call, name: &str) -> Result<Option<bool>> {
    match call.query(name).map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(_) => Err(Error::new(ErrorCode::MissingArgument, format!("The parameter {name} is true or false."))),
    }
}
