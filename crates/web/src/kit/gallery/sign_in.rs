//! Signing in.

use super::world::TOKEN;
use crate::kit::{BarePage, Button, Field, Form, Icon, Input, Section, Theme, icon};
use maud::{Markup, Render, html};

pub(super) fn page(theme: Theme) -> Markup {
    let form = Form::post("/sign-in", TOKEN)
        .unguarded()
        .plain()
        .error("Mail address and password do not match. Check both, or sign in with a passkey.")
        .section(Section::new(vec![
            Field::new("Mail address", Input::email("email").autocomplete("username").value("maya@northwind.example"))
                .required(),
            Field::new("Password", Input::password("password").autocomplete("current-password").focused())
                .required()
                .aside(html! { a href="/password/forgotten" { "Forgot it?" } }),
        ]))
        .action(Button::submit("Sign in").primary().wide());
    let body = html! {
        header.bare-head {
            (icon::mark())
            div { h1 { "Sign in to Northwind Trading" } p { "Your data stays on your own machine." } }
        }
        (form)
        p.rule { "or" }
        div.stack {
            (Button::link("Sign in with a passkey", "/sign-in/passkey").icon(Icon::Key).wide())
            (Button::link("Sign in with your company account", "/sign-in/sso").icon(Icon::Building).wide())
        }
    };
    BarePage::new("Sign in · Northwind Trading", body)
        .theme(theme)
        .foot(html! { "Trouble signing in? Your administrator is Tomás Herrera." })
        .render()
}
