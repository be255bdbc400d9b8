//! Signing in and out.

use crate::kit::{BarePage, Button, Field, Form, Input, Section, mark};
use crate::server::cookies::Cookie;
use crate::server::params::address;
use crate::server::reply::{self, with_cookie};
use crate::server::{Call, PageResult, Verb, Visit};
use base64::Engine as _;
use http::StatusCode;
use http::header::RETRY_AFTER;
use identity::{SecurityToken, SessionKind, SignIn};
use maud::{Markup, Render, html};
use model::ErrorCode;
use subtle::ConstantTimeEq;

/// Seconds that a sign-in form stays good.
const FORM_LIFETIME: i64 = 12 * 3600;

/// `/`: home for who is signed in, else the sign-in form.
pub(crate) fn door(visit: &Visit) -> PageResult {
    let token = Cookie::Session.read(&visit.headers, visit.state.secure_cookies);
    let known = token.is_some_and(|token| visit.state.identities.authenticate(&token).is_ok());
    reply::see_other(if known { "/home" } else { "/sign-in" })
}

/// Sends somebody without a session to the form, and back afterwards.
pub(crate) fn ask(visit: &Visit, verb: Verb) -> PageResult {
    if visit.wants_json() {
        let mut response = reply::json(&serde_json::json!({ "error": "Sign in again." }));
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        return Ok(response);
    }
    // What a form sent is lost with the session; the page of the form is where to begin again.
    let back = match verb {
        Verb::Get => visit.address(),
        Verb::Post if is_page(&visit.path) => visit.path.clone(),
        Verb::Post => "/home".to_owned(),
    };
    reply::see_other(&address("/sign-in", [("next", back.as_str())]))
}

pub(crate) fn form(visit: &Visit) -> PageResult {
    let secure = visit.state.secure_cookies;
    let known = Cookie::Visitor.read(&visit.headers, secure).filter(|token| token.len() >= 32);
    let token = known.unwrap_or_else(|| {
        let mut bytes = [0; 24];
        visit.state.platform.entropy().fill(&mut bytes);
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)
    });
    let username = visit.query.given("username").unwrap_or_default();
    let page = show(visit, visit.query.first("next"), &token, username, None);
    with_cookie(reply::page(page), &Cookie::Visitor.set(&token, Some(FORM_LIFETIME), secure))
}

pub(crate) fn submit(visit: &Visit) -> PageResult {
    let secure = visit.state.secure_cookies;
    let username = visit.form.given("username").unwrap_or_default().to_owned();
    let password = visit.form.first("password").unwrap_or_default().to_owned();
    let next = visit.form.first("next");
    let token = Cookie::Visitor.read(&visit.headers, secure).unwrap_or_default();
    let given = visit.form.first("csrf_token").unwrap_or_default();
    if token.is_empty() || !bool::from(token.as_bytes().ct_eq(given.as_bytes())) {
        let again = "This form was open for too long, or the browser refuses cookies. Allow cookies for this site and try again.";
        let mut fresh = form(visit)?;
        *fresh.status_mut() = StatusCode::PRECONDITION_FAILED;
        if token.is_empty() {
            return Ok(fresh);
        }
        return Ok(reply::page_with(
            StatusCode::PRECONDITION_FAILED,
            show(visit, next, &token, &username, Some(again)),
        ));
    }
    let request = SignIn {
        username: username.clone(),
        password,
        kind: SessionKind::Browser,
        client: "Browser".to_owned(),
        security_token: SecurityToken::NotNeeded,
    };
    match visit.state.identities.sign_in(&request) {
        Ok(opened) => {
            let response = reply::see_other(next.filter(|to| is_local(to)).unwrap_or("/home"))?;
            let response = with_cookie(response, &Cookie::Session.set(&opened.token, None, secure))?;
            with_cookie(response, &Cookie::Visitor.clear(secure))
        }
        Err(error) if error.code() == ErrorCode::InvalidLogin => {
            let words =
                "Username and password do not match, or the account is locked for a while. Check both and try again.";
            Ok(reply::page_with(StatusCode::UNAUTHORIZED, show(visit, next, &token, &username, Some(words))))
        }
        // With the form, so that it can be sent again when the time has come.
        Err(error) if error.code() == ErrorCode::TooManyRequests => {
            let words = show(visit, next, &token, &username, Some(error.message()));
            let mut response = reply::page_with(StatusCode::TOO_MANY_REQUESTS, words);
            let wait_s = visit.state.identities.wait_s().unwrap_or(1);
            response.headers_mut().insert(RETRY_AFTER, wait_s.into());
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

pub(crate) fn leave(call: &Call<'_>) -> PageResult {
    let secure = call.visit.state.secure_cookies;
    if let Some(token) = Cookie::Session.read(&call.visit.headers, secure) {
        call.visit.state.identities.sign_out(&token)?;
    }
    let response = with_cookie(reply::see_other("/sign-in?left")?, &Cookie::Session.clear(secure))?;
    with_cookie(response, &Cookie::Flash.clear(secure))
}

/// Whether a path can be asked for, not only sent to.
fn is_page(path: &str) -> bool {
    let fits = |pattern: &str| {
        let (mut known, mut given) = (pattern.split('/'), path.split('/'));
        loop {
            match (known.next(), given.next()) {
                (None, None) => return true,
                (Some(part), Some(text)) if part == text || part.starts_with('{') => {}
                _ => return false,
            }
        }
    };
    crate::ROUTES.iter().any(|route| route.verb == Verb::Get && fits(route.path))
}

/// Whether an address leads to a page of this site: a path, and nothing that a browser reads as another host.
pub(crate) fn is_local(to: &str) -> bool {
    to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\r', '\n', '\t']) && to.is_ascii()
}

fn show(visit: &Visit, next: Option<&str>, token: &str, username: &str, error: Option<&str>) -> Markup {
    let next = next.filter(|to| is_local(to));
    let name = Input::text("username").autocomplete("username").value(username);
    let word = Input::password("password").autocomplete("current-password");
    let (name, word) = if username.is_empty() { (name.focused(), word) } else { (name, word.focused()) };
    let mut form = Form::post("/sign-in", token).unguarded().plain();
    if let Some(next) = next {
        form = form.hidden("next", next);
    }
    if let Some(error) = error {
        form = form.error(error);
    }
    let form = form
        .section(Section::new(vec![Field::new("Username", name).required(), Field::new("Password", word).required()]))
        .action(Button::submit("Sign in").primary().wide());
    let body = html! {
        header.bare-head {
            (mark())
            div { h1 { "Sign in" } p { "Your data stays on your own machine." } }
        }
        @if visit.query.has("left") { p.muted role="status" { "You are signed out." } }
        @else if next.is_some() && error.is_none() { p.muted role="status" { "Sign in to go on." } }
        (form)
    };
    BarePage::new("Sign in · Holdfast", body)
        .foot(html! { "Forgot your password? An administrator of your organization can set a new one." })
        .render()
}

#[cfg(test)]
mod tests {
    use super::{is_local, is_page};

    #[test]
    fn a_form_is_gone_back_to_only_where_there_is_one() {
        assert!(is_page("/r/001000000000001AAA/edit") && is_page("/new/Account"));
        assert!(!is_page("/r/001000000000001AAA/undelete") && !is_page("/sign-out"));
    }

    #[test]
    fn only_paths_of_this_site_are_followed() {
        for good in ["/home", "/o/Account?q=a%20b"] {
            assert!(is_local(good), "{good}");
        }
        for bad in ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x", "home", ""] {
            assert!(!is_local(bad), "{bad}");
        }
    }
}
