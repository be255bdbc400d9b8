//! The editor of a dashboard: a form that holds all of it, beside the dashboard as it would be.

use super::state::State;
use super::{layout, options, page, parts};
use crate::kit::{Button, Crumbs, Header, Icon};
use crate::pages::edit::missing;
use crate::server::flash::Happened;
use crate::server::{Call, PageResult, failure, reply};
use crate::show::Show;
use app_reports::definition::{Component, FilterOption};
use app_reports::{Board, SavedDashboard, SavedReport, print_of};
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};
use model::{Error, ErrorCode, RecordId, Result, Value};
use platform::{Ctx, RecordDraft};

/// Columns and rows of the grid that a new component takes.
const NEW_WIDTH: u32 = 6;
const NEW_HEIGHT: u32 = 8;

pub(crate) fn new(call: &Call<'_>) -> PageResult {
    allowed(call.ctx, false)?;
    show(call, State::open(None)?, StatusCode::OK)
}

pub(crate) fn create(call: &Call<'_>) -> PageResult {
    allowed(call.ctx, false)?;
    answer(call, None)
}

pub(crate) fn edit(call: &Call<'_>) -> PageResult {
    let saved = saved(call)?;
    show(call, State::open(Some(saved))?, StatusCode::OK)
}

pub(crate) fn save(call: &Call<'_>) -> PageResult {
    let saved = saved(call)?;
    answer(call, Some(saved))
}

fn allowed(ctx: &Ctx, exists: bool) -> Result<()> {
    let object = ctx.object("Dashboard")?;
    let permission = ctx.object_permission(object.ix);
    match exists {
        true if !permission.edit => Err(missing("edit", object)),
        false if !permission.create => Err(missing("create", object)),
        _ => Ok(()),
    }
}

fn saved(call: &Call<'_>) -> Result<SavedDashboard> {
    call.ctx.object("Dashboard")?;
    let saved = SavedDashboard::fetch(call.ctx, call.visit.record_id()?)?;
    allowed(call.ctx, true)?;
    Ok(saved)
}

fn answer(call: &Call<'_>, saved: Option<SavedDashboard>) -> PageResult {
    let (ctx, form) = (call.ctx, &call.visit.form);
    let (mut state, before) = State::sent(ctx, saved, form)?;
    let pressed = form.all("act").last().unwrap_or("preview").to_owned();
    match pressed.as_str() {
        "undo" => {
            state.step_from(&before)?;
            state.undo()?;
        }
        "redo" => {
            state.step_from(&before)?;
            state.redo()?;
        }
        _ => {
            add(ctx, &mut state, form.given("add.component"), form.given("add.component.text"))?;
            narrow(ctx, &mut state, form.given("add.narrow"))?;
            act(&mut state, &pressed);
            state.step_from(&before)?;
        }
    }
    if pressed == "save" {
        return match store(call, &mut state) {
            Ok(Some(done)) => Ok(done),
            Ok(None) => show(call, state, StatusCode::UNPROCESSABLE_ENTITY),
            Err(error) if error.code() == ErrorCode::InsufficientAccessOrReadonly => {
                state.problems.add("report", failure::sentence(error.message()));
                show(call, state, StatusCode::UNPROCESSABLE_ENTITY)
            }
            Err(error) => Err(error),
        };
    }
    show(call, state, StatusCode::OK)
}

/// Adds a report, drawn as it draws itself, below what is there.
fn add(ctx: &Ctx, state: &mut State, id: Option<&str>, typed: Option<&str>) -> Result<()> {
    use crate::pages::edit::lookup::{Matched, record};
    let found = match (id.and_then(|id| RecordId::parse(id).ok()), typed) {
        (Some(id), _) => id,
        (None, None) => return Ok(()),
        (None, Some(text)) => match record(ctx, ctx.object("Report")?, text)? {
            Matched::One(id, _) => id,
            Matched::None | Matched::Several(_) => {
                let words = format!("“{text}” is no one report that you can see. Type its whole name.");
                state.problems.add_typed("add.component", text, words);
                return Ok(());
            }
        },
    };
    let report = SavedReport::fetch(ctx, found)?;
    let kind = match (&report.definition.chart, report.definition.groupings_down.is_empty()) {
        (Some(chart), _) => crate::pages::reports::kind_of(&chart.chart_type),
        (None, false) if !report.definition.aggregates.is_empty() => "Horizontal Bar".to_owned(),
        _ => "Table".to_owned(),
    };
    let components = &mut state.definition.components;
    let below = components.iter().map(|one| one.row + one.rowspan).max().unwrap_or(0);
    // Beside the last one where there is room for it.
    let beside = components
        .last()
        .filter(|last| last.column + last.colspan + NEW_WIDTH <= 12)
        .map(|last| (last.row, last.column + last.colspan));
    let (row, column) = beside.unwrap_or((below, 0));
    components.push(Component {
        title: report.name,
        report_id: report.id,
        visualization_type: kind,
        row,
        column,
        rowspan: NEW_HEIGHT,
        colspan: NEW_WIDTH,
        footer: None,
    });
    layout::settle(components, None);
    Ok(())
}

