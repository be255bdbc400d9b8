//! Dashboards: what they show, and what each component's report answers the caller. A component that fails says so; the
//! others still answer.

use super::{base, reports};
use crate::call::Call;
use crate::reply::Reply;
use app_reports::definition::{DashboardFilter, DashboardMetadata};
use app_reports::{Board, RunsAs, SavedDashboard, wire};
use model::{Error, ErrorCode, KeyPrefix, RecordId, Result, Value};
use platform::{Ctx, RecordDraft};
use serde_json::{Map, Value as Json, json};

/// Components have no records of their own; their ids follow from the dashboard and their place.
const COMPONENT_PREFIX: KeyPrefix = KeyPrefix::known("01a");
/// More places than a dashboard has.
const PLACES: u64 = 64;
/// Options of filters have no records either.
const OPTION_PREFIX: KeyPrefix = KeyPrefix::known("0IC");
/// The most options of a filter, and more places than all of them have.
const OPTIONS: usize = 50;
const FILTER_PLACES: u64 = 256;
/// What a choice of each filter is called.
const FILTERS: [&str; 5] = ["filter1", "filter2", "filter3", "filter4", "filter5"];
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
    let board = opened(ctx, call)?;
    ctx.record_viewed(board.saved.id)?;
    results(call, &board, None)
}

/// What some components answer; all of them where none is named.
pub(crate) fn components(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let board = opened(ctx, call)?;
    let body = if call.body.is_empty() { Map::new() } else { call.json_object()? };
    let wanted = match body.get("componentIds") {
        None | Some(Json::Null) => None,
        Some(Json::Array(ids)) => Some(ids.iter().map(|id| id.as_str().unwrap_or_default()).collect::<Vec<_>>()),
        Some(_) => return Err(Error::new(ErrorCode::JsonParserError, "componentIds must be a list of ids.")),
    };
    if let Some(unknown) = wanted.iter().flatten().find(|id| place_of(&board.saved, id).is_none()) {
        let shown: String = unknown.chars().take(40).collect();
        return Err(Error::new(ErrorCode::NotFound, format!("The dashboard has no component {shown}.")));
    }
    results(call, &board, wanted.as_deref())
}

fn place_of(saved: &SavedDashboard, id: &str) -> Option<usize> {
    (0..saved.definition.components.len()).find(|at| component_id(saved.id, *at) == id)
}

/// The id of an option; it follows from the dashboard, the filter's place and its own.
fn option_id(dashboard: RecordId, filter: usize, option: usize) -> String {
    let place = (filter * OPTIONS + option) as u64;
    RecordId::new(OPTION_PREFIX, dashboard.sequence() * FILTER_PLACES + place).to_string()
}

/// The dashboard as it is asked for: as whom, and narrowed by which options.
fn opened(ctx: &Ctx, call: &Call) -> Result<Board> {
    let saved = SavedDashboard::fetch(ctx, call.id()?)?;
    let other = call.query("runningUser").filter(|id| !id.is_empty()).map(RecordId::parse).transpose()?;
    let shown_as = saved.definition.running_user.or(ctx.user_id());
    if other.is_some_and(|other| Some(other) != shown_as) {
        let message = match saved.definition.running_user {
            Some(_) => "The dashboard is shown with the rights of one user; runningUser is left out or that user.",
            None => "The dashboard is seen with one's own rights; runningUser is left out or oneself.",
        };
        return Err(Error::new(ErrorCode::InsufficientAccessOrReadonly, message));
    }
    let mut chosen = Vec::with_capacity(FILTERS.len());
    for (at, name) in FILTERS.into_iter().enumerate() {
        let Some(given) = call.query(name).filter(|id| !id.is_empty()) else {
            chosen.push(None);
            continue;
        };
        let refuse = |message: String| Error::new(ErrorCode::InvalidQueryFilterOperator, message);
        let Some(filter) = saved.definition.filters.get(at) else {
            let count = saved.definition.filters.len();
            return Err(refuse(format!("{name}: the dashboard has {count} filters.")));
        };
        // An id of 15 letters names the same option.
        let is_it = |option: &usize| {
            let id = option_id(saved.id, at, *option);
            id == given || id.get(..15) == Some(given)
        };
        let Some(option) = (0..filter.options.len()).find(is_it) else {
            let shown: String = given.chars().take(40).collect();
            return Err(refuse(format!("{name}: \"{shown}\" is no option of the filter {}.", filter.name)));
        };
        chosen.push(Some(option));
    }
    Board::of(ctx, saved, chosen)
}

fn results(call: &Call, board: &Board, wanted: Option<&[&str]>) -> Result<Reply> {
    let mut shown = Vec::new();
    for at in 0..board.saved.definition.components.len() {
        let id = component_id(board.saved.id, at);
        if wanted.is_none_or(|wanted| wanted.contains(&id.as_str())) {
            shown.push(result(board, at, &id)?);
        }
    }
    Ok(Reply::json(&json!({"componentData": shown, "dashboardMetadata": metadata(call, board)})))
}

