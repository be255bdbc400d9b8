//! A dashboard as its readers see it: filters, with whose rights it is shown, and its components on the grid.

use super::{agreement, layout};
use crate::kit::{Banner, Button, Choice, Empty, Field, Icon, Panel, Select, Stat, Tone};
use crate::pages::report::{HALF, WIDE, frame, table};
use crate::server::failure::sentence;
use crate::server::params::address;
use crate::server::{Call, PageResult, Params, reply};
use crate::show::Show;
use app_reports::{Board, CardBody, DashboardCard, RunsAs, SavedDashboard};
use maud::{Markup, Render, html};
use model::{RecordId, Result};

/// The option that the address chooses of each filter: `filter1=2`, counted from 0.
fn chosen(query: &Params, filters: usize) -> Vec<Option<usize>> {
    (1..=filters).map(|number| query.given(&format!("filter{number}")).and_then(|option| option.parse().ok())).collect()
}

/// The answer of a dashboard with what the address narrows it by.
///
/// # Errors
/// `NOT_FOUND`; a failure of ours.
pub(crate) fn dashboard(call: &Call<'_>, show: &Show, id: RecordId) -> Result<Markup> {
    let ctx = call.ctx;
    let saved = match SavedDashboard::fetch(ctx, id) {
        Ok(saved) => saved,
        Err(error) if error.code().http_status() >= 500 || error.code() == model::ErrorCode::NotFound => {
            return Err(error);
        }
        Err(error) => {
            return Ok(Banner::new(
                Tone::Warn,
                html! { "This dashboard cannot be shown. " (sentence(error.message())) },
            )
            .render());
        }
    };
    let filters = saved.definition.filters.len();
    let board = Board::of(ctx, saved, chosen(&call.visit.query, filters))?;
    let waits = matches!(board.runs_as, RunsAs::Nobody { .. });
    let cards = if waits { Vec::new() } else { app_reports::board_cards(&board)? };
    let asked = cards.iter().filter_map(|card| card.asked).min();
    Ok(html! {
        div.stack {
            @if !waits { (bar(call, show, &board, asked)) }
            (agreement::notice(call, &board)?)
            @if board.saved.definition.components.is_empty() {
                (Empty::new(Icon::Dashboard, "This dashboard has no reports yet. Edit it to add one."))
            } @else if !waits { (grid(show, &board, &cards, false)) }
        }
    })
}

fn bar(call: &Call<'_>, show: &Show, board: &Board, asked: Option<model::Instant>) -> Markup {
    let path = format!("/r/{}", board.saved.id);
    html! {
        div.dashboard-bar {
            form.dashboard-filters method="get" action=(path) {
                @for (at, filter) in board.saved.definition.filters.iter().enumerate() {
                    @let options = filter.options.iter().enumerate().map(|(at, option)| Choice::new(at.to_string(), option.label())).collect();
                    @let selected = board.chosen.get(at).copied().flatten().map(|at| at.to_string()).unwrap_or_default();
                    @let select = Select::new(format!("filter{}", at + 1), options).blank("All").selected(selected).submits();
                    (Field::new(filter.name.clone(), select).id(format!("filter{}", at + 1)))
                }
                @if !board.saved.definition.filters.is_empty() { noscript { (Button::submit("Show").small()) } }
            }
            form.dashboard-refresh method="post" action={ "/dashboards/" (board.saved.id) "/refresh" } {
                input type="hidden" name="csrf_token" value=(call.csrf);
                @for (at, option) in board.chosen.iter().enumerate() {
                    @if let Some(option) = option { input type="hidden" name={ "filter" (at + 1) } value=(option); }
                }
                @if let Some(asked) = asked { span.muted { "As of " (show.instant(asked)) } }
                (Button::submit("Refresh").small().quiet().icon(Icon::Refresh))
            }
        }
    }
}