fn narrow(ctx: &Ctx, state: &mut State, column: Option<&str>) -> Result<()> {
    let Some(column) = column else { return Ok(()) };
    let columns = options::narrowable(ctx, &state.definition.components)?;
    if let Some(found) = columns.iter().find(|known| known.name == column) {
        state.definition.filters.push(options::begun(found));
    }
    Ok(())
}

/// `remove:component.1`, `up:component.1`, `place:component.1.4.6` (row, column), `size:component.1.8.6` (rows, columns).
fn act(state: &mut State, pressed: &str) {
    let (verb, target) = pressed.split_once(':').unwrap_or((pressed, ""));
    let (list, places) = target.split_once('.').unwrap_or((target, ""));
    let places: Vec<usize> = places.split('.').filter_map(|place| place.parse().ok()).collect();
    let definition = &mut state.definition;
    let cells = |at: usize| places.get(at).and_then(|place| u32::try_from(*place).ok()).unwrap_or_default();
    match (verb, list, places.as_slice()) {
        ("place", "component", [at, _, _]) if *at < definition.components.len() => {
            let component = &mut definition.components[*at];
            component.row = cells(1).min(400);
            component.column = cells(2).min(12 - component.colspan.min(12));
            layout::settle(&mut definition.components, Some(*at));
        }
        ("size", "component", [at, _, _]) if *at < definition.components.len() => {
            let component = &mut definition.components[*at];
            component.rowspan = cells(1).clamp(2, 40);
            component.colspan = cells(2).clamp(1, 12 - component.column.min(11));
            layout::settle(&mut definition.components, Some(*at));
        }
        ("remove", "component", [at]) if *at < definition.components.len() => {
            definition.components.remove(*at);
            layout::settle(&mut definition.components, None);
        }
        ("up" | "down" | "move", "component", [from, rest @ ..]) if *from < definition.components.len() => {
            let to = match (verb, rest) {
                ("up", _) => from.saturating_sub(1),
                ("move", [to]) => *to,
                _ => from + 1,
            };
            swap(definition.components.as_mut_slice(), *from, to);
        }
        ("remove", "narrow", [at]) if *at < definition.filters.len() => {
            definition.filters.remove(*at);
        }
        ("up" | "down" | "move", "narrow", [from, rest @ ..]) if *from < definition.filters.len() => {
            let to = match (verb, rest) {
                ("up", _) => from.saturating_sub(1),
                ("move", [to]) => *to,
                _ => from + 1,
            };
            let filter = definition.filters.remove(*from);
            definition.filters.insert(to.min(definition.filters.len()), filter);
        }
        ("new", "option", [at]) if *at < definition.filters.len() => {
            let option = FilterOption { operation: "equals".to_owned(), ..FilterOption::default() };
            definition.filters[*at].options.push(option);
        }
        ("remove", "option", [at, inner]) => {
            if let Some(filter) = definition.filters.get_mut(*at).filter(|filter| *inner < filter.options.len()) {
                filter.options.remove(*inner);
            }
        }
        _ => {}
    }
}

/// Components in the order they are read change places on the grid.
fn swap(components: &mut [Component], from: usize, to: usize) {
    let order = layout::reading_order(components);
    let Some(place) = order.iter().position(|at| *at == from) else { return };
    let other = match to.cmp(&from) {
        std::cmp::Ordering::Less => place.checked_sub(1),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(place + 1),
    };
    let Some(other) = other.and_then(|other| order.get(other).copied()) else { return };
    let (one, two) = (components[from].clone(), components[other].clone());
    (components[from].row, components[from].column) = (two.row, two.column.min(12 - one.colspan));
    (components[other].row, components[other].column) = (one.row, one.column.min(12 - two.colspan));
    layout::settle(components, Some(from));
}

