//! The page of one opportunity.

use super::{
    parts::{stage_cell, steps, timeline},
    world::TOKEN,
};
use crate::kit::{
    Badge, Button, Cell, Column, Crumbs, Detail, DetailList, Dialog, Header, Icon, KeyFacts, Menu, MenuItem, Page,
    Panel, PersonTag, Row, Tab, Table, Tabs, Theme, Tone, copyable, moment,
};
use maud::{Markup, Render, html};

fn header() -> Header {
    Header::new("Cold-chain monitoring, 40 sites")
        .icon(Icon::Target)
        .crumbs(Crumbs::new().link("Opportunities", "/opportunities").link("Baltic Fresh Logistics", "/accounts/001"))
        .badge(Badge::new("Negotiation", Tone::Accent))
        .actions(html! {
            (Menu::more("More actions", vec![
                MenuItem::link("Clone", "clone").icon(Icon::Copy),
                MenuItem::link("Change owner", "owner").icon(Icon::Person),
                MenuItem::link("Who can see this", "access").icon(Icon::Eye),
                MenuItem::Separator,
                MenuItem::link("Delete", "delete").icon(Icon::Trash).opens("delete-opportunity"),
            ]))
            (Button::link("New quote", "quotes/new").icon(Icon::Quote))
            (Button::link("Edit", "edit").primary().icon(Icon::Pencil).shortcut("e"))
        })
        .facts(
            KeyFacts::new()
                .fact("Amount", "EUR 184,500.00")
                .fact("Close date", moment("28 Nov 2026", "2026-11-28", "Saturday, 28 November 2026"))
                .fact("Account", html! { a href="/accounts/001" { "Baltic Fresh Logistics" } })
                .fact("Owner", PersonTag::new("Maya Lindqvist").href("/people/005"))
                .fact("Next step", "Legal reviews the terms"),
        )
        .below(steps("Stage", 3))
        .tabs(Tabs::new(
            "Opportunity",
            vec![
                Tab::new("Details", "?").current(true),
                Tab::new("Related", "?tab=related").count("9"),
                Tab::new("Activity", "?tab=activity").count("14"),
                Tab::new("History", "?tab=history"),
            ],
        ))
}

fn details() -> Markup {
    html! {
        (DetailList::new(vec![
            Detail::new("Name", "Cold-chain monitoring, 40 sites").edit("edit"),
            Detail::new("Account", html! { a href="/accounts/001" { "Baltic Fresh Logistics" } }).edit("edit"),
            Detail::new("Amount", "EUR 184,500.00").edit("edit"),
            Detail::new("Expected revenue", "EUR 147,600.00").why("why/expected").help("Amount times probability."),
            Detail::new("Probability", "80 %").edit("edit"),
            Detail::new("Forecast", "Commit").edit("edit"),
            Detail::new("Lead source", "Partner").edit("edit"),
            Detail::blank("Campaign").edit("edit"),
            Detail::new("Description", "Temperature sensors in all depots; first ten sites before the winter. Second phase in spring, after the new depot in Klaipėda opens.").wide().edit("edit"),
        ]).title("Deal"))
        (DetailList::new(vec![
            Detail::new("Created", html! { "Tomás Herrera, " (moment("3 Oct 2026", "2026-10-03T07:30:00Z", "3 October 2026, 09:30")) }),
            Detail::new("Last changed", html! { "Maya Lindqvist, " (moment("2 hours ago", "2026-11-21T08:12:00Z", "21 November 2026, 09:12")) }),
            Detail::new("Record id", copyable("006000000000001AAA", "the record id")),
            Detail::new("Visible to", html! { a href="access" { "14 people" } }),
        ]).title("System"))
    }
}

fn quotes() -> Panel {
    let table = Table::new(
        "Quotes",
        vec![
            Column::text("Quote"),
            Column::text("State"),
            Column::number("Total").unit("EUR"),
            Column::text("Valid until"),
        ],
        vec![
            Row::new(vec!["Q-00418".into(), stage_cell("Closed won"), "184,500.00".into(), "30 Nov 2026".into()])
                .href("/quotes/1"),
            Row::new(vec!["Q-00397".into(), stage_cell("Proposal"), "201,000.00".into(), Cell::blank()])
                .href("/quotes/2"),
        ],
    );
    Panel::new(table.render())
        .title("Quotes")
        .count("2")
        .actions(html! { (Button::link("New", "quotes/new").quiet().small().icon(Icon::Plus)) })
        .flush()
}

fn contacts() -> Panel {
    let person = |name: &str, role: &str| html! { div.contact { (PersonTag::new(name).href("/contacts/1")) span.muted { (role) } } };
    Panel::new(html! { (person("Liis Tamm", "Head of operations")) (person("Kristjan Mägi", "Buyer")) (person("Olena Kovalchuk", "IT")) })
        .title("Contacts")
        .count("3")
        .actions(html! { (Button::link("Add", "contacts/add").quiet().small().icon(Icon::Plus)) })
}

pub(super) fn page(theme: Theme) -> Markup {
    let delete = Dialog::new(
        "delete-opportunity",
        "Delete this opportunity?",
        html! { p { "Its 2 quotes and 14 activities go with it. You can take this back for 15 days from the recycle bin." } },
        html! { (Button::close_dialog("Cancel", "delete-opportunity")) (Button::submit("Delete").danger()) },
    )
    .posts_to("/opportunities/006000000000001AAA/delete", TOKEN);
    let body = html! {
        div.columns.main-side {
            div.stack {
                div { (details()) }
                (quotes())
            }
            div.stack {
                (contacts())
                (Panel::new(timeline()).title("Activity").actions(html! { (Button::link("Log a call", "calls/new").quiet().small().icon(Icon::Phone)) }))
            }
        }
        (delete)
    };
    Page::new(&super::shell(theme, "/opportunities"), "Cold-chain monitoring, 40 sites", body)
        .header(header())
        .record()
        .render()
}
