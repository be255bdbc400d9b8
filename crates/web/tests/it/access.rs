//! Who gets which page: every route, as nobody, as somebody without permissions, and for a record of another org.

use crate::visitor::{Answer, Visitor};
use crate::world::World;
use http::StatusCode;
use web::{Access, ROUTES, Route, Verb};

/// Pages that show no record and are everybody's.
const WITHOUT_RECORDS: &[&str] =
    &["/home", "/bin", "/search", "/search/suggest", "/outbox", "/dev/kit", "/dev/kit/{plate}", "/sign-out"];

fn address(route: &Route, object: &str, id: &str) -> String {
    route
        .path
        .replace("{object}", object)
        .replace("{id}", id)
        .replace("{seq}", "1")
        .replace("{part}", "0")
        .replace("{plate}", "list")
        .replace("{field}", "Name")
        .replace("{rule}", "None")
}

fn ask(visitor: &Visitor, route: &Route, object: &str, id: &str) -> Answer {
    let address = address(route, object, id);
    match route.verb {
        Verb::Get => visitor.get(&address),
        Verb::Post => visitor.post(&address, &[("Name", "Changed by the test")]),
    }
}

#[test]
fn nobody_gets_a_page_without_signing_in() {
    let world = World::new();
    let visitor = Visitor::anonymous(&world);
    let id = world.account.to_string();
    for route in ROUTES.iter().filter(|route| route.access() == Access::SignedIn) {
        let answer = ask(&visitor, route, "Account", &id);
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", route.path);
        assert!(answer.location().starts_with("/sign-in?next="), "{}", route.path);
        assert!(answer.text.is_empty(), "{}", route.path);
    }
    let public: Vec<_> =
        ROUTES.iter().filter(|route| route.access() == Access::Public).map(|route| route.path).collect();
    let known = [
        "/",
        "/sign-in",
        "/sign-in",
        "/services/oauth2/authorize",
        "/secur/frontdoor.jsp",
        "/u/{org}/{token}",
        "/u/{org}/{token}",
    ];
    assert_eq!(public, known, "a page for everybody is a decision");
}

#[test]
fn somebody_without_permissions_sees_no_record_and_changes_none() {
    let world = World::new();
    let sam = Visitor::signed_in(&world, world.stranger);
    let id = world.account.to_string();
    for route in ROUTES.iter().filter(|route| route.access() == Access::SignedIn) {
        if route.path == "/sign-out" {
            continue;
        }
        let answer = ask(&sam, route, "Account", &id);
        let expected = match route.path {
            path if WITHOUT_RECORDS.contains(&path) => StatusCode::OK,
            // No program asks here for anything.
            "/services/oauth2/authorize" => StatusCode::BAD_REQUEST,
            "/programs" | "/programs/new" => StatusCode::FORBIDDEN,
            path if path.starts_with("/webhooks") => StatusCode::FORBIDDEN,
            path if path.starts_with("/setup/") => StatusCode::FORBIDDEN,
            _ => StatusCode::NOT_FOUND,
        };
        assert_eq!(answer.status, expected, "{:?} {}", route.verb, route.path);
        if !route.path.starts_with("/dev/kit") {
            assert!(!answer.text.contains("Baltic Fresh"), "{}", route.path);
        }
    }
    assert!(!sam.get("/search?q=Baltic").text.contains("Logistics"));
}

#[test]
fn a_record_of_another_org_is_not_there() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    let (foreign, unknown) = (world.foreign_account.to_string(), "001zz0000000001AAA".to_owned());
    for route in ROUTES.iter().filter(|route| route.path.contains("{id}")) {
        for id in [&foreign, &unknown] {
            let answer = ask(&ada, route, "Account", id);
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{:?} {} of {id}", route.verb, route.path);
            assert!(!answer.text.contains("CANARY"), "{}", route.path);
        }
    }
    for address in [
        "/o/Account",
        "/search?q=CANARY",
        "/search/suggest?q=CANARY",
        "/lookup/Account?q=CANARY",
        "/o/Account/export.csv",
    ] {
        assert!(!ada.get(address).text.contains("CANARY of"), "{address}");
    }
}

#[test]
fn a_session_of_another_org_opens_nothing_here() {
    let world = World::new();
    let eve = world
        .state
        .identities
        .open_session(&world.other, world.foreign_admin, identity::SessionKind::Browser, "test")
        .expect("a session");
    let mut visitor = Visitor::anonymous(&world);
    visitor.with_cookie(&format!("holdfast={}", eve.token));
    assert_eq!(visitor.get(&format!("/r/{}", world.deal)).status, StatusCode::NOT_FOUND);
    let program = world
        .state
        .identities
        .open_session(&world.org, world.rep, identity::SessionKind::Api, "test")
        .expect("a session");
    visitor.with_cookie(&format!("holdfast={}", program.token));
    assert_eq!(visitor.get("/home").location(), "/sign-in?next=%2Fhome");
}

#[test]
fn no_change_is_made_without_the_token_of_the_session() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let id = world.account.to_string();
    for route in ROUTES.iter().filter(|route| route.verb == Verb::Post && route.access() == Access::SignedIn) {
        let address = address(route, "Account", &id);
        for forged in [&[("Name", "Forged")][..], &[("Name", "Forged"), ("csrf_token", "guess")]] {
            let answer = maya.post_as_is(&address, forged);
            assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED, "{address}");
        }
    }
    assert!(maya.get(&format!("/r/{id}")).text.contains("Baltic Fresh Logistics"));
    let elsewhere = http::Request::post(format!("/r/{id}/delete"))
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = maya.send(elsewhere, format!("csrf_token={}", maya.csrf).into());
    assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
}

#[test]
fn a_refused_change_names_the_permission() {
    let world = World::new();
    let tomas = Visitor::signed_in(&world, world.reader);
    let answer = tomas.get("/new/Account");
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text.contains("the permission “create” on Account"), "{}", answer.text);
    let list = tomas.get("/o/Account").text;
    assert!(!list.contains("New account"), "what cannot be done is not offered");
}
