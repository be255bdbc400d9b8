//! Saving what was built: the report that was opened, or another one.

use super::state::{State, is_given};
use crate::pages::edit::missing;
use crate::server::flash::Happened;
use crate::server::{Call, reply};
use app_reports::ReportMetadata;
use axum::response::Response;
use model::{Error, ErrorCode, ObjectSchema, RecordId, Result, Value};
use platform::RecordDraft;

/// Saves, and leads to the report. None when something is wrong: the state then says what.
///
/// # Errors
/// What has nothing to do with what was built.
pub(super) fn store(call: &Call<'_>, state: &mut State, as_another: bool) -> Result<Option<Response>> {
    let ctx = call.ctx;
    let object = ctx.object("Report")?;
    check(state);
    let saved = state
        .saved
        .as_ref()
        .filter(|_| !as_another)
        .map(|saved| (saved.id, saved.definition.clone(), saved.json.clone()));
    let permission = ctx.object_permission(object.ix);
    match &saved {
        Some(_) if !permission.edit => return Err(missing("edit", object)),
        None if !permission.create => return Err(missing("create", object)),
        _ => {}
    }
    if let Some((_, definition, _)) = &saved {
        let is_as_opened =
            ReportMetadata::parse(&state.base).is_ok_and(|base| super::plain(&base) == super::plain(definition));
        if !is_as_opened {
            // From now on it is known what would be replaced.
            state.base = super::plain(definition).to_json()?;
            let words = "Somebody changed this report since you opened it. Save again to replace their changes, or save yours as another report.";
            state.problems.add("report", words);
        }
    }
    if !state.problems.is_empty() {
        return Ok(None);
    }
    let draft = draft(state, object, saved.as_ref().map(|(id, ..)| *id), as_another)?;
    let outcome = match &saved {
        Some((id, ..)) => ctx.record_update("Report", draft).map(|()| *id),
        None => ctx.record_create("Report", draft),
    };
    match outcome {
        Ok(id) => {
            let to = reply::see_other(&format!("/r/{id}"))?;
            let happened = if saved.is_some() { Happened::Saved(id) } else { Happened::Created(id) };
            happened.tell(to, call.visit.state.secure_cookies).map(Some)
        }
        Err(error) if error.code().http_status() >= 500 || error.code() == ErrorCode::NotFound => Err(error),
        Err(error) => {
            refused(state, &error);
            Ok(None)
        }
    }
}

/// What a report needs before it can be saved.
fn check(state: &mut State) {
    if state.name.is_empty() {
        state.problems.add("name", "Give the report a name.");
    }
    let unfinished: Vec<String> = state
        .definition
        .report_filters
        .iter()
        .enumerate()
        .filter(|(_, filter)| !is_given(filter))
        .map(|(at, _)| format!("reportFilters[{at}].value"))
        .collect();
    let crosses = state.definition.cross_filters.iter().enumerate();
    let criteria: Vec<String> = crosses
        .flat_map(|(at, cross)| cross.criteria.iter().enumerate().map(move |(inner, filter)| (at, inner, filter)))
        .filter(|(.., filter)| !is_given(filter))
        .map(|(at, inner, _)| format!("crossFilters[{at}].criteria[{inner}].value"))
        .collect();
    for property in unfinished.into_iter().chain(criteria) {
        if state.problems.at(&property).is_none() {
            state.problems.add(property, "Give a value, or choose “is blank”.");
        }
    }
}

fn draft(state: &State, object: &ObjectSchema, id: Option<RecordId>, as_another: bool) -> Result<RecordDraft> {
    let mut draft = id.map_or_else(RecordDraft::new, RecordDraft::of);
    let same_name = as_another && state.saved.as_ref().is_some_and(|saved| saved.name == state.name);
    let name = if same_name { format!("Copy of {}", state.name) } else { state.name.clone() };
    draft = draft.set(object, "Name", name.chars().take(80).collect::<String>())?;
    let description = Some(state.description.as_str()).filter(|text| !text.is_empty());
    draft = draft.set(object, "Description", description.map_or(Value::Null, Value::from))?;
    let folder = match state.folder.as_str() {
        "" => Value::Null,
        id => Value::Id(RecordId::parse(id)?),
    };
    let before = state.saved.as_ref().and_then(|saved| saved.folder).map_or(Value::Null, Value::Id);
    if id.is_none() || folder != before {
        draft = draft.set(object, "FolderId", folder)?;
    }
    draft.set(object, "Definition", state.definition.to_json()?)
}

/// A refusal of the save, beside the control that it is about.
fn refused(state: &mut State, error: &Error) {
    let words = crate::server::failure::sentence(error.message());
    match error.fields().first().map(String::as_str) {
        Some("Name") => state.problems.add("name", words),
        Some("Description") => state.problems.add("description", words),
        Some("FolderId") => state.problems.add("folder", words),
        _ => state.problems.add_error(error, &[]),
    }
}
