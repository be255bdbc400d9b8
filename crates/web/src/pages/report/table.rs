//! A table of the renderer as a table of the page, with ways to what its rows are about.

use crate::kit::{Cell, Column, Row, Table};
use crate::show::Show;
use app_reports::{GroupStep, RowSource};
use maud::{Markup, Render, html};
use model::Value;
use render::{ColumnKind, RowRole};

/// Rows shown on a page; the export has all.
const SHOWN: usize = 2000;

/// Where the rows and figures of a table lead.
pub(crate) struct Ways<'r> {
    /// One for each row of the table.
    pub(crate) rows: Vec<RowSource<'r>>,
    /// The columns of groups before those of records and figures.
    pub(crate) groups: usize,
    /// For each column of figures the groups across that it is about; none where figures stand under columns.
    pub(crate) figures: Vec<Vec<GroupStep>>,
    /// The address of the records of some groups.
    pub(crate) to: &'r dyn Fn(&[GroupStep]) -> String,
}

pub(crate) fn table(show: &Show, made: &render::Table) -> Table {
    with_ways(show, made, None)
}

pub(crate) fn with_ways(show: &Show, made: &render::Table, ways: Option<&Ways<'_>>) -> Table {
    let columns = made.columns.iter().map(|column| match &column.kind {
        ColumnKind::Currency { code } => Column::number(column.label.clone()).unit(code.clone()),
        kind if kind.is_numeric() => Column::number(column.label.clone()),
        _ => Column::text(column.label.clone()),
    });
    let rows = made.rows.iter().take(SHOWN).enumerate().map(|(at, row)| {
        let is_sum = row.role != RowRole::Detail;
        let source = ways.and_then(|ways| Some((ways, ways.rows.get(at)?)));
        let cells = cells(show, made, &row.cells);
        let made = match source {
            Some((ways, RowSource::Record(record))) => {
                let href = format!("/r/{}", record.id);
                let is_named = record.names.iter().any(Option::is_some);
                let linked = cells.into_iter().enumerate().map(|(at, content)| {
                    let named = at.checked_sub(ways.groups).and_then(|at| record.names.get(at).copied().flatten());
                    match named {
                        Some(id) => link(&format!("/r/{id}"), content),
                        None if !is_named && at == ways.groups => link(&href, content),
                        // A record has no figures of its own.
                        None => cell(content, is_sum || at >= ways.groups + record.cells.len()),
                    }
                });
                Row::new(linked.collect()).leads_to(href)
            }
            Some((ways, RowSource::Groups(steps))) => Row::new(group_cells(ways, steps, cells, is_sum)),
            None => Row::new(cells.into_iter().map(|content| cell(content, is_sum)).collect()),
        };
        match row.role {
            RowRole::Detail => made,
            RowRole::GroupHeading { .. } => made.heading(),
            RowRole::Subtotal { .. } | RowRole::Total => made.subtotal(),
        }
    });
    let mut table = Table::new(made.title.clone(), columns.collect(), rows.collect()).grid();
    if let Some(totals) = &made.totals {
        let totals = cells(show, made, totals).into_iter().enumerate().map(|(at, content)| {
            // The total of a group across has records of its own.
            let across =
                ways.and_then(|ways| ways.figures.get(at.checked_sub(ways.groups)?)).filter(|path| !path.is_empty());
            match (ways, across) {
                (Some(ways), Some(across)) => link(&(ways.to)(across), content),
                _ => cell(content, true),
            }
        });
        table = table.totals(totals.collect());
    }
    if made.rows.len() > SHOWN {
        table = table.note(format!(
            "The first {} of {} rows are shown; the export has all of them.",
            show.whole(SHOWN as u64),
            show.whole(made.rows.len() as u64)
        ));
    }
    table
}

/// A row of figures: the name of its innermost group leads to the group's records, each figure to those behind it.
fn group_cells(ways: &Ways<'_>, steps: &[GroupStep], cells: Vec<Option<Markup>>, is_sum: bool) -> Vec<Cell> {
    let named = steps.len().saturating_sub(1);
    cells
        .into_iter()
        .enumerate()
        .map(|(at, content)| match at.checked_sub(ways.groups).and_then(|at| ways.figures.get(at)) {
            _ if at == named => link(&(ways.to)(steps), content),
            Some(across) if !across.is_empty() => link(&(ways.to)(&[steps, across].concat()), content),
            _ => cell(content, is_sum),
        })
        .collect()
}

fn link(href: &str, content: Option<Markup>) -> Cell {
    match content {
        Some(content) => Cell::of(html! { a href=(href) { (content) } }),
        None => Cell::text(""),
    }
}

fn cell(content: Option<Markup>, is_sum: bool) -> Cell {
    match content {
        Some(content) => Cell::of(content),
        // Nothing is missing where a sum has no value of its own.
        None if is_sum => Cell::text(""),
        None => Cell::blank(),
    }
}

fn cells(show: &Show, made: &render::Table, values: &[Value]) -> Vec<Option<Markup>> {
    made.columns.iter().zip(values).map(|(column, value)| content(show, &column.kind, value)).collect()
}

fn content(show: &Show, kind: &ColumnKind, value: &Value) -> Option<Markup> {
    Some(match (kind, value) {
        (_, Value::Null) => return None,
        (_, Value::Date(date)) => show.date(*date),
        (_, Value::DateTime(instant)) => show.instant(*instant),
        (ColumnKind::Currency { .. }, Value::Int(_) | Value::Number(_)) => {
            show.amount(value.as_decimal().unwrap_or_default()).render()
        }
        _ => show.formats.value(value, kind, Some(&show.zone)).render(),
    })
}
