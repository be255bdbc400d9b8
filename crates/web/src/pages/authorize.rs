//! The consent to a program: who asks, for what, as whom; then back to the program with a code, or with a no.

use crate::kit::{BarePage, Button, Detail, DetailList, ErrorPage, Form, Section, mark};
use crate::server::headers::policy_leading_to;
use crate::server::params::address;
use crate::server::{Call, PageResult, Visit, reply, session_of};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use identity::{AuthorizeRefusal, AuthorizeRequest, Consent, Session};
use maud::{Markup, Render, html};
use model::Error;

const PATH: &str = "/services/oauth2/authorize";

/// Asks for consent; before that, whoever is not signed in signs in.
pub(crate) fn ask(visit: &Visit) -> PageResult {
    let request = request(visit);
    let identities = &visit.state.identities;
    let session = session_of(visit)?;
    if request.wants_no_page() {
        return match &session {
            Some(session) => sent(identities.authorize_without_page(session, &request)),
            None => sent(identities.authorize_without_sign_in(&request)),
        };
    }
    let Some(session) = session.filter(|_| !request.wants_sign_in()) else { return sign_in_first(visit, &request) };
    match identities.authorize_check(&session, &request) {
        Ok(consent) => page(visit, &session, &request, &consent),
        Err(refusal) => refused(refusal),
    }
}

/// Takes the answer of the consent page. What was asked stands in the address, as it did when the page was shown.
pub(crate) fn answer(call: &Call<'_>) -> PageResult {
    let request = request(call.visit);
    let identities = &call.visit.state.identities;
    sent(match call.visit.form.first("decision") {
        Some("allow") => identities.authorize_grant(call.session, &request),
        _ => identities.authorize_decline(call.session, &request),
    })
}

fn request(visit: &Visit) -> AuthorizeRequest {
    AuthorizeRequest::from_query(visit.query.pairs())
}

/// To the sign-in page and back here, where the wish for a sign-in is then fulfilled.
fn sign_in_first(visit: &Visit, request: &AuthorizeRequest) -> PageResult {
    let rest = visit.query.pairs().iter().filter(|(name, _)| name != "prompt");
    let next = address(PATH, rest.map(|(name, value)| (name.as_str(), value.as_str())));
    let mut to = vec![("next", next.as_str())];
    to.extend(request.login_hint.as_deref().map(|hint| ("username", hint)));
    reply::see_other(&address("/sign-in", to))
}

/// On to the program.
fn sent(outcome: Result<String, AuthorizeRefusal>) -> PageResult {
    match outcome {
        Ok(address) => reply::see_other(&address),
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: AuthorizeRefusal) -> PageResult {
    match refusal {
        AuthorizeRefusal::ToClient(address) => reply::see_other(&address),
        AuthorizeRefusal::Failed(error) => Err(error),
        AuthorizeRefusal::ToUser(advice) => {
            let body = ErrorPage::new("This program cannot be let in", advice)
                .status(StatusCode::BAD_REQUEST.as_u16())
                .action(Button::link("Go home", "/home").primary());
            let page = BarePage::new("This program cannot be let in · Holdfast", body.render());
            Ok(reply::page_with(StatusCode::BAD_REQUEST, page))
        }
    }
}

fn page(visit: &Visit, session: &Session, request: &AuthorizeRequest, consent: &Consent) -> PageResult {
    let user = session.ctx.user();
    let (shown, source) = destination(&request.redirect_uri);
    let form = Form::post(visit.address(), session.csrf.as_str())
        .unguarded()
        .plain()
        .section(Section::new(Vec::new()).extra(terms(session, &shown, consent)))
        .action(Button::submit("Allow").primary().wide().named("decision", "allow"))
        .action(Button::submit("Deny").wide().named("decision", "deny"));
    let other = other_account(visit);
    let body = html! {
        header.bare-head {
            (mark())
            div {
                h1 { "Let " (consent.client_name) " in?" }
                p { "It wants to work in " (session.ctx.settings().name) " as you, " strong { (user.name) } " (" (user.username) ")." }
            }
        }
        (form)
    };
    let foot = html! { "Not you? " a href=(other) { "Sign in as somebody else" } "." };
    let mut response: Response =
        reply::page(BarePage::new(format!("Let {} in? · Holdfast", consent.client_name), body).foot(foot));
    let policy = HeaderValue::from_str(&policy_leading_to(&source)).map_err(Error::internal)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

fn terms(session: &Session, shown: &str, consent: &Consent) -> Markup {
    let until = if consent.is_lasting { "Until you or an administrator ends it" } else { "For one session" };
    let list = DetailList::new(vec![
        Detail::new("It can", "See, change and delete what you can, through the API"),
        Detail::new("For how long", until),
        Detail::new("The answer goes to", shown),
    ])
    .single();
    html! {
        (list)
        @if consent.is_lasting {
            p.consent-note { "You see and end what is connected under " a href={ "/r/" (session.ctx.user().id) "/connections" } { "Connected programs" } "." }
        }
    }
}

/// The same request, asked of whoever signs in next.
fn other_account(visit: &Visit) -> String {
    let rest = visit.query.pairs().iter().filter(|(name, _)| name != "prompt" && name != "login_hint");
    let pairs = rest.map(|(name, value)| (name.as_str(), value.as_str()));
    address(PATH, pairs.chain([("prompt", "login")]))
}

/// Where an answer goes: in words, and as a source in the page's policy. The address is one that an administrator
/// registered.
fn destination(redirect_uri: &str) -> (String, String) {
    let (scheme, rest) = redirect_uri.split_once(':').unwrap_or((redirect_uri, ""));
    if !matches!(scheme, "http" | "https") {
        return (format!("the program of {scheme} on this device"), format!("{scheme}:"));
    }
    let authority = rest.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
    let is_plain = authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
    // What a policy cannot name by its host is let through by its scheme.
    let source = if is_plain { format!("{scheme}://{authority}") } else { format!("{scheme}:") };
    let shown = if scheme == "http" { format!("{authority}, which is this computer") } else { authority.to_owned() };
    (shown, source)
}

#[cfg(test)]
mod tests {
    use super::destination;

    #[test]
    fn the_policy_names_where_the_answer_goes_and_nothing_else() {
        for (redirect, source) in [
            ("http://localhost:1717/OauthRedirect", "http://localhost:1717"),
            ("https://app.example/cb?x=1", "https://app.example"),
            ("http://[::1]:80/cb", "http:"),
            ("https://a;script-src *.example/", "https:"),
            ("com.example.app:/callback", "com.example.app:"),
        ] {
            assert_eq!(destination(redirect).1, source, "{redirect}");
        }
    }
}
