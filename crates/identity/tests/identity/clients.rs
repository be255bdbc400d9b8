//! OAuth clients and the token endpoint.

use crate::world::{Home, PASSWORD, World};
use identity::{Grant, GrantKind, NewClient, OAuthError, TokenReply, TokenRequest};
use model::ErrorCode;
use store::Backed as _;

const SECRET: &str = "7c1f0a9be24d4c52a1d7";

fn register(world: &World, home: &Home, grants: &[GrantKind]) {
    let client = NewClient {
        client_id: "loader".to_owned(),
        name: "Nightly loader".to_owned(),
        secret: Some(SECRET.to_owned()),
        redirect_uris: vec!["https://loader.example/callback".to_owned()],
        run_as: Some(home.rep),
        grants: grants.to_vec(),
    };
    world.identities.client_register(&home.org, client).expect("a client");
}

fn ask(world: &World, client: &str, secret: Option<&str>, grant: Grant) -> Result<TokenReply, OAuthError> {
    let request = TokenRequest { client_id: client.to_owned(), client_secret: secret.map(str::to_owned), grant };
    world.identities.token_grant(&request)
}

fn password(username: &str, password: &str) -> Grant {
    Grant::Password { username: username.to_owned(), password: password.to_owned() }
}

#[test]
fn client_credentials_act_as_the_clients_run_as_user() {
    let world = World::new();
    register(&world, &world.red, &[GrantKind::ClientCredentials]);
    let reply = ask(&world, "loader", Some(SECRET), Grant::ClientCredentials).expect("a token");
    assert_eq!((reply.org, reply.user), (world.red.org.id(), world.red.rep));
    let session = world.identities.authenticate(&reply.access_token).expect("a session");
    assert_eq!((session.ctx.user_id(), session.client.as_str()), (Some(world.red.rep), "loader"));
    world.set_active(&world.red, world.red.rep, false);
    let refused = ask(&world, "loader", Some(SECRET), Grant::ClientCredentials).expect_err("an inactive user");
    assert_eq!(refused.error, "invalid_grant");
}

#[test]
fn a_reply_has_every_part_that_clients_read() {
    let world = World::new();
    register(&world, &world.red, &[GrantKind::ClientCredentials]);
    let reply = ask(&world, "loader", Some(SECRET), Grant::ClientCredentials).expect("a token");
    let body = reply.to_json("https://crm.example:8443/").expect("a body");
    let (org, user) = (world.red.org.id(), world.red.rep);
    assert_eq!(body["instance_url"], "https://crm.example:8443");
    assert_eq!(body["id"], format!("https://crm.example:8443/id/{org}/{user}"));
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["issued_at"], "1795249279000");
    assert_eq!(body["scope"], "api");
    assert_eq!(body["access_token"], reply.access_token);
    assert_eq!(body["signature"].as_str().map(str::len), Some(44), "256 bits in base64");
    assert!(body.get("refresh_token").is_none());
}

#[test]
fn unknown_clients_and_wrong_secrets_read_the_same() {
    let world = World::new();
    register(&world, &world.red, &[GrantKind::ClientCredentials]);
    let unknown = ask(&world, "stranger", Some(SECRET), Grant::ClientCredentials).expect_err("unknown");
    assert_eq!(unknown.error, "invalid_client");
    for secret in [None, Some(""), Some("7c1f0a9be24d4c52a1d8"), Some("7C1F0A9BE24D4C52A1D7")] {
        let wrong = ask(&world, "loader", secret, Grant::ClientCredentials).expect_err("a wrong secret");
        assert_eq!(wrong, unknown);
    }
}

#[test]
fn a_client_asks_only_for_what_it_is_registered_for() {
    let world = World::new();
    register(&world, &world.red, &[GrantKind::ClientCredentials]);
    world.allow_api_passwords(&world.red, true);
    let refused =
        ask(&world, "loader", Some(SECRET), password("rep@red.example", PASSWORD)).expect_err("not registered");
    assert_eq!(refused.error, "unauthorized_client");
}

