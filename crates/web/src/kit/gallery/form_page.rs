//! Editing an opportunity, with what the server refused.

use super::world::TOKEN;
use crate::kit::{
    Button, Checkbox, Choice, Crumbs, Field, Form, Header, Input, Lookup, LookupChoice, Page, Section, Select,
    TextArea, Theme,
};
use maud::{Markup, Render};

pub(super) fn page(theme: Theme) -> Markup {
    let stages = ["Qualification", "Discovery", "Proposal", "Negotiation"].into_iter().map(Choice::plain).collect();
    let deal = Section::new(vec![
        Field::new("Name", Input::text("name").value("Cold-chain monitoring, 40 sites")).required().wide(),
        Field::new(
            "Account",
            Lookup::new("account_id", "/lookup/accounts")
                .chosen(LookupChoice::new("001000000000001AAA", "Baltic Fresh Logistics"))
                .placeholder("Search accounts"),
        )
        .required(),
        Field::new("Stage", Select::new("stage", stages).selected("Negotiation")).required(),
        Field::new("Amount", Input::number("amount").value("184,5OO.00").prefix("EUR"))
            .error("“184,5OO.00” is not a number. Use digits, for instance 184,500.00."),
        Field::new("Close date", Input::date("close_date").value("2026-09-28"))
            .required()
            .error("Close date is before the opportunity was created on 3 Oct 2026. Choose a later day."),
    ])
    .title("Deal")
    .two_columns();
    let more = Section::new(vec![
        Field::new("Next step", Input::text("next_step").value("Legal reviews the terms")),
        Field::new("Campaign", Lookup::new("campaign_id", "/lookup/campaigns").placeholder("Search campaigns")),
        Field::new("Description", TextArea::new("description").value("Temperature sensors in all depots.")).wide(),
        Field::new("Private", Checkbox::new("private", false))
            .help("Only the owner and those above can see it.")
            .wide(),
    ])
    .title("More")
    .two_columns();
    let form = Form::post("/opportunities/006000000000001AAA", TOKEN)
        .section(deal)
        .section(more)
        .action(Button::submit("Save").primary())
        .action(Button::submit("Save and new").named("then", "new"))
        .action(Button::link("Cancel", "/opportunities/006000000000001AAA").quiet());
    let crumbs = Crumbs::new()
        .link("Opportunities", "/opportunities")
        .link("Cold-chain monitoring, 40 sites", "/opportunities/006000000000001AAA");
    Page::new(&super::shell(theme, "/opportunities"), "Edit opportunity", form.render())
        .header(Header::new("Edit opportunity").crumbs(crumbs))
        .form()
        .render()
}
