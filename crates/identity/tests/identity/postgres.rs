//! The same journeys on PostgreSQL: what is stored and found again does not depend on the store.

use crate::world::{OTHER_PASSWORD, PASSWORD, World, page, program};
use identity::{AuthorizeRequest, Grant, GrantKind, NewClient, TokenRequest};

#[test]
fn passwords_locks_and_sessions_work_on_postgres_too() {
    let world = World::on_postgres();
    let (one, other) = (world.rep_session(), world.rep_session());
    assert_eq!(world.worth(&one.token), "rep@red.example");
    world.clock.advance_minutes(5);
    let session = world.identities.authenticate(&one.token).expect("a session");
    assert!(session.expires > one.expires, "use pushes the idle end out");
    for _ in 0..5 {
        world.refused(&page("rep@red.example", OTHER_PASSWORD));
    }
    world.refused(&page("rep@red.example", PASSWORD));
    world.refused(&page("nobody@red.example", PASSWORD));
    world.clock.advance_minutes(15);
    world.identities.change_password(&session, PASSWORD, OTHER_PASSWORD).expect("a change");
    assert_eq!(world.worth(&one.token), "rep@red.example");
    assert_eq!(world.worth(&other.token), "INVALID_SESSION_ID");
    world.allow_api_passwords(&world.red, true);
    let token = world.identities.reset_security_token(&world.red.org, world.red.rep).expect("a token");
    assert!(world.identities.sign_in(&program("rep@red.example", &format!("{OTHER_PASSWORD}{token}"))).is_ok());
    world.set_active(&world.red, world.red.rep, false);
    assert_eq!(world.worth(&one.token), "INVALID_SESSION_ID");
}

#[test]
fn codes_and_refresh_tokens_work_on_postgres_too() {
    let world = World::on_postgres();
    let redirect = "https://app.example/callback";
    let secret = "b0a1f5c2d3e4968778695a4b";
    let client = NewClient {
        client_id: "app".to_owned(),
        name: "App".to_owned(),
        secret: Some(secret.to_owned()),
        redirect_uris: vec![redirect.to_owned()],
        run_as: None,
        grants: vec![GrantKind::AuthorizationCode, GrantKind::RefreshToken],
    };
    world.identities.client_register(&world.red.org, client).expect("a client");
    world.identities.client_rotate_refresh_tokens(&world.red.org, "app", true).expect("a change");
    let session = world.identities.authenticate(&world.rep_session().token).expect("a session");
    let pairs = [("response_type", "code"), ("client_id", "app"), ("redirect_uri", redirect)];
    let request = AuthorizeRequest::from_query(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let address = world.identities.authorize_grant(&session, &request).expect("a code");
    let code = address.split_once("code=").expect("a code").1.replace("%21", "!");
    let ask = |grant: Grant| {
        let request = TokenRequest { client_id: "app".to_owned(), client_secret: Some(secret.to_owned()), grant };
        world.identities.token_grant(&request)
    };
    let exchange =
        || ask(Grant::AuthorizationCode { code: code.clone(), redirect_uri: redirect.to_owned(), code_verifier: None });
    let first = exchange().expect("a token").refresh_token.expect("a refresh token");
    let refresh = |token: &str| ask(Grant::RefreshToken { refresh_token: token.to_owned() });
    let second = refresh(&first).expect("a token").refresh_token.expect("another refresh token");
    assert_eq!(world.identities.consents_of(&session.ctx, world.red.rep).expect("consents").len(), 1);
    assert!(exchange().is_err(), "a code is good once");
    assert!(refresh(&second).is_err(), "and its second coming ends what it gave");
    world.clock.advance_minutes(60 * 24 * 100);
    world.rep_session();
    assert_eq!(world.red.org.session_count(world.red.rep).expect("a count"), 1);
    world.identities.client_remove(&world.red.org, "app").expect("a removal");
}