/// Forgets what was kept for who looks, and shows the dashboard anew.
pub(crate) fn refresh(call: &Call<'_>) -> PageResult {
    call.ctx.object("Dashboard")?;
    let id = call.visit.record_id()?;
    let saved = SavedDashboard::fetch(call.ctx, id)?;
    let filters = saved.definition.filters.len();
    Board::of(call.ctx, saved, Vec::new())?.refresh();
    let names: Vec<String> = (1..=filters).map(|number| format!("filter{number}")).collect();
    let kept = names.iter().filter_map(|name| Some((name.as_str(), call.visit.form.given(name)?)));
    reply::see_other(&address(&format!("/r/{id}"), kept))
}

/// The components on the grid of twelve columns, in the order they are read.
pub(super) fn grid(show: &Show, board: &Board, cards: &[DashboardCard], edits: bool) -> Markup {
    html! {
        div.dashboard-grid data-grid[edits] {
            @for at in layout::reading_order(&board.saved.definition.components) {
                @if let Some(card) = cards.get(at) {
                    @let (row, column, rows, columns) = card.place;
                    div.dashboard-cell data-column=(column + 1) data-columns=(columns) data-rows=(rows.min(20))
                        data-card=[edits.then_some(at)] data-row=[edits.then_some(row)] data-height=[edits.then_some(rows)]
                        tabindex=[edits.then_some("0")] role=[edits.then_some("group")]
                        aria-label=[edits.then(|| format!("{}: Alt and arrow keys move it, with Shift they size it", card.title))]
                        id=[edits.then(|| format!("card-{at}-place"))] {
                        (component(show, card, at, columns))
                        @if edits { span.dashboard-size data-size aria-hidden="true" {} }
                    }
                }
            }
        }
    }
}

fn component(show: &Show, card: &DashboardCard, at: usize, columns: u32) -> Markup {
    let open =
        card.report.map(|report| html! { (Button::link("Open report", format!("/r/{report}")).quiet().small()) });
    let foot = html! {
        @if let Some(footer) = &card.footer { span { (footer) } }
        @if !card.unfiltered.is_empty() { span { "Not narrowed by " (card.unfiltered.join(", ")) ": its report has no such column." } }
    };
    let has_foot = card.footer.is_some() || !card.unfiltered.is_empty();
    let panel = |content: Markup| {
        let mut panel = Panel::new(content).title(card.title.clone()).flush();
        if let Some(open) = &open {
            panel = panel.actions(open.clone());
        }
        if has_foot { panel.foot(foot.clone()).render() } else { panel.render() }
    };
    match &card.body {
        CardBody::Figure { value, label } => {
            let stat = Stat::new(card.title.clone(), value.clone()).note(label.clone());
            let stat = match card.report {
                Some(report) => stat.href(format!("/r/{report}")),
                None => stat,
            };
            html! { div.panel.dashboard-figure { (stat) @if has_foot { div.panel-foot { (foot) } } } }
        }
        CardBody::Chart { chart, table } => {
            let mut titled = chart.clone();
            titled.title.clone_from(&card.title);
            let width = if columns > 8 { WIDE } else { HALF };
            let mut frame = frame(show, &format!("card-{at}"), width, &titled, table);
            if let Some(open) = &open {
                frame = frame.actions(open.clone());
            }
            if has_foot {
                let words = card.footer.iter().cloned().chain((!card.unfiltered.is_empty()).then(|| {
                    format!("Not narrowed by {}: its report has no such column.", card.unfiltered.join(", "))
                }));
                frame = frame.note(words.collect::<Vec<_>>().join(" "));
            }
            frame.render()
        }
        CardBody::Table(numbers) => panel(table::table(show, numbers).render()),
        CardBody::Empty => panel(Empty::new(Icon::Chart, "No record that can be seen passes the filters.").render()),
        CardBody::Problem(words) => {
            panel(html! { div.panel-body { (Banner::new(Tone::Warn, html! { (sentence(words)) })) } })
        }
    }
}

/// What can be done with a dashboard.
pub(crate) fn actions() -> Markup {
    Button::command("Print", "print").icon(Icon::File).render()
}
