//! What a user signs in with: people change their own password and ask for a security token; those who manage users give
//! a new password and lift a lock.

use super::record::Seen;
use crate::frame::icon_of;
use crate::kit::{Banner, Button, Crumbs, Detail, DetailList, Field, Form, Header, Input, Section, Tone, copyable};
use crate::server::failure::sentence;
use crate::server::{Call, PageResult, reply};
use crate::show::Show;
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, Render, html};
use model::{Error, ErrorCode, RecordId, Result};
use platform::{Ctx, SystemPermission};

/// Whether a record is a user whose password the reader may change.
pub(crate) fn is_offered(ctx: &Ctx, id: RecordId) -> bool {
    super::connections::is_offered(ctx, id)
}

/// Whether a user cannot sign in for want of a password, and the reader may give one.
pub(crate) fn is_missing(call: &Call<'_>, id: RecordId) -> Result<bool> {
    let manages = is_offered(call.ctx, id) && call.ctx.has(SystemPermission::ManageUsers);
    Ok(manages && !call.visit.state.identities.has_password(call.ctx.org(), id)?)
}

/// The user of the address, to themselves and to those who manage users.
fn user<'a>(call: &'a Call<'_>) -> Result<Seen<'a>> {
    let seen = Seen::fetch(call.ctx, call.visit.record_id()?)?;
    if is_offered(call.ctx, seen.id) { Ok(seen) } else { Err(Error::not_found()) }
}

fn is_own(call: &Call<'_>, seen: &Seen<'_>) -> bool {
    call.ctx.user_id() == Some(seen.id)
}

pub(crate) fn form(call: &Call<'_>) -> PageResult {
    let seen = user(call)?;
    page(call, &seen, None)
}

pub(crate) fn change(call: &Call<'_>) -> PageResult {
    let seen = user(call)?;
    let (identities, sent) = (&call.visit.state.identities, &call.visit.form);
    if sent.has("give") && !is_own(call, &seen) {
        call.ctx.require(SystemPermission::ManageUsers)?;
        // A session alone must not become a password: whoever gives one proves to know their own.
        if let Err(error) = identities.prove_again(call.session, sent.first("own").unwrap_or_default()) {
            return refused(call, &seen, error);
        }
        let password = identities.password_reset_by(call.ctx, seen.id)?;
        let words = "It is shown this once. Hand it over on another way than mail, and ask them to change it. Their open sessions have ended.";
        return Ok(shown(call, &seen, "New password", "Password", &password, words));
    }
    if sent.has("unlock") {
        identities.account_unlock(call.ctx, seen.id)?;
        return reply::see_other(&address(&seen));
    }
    if !is_own(call, &seen) {
        return Err(Error::not_found());
    }
    if sent.has("token") {
        let token = identities.reset_security_token(call.ctx.org(), seen.id)?;
        let words = "It is shown this once, and the one before it no longer works. Programs that sign in with your password append it.";
        return Ok(shown(call, &seen, "New security token", "Security token", &token, words));
    }
    let text = |name: &str| sent.first(name).unwrap_or_default();
    let changed = match text("new") == text("again") {
        true => identities.change_password(call.session, text("current"), text("new")),
        false => {
            let message = "Again: the two new passwords differ.";
            Err(Error::new(ErrorCode::FieldIntegrityException, message).with_field("again"))
        }
    };
    match changed {
        Ok(()) => reply::see_other(&format!("/r/{}", seen.id)),
        Err(error) => refused(call, &seen, error),
    }
}

