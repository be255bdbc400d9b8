//! A list of opportunities.

use super::{
    parts::stage_cell,
    world::{DEALS, TOKEN},
};
use crate::kit::{
    Button, Cell, Chip, Column, Empty, Header, Icon, Menu, MenuItem, Order, Page, Pager, PersonTag, Progress, Row,
    SearchBox, Selection, Tab, Table, Tabs, Theme, Toolbar,
};
use maud::{Markup, Render, html};

fn header() -> Header {
    Header::new("Opportunities").icon(Icon::Target).actions(html! {
        (Button::link("Import", "/opportunities/import").icon(Icon::Upload))
        (Button::link("New opportunity", "/opportunities/new").primary().icon(Icon::Plus).shortcut("c"))
    })
}

fn toolbar() -> Toolbar {
    let views = Menu::new(
        "View",
        vec![
            MenuItem::Heading("Yours".into()),
            MenuItem::link("Closing soon", "?view=soon").current(true),
            MenuItem::link("My team", "?view=team"),
            MenuItem::Heading("Shared".into()),
            MenuItem::link("All open", "?view=open"),
            MenuItem::Separator,
            MenuItem::link("Save as new view", "/views/new").icon(Icon::Plus),
        ],
    )
    .face(html! { span { "Closing soon" } (Icon::ChevronDown) })
    .start();
    Toolbar::new()
        .start(views)
        .search(SearchBox::new("list-filter", "/opportunities", "Filter opportunities").page_filter().partial("opportunities"))
        .chip(Chip::new("Close date", "next 120 days").edit("?edit=close").remove("?"))
        .chip(Chip::new("Owner", "is in North").edit("?edit=owner").remove("?"))
        .chips_end(html! { (Button::link("Add filter", "?add=filter").quiet().small().icon(Icon::Plus)) })
        .actions(html! {
            (Tabs::new("Layout", vec![Tab::new("List", "?").current(true), Tab::new("Board", "?layout=board")]).segmented())
            (Button::link("Columns", "?columns").quiet().icon(Icon::Columns))
            (Button::link("Export", "?export").quiet().icon(Icon::Download))
        })
}

pub(super) fn page(theme: Theme) -> Markup {
    let columns = vec![
        Column::text("Name").sort("?sort=name", None),
        Column::text("Account").sort("?sort=account", None),
        Column::text("Stage").sort("?sort=stage", None),
        Column::number("Amount").unit("EUR").sort("?sort=amount", None),
        Column::text("Probability").sort("?sort=probability", None).wide_only(),
        Column::text("Close date").sort("?sort=close", Some(Order::Ascending)),
        Column::text("Owner").sort("?sort=owner", None),
        Column::text("Next step").wide_only(),
    ];
    let rows = DEALS
        .iter()
        .map(|deal| {
            let href = format!("/opportunities/{}", deal.id);
            Row::new(vec![
                deal.name.into(),
                Cell::link(deal.account, "/accounts/001"),
                stage_cell(deal.stage),
                deal.amount.into(),
                Cell::of(
                    Progress::new("Probability", deal.probability, 100).words(format!("{} %", deal.probability)).slim(),
                ),
                Cell::moment(deal.close.0, deal.close.1, deal.close.1),
                Cell::of(PersonTag::new(deal.owner)),
                Cell::or_blank(deal.next_step),
            ])
            .edit(format!("{href}/edit"))
            .href(href)
            .select(deal.id, deal.name, false)
        })
        .collect();
    let mut totals: Vec<Cell> = (0..8).map(|_| Cell::text("")).collect();
    totals[0] = "248 opportunities".into();
    totals[3] = "1,000,001,416,444.00".into();
    let table = Table::new("Opportunities", columns, rows).totals(totals).selection(Selection::new(
        "opportunity-selection",
        TOKEN,
        vec![
            Button::submit("Change owner").small().form_action("/opportunities/owner"),
            Button::submit("Change stage").small().form_action("/opportunities/stage"),
            Button::submit("Delete").small().icon(Icon::Trash).form_action("/opportunities/delete"),
        ],
    ));
    let body = html! {
        (toolbar())
        div.list #opportunities {
            (table)
            (Pager::new("1–16 of 248").previous(None::<&str>).next(Some("?page=2")).size("50", "?size=50", true).size("100", "?size=100", false))
        }
    };
    Page::new(&super::shell(theme, "/opportunities"), "Opportunities", body).header(header()).fill().render()
}

pub(super) fn empty(theme: Theme) -> Markup {
    let table = Table::new("Opportunities", vec![Column::text("Name")], Vec::new()).empty(
        Empty::new(
            Icon::Target,
            "Opportunities are deals under way. Create the first one, or bring yours in from a file.",
        )
        .action(Button::link("New opportunity", "/opportunities/new").primary().icon(Icon::Plus)),
    );
    let body = html! { div.list { (table) } };
    Page::new(&super::shell(theme, "/opportunities"), "Opportunities", body).header(header()).fill().render()
}
