//! The list of schedules.

use super::{PATH, SCHEDULE, rows, state_of_schedule, text};
use crate::kit::{Button, Cell, Column, Empty, Header, Icon, Row, Table};
use crate::server::{Call, PageResult};
use crate::show::Show;
use maud::html;
use platform::SystemPermission;

const SHOWN: usize = 500;

pub(crate) fn list(call: &Call<'_>) -> PageResult {
    call.ctx.object(SCHEDULE)?;
    let show = Show::of(call.ctx);
    let now = call.ctx.now();
    let found = rows(
        call,
        &format!(
            "SELECT Name, State, Report.Name, Rule, NextRun, LastOutcome, Owner.Name FROM {SCHEDULE} ORDER BY State, Name \
             LIMIT {SHOWN}"
        ),
    )?;
    let lines = found.iter().map(|row| {
        let rule = app_delivery::recurrence::Rule::parse(&text(row, 3)).map(|rule| rule.describe());
        Row::new(vec![
            Cell::text(text(row, 0)),
            Cell::badge(state_of_schedule(&text(row, 1))),
            Cell::text(text(row, 2)),
            Cell::or_blank(rule.ok()),
            row.cells[4].value().as_instant().map_or_else(Cell::blank, |next| Cell::of(show.ago(next, now))),
            Cell::or_blank(Some(text(row, 5)).filter(|words| !words.is_empty())),
            Cell::text(text(row, 6)),
        ])
        .href(format!("{PATH}/{}", row.id))
    });
    let columns = vec![
        Column::text("Schedule"),
        Column::text("State"),
        Column::text("Report"),
        Column::text("When").wide_only(),
        Column::text("Next run"),
        Column::text("Last run").wide_only(),
        Column::text("Owner").wide_only(),
    ];
    let is_full = found.len() >= SHOWN;
    let may_make = call.ctx.has(SystemPermission::ScheduleReports);
    let empty = Empty::new(
        Icon::Send,
        "No schedule yet. A schedule sends a report by itself, with the rows its owner may read.",
    );
    let empty = if may_make { empty.action(Button::link("New schedule", "/schedules/new").primary()) } else { empty };
    let table = Table::new("Schedules", columns, lines.collect()).empty(empty);
    let table = if is_full { table.note(format!("The first {SHOWN} schedules.")) } else { table };
    let header = Header::new("Schedules")
        .icon(Icon::Send)
        .subtitle(html! { "Reports that arrive by themselves" })
        .actions(html! {
            @if call.ctx.has(SystemPermission::ManageAllSchedules) { (Button::link("Operations", "/deliveries").icon(Icon::Chart)) }
            @if may_make { (Button::link("New schedule", "/schedules/new").primary().icon(Icon::Plus)) }
        });
    Ok(call.page_as("Schedules", header, html! { div.list { (table) } }, |page| page.fill()))
}
