//! The parts that show things.

use super::{picture, world::TOKEN};
use crate::kit::{
    Avatar, Badge, Banner, Button, Cell, ChartFrame, Column, Crumbs, Detail, DetailList, Empty, Event, Flash, Header,
    Icon, KeyFacts, Panel, PersonTag, Progress, Refusal, Row, Stat, Step, Steps, Tab, Table, Tabs, Timeline, Tone,
    Trend, Undo, copyable, moment,
};
use maud::{Markup, Render, html};

pub(super) fn steps(label: &str, current: usize) -> Steps {
    let stages = ["Qualification", "Discovery", "Proposal", "Negotiation", "Closed"];
    Steps::new(label, stages.iter().map(|stage| Step::new(*stage).href("#tabs")).collect(), current)
}

pub(super) fn tabs() -> Markup {
    html! {
        (Tabs::new("Opportunity", vec![
            Tab::new("Details", "#tabs").current(true),
            Tab::new("Related", "#tabs").count("12"),
            Tab::new("Activity", "#tabs"),
            Tab::new("History", "#tabs"),
        ]))
        div.button-row {
            (Tabs::new("Period", vec![Tab::new("Month", "#tabs"), Tab::new("Quarter", "#tabs").current(true), Tab::new("Year", "#tabs")]).segmented())
        }
        (steps("Stage", 2))
        (steps("Stage, won", 4).finished())
        (steps("Stage, lost", 4).failed())
    }
}

pub(super) fn badges() -> Markup {
    html! {
        div.button-row { @for tone in Tone::ALL { (Badge::new(tone.as_str(), *tone)) } (Badge::new("Overdue", Tone::Bad).icon(Icon::Clock)) }
        div.button-row { @for tone in Tone::ALL { (Badge::new(tone.as_str(), *tone).dot()) } }
        div.button-row {
            @for name in ["Maya Lindqvist", "Tomás Herrera", "Yuki Tanaka", "Priya Raman", "Jordan Ellis", "Cher", "李小龙", "Ada Lovelace"] { (Avatar::new(name)) }
            (Avatar::new("Baltic Fresh Logistics").square())
            (Avatar::new("Maya Lindqvist").large())
            (Avatar::new("Kestrel Analytics").square().large())
            (PersonTag::new("Alexandra Featherstonehaugh-Cholmondeley").href("#badges"))
            (PersonTag::new("Otter & Finch").company())
            (copyable("006000000000001AAA", "the record id"))
        }
    }
}

pub(super) fn headers() -> Markup {
    html! {
        div.panel { div.panel-body {
            (Header::new("Westfälische Maschinen- und Anlagenbau GmbH & Co. KG")
                .avatar(Avatar::new("Westfälische Maschinen").square())
                .kind("Account")
                .crumbs(Crumbs::new().link("Accounts", "#headers").link("Westfälische Holding", "#headers"))
                .badge(Badge::new("Customer", Tone::Good))
                .actions(html! { (Button::link("Follow", "#headers").icon(Icon::Bell)) (Button::link("Edit", "#headers").primary()) })
                .facts(key_facts()))
        } }
    }
}

fn key_facts() -> KeyFacts {
    KeyFacts::new()
        .fact("Open pipeline", "EUR 999,999,999,999.00")
        .fact("Owner", PersonTag::new("Maya Lindqvist").href("#headers"))
        .fact(
            "Last activity",
            moment("2 hours ago", "2026-11-21T08:12:00Z", "21 November 2026, 09:12 Europe/Stockholm"),
        )
        .fact("Industry", "Mechanical engineering")
        .fact("Phone", html! { a href="tel:+49251000000" { "+49 251 000 000" } })
}

pub(super) fn details() -> Markup {
    html! {
        (DetailList::new(vec![
            Detail::new("Account", html! { a href="#details" { "Baltic Fresh Logistics" } }).edit("#details"),
            Detail::new("Owner", PersonTag::new("Maya Lindqvist").href("#details")),
            Detail::new("Amount", "EUR 184,500.00").edit("#details"),
            Detail::new("Expected revenue", "EUR 147,600.00").why("#details").help("Amount times probability."),
            Detail::new("Close date", moment("28 Nov 2026", "2026-11-28", "Saturday, 28 November 2026")).edit("#details"),
            Detail::blank("Campaign").edit("#details"),
            Detail::new("Description", "Temperature sensors in all depots; first ten sites before the winter.\nSecond phase in spring.").wide().edit("#details"),
        ]).title("Deal"))
    }
}

pub(super) fn timeline() -> Markup {
    html! {
        (Timeline::new()
            .group("Next", vec![
                Event::new(Icon::Calendar, html! { "Contract review with " strong { "Liis Tamm" } }, moment("Tue 14:00", "2026-11-24T13:00:00Z", "24 November 2026, 14:00")).tone(Tone::Accent)
                    .actions(html! { (Button::link("Open", "#timeline").small()) }),
            ])
            .group("This week", vec![
                Event::new(Icon::Phone, html! { strong { "Maya Lindqvist" } " called Liis Tamm" }, moment("2 hours ago", "2026-11-21T08:12:00Z", "21 November 2026, 09:12"))
                    .body(html! { "Legal wants a cap on liability. Everything else is agreed." }),
                Event::new(Icon::Target, html! { strong { "Maya Lindqvist" } " moved the stage" }, moment("Yesterday", "2026-11-20T15:40:00Z", "20 November 2026, 16:40"))
                    .body(html! { span.change { (Badge::new("Proposal", Tone::Info)) (Icon::ArrowRight) (Badge::new("Negotiation", Tone::Accent)) } }),
                Event::new(Icon::Quote, html! { "Quote Q-00418 was accepted" }, moment("Wed", "2026-11-18T10:05:00Z", "18 November 2026, 11:05")).tone(Tone::Good),
                Event::new(Icon::Warning, html! { "Approval was rejected by " strong { "Tomás Herrera" } }, moment("Mon", "2026-11-16T09:00:00Z", "16 November 2026, 10:00")).tone(Tone::Bad)
                    .body(html! { "Discount over 15 %. Ask again with a longer term." }),
            ]))
    }
}

