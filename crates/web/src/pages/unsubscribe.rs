//! The way out of a schedule's mail, for whoever got it (RFC 8058). Opening the link changes nothing, because mail scanners
//! open links too; a mail program sends the form without opening the page, without cookies and without signing in.

use crate::kit::{BarePage, Button, Form, mark};
use crate::server::{PageResult, Visit, reply};
use app_delivery::Subscription;
use maud::{Render, html};
use model::{Error, OrgId, Result};
use platform::Org;
use std::sync::Arc;

fn org(visit: &Visit) -> Result<Arc<Org>> {
    let id = OrgId::parse(visit.captured("org")?).map_err(|_| Error::not_found())?;
    // Whether an org is there is nobody's to find out.
    visit.state.platform.org(id).map_err(|_| Error::not_found())
}

pub(crate) fn ask(visit: &Visit) -> PageResult {
    let token = visit.captured("token")?;
    let Ok(found) = org(visit).and_then(|org| app_delivery::subscription(&org, token)) else { return gone() };
    // There is no session whose token could be checked; the token in the address is what only the recipient has.
    let form = Form::post(visit.path.as_str(), "")
        .unguarded()
        .plain()
        .hidden("List-Unsubscribe", "One-Click")
        .action(Button::submit("Unsubscribe").primary());
    Ok(reply::page(page(
        &found,
        "Unsubscribe?",
        html! {
            p { "Mail of the schedule " strong { (found.schedule_name) } " goes to " strong { (found.address) } ". Once you unsubscribe, no later run of it is sent to this address." }
            (form)
        },
    )))
}

pub(crate) fn leave(visit: &Visit) -> PageResult {
    let token = visit.captured("token")?;
    let found = match org(visit).and_then(|org| app_delivery::unsubscribe(&org, token)) {
        Ok(found) => found,
        Err(error) if error.code() == model::ErrorCode::NotFound => return gone(),
        Err(error) => return Err(error),
    };
    Ok(reply::page(page(
        &found,
        "You are unsubscribed",
        html! {
            p { "No later run of the schedule " strong { (found.schedule_name) } " is sent to " strong { (found.address) } "." }
        },
    )))
}

fn page(found: &Subscription, headline: &str, body: maud::Markup) -> maud::Markup {
    let whole = html! {
        header.bare-head { (mark()) div { h1 { (headline) } } }
        (body)
    };
    BarePage::new(format!("{headline} · {}", found.schedule_name), whole).render()
}

fn gone() -> PageResult {
    let body = html! {
        header.bare-head { (mark()) div { h1 { "This link leads nowhere" } } }
        p { "The schedule that it belonged to is gone, or the address was copied incompletely. Reply to the mail to reach whoever sent it." }
    };
    let page = BarePage::new("This link leads nowhere", body);
    Ok(reply::page_with(http::StatusCode::NOT_FOUND, page))
}
