//! The pages between a program and its code: who sees them, what they refuse, where they lead.

use crate::visitor::{Answer, Visitor};
use crate::world::World;
use http::StatusCode;
use identity::{Grant, GrantKind, NewClient, TokenReply, TokenRequest};

/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "https://app.example/callback?v=1";

fn world() -> World {
    let world = World::new();
    let client = NewClient {
        client_id: "weekly".to_owned(),
        name: "Weekly <numbers>".to_owned(),
        secret: None,
        redirect_uris: vec![REDIRECT.to_owned()],
        run_as: None,
        grants: vec![GrantKind::AuthorizationCode, GrantKind::RefreshToken],
    };
    world.state.identities.client_register(&world.org, client).expect("a client");
    world
}

/// The address that a program sends its user to; later pairs stand for earlier ones.
fn asked(more: &[(&str, &str)]) -> String {
    let usual = [
        ("response_type", "code"),
        ("client_id", "weekly"),
        ("redirect_uri", REDIRECT),
        ("state", "s&t=1"),
        ("code_challenge", CHALLENGE),
    ];
    let kept = usual.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(kept.chain(more).filter(|(_, value)| !value.is_empty()));
    format!("/services/oauth2/authorize?{}", query.finish())
}

/// A value in the query of the address that an answer leads to.
fn led(answer: &Answer, name: &str) -> Option<String> {
    let address = url::Url::parse(answer.location()).ok()?;
    address.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

fn allow(visitor: &Visitor, address: &str) -> Answer {
    visitor.post(address, &[("decision", "allow")])
}

fn exchange(world: &World, code: &str) -> Result<TokenReply, identity::OAuthError> {
    let grant = Grant::AuthorizationCode {
        code: code.to_owned(),
        redirect_uri: REDIRECT.to_owned(),
        code_verifier: Some(VERIFIER.to_owned()),
    };
    let request = TokenRequest { client_id: "weekly".to_owned(), client_secret: None, grant };
    world.state.identities.token_grant(&request)
}

#[test]
fn somebody_signs_in_consents_and_the_program_gets_a_code_that_is_worth_a_session() {
    let world = world();
    let first = Visitor::anonymous(&world).get(&asked(&[("login_hint", "maya@northwind.example")]));
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    assert!(first.location().starts_with("/sign-in?next=%2Fservices%2Foauth2%2Fauthorize%3F"), "{}", first.location());
    let form = Visitor::anonymous(&world).get(first.location());
    assert!(form.text.contains("maya@northwind.example"), "the name is filled in");

    let maya = Visitor::signed_in(&world, world.rep);
    let page = maya.get(&asked(&[]));
    assert_eq!(page.status, StatusCode::OK);
    for words in ["Let Weekly &lt;numbers&gt; in?", "Maya Lindqvist", "Northwind Trading", "app.example"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://app.example;"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");

    let answer = allow(&maya, &asked(&[]));
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert!(answer.location().starts_with("https://app.example/callback?v=1&code="), "{}", answer.location());
    assert_eq!(led(&answer, "state").as_deref(), Some("s&t=1"));
    let reply = exchange(&world, &led(&answer, "code").expect("a code")).expect("a token");
    assert_eq!(reply.user, world.rep);
    assert!(reply.refresh_token.is_some());
}

#[test]
fn a_no_and_a_wish_that_cannot_be_granted_are_told_to_the_program() {
    let world = world();
    let maya = Visitor::signed_in(&world, world.rep);
    let denied = maya.post(&asked(&[]), &[("decision", "deny")]);
    assert_eq!((led(&denied, "error").as_deref(), led(&denied, "code")), (Some("access_denied"), None));
    assert_eq!(led(&denied, "state").as_deref(), Some("s&t=1"));
    for (more, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge", ""), "invalid_request"),
        (("prompt", "none"), "consent_required"),
    ] {
        let answer = maya.get(&asked(&[more]));
        assert_eq!(led(&answer, "error").as_deref(), Some(error), "{more:?}: {}", answer.location());
        assert_eq!(led(&allow(&maya, &asked(&[more])), "code").is_some(), more.0 == "prompt", "{more:?}");
    }
    let silent = Visitor::anonymous(&world).get(&asked(&[("prompt", "none")]));
    assert_eq!(led(&silent, "error").as_deref(), Some("login_required"));
}

#[test]
fn a_wrong_client_or_address_shows_a_page_and_leads_nowhere() {
    let world = world();
    let maya = Visitor::signed_in(&world, world.rep);
    let eve = Visitor::anonymous(&world);
    for more in [
        ("client_id", "unknown"),
        ("redirect_uri", "https://app.example/callback?v=2"),
        ("redirect_uri", "https://app.example/callback?v=1&x=2"),
        ("redirect_uri", "https://app.example/CALLBACK?v=1"),
        ("redirect_uri", "https://evil.example/"),
        ("redirect_uri", ""),
    ] {
        for answer in [maya.get(&asked(&[more])), allow(&maya, &asked(&[more])), maya.post(&asked(&[more]), &[])] {
            assert_eq!((answer.status, answer.location()), (StatusCode::BAD_REQUEST, ""), "{more:?}");
            assert!(answer.text.contains("This program cannot be let in"), "{}", answer.text);
        }
        let silent = eve.get(&asked(&[more, ("prompt", "none")]));
        assert_eq!((silent.status, silent.location()), (StatusCode::BAD_REQUEST, ""), "{more:?}");
    }
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fevil.example%2F", asked(&[]));
    assert_eq!(maya.get(&twice).status, StatusCode::BAD_REQUEST);
}

#[test]
fn a_program_that_wants_a_sign_in_gets_one_whoever_is_there() {
    let world = world();
    let maya = Visitor::signed_in(&world, world.rep);
    let page = maya.get(&asked(&[("prompt", "login")]));
    assert!(page.location().starts_with("/sign-in?next="), "{}", page.location());
    assert!(!page.location().contains("prompt"), "and then goes on: {}", page.location());
    assert!(maya.get(&asked(&[])).text.contains("prompt=login"), "somebody else can take over");
}

#[test]
fn consent_is_given_by_the_page_of_ones_own_session_alone() {
    let world = world();
    let maya = Visitor::signed_in(&world, world.rep);
    for forged in [&[("decision", "allow")][..], &[("decision", "allow"), ("csrf_token", "guess")]] {
        let answer = maya.post_as_is(&asked(&[]), forged);
        assert_eq!((answer.status, answer.location()), (StatusCode::PRECONDITION_FAILED, ""));
    }
    // Somebody without the right to the API lets nothing in.
    let sam = Visitor::signed_in(&world, world.stranger);
    assert_eq!(led(&sam.get(&asked(&[])), "error").as_deref(), Some("access_denied"));
}

#[test]
fn what_is_connected_is_listed_and_ended_by_its_user_and_by_who_manages_users() {
    let world = world();
    let maya = Visitor::signed_in(&world, world.rep);
    let ada = Visitor::signed_in(&world, world.admin);
    let connections = format!("/r/{}/connections", world.rep);
    let connect = || {
        let code = led(&allow(&maya, &asked(&[])), "code").expect("a code");
        exchange(&world, &code).expect("a token").access_token
    };
    let handle = |page: &str| {
        let (_, rest) = page.split_once("name=\"consent\" value=\"").expect("a form");
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    for person in [&maya, &ada] {
        let token = connect();
        let page = person.get(&connections);
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Weekly &lt;numbers&gt;"), "{}", page.text);
        assert!(world.state.identities.authenticate(&token).is_ok());
        let ended = person.post(&connections, &[("consent", &handle(&page.text))]);
        assert_eq!((ended.status, ended.location()), (StatusCode::SEE_OTHER, connections.as_str()));
        assert!(world.state.identities.authenticate(&token).is_err(), "its sessions end with it");
        assert!(!person.get(&connections).text.contains("Disconnect"));
    }
    let token = connect();
    maya.post(&connections, &[("all", "sessions")]);
    assert!(world.state.identities.authenticate(&token).is_err());
    assert_eq!(maya.get(&connections).status, StatusCode::OK, "the session at work stays");

    let tomas = Visitor::signed_in(&world, world.reader);
    for answer in [tomas.get(&connections), tomas.post(&connections, &[("all", "sessions")])] {
        assert!([StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&answer.status), "{}", answer.status);
        assert!(!answer.text.contains("Weekly"), "{}", answer.text);
    }
    assert_eq!(ada.get(&format!("/r/{}/connections", world.account)).status, StatusCode::NOT_FOUND);
}

#[test]
fn a_ticket_lets_a_browser_in_once_and_never_from_another_site() {
    let world = world();
    let identities = &world.state.identities;
    identities.client_open_pages(&world.org, "weekly", true).expect("a client");
    let maya = Visitor::signed_in(&world, world.rep);
    let token = exchange(&world, &led(&allow(&maya, &asked(&[])), "code").expect("a code")).expect("a token");
    let session = identities.authenticate(&token.access_token).expect("a session");
    let door = |to: &str| {
        let ticket = identities.front_door_ticket(&session).expect("a ticket");
        let pairs = [("otp", ticket.as_str()), ("startURL", to)];
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        format!("/secur/frontdoor.jsp?{}", query.extend_pairs(pairs).finish())
    };
    let mut browser = Visitor::anonymous(&world);
    let address = door("/o/Account?q=x");
    let foreign = browser.send(http::Request::get(&address).header("sec-fetch-site", "cross-site"), "".into());
    assert_eq!(foreign.status, StatusCode::PRECONDITION_FAILED);
    let entered = browser.get(&address);
    assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, "/o/Account?q=x"), "{}", entered.text);
    assert_eq!(browser.get(&address).status, StatusCode::UNAUTHORIZED, "a ticket is good once");
    assert_eq!(browser.get(&door("https://evil.example/")).location(), "/home");
    browser.with_cookie(entered.header("set-cookie").split(';').next().expect("a cookie"));
    assert_eq!(browser.get("/home").status, StatusCode::OK);
    let late = door("/home");
    world.clock.advance_minutes(2);
    assert_eq!(browser.get(&late).status, StatusCode::UNAUTHORIZED);
    for worthless in ["", "?otp=", "?otp=00D000000000001!x", &format!("?otp={}", token.access_token)] {
        assert_eq!(browser.get(&format!("/secur/frontdoor.jsp{worthless}")).status, StatusCode::UNAUTHORIZED);
    }
    identities.client_open_pages(&world.org, "weekly", false).expect("a client");
    let refused = identities.front_door_ticket(&session).expect_err("to the API alone");
    assert_eq!(refused.code(), model::ErrorCode::InsufficientAccessOrReadonly);
}
