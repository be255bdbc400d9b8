//! The page of a user's password: one's own, and one that somebody who manages users gives.

use crate::visitor::Visitor;
use crate::world::{PASSWORD, World};
use http::StatusCode;
use identity::{SecurityToken, SessionKind, SignIn};

fn signs_in(world: &World, username: &str, password: &str) -> bool {
    let asked = SignIn {
        username: username.to_owned(),
        password: password.to_owned(),
        kind: SessionKind::Browser,
        client: String::new(),
        security_token: SecurityToken::NotNeeded,
    };
    world.state.identities.sign_in(&asked).is_ok()
}

/// What a page shows with a button to copy it.
fn shown(text: &str, what: &str) -> String {
    let at = text.find(&format!("Copy {what}")).unwrap_or_else(|| panic!("no {what} in {text}"));
    let (_, value) = text[..at].rsplit_once("data-copy=\"").expect("its value");
    value.split('"').next().unwrap_or_default().to_owned()
}

#[test]
fn somebody_new_gets_a_password_that_is_shown_once_and_changes_it() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    let form = ada.get("/new/User").text;
    let chosen = ["Europe/Berlin", "en_GB", "en_US", "UTF-8"];
    for value in chosen {
        assert!(form.contains(&format!("<option value=\"{value}\" selected>")), "{value}: {form}");
    }
    let made = ada.post(
        "/new/User",
        &[
            ("FirstName", "Ivo"),
            ("LastName", "Vale"),
            ("Username", "ivo@northwind.example"),
            ("Email", "ivo@northwind.example"),
            ("Alias", "ivo"),
            ("ProfileId.text", "Standard User"),
            ("ProfileId", ""),
            ("IsActive", "true"),
            ("TimeZoneSidKey", chosen[0]),
            ("LocaleSidKey", chosen[1]),
            ("LanguageLocaleKey", chosen[2]),
            ("EmailEncodingKey", chosen[3]),
        ],
    );
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let ivo = made.location().to_owned();
    assert!(ada.get(&ivo).text.contains("has no password yet"));
    for wrong in ["", "a wrong password"] {
        let refused = ada.post(&format!("{ivo}/password"), &[("give", "true"), ("own", wrong)]);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a session alone gives no password");
    }
    let own = ada.post(&format!("/r/{}/password", world.admin), &[("give", "true"), ("own", PASSWORD)]);
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY, "one's own is changed, not given");
    let given = ada.post(&format!("{ivo}/password"), &[("give", "true"), ("own", PASSWORD)]);
    assert_eq!(given.status, StatusCode::OK, "{}", given.text);
    let first = shown(&given.text, "the password");
    assert!(signs_in(&world, "ivo@northwind.example", &first));
    assert!(!ada.get(&ivo).text.contains("has no password yet"));

    let id = ivo.rsplit('/').next().and_then(|id| model::RecordId::parse(id).ok()).expect("an id");
    let rep = Visitor::signed_in(&world, id);
    let address = format!("{ivo}/password");
    let change = |current: &str, new: &str, again: &str| {
        rep.post(&address, &[("current", current), ("new", new), ("again", again)])
    };
    for (current, new, again, words) in [
        ("wrong", "nine-lanterns-drift", "nine-lanterns-drift", "password"),
        (first.as_str(), "nine-lanterns-drift", "nine-lanterns-drown", "The two new passwords differ"),
        (first.as_str(), "short", "short", "at least 10"),
        (first.as_str(), first.as_str(), first.as_str(), "choose another"),
    ] {
        let refused = change(current, new, again);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
        assert!(signs_in(&world, "ivo@northwind.example", &first));
    }
    let done = change(&first, "nine-lanterns-drift", "nine-lanterns-drift");
    assert_eq!(done.location(), ivo, "{}", done.text);
    assert!(!signs_in(&world, "ivo@northwind.example", &first));
    assert!(signs_in(&world, "ivo@northwind.example", "nine-lanterns-drift"));
    assert_eq!(rep.get(&ivo).status, StatusCode::OK, "the session at work stays");
    let token = rep.post(&address, &[("token", "true")]);
    assert!(!shown(&token.text, "the security token").is_empty());
}

#[test]
fn a_lock_is_lifted_by_who_manages_users_and_nobody_changes_anothers_password() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    let address = format!("/r/{}/password", world.rep);
    let password = shown(&ada.post(&address, &[("give", "true"), ("own", PASSWORD)]).text, "the password");
    assert!(!ada.get(&address).text.contains("locked until"));
    for _ in 0..20 {
        signs_in(&world, "maya@northwind.example", "a wrong password");
    }
    assert!(!signs_in(&world, "maya@northwind.example", &password), "locked");
    assert!(ada.get(&address).text.contains("locked until"));
    assert_eq!(ada.post(&address, &[("unlock", "true")]).location(), address);
    assert!(signs_in(&world, "maya@northwind.example", &password));

    let rep = Visitor::signed_in(&world, world.rep);
    let of_ada = format!("/r/{}/password", world.admin);
    assert_eq!(rep.get(&of_ada).status, StatusCode::NOT_FOUND);
    for sent in [("give", "true"), ("unlock", "true"), ("token", "true"), ("new", "x")] {
        assert_eq!(rep.post(&of_ada, &[sent]).status, StatusCode::NOT_FOUND, "{sent:?}");
    }
    assert_eq!(rep.post(&address, &[("unlock", "true")]).status, StatusCode::FORBIDDEN);
    let given = rep.post(&address, &[("give", "true"), ("own", &password)]);
    assert_eq!(given.status, StatusCode::UNPROCESSABLE_ENTITY, "one's own password is changed, not given");
    assert!(signs_in(&world, "maya@northwind.example", &password));
    assert_eq!(ada.post(&address, &[("token", "true")]).status, StatusCode::NOT_FOUND, "a token is one's own");
    assert_eq!(ada.get(&format!("/r/{}/password", world.account)).status, StatusCode::NOT_FOUND);
}
