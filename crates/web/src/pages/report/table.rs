//! A table of the renderer as a table of the page.

use crate::kit::{Cell, Column, Row, Table};
use crate::show::Show;
use model::Value;
use render::{ColumnKind, RowRole};

/// Rows shown on a page; the export has all.
const SHOWN: usize = 2000;

pub(crate) fn table(show: &Show, made: &render::Table) -> Table {
    let columns = made.columns.iter().map(|column| match &column.kind {
        ColumnKind::Currency { code } => Column::number(column.label.clone()).unit(code.clone()),
        kind if kind.is_numeric() => Column::number(column.label.clone()),
        _ => Column::text(column.label.clone()),
    });
    let cells = |values: &[Value], is_sum: bool| {
        made.columns
            .iter()
            .zip(values)
            .map(|(column, value)| cell(show, &column.kind, value, is_sum))
            .collect::<Vec<_>>()
    };
    let rows = made.rows.iter().take(SHOWN).map(|row| match row.role {
        RowRole::Detail => Row::new(cells(&row.cells, false)),
        RowRole::GroupHeading { .. } => Row::new(cells(&row.cells, true)).heading(),
        RowRole::Subtotal { .. } | RowRole::Total => Row::new(cells(&row.cells, true)).subtotal(),
    });
    let mut table = Table::new(made.title.clone(), columns.collect(), rows.collect()).grid();
    if let Some(totals) = &made.totals {
        table = table.totals(cells(totals, true));
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

fn cell(show: &Show, kind: &ColumnKind, value: &Value, is_sum: bool) -> Cell {
    match (kind, value) {
        // Nothing is missing where a sum has no value of its own.
        (_, Value::Null) if is_sum => Cell::text(""),
        (_, Value::Null) => Cell::blank(),
        (_, Value::Date(date)) => Cell::of(show.date(*date)),
        (_, Value::DateTime(instant)) => Cell::of(show.instant(*instant)),
        (ColumnKind::Currency { .. }, Value::Int(_) | Value::Number(_)) => {
            show.amount(value.as_decimal().unwrap_or_default()).into()
        }
        _ => show.formats.value(value, kind, Some(&show.zone)).into(),
    }
}
