//! Menus and dialogs.

use super::world::TOKEN;
use crate::kit::{Button, Crumbs, Dialog, Field, Form, Header, Icon, Input, Menu, MenuItem, Page, Section, Theme};
use maud::{Markup, Render, html};

pub(super) fn overlays() -> Markup {
    html! {
        div.button-row {
            (Menu::new("Actions", vec![
                MenuItem::link("Clone", "#overlays").icon(Icon::Copy),
                MenuItem::link("Change owner", "#overlays").icon(Icon::Person),
                MenuItem::Separator,
                MenuItem::post("Delete", "/delete", TOKEN).icon(Icon::Trash).danger(),
            ]))
            (Menu::more("More", vec![MenuItem::link("Clone", "#overlays")]).quiet())
            (Button::link("Rename", "/dev/kit/confirm").opens("rename"))
            (Button::link("Delete", "/dev/kit/confirm").danger().opens("confirm"))
        }
        div.gallery-menu {
            (Menu::new("Open menu", vec![
                MenuItem::Heading("Yours".into()),
                MenuItem::link("Closing this month", "#overlays").current(true),
                MenuItem::link("My team", "#overlays"),
                MenuItem::Separator,
                MenuItem::link("Save as new view", "#overlays").icon(Icon::Plus),
                MenuItem::post("Delete this view", "/delete", TOKEN).icon(Icon::Trash).danger(),
            ]).start().open())
        }
        (confirm("confirm-shown").shown())
        (confirm("confirm"))
        (Dialog::new("rename", "Rename view", html! {
            (Section::new(vec![Field::new("Name", Input::text("view_name").value("Closing this month")).required()]))
        }, html! { (Button::close_dialog("Cancel", "rename")) (Button::submit("Rename").primary()) }).posts_to("/views/rename", TOKEN))
    }
}

fn confirm(id: &str) -> Dialog {
    Dialog::new(
        id,
        "Delete this opportunity?",
        html! { p { "Its 2 quotes and 14 activities go with it. You can take this back for 15 days from the recycle bin." } },
        html! { (Button::close_dialog("Cancel", id)) (Button::submit("Delete").danger()) },
    )
    .posts_to("/opportunities/delete", TOKEN)
}

/// Where the opener of a dialog leads without script.
pub(super) fn confirm_page(theme: Theme) -> Markup {
    let form = Form::post("/opportunities/delete", TOKEN)
        .unguarded()
        .plain()
        .section(Section::new(Vec::new()).extra(html! {
            p { "Its 2 quotes and 14 activities go with it. You can take this back for 15 days from the recycle bin." }
        }))
        .action(Button::submit("Delete").danger())
        .action(Button::link("Cancel", "/opportunities/006000000000001AAA"));
    Page::new(&super::shell(theme, "/opportunities"), "Delete opportunity", form.render())
        .header(Header::new("Delete this opportunity?").crumbs(Crumbs::new().link("Opportunities", "/opportunities")))
        .form()
        .render()
}