#[test]
fn the_password_grant_is_off_until_the_org_turns_it_on() {
    let world = World::new();
    register(&world, &world.red, &[GrantKind::Password]);
    let token = world.identities.reset_security_token(&world.red.org, world.red.rep).expect("a token");
    let secret = format!("{PASSWORD}{token}");
    let off = ask(&world, "loader", Some(SECRET), password("rep@red.example", &secret)).expect_err("off");
    assert_eq!((off.error, off.description.as_str()), ("invalid_grant", "authentication failure"));
    world.allow_api_passwords(&world.red, true);
    let reply = ask(&world, "loader", Some(SECRET), password("rep@red.example", &secret)).expect("a token");
    assert_eq!(reply.user, world.red.rep);
    for wrong in [password("rep@red.example", PASSWORD), password("nobody@red.example", &secret)] {
        assert_eq!(ask(&world, "loader", Some(SECRET), wrong).expect_err("a refusal"), off);
    }
}

#[test]
fn a_client_of_one_org_signs_nobody_of_another_in() {
    let world = World::new();
    register(&world, &world.red, &[GrantKind::Password]);
    world.allow_api_passwords(&world.blue, true);
    let token = world.identities.reset_security_token(&world.blue.org, world.blue.rep).expect("a token");
    let refused = ask(&world, "loader", Some(SECRET), password("rep@blue.example", &format!("{PASSWORD}{token}")));
    assert_eq!(refused.expect_err("another org's user").error, "invalid_grant");
}

#[test]
fn a_registration_replaces_the_one_before_and_shows_no_secret() {
    let world = World::new();
    register(&world, &world.red, &[GrantKind::ClientCredentials]);
    register(&world, &world.red, &[GrantKind::Password]);
    let clients = world.identities.clients_of(&world.red.org).expect("clients");
    assert_eq!(clients.len(), 1);
    assert_eq!((clients[0].client_id.as_str(), clients[0].is_public), ("loader", false));
    assert_eq!(clients[0].grants, [GrantKind::Password]);
    let kept = world.red.org.store().read(|tx| tx.client("loader")).expect("a read").expect("a client");
    assert!(!kept.contains(SECRET), "{kept}");
    let log = world.red.org.store().read(|tx| tx.audit_rows(None, 100)).expect("rows");
    assert!(log.iter().any(|row| row.action == "client_register"));
    assert!(log.iter().all(|row| !row.detail.contains(SECRET)));
}

#[test]
fn unsound_clients_are_refused_by_field() {
    let world = World::new();
    let sound = NewClient {
        client_id: "app".to_owned(),
        name: "App".to_owned(),
        secret: Some(SECRET.to_owned()),
        redirect_uris: Vec::new(),
        run_as: Some(world.red.rep),
        grants: vec![GrantKind::ClientCredentials],
    };
    let broken: [(&str, NewClient); 8] = [
        ("client_id", NewClient { client_id: "a b".to_owned(), ..sound.clone() }),
        ("client_id", NewClient { client_id: String::new(), ..sound.clone() }),
        ("name", NewClient { name: " ".to_owned(), ..sound.clone() }),
        ("secret", NewClient { secret: Some("short".to_owned()), ..sound.clone() }),
        ("grants", NewClient { grants: Vec::new(), ..sound.clone() }),
        ("grants", NewClient { run_as: None, ..sound.clone() }),
        ("redirect_uris", NewClient { redirect_uris: vec!["http://app.example/".to_owned()], ..sound.clone() }),
        ("redirect_uris", NewClient { grants: vec![GrantKind::AuthorizationCode], ..sound.clone() }),
    ];
    for (field, client) in broken {
        let refused = world.identities.client_register(&world.red.org, client).expect_err(field);
        assert_eq!((refused.code(), refused.fields()), (ErrorCode::FieldIntegrityException, &[field.to_owned()][..]));
    }
    world.identities.client_register(&world.red.org, sound).expect("a sound one");
}

#[test]
fn a_session_of_a_client_ends_by_revocation() {
    let world = World::new();
    register(&world, &world.red, &[GrantKind::ClientCredentials]);
    let reply = ask(&world, "loader", Some(SECRET), Grant::ClientCredentials).expect("a token");
    world.identities.revoke(&reply.access_token).expect("a revocation");
    assert_eq!(world.worth(&reply.access_token), "INVALID_SESSION_ID");
}
