//! The gallery: every part of the kit in every state, and the first real pages as compositions. All people, companies
//! and numbers in it are made up.

mod controls;
mod dashboard;
mod form_page;
mod foundation;
mod list_page;
mod overlays;
mod parts;
mod picture;
mod record_page;
mod sign_in;
mod tables;
mod world;

use super::{Banner, BarePage, Button, Crumbs, ErrorPage, Flash, Header, Page, Refusal, Shell, Theme, Tone, Undo};
use maud::{Markup, Render, html};

/// A page of the gallery.
#[derive(Clone, Copy, Debug)]
pub struct Plate {
    /// The last part of its address under `/dev/kit`; empty for the gallery itself.
    pub name: &'static str,
    pub title: &'static str,
    page: fn(Theme) -> Markup,
}

impl Plate {
    pub fn page(&self, theme: Theme) -> Markup {
        (self.page)(theme)
    }
}

/// Every page of the gallery.
pub const PLATES: &[Plate] = &[
    Plate { name: "", title: "Page kit", page: specimens },
    Plate { name: "list", title: "List", page: list_page::page },
    Plate { name: "list-empty", title: "Empty list", page: list_page::empty },
    Plate { name: "record", title: "Record", page: record_page::page },
    Plate { name: "form", title: "Form", page: form_page::page },
    Plate { name: "dashboard", title: "Dashboard", page: dashboard::page },
    Plate { name: "report", title: "Report", page: dashboard::report },
    Plate { name: "sign-in", title: "Sign-in", page: sign_in::page },
    Plate { name: "confirm", title: "Confirmation", page: overlays::confirm_page },
    Plate { name: "error", title: "Error", page: error },
    Plate { name: "refused", title: "Refused", page: refused },
];

/// The gallery itself, in the colours the device asks for.
pub fn page() -> Markup {
    specimens(Theme::System)
}

/// The page of the gallery with this name, if there is one.
pub fn plate(name: &str) -> Option<&'static Plate> {
    PLATES.iter().find(|plate| plate.name == name)
}

fn shell(theme: Theme, place: &str) -> Shell {
    world::shell(place).theme(theme)
}

fn specimen(id: &str, title: &str, content: Markup) -> Markup {
    html! { section.specimen id=(id) { h2 { (title) } (content) } }
}

fn specimens(theme: Theme) -> Markup {
    let sections: [(&str, &str, Markup); 19] = [
        ("colours", "Colours", foundation::colours()),
        ("type", "Type", foundation::type_scale()),
        ("icons", "Icons", foundation::icons()),
        ("buttons", "Buttons", controls::buttons()),
        ("fields", "Fields", controls::fields()),
        ("search", "Search, filters and toolbar", controls::search()),
        ("tabs", "Tabs, segments and steps", parts::tabs()),
        ("badges", "Badges, avatars and tags", parts::badges()),
        ("headers", "Headers and key facts", parts::headers()),
        ("tables", "Tables", tables::tables()),
        ("details", "Details", parts::details()),
        ("timeline", "Timeline", parts::timeline()),
        ("stats", "Key figures", parts::stats()),
        ("charts", "Charts", parts::charts()),
        ("panels", "Panels", parts::panels()),
        ("messages", "Banners, flashes and refusals", parts::messages()),
        ("progress", "Progress", parts::progress()),
        ("empty", "Empty states", parts::empties()),
        ("overlays", "Menus and dialogs", overlays::overlays()),
    ];
    let body = html! {
        div.gallery {
            nav.gallery-index aria-label="Parts" { @for (id, title, _) in &sections { a href={ "#" (id) } { (title) } } }
            nav.gallery-index aria-label="Pages" {
                @for plate in PLATES.iter().skip(1) { a href={ "/dev/kit/" (plate.name) } { (plate.title) " page" } }
            }
            @for (id, title, content) in &sections { (specimen(id, title, content.clone())) }
        }
    };
    let shell = shell(theme, "/").flash(
        Flash::new(Tone::Good, "Opportunity deleted")
            .undo(Undo::new("/recycle-bin/restore", "token").field("id", "006000000000001AAA")),
    );
    Page::new(&shell, "Page kit", body)
        .header(
            Header::new("Page kit")
                .subtitle(html! { "Every part in every state. Press " (super::key("?")) " for the keys." }),
        )
        .render()
}

fn error(theme: Theme) -> Markup {
    let content = ErrorPage::new(
        "This page could not be made",
        "Something on our side broke. It was logged; try again, or give the reference to your administrator.",
    )
    .status(500)
    .reference("7f3a-91c2-04be")
    .action(Button::link("Try again", "/opportunities").primary())
    .action(Button::link("Go home", "/"));
    BarePage::new("Error", content.render()).theme(theme).render()
}

fn refused(theme: Theme) -> Markup {
    let shell = shell(theme, "/opportunities").banner(
        Banner::new(
            Tone::Warn,
            html! { strong { "Support session" } " · Jordan Ellis of Holdfast Support can see this org until 17:30. Everything they open is logged." },
        )
        .actions(html! { (Button::link("See what they opened", "/setup/support").small()) }),
    );
    let content = html! {
        (ErrorPage::new("You cannot see this report", "Ask for the permission, or go back to the reports shared with you.")
            .action(Button::link("All reports", "/reports").primary())
            .action(Button::link("Ask for access", "/access-requests/new")))
        (Refusal::new("run reports on quotas", "Run quota reports", vec!["Maya Lindqvist".into(), "Tomás Herrera".into()]))
    };
    Page::new(&shell, "Not allowed", content)
        .header(Header::new("Quota attainment").crumbs(Crumbs::new().link("Reports", "/reports")))
        .form()
        .render()
}
