//! Failed sign-ins counted by the address they come from, whomever they name and whichever way they come.

use crate::world::{OTHER_PASSWORD, PASSWORD, World, page};
use identity::{Grant, GrantKind, Identities, NewClient, TokenRequest};
use model::ErrorCode;
use platform::QueryOptions;

const SECRET: &str = "7c1f0a9be24d4c52a1d7";

fn from(world: &World, address: &str) -> Identities {
    world.identities.seen_from(Some(address.parse().expect("an address")))
}

/// As many failures as an address has, each with another name.
fn fail_often(identities: &Identities) {
    for number in 0..30 {
        let error = identities.sign_in(&page(&format!("user{number}@red.example"), PASSWORD)).expect_err("nobody");
        assert_eq!(error.code(), ErrorCode::InvalidLogin, "{number}");
    }
}

#[test]
fn who_failed_too_often_is_not_looked_at_and_others_are() {
    let world = World::new();
    let (guesser, other) = (from(&world, "192.0.2.1"), from(&world, "192.0.2.2"));
    assert_eq!(guesser.wait_s(), None);
    fail_often(&guesser);
    let rep = page("rep@red.example", PASSWORD);
    let refused = guesser.sign_in(&rep).expect_err("even with the right password");
    assert_eq!(refused.code(), ErrorCode::TooManyRequests);
    assert!(refused.message().contains("Try again in 30 seconds"), "{refused}");
    assert_eq!(guesser.wait_s(), Some(30));
    assert!(other.sign_in(&rep).is_ok() && world.identities.sign_in(&rep).is_ok());
    assert_eq!(guesser.sign_in(&rep).expect_err("still").code(), ErrorCode::TooManyRequests);
    world.clock.advance(30_000);
    assert!(guesser.sign_in(&rep).is_ok() && guesser.sign_in(&rep).is_ok(), "what succeeds is given back");
    assert!(guesser.sign_in(&page("rep@red.example", OTHER_PASSWORD)).is_err());
    assert_eq!(guesser.sign_in(&rep).expect_err("too often").code(), ErrorCode::TooManyRequests);
    world.clock.advance_minutes(15);
    fail_often(&guesser);
}

#[test]
fn a_refusal_that_was_not_looked_at_brings_no_lock_nearer_and_writes_nothing() {
    let world = World::new();
    let guesser = from(&world, "2001:db8::1");
    fail_often(&guesser);
    let before = world.red.log(world.red.rep).len();
    for _ in 0..10 {
        let neighbour = from(&world, "2001:db8::ffff");
        let refused = neighbour.sign_in(&page("rep@red.example", OTHER_PASSWORD)).expect_err("the same network");
        assert_eq!(refused.code(), ErrorCode::TooManyRequests);
    }
    assert_eq!(world.red.log(world.red.rep).len(), before);
    assert!(world.sign_in("rep@red.example", PASSWORD).is_ok());
}

#[test]
fn every_proof_that_can_be_guessed_counts_and_an_ended_refresh_token_does_not() {
    let world = World::new();
    let client = NewClient {
        client_id: "loader".to_owned(),
        name: "Nightly loader".to_owned(),
        secret: Some(SECRET.to_owned()),
        redirect_uris: Vec::new(),
        run_as: Some(world.red.rep),
        grants: vec![GrantKind::Password, GrantKind::ClientCredentials, GrantKind::RefreshToken],
    };
    world.identities.client_register(&world.red.org, client).expect("a client");
    let ask = |identities: &Identities, secret: &str, grant: Grant| {
        let (client_id, client_secret) = ("loader".to_owned(), Some(secret.to_owned()));
        identities.token_grant(&TokenRequest { client_id, client_secret, grant }).map(|reply| reply.access_token)
    };
    let password = || Grant::Password { username: "rep@red.example".to_owned(), password: "x".repeat(30) };
    let refresh = || Grant::RefreshToken { refresh_token: "00D000000000001!gone".to_owned() };
    let ways: [(&str, &dyn Fn(&Identities) -> bool); 4] = [
        ("192.0.2.1", &|seen| ask(seen, SECRET, password()).is_err()),
        ("192.0.2.2", &|seen| ask(seen, "wrong", Grant::ClientCredentials).is_err()),
        ("192.0.2.3", &|seen| ask(seen, SECRET, Grant::JwtBearer { assertion: "a.b.c".to_owned() }).is_err()),
        ("192.0.2.4", &|seen| seen.token_introspect("loader", Some("wrong"), "x").is_err()),
    ];
    for (address, way) in ways {
        let seen = from(&world, address);
        assert!((0..30).all(|_| way(&seen)), "{address}");
        assert_eq!(seen.wait_s(), Some(30), "{address}");
        let refused = ask(&seen, SECRET, Grant::ClientCredentials).expect_err("too often");
        assert_eq!((refused.error, refused.http_status(), refused.retry_after_s), ("slow_down", 429, Some(30)));
        assert!(refused.description.contains("Too many sign-ins from your address failed"), "{refused}");
    }
    let sync = from(&world, "192.0.2.5");
    assert!((0..40).all(|_| ask(&sync, SECRET, refresh()).is_err()));
    assert!(ask(&sync, SECRET, Grant::ClientCredentials).is_ok());
}

#[test]
fn a_password_asked_for_again_counts_too() {
    let world = World::new();
    let opened = world.rep_session();
    let session = world.identities.authenticate(&opened.token).expect("a session");
    let seen = from(&world, "192.0.2.1");
    for _ in 0..30 {
        assert_eq!(seen.prove_again(&session, OTHER_PASSWORD).expect_err("wrong").code(), ErrorCode::InvalidLogin);
    }
    assert_eq!(seen.prove_again(&session, PASSWORD).expect_err("too often").code(), ErrorCode::TooManyRequests);
}

#[test]
fn the_history_of_sign_ins_tells_the_whole_address() {
    let world = World::new();
    let seen = from(&world, "2001:db8::1");
    assert!(seen.sign_in(&page("rep@red.example", OTHER_PASSWORD)).is_err());
    world.clock.advance(1_000);
    assert!(from(&world, "::ffff:192.0.2.1").sign_in(&page("rep@red.example", PASSWORD)).is_ok());
    world.clock.advance(1_000);
    assert!(world.sign_in("rep@red.example", PASSWORD).is_ok(), "on this machine, without a connection");
    let ctx = world.red.ctx(world.red.rep);
    let asked = "SELECT Status, SourceIp FROM LoginHistory ORDER BY LoginTime";
    let (_, rows) = ctx.query_all_rows(asked, QueryOptions::default()).expect("rows");
    let told: Vec<String> = rows
        .iter()
        .map(|row| row.cells.iter().map(|cell| cell.value().to_plain()).collect::<Vec<_>>().join("|"))
        .collect();
    assert_eq!(told, ["Invalid Password|2001:db8::1", "Success|192.0.2.1", "Success|"]);
}
