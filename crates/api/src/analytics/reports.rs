//! Reports: the list, what one asks, and what it answers.

use super::{attributes, base, file, flag, metadata, needed_metadata};
use crate::call::Call;
use crate::reply::Reply;
use app_reports::{ReportChange, ReportMetadata, ReportRun, RunOptions, SavedReport, wire};
use model::{Error, RecordId, Result};
use platform::{Ctx, QueryOptions, ReportFileFormat};
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;

/// The most entries of a list.
const LISTED: usize = 200;

pub(crate) fn list(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let shown = recent(ctx, "Report")?.into_iter().map(|(id, name)| {
        let url = format!("{}/reports/{id}", base(call));
        json!({
            "id": id.to_string(),
            "name": name,
            "url": url,
            "describeUrl": format!("{url}/describe"),
            "instancesUrl": format!("{url}/instances"),
        })
    });
    Ok(Reply::json(&shown.collect()))
}

/// What the caller looked at last, then what changed last.
pub(super) fn recent(ctx: &Ctx, object: &str) -> Result<Vec<(RecordId, String)>> {
    let schema = ctx.object(object)?;
    let seen = ctx.records_recent(Some(schema), LISTED)?;
    let mut listed: Vec<(RecordId, String)> = seen.into_iter().map(|record| (record.id, record.name)).collect();
    let known: HashSet<RecordId> = listed.iter().map(|(id, _)| *id).collect();
    let text = format!("SELECT Name FROM {object} ORDER BY LastModifiedDate DESC, Id LIMIT {LISTED}");
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
    let rest = rows.into_iter().filter(|row| !known.contains(&row.id));
    listed.extend(rest.map(|row| (row.id, row.cells[0].value().to_plain())));
    listed.truncate(LISTED);
    Ok(listed)
}

/// Runs a report. With a body, with some of its properties replaced for this once.
pub(crate) fn run(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = SavedReport::fetch(ctx, call.id()?)?;
    ctx.record_viewed(saved.id)?;
    let details = flag(call, "includeDetails")?;
    let change = metadata(call)?;
    if let Some(format) = file::asked(call) {
        return as_file(ctx, &saved, change.as_ref(), details, format);
    }
    let answer = answer(ctx, &saved, change.as_ref(), details)?;
    let mut reply = Map::new();
    reply.insert("attributes".to_owned(), attributes(call, &saved));
    reply.extend(answer);
    Ok(Reply::json(&Json::Object(reply)))
}

/// What a report answers, as a file. It shows records where the report does, unless the caller says otherwise.
fn as_file(
    ctx: &Ctx,
    saved: &SavedReport,
    change: Option<&Map<String, Json>>,
    details: Option<bool>,
    format: ReportFileFormat,
) -> Result<Reply> {
    let options = RunOptions { details, ..RunOptions::default() };
    let run = match change {
        None => saved.run(ctx, &options)?,
        Some(change) => saved.changed(change)?.run(ctx, &options)?,
    };
    file::of(ctx, Some(saved), &run, format)
}

/// What a report answers, without attributes.
pub(super) fn answer(
    ctx: &Ctx,
    saved: &SavedReport,
    change: Option<&Map<String, Json>>,
    details: Option<bool>,
) -> Result<Map<String, Json>> {
    match change {
        None => {
            let details = details.unwrap_or(false);
            let run = saved.run(ctx, &options(details))?;
            shown(ctx, &saved.definition, Some(saved), &run, details)
        }
        Some(change) => {
            let changed = saved.changed(change)?;
            let asked = change.get("hasDetailRows").and_then(Json::as_bool);
            let details = details.or(asked).unwrap_or(false);
            let run = changed.run(ctx, &options(details))?;
            shown(ctx, &changed.definition, Some(saved), &run, details)
        }
    }
}

fn options(details: bool) -> RunOptions {
    RunOptions { details: Some(details), ..RunOptions::default() }
}

fn shown(
    ctx: &Ctx,
    definition: &ReportMetadata,
    saved: Option<&SavedReport>,
    run: &ReportRun,
    details: bool,
) -> Result<Map<String, Json>> {
    let metadata = wire::metadata_json(ctx, definition, saved, Some(run))?;
    Ok(wire::run_json(run, metadata, details))
}

/// Runs a definition that is not saved.
pub(crate) fn query(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let given = needed_metadata(call)?;
    let details = flag(call, "includeDetails")?;
    // One that was saved before may be sent back with changes.
    let saved = given.get("id").and_then(Json::as_str).map(RecordId::parse).transpose()?;
    if let Some(saved) = saved.map(|id| SavedReport::fetch(ctx, id)).transpose()? {
        if let Some(format) = file::asked(call) {
            return as_file(ctx, &saved, Some(&given), details, format);
        }
        let mut reply = Map::new();
        reply.insert("attributes".to_owned(), attributes(call, &saved));
        reply.extend(answer(ctx, &saved, Some(&given), details)?);
        return Ok(Reply::json(&Json::Object(reply)));
    }
    let definition = ReportMetadata::parse(&Json::Object(given).to_string())?;
    let details = details.unwrap_or(definition.has_detail_rows);
    let change = ReportChange::new(definition);
    let run = change.run(ctx, &options(details))?;
    if let Some(format) = file::asked(call) {
        return file::of(ctx, None, &run, format);
    }
    let mut reply = Map::new();
    reply.insert(
        "attributes".to_owned(),
        json!({"type": "Report", "reportId": null, "reportName": change.definition.name}),
    );
    reply.extend(shown(ctx, &change.definition, None, &run, details)?);
    Ok(Reply::json(&Json::Object(reply)))
}

pub(crate) fn describe(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = SavedReport::fetch(ctx, call.id()?)?;
    described(ctx, call, &saved)
}

/// What a report asks and what its type offers.
pub(super) fn described(ctx: &Ctx, call: &Call, saved: &SavedReport) -> Result<Reply> {
    let choices = app_reports::report_choices(ctx, &saved.definition.report_type.name)?;
    Ok(Reply::json(&json!({
        "attributes": attributes(call, saved),
        "reportMetadata": wire::metadata_json(ctx, &saved.definition, Some(saved), None)?,
        "reportTypeMetadata": wire::type_json(ctx, &choices)?,
        "reportExtendedMetadata": saved.describe(ctx)?,
    })))
}

pub(crate) fn delete(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = SavedReport::fetch(ctx, call.id()?)?;
    if let Some(dashboard) = app_reports::dashboard_of(ctx, saved.id)? {
        let message = format!("The report is used by the dashboard \"{dashboard}\"; remove it there first.");
        return Err(Error::new(model::ErrorCode::InsufficientAccessOrReadonly, message));
    }
    ctx.record_delete("Report", saved.id)?;
    Ok(Reply::no_content())
}
