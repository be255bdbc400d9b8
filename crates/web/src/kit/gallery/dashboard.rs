//! A dashboard, and the report behind one of its charts.

use super::{parts::months_table, picture};
use crate::kit::{
    Button, Cell, ChartFrame, Column, Crumbs, Header, Icon, Menu, MenuItem, Page, Panel, Progress, Row, Stat, Tab,
    Table, Tabs, Theme, Tone, Trend, moment,
};
use maud::{Markup, Render, html};

fn stages_table() -> Table {
    let rows = [
        ("Qualification", "412,000", "9"),
        ("Discovery", "286,500", "14"),
        ("Proposal", "634,200", "18"),
        ("Negotiation", "498,700", "11"),
    ];
    Table::new(
        "Pipeline by stage",
        vec![Column::text("Stage"), Column::number("Amount").unit("EUR"), Column::number("Deals")],
        rows.into_iter()
            .map(|(stage, amount, deals)| Row::new(vec![stage.into(), amount.into(), deals.into()]))
            .collect(),
    )
    .totals(vec!["Total".into(), "1,831,400".into(), "52".into()])
    .grid()
}

fn team() -> Table {
    let row = |name: &str, won: &str, quota: u64| {
        Row::new(vec![
            name.into(),
            won.into(),
            Cell::of(Progress::new("Quota", quota, 100).words(format!("{quota} %")).slim()),
        ])
        .href("/people/005")
    };
    Table::new(
        "Quota by person",
        vec![Column::text("Person"), Column::number("Won").unit("EUR"), Column::text("Quota")],
        vec![
            row("Maya Lindqvist", "494,750", 99),
            row("Tomás Herrera", "343,950", 72),
            row("Yuki Tanaka", "282,300", 61),
            row("Priya Raman", "163,500", 41),
        ],
    )
}

fn won_chart() -> ChartFrame {
    let months = ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"];
    let svg = picture::lines(
        "Won against goal by month",
        ["0", "120k", "240k", "360k"],
        &months,
        &[59.0, 55.0, 68.0, 88.0, 79.0, 96.0],
        &[66.0, 66.0, 72.0, 77.0, 80.0, 83.0],
    );
    ChartFrame::new("Won against goal", svg, months_table()).subtitle("Sum of amount by close month, EUR")
}

fn header(title: &str) -> Header {
    Header::new(title)
        .crumbs(Crumbs::new().link("Dashboards", "/dashboards"))
        .subtitle(html! { "As of " (moment("09:00", "2026-11-21T08:00:00Z", "21 November 2026, 09:00 Europe/Stockholm")) " · seen with your access" })
        .actions(html! {
            (Tabs::new("Period", vec![Tab::new("Month", "?p=m"), Tab::new("Quarter", "?").current(true), Tab::new("Year", "?p=y")]).segmented())
            (Button::link("Deliver", "deliver").icon(Icon::Send))
            (Menu::more("More actions", vec![
                MenuItem::link("Edit", "edit").icon(Icon::Pencil),
                MenuItem::link("Export as spreadsheet", "export").icon(Icon::Download),
                MenuItem::command("Print", "print").icon(Icon::File),
            ]))
        })
}

pub(super) fn page(theme: Theme) -> Markup {
    let pipeline = picture::columns(
        "Pipeline by stage",
        ["0", "240k", "480k", "720k"],
        &[
            ("Qualification", 38.0, 18.0),
            ("Discovery", 26.0, 13.0),
            ("Proposal", 61.0, 26.0),
            ("Negotiation", 52.0, 16.0),
        ],
    );
    let body = html! {
        div.stack {
            div.tiles {
                (Stat::new("Won this quarter", "1,284,500").unit("EUR").trend(Trend::up("12.4 %", Tone::Good).against("last quarter")).why("why/won").spark(picture::spark(&[20.0, 34.0, 28.0, 52.0, 61.0, 58.0, 90.0])))
                (Stat::new("Open pipeline", "1,831,400").unit("EUR").trend(Trend::up("4.0 %", Tone::Good).against("last quarter")).href("/reports/1").spark(picture::spark(&[50.0, 44.0, 61.0, 58.0, 66.0, 70.0, 74.0])))
                (Stat::new("Win rate", "38.2 %").trend(Trend::down("3.1 points", Tone::Bad).against("last quarter")).why("why/rate").spark(picture::spark(&[70.0, 72.0, 64.0, 66.0, 58.0, 50.0, 44.0])))
                (Stat::new("Sales cycle", "41 days").trend(Trend::down("6 days", Tone::Good).against("last quarter")).spark(picture::spark(&[80.0, 76.0, 78.0, 66.0, 60.0, 62.0, 51.0])))
            }
            div.columns.halves {
                (won_chart())
                (ChartFrame::new("Pipeline by stage", pipeline, stages_table()).subtitle("Sum of amount, EUR · dark is commit, light is best case"))
            }
            (Panel::new(team().render()).title("Quota by person").subtitle("This quarter, EUR").flush())
        }
    };
    Page::new(&super::shell(theme, "/dashboards"), "Sales this quarter", body)
        .header(header("Sales this quarter"))
        .render()
}

pub(super) fn report(theme: Theme) -> Markup {
    let body = html! { div.stack { (won_chart()) (months_table()) } };
    Page::new(&super::shell(theme, "/reports"), "Won by month", body).header(header("Won by month")).render()
}
