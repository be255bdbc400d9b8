//! Tables in every state.

use super::{parts::stage_cell, world::TOKEN};
use crate::kit::{Button, Cell, Column, Empty, Icon, Order, Pager, Row, Selection, Table};
use maud::{Markup, html};

pub(super) fn tables() -> Markup {
    html! {
        h3 { "Sorted, selectable, with totals" }
        (selectable())
        (Pager::new("1–3 of 1,248").previous(None::<&str>).next(Some("#tables")).size("50", "#tables", true).size("100", "#tables", false))
        h3 { "Grouped, with subtotals and a note: stays a table on a phone" }
        (grouped())
        h3 { "Without rows" }
        (Table::new("Nothing", vec![Column::text("Name")], vec![]).empty(Empty::new(Icon::Filter, "No opportunity matches these filters.").action(Button::link("Clear filters", "#tables"))))
    }
}

fn selectable() -> Table {
    let row = |id: &str, name: &str, stage: &str, amount: &str, close: Option<&str>, chosen| {
        Row::new(vec![name.into(), stage_cell(stage), amount.into(), Cell::or_blank(close)])
            .href("#tables")
            .edit("#tables")
            .select(id, name, chosen)
    };
    Table::new(
        "Sample opportunities",
        vec![
            Column::text("Name").sort("#tables", None),
            Column::text("Stage").sort("#tables", None),
            Column::number("Amount").unit("EUR").sort("#tables", Some(Order::Descending)),
            Column::text("Close date").sort("#tables", None),
        ],
        vec![
            row(
                "1",
                "Global framework agreement with all subsidiaries",
                "Qualification",
                "999,999,999,999.00",
                None,
                false,
            ),
            row("2", "Cold-chain monitoring, 40 sites", "Negotiation", "184,500.00", Some("28 Nov 2026"), true),
            row("3", "Pilot, two teams", "Discovery", "−9,800.00", Some("19 Dec 2026"), false),
        ],
    )
    .totals(vec!["3 opportunities".into(), Cell::text(""), "1,000,000,174,699.00".into(), Cell::text("")])
    .selection(Selection::new(
        "sample-selection",
        TOKEN,
        vec![
            Button::submit("Change owner").small().form_action("/opportunities/owner"),
            Button::submit("Delete").small().icon(Icon::Trash).form_action("/opportunities/delete"),
        ],
    ))
}

fn grouped() -> Table {
    let row = |owner: &str, q: [&str; 4]| {
        let mut cells = vec![Cell::text(owner)];
        cells.extend(q.into_iter().map(Cell::text));
        Row::new(cells)
    };
    Table::new(
        "Won by team and quarter",
        vec![
            Column::text("Owner"),
            Column::number("Q1").unit("EUR"),
            Column::number("Q2").unit("EUR"),
            Column::number("Q3").unit("EUR"),
            Column::number("Total").unit("EUR"),
        ],
        vec![
            Row::new(vec!["North".into()]).heading(),
            row("Maya Lindqvist", ["212,000", "318,400", "286,100", "816,500"]),
            row("Tomás Herrera", ["98,200", "104,000", "141,750", "343,950"]),
            row("North", ["310,200", "422,400", "427,850", "1,160,450"]).subtotal(),
            Row::new(vec!["South".into()]).heading(),
            row("Yuki Tanaka", ["44,000", "61,500", "58,000", "163,500"]),
            row("South", ["44,000", "61,500", "58,000", "163,500"]).subtotal(),
        ],
    )
    .totals(["All teams", "354,200", "483,900", "485,850", "1,323,950"].into_iter().map(Cell::text).collect())
    .note("Shows the first 2,000 rows. Export the report for all 12,480.")
    .grid()
}
