//! Dashboards: what they show, and what each component's report answers the caller. A component that fails says so; the
//! others still answer.

use super::{base, reports};
use crate::call::Call;
use crate::reply::Reply;
use app_reports::definition::Component;
use app_reports::{SavedDashboard, SavedReport};
use model::{Error, ErrorCode, KeyPrefix, RecordId, Result, Value};
use platform::{Ctx, RecordDraft};
use serde_json::{Map, Value as Json, json};

/// Components have no records of their own; their ids follow from the dashboard and their place.
const COMPONENT_PREFIX: KeyPrefix = KeyPrefix::known("01a");
/// More places than a dashboard has.
const PLACES: u64 = 64;
const ROW_HEIGHT: u32 = 36;
const COLUMNS: u32 = 12;

fn component_id(dashboard: RecordId, at: usize) -> String {
    RecordId::new(COMPONENT_PREFIX, dashboard.sequence() * PLACES + at as u64).to_string()
}

pub(crate) fn list(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let shown = reports::recent(ctx, "Dashboard")?.into_iter().map(|(id, name)| {
        let url = format!("{}/dashboards/{id}", base(call));
        json!({"id": id.to_string(), "name": name, "statusUrl": format!("{url}/status"), "url": url})
    });
    Ok(Reply::json(&shown.collect()))
}

/// What every component answers.
pub(crate) fn get(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = SavedDashboard::fetch(ctx, call.id()?)?;
    asked(ctx, call)?;
    ctx.record_viewed(saved.id)?;
    results(ctx, call, &saved, None)
}

/// What some components answer; all of them where none is named.
pub(crate) fn components(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = SavedDashboard::fetch(ctx, call.id()?)?;
    asked(ctx, call)?;
    let body = if call.body.is_empty() { Map::new() } else { call.json_object()? };
    let wanted = match body.get("componentIds") {
        None | Some(Json::Null) => None,
        Some(Json::Array(ids)) => Some(ids.iter().map(|id| id.as_str().unwrap_or_default()).collect::<Vec<_>>()),
        Some(_) => return Err(Error::new(ErrorCode::JsonParserError, "componentIds must be a list of ids.")),
    };
    if let Some(unknown) = wanted.iter().flatten().find(|id| place_of(&saved, id).is_none()) {
        let shown: String = unknown.chars().take(40).collect();
        return Err(Error::new(ErrorCode::NotFound, format!("The dashboard has no component {shown}.")));
    }
    results(ctx, call, &saved, wanted.as_deref())
}

fn place_of(saved: &SavedDashboard, id: &str) -> Option<usize> {
    (0..saved.definition.components.len()).find(|at| component_id(saved.id, *at) == id)
}

/// Refuses what a dashboard here does not have: another user's eyes, and filters.
fn asked(ctx: &Ctx, call: &Call) -> Result<()> {
    let other = call.query("runningUser").filter(|id| !id.is_empty()).map(RecordId::parse).transpose()?;
    if other.is_some_and(|other| Some(other) != ctx.user_id()) {
        let message = "A dashboard is seen with one's own rights; runningUser is left out or oneself.";
        return Err(Error::new(ErrorCode::InsufficientAccessOrReadonly, message));
    }
    let named =
        ["filter1", "filter2", "filter3"].into_iter().find(|name| call.query(name).is_some_and(|id| !id.is_empty()));
    match named {
        Some(name) => {
            let message = format!("{name}: the dashboard has no filters.");
            Err(Error::new(ErrorCode::InvalidQueryFilterOperator, message))
        }
        None => Ok(()),
    }
}

fn results(ctx: &Ctx, call: &Call, saved: &SavedDashboard, wanted: Option<&[&str]>) -> Result<Reply> {
    let mut shown = Vec::new();
    for (at, component) in saved.definition.components.iter().enumerate() {
        let id = component_id(saved.id, at);
        if wanted.is_none_or(|wanted| wanted.contains(&id.as_str())) {
            shown.push(result(ctx, &id, component)?);
        }
    }
    Ok(Reply::json(&json!({"componentData": shown, "dashboardMetadata": metadata(ctx, call, saved)?})))
}

fn result(ctx: &Ctx, id: &str, component: &Component) -> Result<Json> {
    // A list of records is shown as such; everything else needs figures alone.
    let answered = SavedReport::fetch(ctx, component.report_id).and_then(|saved| {
        let lists =
            component.visualization_type.eq_ignore_ascii_case("Table") && saved.definition.groupings_down.is_empty();
        reports::answer(ctx, &saved, None, Some(lists))
    });
    let (answer, status, error) = match answered {
        Ok(answer) => {
            let total = answer.get("factMap").and_then(|map| map.get("T!T"));
            let is_empty = answer.get("groupingsDown").is_some_and(|down| down["groupings"] == json!([]))
                && total.is_some_and(|total| total["rows"].as_array().is_none_or(Vec::is_empty))
                && total.is_some_and(|total| {
                    total["aggregates"].as_array().is_none_or(|all| all.iter().all(|one| one["value"].is_null()))
                });
            (answer, if is_empty { "NODATA" } else { "DATA" }, None)
        }
        Err(error) if error.code().http_status() >= 500 => return Err(error),
        Err(error) => (Map::new(), "ERROR", Some(error)),
    };
    let answer = if error.is_some() {
        Json::Null
    } else {
        let mut result = Map::new();
        result.insert("attributes".to_owned(), Json::Null);
        result.extend(answer);
        Json::Object(result)
    };
    Ok(json!({
        "componentId": id,
        "reportResult": answer,
        "status": {
            "dataStatus": status,
            "refreshStatus": "IDLE",
            "refreshDate": ctx.now().to_string(),
            "errorCode": error.as_ref().map(|error| error.code().as_str()),
            "errorMessage": error.as_ref().map(|error| error.message().to_owned()),
            "errorSeverity": error.as_ref().map(|_| "Error"),
        },
    }))
}

