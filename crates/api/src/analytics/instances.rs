//! Reports run in the background. What was answered is told to who asked, while they may still see and run the report.

use super::{base, flag, metadata};
use crate::call::Call;
use crate::reply::Reply;
use app_reports::SavedReport;
use model::{Error, ErrorCode, KeyPrefix, RecordId, Result};
use platform::{Ctx, ReportInstanceRow, ReportInstanceState, SystemPermission};
use serde_json::{Map, Value as Json, json};

const PREFIX: KeyPrefix = KeyPrefix::known("0LG");

fn id_of(row: &ReportInstanceRow) -> String {
    RecordId::new(PREFIX, row.number).to_string()
}

/// What is told of every run.
fn shown(call: &Call, row: &ReportInstanceRow) -> Json {
    json!({
        "id": id_of(row),
        "status": row.state.as_str(),
        "url": format!("{}/reports/{}/instances/{}", base(call), row.report, id_of(row)),
        "ownerId": row.user.to_string(),
        "hasDetailRows": row.has_details,
        "queryable": false,
        "requestDate": row.requested.to_string(),
        "completionDate": row.completed.map(|at| at.to_string()),
    })
}

/// The report in the path, if the caller may run it.
fn report(ctx: &Ctx, call: &Call) -> Result<SavedReport> {
    let saved = SavedReport::fetch(ctx, call.id()?)?;
    ctx.require(SystemPermission::RunReports)?;
    Ok(saved)
}

pub(crate) fn start(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = report(ctx, call)?;
    let change = metadata(call)?;
    // What cannot be asked is refused now and not later.
    let asked = change.as_ref().map(|change| saved.changed(change)).transpose()?;
    let own = asked.as_ref().map_or(saved.definition.has_detail_rows, |asked| asked.definition.has_detail_rows);
    let details = flag(call, "includeDetails")?.unwrap_or(own && change.is_some());
    let question = change.map_or_else(String::new, |change| Json::Object(change).to_string());
    let row = ctx.report_instance_start(saved.id, details, &question)?;
    Ok(Reply::json(&shown(call, &row)))
}

pub(crate) fn list(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = report(ctx, call)?;
    let rows = ctx.report_instances(saved.id)?;
    Ok(Reply::json(&rows.iter().map(|row| shown(call, row)).collect()))
}

/// The run in the path, of the report in the path.
fn instance(ctx: &Ctx, call: &Call, saved: &SavedReport) -> Result<(ReportInstanceRow, String)> {
    let id = RecordId::parse(call.param("instance")?)?;
    if id.prefix() != PREFIX {
        return Err(Error::not_found());
    }
    let (row, answer) = ctx.report_instance(id.sequence())?;
    if row.report == saved.id { Ok((row, answer)) } else { Err(Error::not_found()) }
}

pub(crate) fn get(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = report(ctx, call)?;
    let (row, answer) = instance(ctx, call, &saved)?;
    // What was answered is told while the same question would be answered now, to somebody with the same rights.
    if row.state == ReportInstanceState::Success {
        ctx.report_instance_check(&row)?;
        saved.check_question(ctx, &row.question)?;
    }
    let mut attributes = json!({
        "type": "ReportInstance",
        "id": id_of(&row),
        "reportId": saved.id.to_string(),
        "reportName": saved.name,
        "ownerId": row.user.to_string(),
        "status": row.state.as_str(),
        "queryable": false,
        "requestDate": row.requested.to_string(),
        "completionDate": row.completed.map(|at| at.to_string()),
    });
    let mut reply = Map::new();
    let answer: Json =
        if answer.is_empty() { Json::Null } else { serde_json::from_str(&answer).map_err(Error::internal)? };
    match (row.state, answer) {
        (ReportInstanceState::Success, Json::Object(answer)) => reply.extend(answer),
        (ReportInstanceState::Error, answer) => {
            attributes["errorCode"] = answer["errorCode"].clone();
            attributes["errorMessage"] = answer["message"].clone();
        }
        _ => {}
    }
    reply.insert("attributes".to_owned(), attributes);
    Ok(Reply::json(&Json::Object(reply)))
}

pub(crate) fn delete(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = report(ctx, call)?;
    let (row, _) = instance(ctx, call, &saved)?;
    if !row.state.is_over() {
        let message = "The report is still running; its result can be deleted when it is done.";
        return Err(Error::new(ErrorCode::InsufficientAccessOrReadonly, message));
    }
    ctx.report_instance_delete(row.number)?;
    Ok(Reply::no_content())
}