fn store(call: &Call<'_>, state: &mut State) -> Result<Option<Response>> {
    let ctx = call.ctx;
    let object = ctx.object("Dashboard")?;
    if state.name.is_empty() {
        state.problems.add("name", "Give the dashboard a name.");
    }
    if let Some(saved) = &state.saved
        && serde_json::from_str::<app_reports::definition::DashboardMetadata>(&state.base)
            .is_ok_and(|base| base != saved.definition)
    {
        state.base = saved.definition.to_json()?;
        state
            .problems
            .add("report", "Somebody changed this dashboard since you opened it. Save again to replace their changes.");
    }
    let definition = state.definition.to_json()?;
    if let Err(error) = app_reports::definition::DashboardMetadata::parse(&definition) {
        state.problems.add_error(&error, &[]);
    }
    if !state.problems.is_empty() {
        return Ok(None);
    }
    let id = state.saved.as_ref().map(|saved| saved.id);
    let mut draft = id.map_or_else(RecordDraft::new, RecordDraft::of).set(object, "Name", state.name.as_str())?;
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
    draft = draft.set(object, "Definition", definition)?;
    let outcome = match id {
        Some(id) => ctx.record_update("Dashboard", draft).map(|()| id),
        None => ctx.record_create("Dashboard", draft),
    };
    let made = match outcome {
        Ok(made) => made,
        Err(error) if error.code().http_status() >= 500 || error.code() == ErrorCode::NotFound => return Err(error),
        Err(error) => {
            let words = failure::sentence(error.message());
            match error.fields().first().map(String::as_str) {
                Some("Name") => state.problems.add("name", words),
                Some("Description") => state.problems.add("description", words),
                Some("FolderId") => state.problems.add("folder", words),
                _ => state.problems.add_error(&error, &[]),
            }
            return Ok(None);
        }
    };
    ask(ctx, made)?;
    let happened = if id.is_some() { Happened::Saved(made) } else { Happened::Created(made) };
    happened.tell(reply::see_other(&format!("/r/{made}"))?, call.visit.state.secure_cookies).map(Some)
}

/// Asks the user as whom a dashboard is to be shown, unless they agreed to just this.
pub(super) fn ask(ctx: &Ctx, id: RecordId) -> Result<()> {
    let saved = SavedDashboard::fetch(ctx, id)?;
    let Some(user) = saved.definition.running_user else { return Ok(()) };
    let print = print_of(ctx, &saved)?;
    let known = ctx.dashboard_agreement(id, user)?;
    match known.is_some_and(|known| known.print == print) {
        true => Ok(()),
        false => ctx.dashboard_agreement_ask(id, user, &print),
    }
}

fn show(call: &Call<'_>, state: State, status: StatusCode) -> PageResult {
    const FORM: &str = "builder-form";
    let ctx = call.ctx;
    let look = Show::of(ctx);
    let title = state.saved.as_ref().map_or("New dashboard", |saved| saved.name.as_str()).to_owned();
    let back = state.saved.as_ref().map_or_else(|| "/dashboards".to_owned(), |saved| format!("/r/{}", saved.id));
    let action = match &state.saved {
        Some(saved) => format!("/dashboards/{}/edit", saved.id),
        None => "/dashboards/new".to_owned(),
    };
    let mut crumbs = Crumbs::new().link("Dashboards", "/dashboards");
    if let Some(saved) = &state.saved {
        crumbs = crumbs.link(saved.name.clone(), back.clone());
    }
    let header = Header::new(title.clone()).icon(Icon::Dashboard).crumbs(crumbs).actions(html! {
        (Button::link("Cancel", back).quiet())
        (Button::submit("Save").named("act", "save").form(FORM).primary())
    });
    let shown = preview(ctx, &look, &state)?;
    let body = html! {
        form.builder #(FORM) method="post" action=(action) data-builder data-dirty[state.is_dirty()] novalidate {
            button.visually-hidden type="submit" name="act" value="preview" tabindex="-1" aria-hidden="true" { "Show" }
            input type="hidden" name="csrf_token" value=(call.csrf);
            input type="hidden" name="definition" value=(state.definition.to_json()?);
            input type="hidden" name="base" value=(state.base);
            @for past in &state.past { input type="hidden" name="past" value=(past); }
            @for future in &state.future { input type="hidden" name="future" value=(future); }
            (parts::all(ctx, &state)?)
            section.builder-preview.stack #builder-preview aria-label="Preview" { (shown) }
        }
    };
    let mut response = call.page_as(&format!("{title} · editor"), header, body, |page| page);
    *response.status_mut() = status;
    Ok(response)
}

/// The dashboard as it would be, with the rights of who edits it.
fn preview(ctx: &Ctx, look: &Show, state: &State) -> Result<Markup> {
    if state.definition.components.is_empty() {
        return Ok(html! { (crate::kit::Empty::new(Icon::Dashboard, "Add a report on the left; it is drawn here.")) });
    }
    let id = state.saved.as_ref().map_or_else(|| RecordId::from_i64(0), |saved| saved.id);
    let owner = ctx.user_id().ok_or_else(|| Error::internal("a user edits"))?;
    let mut definition = state.definition.clone();
    definition.running_user = None;
    let saved = SavedDashboard {
        id,
        name: state.name.clone(),
        developer_name: String::new(),
        description: None,
        owner,
        folder: None,
        definition,
    };
    let board = Board::of(ctx, saved, Vec::new())?;
    Ok(page::grid(look, &board, &app_reports::board_cards(&board)?, true))
}