pub(crate) fn describe(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = SavedDashboard::fetch(ctx, call.id()?)?;
    Ok(Reply::json(&metadata(ctx, call, &saved)?))
}

fn metadata(ctx: &Ctx, call: &Call, saved: &SavedDashboard) -> Result<Json> {
    let components = &saved.definition.components;
    let places: Json = components
        .iter()
        .map(|one| json!({"row": one.row, "column": one.column, "rowspan": one.rowspan, "colspan": one.colspan}))
        .collect();
    let shown = components.iter().enumerate().map(|(at, one)| {
        json!({
            "id": component_id(saved.id, at),
            "reportId": one.report_id.to_string(),
            "componentData": at,
            "header": one.title,
            "title": one.title,
            "footer": null,
            "type": "Report",
            "properties": {"visualizationType": one.visualization_type, "useReportChart": false},
        })
    });
    let user = ctx.user_id().map(|id| id.to_string());
    Ok(json!({
        "attributes": {
            "type": "Dashboard",
            "dashboardId": saved.id.to_string(),
            "dashboardName": saved.name,
            "statusUrl": format!("{}/dashboards/{}/status", base(call), saved.id),
        },
        "id": saved.id.to_string(),
        "name": saved.name,
        "developerName": saved.developer_name,
        "description": saved.description,
        "folderId": saved.folder.unwrap_or(saved.owner).to_string(),
        "dashboardType": "LoggedInUser",
        "canChangeRunningUser": false,
        "runningUser": {"id": user, "displayName": ctx.user().name},
        "filters": [],
        "maxFilterOptions": 0,
        "layout": {"gridLayout": true, "numColumns": COLUMNS, "rowHeight": ROW_HEIGHT, "components": places},
        "components": shown.collect::<Json>(),
    }))
}

pub(crate) fn status(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = SavedDashboard::fetch(ctx, call.id()?)?;
    // Every look asks the reports anew: nothing waits for a refresh.
    let now = ctx.now().to_string();
    let shown: Json = (0..saved.definition.components.len())
        .map(|at| json!({"componentId": component_id(saved.id, at), "refreshDate": now, "refreshStatus": "IDLE"}))
        .collect();
    Ok(Reply::json(&json!({"componentStatus": shown})))
}

pub(crate) fn refresh(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = SavedDashboard::fetch(ctx, call.id()?)?;
    Ok(Reply::json(&json!({"statusUrl": format!("{}/dashboards/{}/status", base(call), saved.id)})))
}

/// Copies a dashboard: `{name, folderId}`.
pub(crate) fn clone(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let source = crate::call::required(call.query("cloneId"), "cloneId")?;
    let source = SavedDashboard::fetch(ctx, RecordId::parse(source)?)?;
    let given = call.json_object()?;
    let name = given.get("name").and_then(Json::as_str).map_or_else(|| source.name.clone(), str::to_owned);
    let object = ctx.object("Dashboard")?;
    let draft =
        RecordDraft::new().set(object, "Name", name)?.set(object, "Definition", source.definition.to_json()?)?;
    let draft = match folder(&given)? {
        Some(folder) => draft.set(object, "FolderId", folder)?,
        None => draft,
    };
    let id = ctx.record_create("Dashboard", draft)?;
    Ok(Reply::json(&metadata(ctx, call, &SavedDashboard::fetch(ctx, id)?)?))
}

/// Changes name, description and folder.
pub(crate) fn update(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = SavedDashboard::fetch(ctx, call.id()?)?;
    let given = call.json_object()?;
    let object = ctx.object("Dashboard")?;
    let mut draft = RecordDraft::of(saved.id);
    for (property, value) in &given {
        let field = match property.as_str() {
            "name" => "Name",
            "developerName" => "DeveloperName",
            "description" => "Description",
            "folderId" => {
                draft = draft.set(object, "FolderId", folder(&given)?.unwrap_or(Value::Null))?;
                continue;
            }
            _ => {
                let shown: String = property.chars().take(40).collect();
                let message = format!(
                    "{shown}: name, developerName, description and folderId can be changed here; the components are changed in the record's Definition."
                );
                return Err(Error::new(ErrorCode::InvalidField, message));
            }
        };
        draft = draft.set(object, field, value.as_str().map_or(Value::Null, Value::from))?;
    }
    ctx.record_update("Dashboard", draft)?;
    Ok(Reply::json(&metadata(ctx, call, &SavedDashboard::fetch(ctx, saved.id)?)?))
}

/// The folder that is asked for; a user stands for what is their own and in no folder.
fn folder(given: &Map<String, Json>) -> Result<Option<Value>> {
    let id = given.get("folderId").and_then(Json::as_str).map(RecordId::parse).transpose()?;
    Ok(id.filter(|id| id.prefix().as_string() != "005").map(Value::Id))
}

pub(crate) fn delete(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = SavedDashboard::fetch(ctx, call.id()?)?;
    ctx.record_delete("Dashboard", saved.id)?;
    Ok(Reply::no_content())
}
