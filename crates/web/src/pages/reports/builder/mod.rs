//! The builder: a form that holds a whole report. Each button sends it, the server changes the definition and answers with
//! the form as it now is, beside a preview; with script the same happens without leaving the page.

mod act;
mod add;
mod columns;
mod controls;
mod filter_controls;
mod page;
pub(crate) mod parts;
mod preview;
mod problem;
mod reader;
mod state;
mod store;

pub(crate) use columns::columns;
pub(crate) use parts::{KINDS, kind_of};
pub(crate) use problem::Problems;
pub(crate) use reader::Reading;

use super::{object, starter, types};
use crate::pages::edit::missing;
use crate::server::{Call, PageResult};
use app_reports::{ReportMetadata, SavedReport};
use http::StatusCode;
use model::{ErrorCode, Result};
use state::{State, settle, without_names};

/// `/reports/new`: first what the report is about, then its builder.
pub(crate) fn new(call: &Call<'_>) -> PageResult {
    creatable(call)?;
    let Some(type_name) = call.visit.query.given("type") else { return types::page(call) };
    let definition = starter::definition(call.ctx, type_name)?;
    let state = State::open(call.ctx, None, definition)?;
    page::page(call, state, StatusCode::OK)
}

pub(crate) fn create(call: &Call<'_>) -> PageResult {
    creatable(call)?;
    answer(call, None)
}

pub(crate) fn edit(call: &Call<'_>) -> PageResult {
    let saved = saved(call)?;
    let definition = without_names(saved.definition.clone());
    let state = State::open(call.ctx, Some(saved), definition)?;
    page::page(call, state, StatusCode::OK)
}

pub(crate) fn save(call: &Call<'_>) -> PageResult {
    let saved = saved(call)?;
    answer(call, Some(saved))
}

fn creatable(call: &Call<'_>) -> Result<()> {
    let object = object(call.ctx)?;
    if call.ctx.object_permission(object.ix).create { Ok(()) } else { Err(missing("create", object)) }
}

/// The report of the address. Who may neither change it nor make one of their own has no use for a builder.
fn saved(call: &Call<'_>) -> Result<SavedReport> {
    let object = object(call.ctx)?;
    let saved = SavedReport::fetch(call.ctx, call.visit.record_id()?)?;
    let permission = call.ctx.object_permission(object.ix);
    if permission.edit || permission.create { Ok(saved) } else { Err(missing("edit", object)) }
}

fn answer(call: &Call<'_>, saved: Option<SavedReport>) -> PageResult {
    let (ctx, form) = (call.ctx, &call.visit.form);
    let mut state = State::sent(ctx, saved, form)?;
    let before = state.definition.clone();
    controls::read(ctx, &mut state, form)?;
    settle(&mut state.definition);
    let pressed = form.all("act").last().unwrap_or("preview").to_owned();
    match pressed.as_str() {
        // What was typed since the last step is a step itself.
        "undo" => {
            state.step_from(&before)?;
            state.undo()?;
        }
        "redo" => {
            state.step_from(&before)?;
            state.redo()?;
        }
        _ => {
            add::asked(ctx, &mut state, form)?;
            act::act(&mut state, &pressed);
            state.step_from(&before)?;
        }
    }
    state.look_again(ctx)?;
    if matches!(pressed.as_str(), "save" | "save-as") {
        return match store::store(call, &mut state, pressed == "save-as") {
            Ok(Some(done)) => Ok(done),
            Ok(None) => page::page(call, state, StatusCode::UNPROCESSABLE_ENTITY),
            Err(error) if error.code() == ErrorCode::InsufficientAccessOrReadonly => {
                state.problems.add("report", crate::server::failure::sentence(error.message()));
                page::page(call, state, StatusCode::UNPROCESSABLE_ENTITY)
            }
            Err(error) => Err(error),
        };
    }
    page::page(call, state, StatusCode::OK)
}

/// The definition of a report as its builder compares it.
pub(super) fn plain(definition: &ReportMetadata) -> ReportMetadata {
    without_names(definition.clone())
}