fn result(board: &Board, at: usize, id: &str) -> Result<Json> {
    let answered = board.answer(at).and_then(|answer| {
        let asker = board.asker().ok_or_else(|| Error::internal("an answer without an asker"))?;
        let metadata = wire::metadata_json(asker, &answer.definition, Some(&answer.report), Some(&answer.run))?;
        Ok((wire::run_json(&answer.run, metadata, answer.details), answer))
    });
    let (answer, status, error, asked) = match answered {
        Ok((json, answer)) => {
            let status = if answer.run.row_count == 0 { "NODATA" } else { "DATA" };
            (json, status, None, Some(answer.asked))
        }
        Err(error) if error.code().http_status() >= 500 && error.code() != ErrorCode::NotImplemented => {
            return Err(error);
        }
        Err(error) => (Map::new(), "ERROR", Some(error), None),
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
            "refreshDate": asked.map(|asked| asked.to_string()),
            "errorCode": error.as_ref().map(|error| error.code().as_str()),
            "errorMessage": error.as_ref().map(|error| error.message().to_owned()),
            "errorSeverity": error.as_ref().map(|_| "Error"),
        },
    }))
}

pub(crate) fn describe(ctx: &Ctx, call: &Call) -> Result<Reply> {
    Ok(Reply::json(&metadata(call, &opened(ctx, call)?)))
}

fn filter_json(board: &Board, at: usize, filter: &DashboardFilter) -> Json {
    let options: Json = filter
        .options
        .iter()
        .enumerate()
        .map(|(inner, option)| {
            json!({
                "id": option_id(board.saved.id, at, inner),
                "alias": option.label(),
                "operation": option.operation,
                "value": option.value,
                "startValue": option.start_value,
                "endValue": option.end_value,
            })
        })
        .collect();
    let selected = board.chosen.get(at).copied().flatten().map(|option| option_id(board.saved.id, at, option));
    json!({"name": filter.name, "selectedOption": selected, "options": options})
}

fn metadata(call: &Call, board: &Board) -> Json {
    let saved = &board.saved;
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
            "footer": one.footer,
            "type": "Report",
            "properties": {"visualizationType": one.visualization_type, "useReportChart": false},
        })
    });
    let (kind, user, name) = match &board.runs_as {
        RunsAs::Reader => {
            let reader = board.asker();
            let name = reader.map(|ctx| ctx.user().name.clone());
            ("LoggedInUser", reader.and_then(Ctx::user_id), name)
        }
        RunsAs::User { id, name } | RunsAs::Nobody { id, name, .. } => ("SpecifiedUser", Some(*id), Some(name.clone())),
    };
    // To who lends their rights it is a dashboard of that user all the same.
    let kind = if saved.definition.running_user.is_some() { "SpecifiedUser" } else { kind };
    let filters: Json =
        saved.definition.filters.iter().enumerate().map(|(at, filter)| filter_json(board, at, filter)).collect();
    json!({
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
        "dashboardType": kind,
        "canChangeRunningUser": false,
        "runningUser": {"id": user.map(|id| id.to_string()), "displayName": name},
        "filters": filters,
        "maxFilterOptions": OPTIONS,
        "layout": {"gridLayout": true, "numColumns": COLUMNS, "rowHeight": ROW_HEIGHT, "components": places},
        "components": shown.collect::<Json>(),
    })
}

pub(crate) fn status(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let board = opened(ctx, call)?;
    let shown: Json = (0..board.saved.definition.components.len())
        .map(|at| {
            let asked = board.asked_at(at).map(|asked| asked.to_string());
            json!({"componentId": component_id(board.saved.id, at), "refreshDate": asked, "refreshStatus": "IDLE"})
        })
        .collect();
    Ok(Reply::json(&json!({"componentStatus": shown})))
}

/// Forgets what is kept for the user as whom it is shown, and asks the reports anew.
pub(crate) fn refresh(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let board = opened(ctx, call)?;
    board.refresh();
    for at in 0..board.saved.definition.components.len() {
        // What is wrong with a component is told where it is looked at.
        if let Err(error) = board.answer(at)
            && error.code().http_status() >= 500
            && error.code() != ErrorCode::NotImplemented
        {
            return Err(error);
        }
    }
    Ok(Reply::json(&json!({"statusUrl": format!("{}/dashboards/{}/status", base(call), board.saved.id)})))
}

/// Copies a dashboard: `{name, folderId}`.
pub(crate) fn clone(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let source = crate::call::required(call.query("cloneId"), "cloneId")?;
    let source = SavedDashboard::fetch(ctx, RecordId::parse(source)?)?;
    let given = call.json_object()?;
    let name = given.get("name").and_then(Json::as_str).map_or_else(|| source.name.clone(), str::to_owned);
    let object = ctx.object("Dashboard")?;
    // Who lent their rights to one dashboard did not lend them to its copies.
    let definition = DashboardMetadata { running_user: None, ..source.definition.clone() };
    let draft = RecordDraft::new().set(object, "Name", name)?.set(object, "Definition", definition.to_json()?)?;
    let draft = match folder(&given)? {
        Some(folder) => draft.set(object, "FolderId", folder)?,
        None => draft,
    };
    let id = ctx.record_create("Dashboard", draft)?;
    Ok(Reply::json(&metadata(call, &Board::open(ctx, id, Vec::new())?)))
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
    Ok(Reply::json(&metadata(call, &Board::open(ctx, saved.id, Vec::new())?)))
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