pub(super) fn stats() -> Markup {
    html! {
        div.tiles {
            (Stat::new("Won this quarter", "1,284,500").unit("EUR").trend(Trend::up("12.4 %", Tone::Good).against("last quarter")).why("#stats").spark(picture::spark(&[20.0, 34.0, 28.0, 52.0, 61.0, 58.0, 90.0])))
            (Stat::new("Win rate", "38.2 %").trend(Trend::down("3.1 points", Tone::Bad).against("last quarter")).why("#stats"))
            (Stat::new("Sales cycle", "41 days").trend(Trend::down("6 days", Tone::Good).against("last quarter")))
            (Stat::new("Weighted pipeline", "999,999,999,999").unit("EUR").trend(Trend::flat("Unchanged")).href("#stats"))
            (Stat::new("Quota", "64 %").note("EUR 1,284,500 of 2,000,000"))
        }
    }
}

pub(super) fn months_table() -> Table {
    let rows = [
        ("Jun", "212,000", "240,000"),
        ("Jul", "198,500", "240,000"),
        ("Aug", "246,000", "260,000"),
        ("Sep", "318,000", "280,000"),
    ];
    Table::new(
        "Won by month",
        vec![Column::text("Month"), Column::number("Won").unit("EUR"), Column::number("Goal").unit("EUR")],
        rows.into_iter().map(|(month, won, goal)| Row::new(vec![month.into(), won.into(), goal.into()])).collect(),
    )
    .totals(vec!["Total".into(), "974,500".into(), "1,020,000".into()])
    .grid()
}

pub(super) fn charts() -> Markup {
    let months = ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"];
    html! {
        div.columns.halves {
            (ChartFrame::new("Won against goal", picture::lines("Won against goal by month", ["0", "120k", "240k", "360k"], &months, &[59.0, 55.0, 68.0, 88.0, 79.0, 96.0], &[66.0, 66.0, 72.0, 77.0, 80.0, 83.0]), months_table()).subtitle("Sum of amount, EUR"))
            (ChartFrame::empty("Pipeline by stage", Table::new("Pipeline by stage", vec![Column::text("Stage")], vec![])).subtitle("Sum of amount, EUR"))
        }
    }
}

pub(super) fn panels() -> Markup {
    html! {
        div.columns.halves {
            (Panel::new(html! { p { "A panel holds one part of a page. Most pages need none." } })
                .title("Panel").subtitle("With a second line").count("12")
                .actions(html! { (Button::link("Add", "#panels").small().icon(Icon::Plus)) })
                .foot(html! { a href="#panels" { "All 12" } }))
            (Panel::new(DetailList::new(vec![
                Detail::new("Phone", "+372 600 0000"), Detail::new("City", "Tallinn"), Detail::blank("Website"),
            ]).single().render()).title("Account"))
        }
    }
}

pub(super) fn messages() -> Markup {
    html! {
        div.stack {
            @for (tone, words) in [
                (Tone::Info, "This org is a sandbox. Mail goes to the outbox only."),
                (Tone::Good, "The import is finished: 10,000 rows, none refused."),
                (Tone::Warn, "Jordan Ellis of Holdfast Support can see this org until 17:30."),
                (Tone::Bad, "The store is sealed. Nothing can be saved until an administrator opens it."),
            ] {
                (Banner::new(tone, html! { (words) }).actions(html! { @if tone == Tone::Warn { (Button::submit("End access").small()) } }))
            }
            (Flash::new(Tone::Good, "Saved").link("Open", "#messages"))
            (Flash::new(Tone::Neutral, "3 opportunities deleted").undo(Undo::new("/restore", TOKEN)))
            (Flash::new(Tone::Bad, "The quote was not sent: the mail server did not answer. It is tried again in 5 minutes."))
            (Refusal::new("delete this opportunity", "Delete opportunities", vec!["Maya Lindqvist".into(), "Tomás Herrera".into()]))
        }
    }
}

pub(super) fn progress() -> Markup {
    html! {
        div.stack {
            (Progress::new("Importing contacts.csv", 3200, 10_000).words("3,200 of 10,000 rows"))
            (Progress::unknown("Counting rows"))
            div { (Progress::new("Probability", 80, 100).words("80 %").slim()) }
        }
    }
}

pub(super) fn empties() -> Markup {
    html! {
        (Panel::new(html! {
            (Empty::new(Icon::Target, "Opportunities are deals under way. Create the first one, or bring yours in from a file.")
                .action(Button::link("New opportunity", "#empty").primary().icon(Icon::Plus)))
        }))
    }
}

/// A cell with a stage as most lists show it.
pub(super) fn stage_cell(stage: &str) -> Cell {
    let tone = match stage {
        "Closed won" => Tone::Good,
        "Closed lost" => Tone::Bad,
        "Negotiation" => Tone::Accent,
        "Proposal" => Tone::Info,
        _ => Tone::Neutral,
    };
    Cell::badge(Badge::new(stage, tone))
}