fn refused(call: &Call<'_>, seen: &Seen<'_>, error: Error) -> PageResult {
    if error.code().http_status() >= 500 {
        return Err(error);
    }
    let mut response = page(call, seen, Some(&error))?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn address(seen: &Seen<'_>) -> String {
    format!("{}/password", seen.href())
}

fn header(seen: &Seen<'_>, title: &str) -> Header {
    let crumbs = Crumbs::new()
        .link(seen.object.def.label_plural.clone(), format!("/o/{}", seen.object.name()))
        .link(seen.name(), seen.href());
    Header::new(title).icon(icon_of("User")).crumbs(crumbs)
}

fn page(call: &Call<'_>, seen: &Seen<'_>, error: Option<&Error>) -> PageResult {
    let body = html! {
        @if is_own(call, seen) { (own(call, seen, error)) }
        @else { (managed(call, seen, error)?) }
    };
    Ok(call.page_as("Password", header(seen, "Password"), body, |page| page.form()))
}

/// What people do about their own.
fn own(call: &Call<'_>, seen: &Seen<'_>, error: Option<&Error>) -> Markup {
    let wrong = |name: &str| {
        let of = error.filter(|error| match error.fields().first().map(String::as_str) {
            Some("again") => name == "again",
            Some(_) => name == "new",
            None => name == "current",
        });
        of.map(|error| sentence(error.message().split_once(": ").map_or(error.message(), |(_, rule)| rule)))
    };
    let field = |label: &str, name: &str, hint: &'static str| {
        Field::new(label, Input::password(name).autocomplete(hint)).error_if(wrong(name)).required()
    };
    let change = Form::post(address(seen), call.csrf)
        .section(
            Section::new(vec![
                field("Current password", "current", "current-password"),
                field("New password", "new", "new-password")
                    .help("Ten characters or more, and none that others would guess."),
                field("New password, again", "again", "new-password"),
            ])
            .title("Change your password")
            .help("Your other sessions and connected programs end."),
        )
        .action(Button::submit("Change password").primary())
        .action(Button::link("Cancel", seen.href()).quiet());
    let token = Form::post(address(seen), call.csrf)
        .unguarded()
        .hidden("token", "true")
        .section(Section::new(Vec::new()).title("Security token").help(
            "Older programs sign in with your password and a token behind it. A new one takes the place of the old.",
        ))
        .action(Button::submit("Give me a new token"));
    html! { (change.render()) (token.render()) }
}

/// What those who manage users do about somebody's.
fn managed(call: &Call<'_>, seen: &Seen<'_>, error: Option<&Error>) -> Result<Markup> {
    let identities = &call.visit.state.identities;
    let locked = identities.account_locked_until(call.ctx, seen.id)?;
    let has = identities.has_password(call.ctx.org(), seen.id)?;
    let words = match has {
        true => {
            "A password of our making takes the place of theirs, and is shown to you once. Their open sessions and connected programs end."
        }
        false => "They have no password, and cannot sign in by one. Ours is shown to you once.",
    };
    let own = Field::new("Your own password", Input::password("own").autocomplete("current-password"))
        .help("So that nobody gives passwords from a screen that you left open.")
        .error_if(error.map(|error| sentence(error.message())))
        .required();
    let give = Form::post(address(seen), call.csrf)
        .unguarded()
        .hidden("give", "true")
        .section(Section::new(vec![own]).title(format!("Give {} a new password", seen.name())).help(words))
        .action(Button::submit("Give a new password").primary())
        .action(Button::link("Cancel", seen.href()).quiet());
    let unlock = locked.map(|until| {
        let form = Form::post(address(seen), call.csrf)
            .unguarded()
            .plain()
            .hidden("unlock", "true")
            .action(Button::submit("Unlock").small());
        let until = Show::of(call.ctx).instant(until);
        let message = html! { "After too many wrong passwords this account is locked until " (until) "." };
        Banner::new(Tone::Warn, message).actions(html! { (form) })
    });
    Ok(html! { @if let Some(unlock) = unlock { (unlock) } (give.render()) })
}

fn shown(call: &Call<'_>, seen: &Seen<'_>, title: &str, label: &str, secret: &str, words: &str) -> Response {
    let details = vec![
        Detail::new("User", html! { (seen.name()) }),
        Detail::new(label, copyable(secret, &format!("the {}", label.to_lowercase()))),
    ];
    let body = html! {
        (DetailList::new(details).single())
        p.consent-note { (words) }
        p.consent-note { (Button::link("Done", seen.href()).primary()) }
    };
    call.page_as(title, header(seen, title), body, |page| page.form())
}
