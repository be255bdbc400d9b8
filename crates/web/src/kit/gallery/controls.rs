//! Buttons, fields, search.

use super::world::TOKEN;
use crate::kit::{
    Button, Checkbox, Chip, Choice, Field, Form, Icon, Input, Lookup, LookupChoice, Menu, MenuItem, RadioGroup,
    SearchBox, Section, Select, Tab, Tabs, TextArea, Toolbar,
};
use maud::{Markup, html};

pub(super) fn buttons() -> Markup {
    html! {
        div.button-row {
            (Button::submit("Save").primary())
            (Button::link("New opportunity", "/opportunities/new").primary().icon(Icon::Plus))
            (Button::submit("Save and new"))
            (Button::link("Edit", "/edit").icon(Icon::Pencil))
            (Button::link("Cancel", "/").quiet())
            (Button::submit("Delete").danger().icon(Icon::Trash))
            (Button::link("Next", "/next").trailing(Icon::ArrowRight))
        }
        div.button-row {
            (Button::link("Export", "/export").small().icon(Icon::Download))
            (Button::link("Filter", "/filter").small().quiet().icon(Icon::Filter))
            (Button::link("Refresh", "/refresh").icon_only(Icon::Refresh))
            (Button::link("More", "/more").quiet().icon_only(Icon::More))
            (Button::link("Copy link", "/copy").quiet().small().icon_only(Icon::Link))
            (Button::submit("Delete").icon(Icon::Trash).unavailable("You need the permission “Delete opportunities”. Maya Lindqvist can grant it."))
        }
    }
}

fn stages() -> Vec<Choice> {
    ["Qualification", "Discovery", "Proposal", "Negotiation"]
        .into_iter()
        .map(|stage| Choice::plain(stage).group("Open"))
        .chain(["Closed won", "Closed lost"].into_iter().map(|stage| Choice::plain(stage).group("Closed")))
        .collect()
}

pub(super) fn fields() -> Markup {
    let usual = Section::new(vec![
        Field::new("Name", Input::text("name").value("Cold-chain monitoring, 40 sites").max_length(120)).required(),
        Field::new(
            "Account",
            Lookup::new("account_id", "/lookup/accounts")
                .chosen(LookupChoice::new("001000000000001AAA", "Baltic Fresh Logistics"))
                .placeholder("Search accounts"),
        ),
        Field::new("Amount", Input::number("amount").value("184,500.00").prefix("EUR")).help("Without tax."),
        Field::new("Discount", Input::number("discount").placeholder("0").suffix("%")),
        Field::new("Close date", Input::date("close_date").value("2026-11-28")).required(),
        Field::new("Stage", Select::new("stage", stages()).selected("Negotiation").blank("None")),
        Field::new("Website", Input::url("website").placeholder("https://")),
        Field::new("Created by", Input::text("created_by").value("Tomás Herrera, 3 Oct 2026").read_only()),
        Field::new("Contract", Input::file("contract")).help("PDF, 10 MB at most."),
        Field::new("Partner", Lookup::new("partner_id", "/lookup/accounts").placeholder("Search accounts")),
        Field::new(
            "Description",
            TextArea::new("description").value("Temperature sensors in all depots; first ten sites before the winter."),
        )
        .wide(),
        Field::new("Formula", TextArea::new("formula").code().value("IF(Amount > 100000, Amount * 0.02, 0)")).wide(),
        Field::new("Private", Checkbox::new("private", true)).help("Only the owner and those above can see it."),
        Field::new("Send a weekly summary", Checkbox::new("weekly", true).switch()),
        Field::new(
            "Forecast",
            RadioGroup::new(
                "forecast",
                vec![
                    Choice::new("commit", "Commit").detail("Counts in full."),
                    Choice::new("best", "Best case").detail("Counts with its probability."),
                    Choice::new("omit", "Left out"),
                ],
            )
            .selected("best"),
        ),
    ])
    .title("Every control")
    .help("Labels stand above, help below; an error takes the place between.")
    .two_columns();
    let wrong = Section::new(vec![
        Field::new("Name", Input::text("name"))
            .id("wrong-name")
            .required()
            .error("Enter a name: every opportunity has one."),
        Field::new("Amount", Input::number("amount").value("12,5OO").prefix("EUR"))
            .id("wrong-amount")
            .error("“12,5OO” is not a number. Use digits, for instance 12,500.00.")
            .help("Without tax."),
        Field::new("Close date", Input::date("close_date").value("2026-02-11"))
            .id("wrong-close")
            .error("Close date is before the opportunity was created on 3 Oct 2026. Choose a later day."),
        Field::new(
            "Account",
            Lookup::new("account_id", "/lookup/accounts").text("Baltic").matches(vec![
                LookupChoice::new("001000000000001AAA", "Baltic Fresh Logistics").detail("Tallinn"),
                LookupChoice::new("001000000000002AAA", "Baltic Timber").detail("Riga"),
            ]),
        )
        .id("wrong-account")
        .error("Two accounts match “Baltic”. Choose one."),
        Field::new("Stage", Select::new("stage", stages()).selected("Prospecting (retired)"))
            .id("wrong-stage")
            .error("“Prospecting (retired)” is no longer used. Choose another stage."),
        Field::new("I have read the terms", Checkbox::new("terms", false))
            .id("wrong-terms")
            .required()
            .error("Tick the box to go on."),
    ])
    .two_columns();
    html! {
        (Form::post("/dev/kit", TOKEN).id("every-control").unguarded().section(usual)
            .action(Button::submit("Save").primary()).action(Button::link("Cancel", "/dev/kit").quiet()).plain())
        h3 { "With errors" }
        (Form::post("/dev/kit", TOKEN).id("wrong-controls").unguarded().section(wrong).plain())
    }
}

pub(super) fn search() -> Markup {
    let views = Menu::new(
        "View",
        vec![
            MenuItem::Heading("Yours".into()),
            MenuItem::link("Closing this month", "#search").current(true),
            MenuItem::link("My team", "#search"),
            MenuItem::Heading("Shared".into()),
            MenuItem::link("All open", "#search"),
        ],
    )
    .face(html! { span { "Closing this month" } (Icon::ChevronDown) })
    .start();
    html! {
        (Toolbar::new()
            .start(views)
            .search(SearchBox::new("gallery-filter", "/dev/kit", "Filter opportunities").page_filter())
            .chip(Chip::new("Stage", "is Proposal or Negotiation").edit("#search").remove("#search"))
            .chip(Chip::new("Close date", "this month").edit("#search").remove("#search"))
            .chip(Chip::new("Account", "contains Westfälische Maschinen- und Anlagenbau GmbH & Co. Kommanditgesellschaft").remove("#search"))
            .chip(Chip::new("Owner", "is you"))
            .chips_end(html! { (Button::link("Add filter", "#search").quiet().small().icon(Icon::Plus)) })
            .actions(html! {
                (Tabs::new("Layout", vec![Tab::new("List", "#search").current(true), Tab::new("Board", "#search")]).segmented())
                (Button::link("Columns", "#search").quiet().icon(Icon::Columns))
                (Button::link("Export", "#search").quiet().icon(Icon::Download))
            }))
    }
}
