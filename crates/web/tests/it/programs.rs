//! The page where programs are let in and put out.

use crate::visitor::{Answer, Visitor};
use crate::world::World;
use http::StatusCode;
use identity::{Grant, TokenRequest};

const USUAL: [(&str, &str); 4] =
    [("name", "Nightly"), ("client_id", "nightly"), ("secret", "true"), ("itself", "true")];

fn register(visitor: &Visitor, more: &[(&str, &str)]) -> Answer {
    let kept = USUAL.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    let fields: Vec<_> = kept.chain(more).copied().filter(|(_, value)| !value.is_empty()).collect();
    visitor.post("/programs/new", &fields)
}

/// The secret that the page shows.
fn secret(answer: &Answer) -> String {
    let (_, rest) = answer.text.split_once("Copy the secret").expect("a secret with its button");
    let before = &answer.text[..answer.text.len() - rest.len()];
    let (_, value) = before.rsplit_once("data-copy=\"").expect("its value");
    value.split('"').next().unwrap_or_default().to_owned()
}

fn comes_in(world: &World, client_id: &str, secret: &str) -> bool {
    let request = TokenRequest {
        client_id: client_id.to_owned(),
        client_secret: Some(secret.to_owned()),
        grant: Grant::ClientCredentials,
    };
    world.state.identities.token_grant(&request).is_ok_and(|reply| reply.user == world.rep)
}

#[test]
fn a_program_is_registered_with_a_secret_that_is_shown_once_and_removed() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    assert_eq!(ada.get("/programs/new").status, StatusCode::OK);
    let done = register(&ada, &[("run_as", "maya@northwind.example")]);
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let secret = secret(&done);
    assert!(comes_in(&world, "nightly", &secret), "{secret}");
    let list = ada.get("/programs").text;
    assert!(list.contains("Nightly") && list.contains("Maya Lindqvist") && list.contains("Its own secret"), "{list}");
    assert!(!list.contains(&secret));
    assert_eq!(ada.post("/programs", &[("remove", "nightly")]).location(), "/programs");
    assert!(!comes_in(&world, "nightly", &secret));
    assert_eq!(ada.post("/programs", &[("remove", "nightly")]).status, StatusCode::NOT_FOUND);
}

#[test]
fn what_is_wrong_with_a_registration_is_said_beside_its_field() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    assert_eq!(register(&ada, &[("run_as", "maya@northwind.example")]).status, StatusCode::OK);
    let certificate = "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----";
    for (more, words) in [
        (&[("client_id", "other"), ("run_as", "nobody@northwind.example")][..], "nobody has the username"),
        (&[("run_as", "maya@northwind.example")], "another program has it"),
        (&[("client_id", "PlatformCLI")], "another program has it"),
        (&[("client_id", "a b")], "use 1 to 128 letters"),
        (&[("client_id", "other"), ("itself", "")], "name at least one kind of grant"),
        (&[("client_id", "other")], "needs a secret and a user to run as"),
        (&[("client_id", "other"), ("itself", ""), ("browser", "true")], "authorization_code needs at least one"),
        (
            &[("client_id", "other"), ("itself", ""), ("browser", "true"), ("redirect_uris", "http://app.example/cb")],
            "http://app.example/cb is no https address",
        ),
        (&[("client_id", "other"), ("itself", ""), ("signed", "true")], "signed assertions need a certificate"),
        (
            &[
                ("client_id", "other"),
                ("itself", ""),
                ("signed", "true"),
                ("certificate", certificate),
                ("users", "maya@northwind.example"),
            ],
            "paste the X.509 certificate in PEM form",
        ),
    ] {
        let refused = register(&ada, more);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{more:?}");
        assert!(refused.text.contains(words), "{more:?}: {}", refused.text);
    }
    let left = world.state.identities.clients_of(&world.org).expect("the programs");
    assert_eq!(left.len(), 1, "what was refused is not there in part: {left:?}");
}

#[test]
fn the_built_in_command_line_is_turned_off_and_on() {
    let world = World::new();
    let (ada, maya) = (Visitor::signed_in(&world, world.admin), Visitor::signed_in(&world, world.rep));
    let ask = "/services/oauth2/authorize?response_type=code&client_id=PlatformCLI&redirect_uri=http%3A%2F%2Flocalhost%3A1717%2FOauthRedirect&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    assert!(maya.get(ask).text.contains("Let Salesforce CLI in?"));
    assert_eq!(ada.post("/programs", &[("cli", "off")]).location(), "/programs");
    assert_eq!(maya.get(ask).status, StatusCode::BAD_REQUEST);
    assert!(ada.get("/programs").text.contains("Turned off"));
    ada.post("/programs", &[("cli", "on")]);
    assert_eq!(maya.get(ask).status, StatusCode::OK);
}

#[test]
fn programs_are_let_in_by_those_alone_who_manage_users() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    for answer in [
        maya.get("/programs"),
        maya.get("/programs/new"),
        maya.post("/programs", &[("cli", "off")]),
        register(&maya, &[("run_as", "ada@northwind.example")]),
    ] {
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    assert!(!maya.get("/home").text.contains("/programs"), "what cannot be done is not offered");
    assert!(world.state.identities.platform_cli_is_allowed(&world.org).expect("a setting"));
    assert!(world.state.identities.clients_of(&world.org).expect("the programs").is_empty());
}
