//! The JWT bearer grant, with the assertions that clients of Salesforce write and with forged ones.

use crate::world::World;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use identity::{Grant, GrantKind, Identities, IdentityConfig, NewClient, OAuthError, TokenReply, TokenRequest};
use model::ErrorCode;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair};
use serde_json::{Value, json};

/// Keys made for these tests alone.
const CLIENT_KEY: &str = include_str!("keys/client.key.pem");
const CLIENT_CERTIFICATE: &str = include_str!("keys/client.cert.pem");
const STRANGER_KEY: &str = include_str!("keys/stranger.key.pem");

fn world() -> World {
    let world = World::new();
    let client = NewClient {
        client_id: "signer".to_owned(),
        name: "Signer".to_owned(),
        secret: None,
        redirect_uris: Vec::new(),
        run_as: None,
        grants: vec![GrantKind::JwtBearer],
    };
    let (identities, red) = (&world.identities, &world.red);
    identities.client_register(&red.org, client).expect("a client");
    identities.client_trust_assertions(&red.org, "signer", CLIENT_CERTIFICATE, &[red.rep]).expect("trust");
    world
}

/// What simple-salesforce sends: three minutes, in seconds.
fn claims(world: &World) -> Value {
    json!({
        "iss": "signer",
        "sub": "rep@red.example",
        "aud": "https://login.salesforce.com",
        "exp": world.platform.now().ms() / 1_000 + 180,
    })
}

fn changed(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

fn key(pem: &str) -> RsaKeyPair {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    RsaKeyPair::from_pkcs8(&STANDARD.decode(body).expect("base64")).expect("a key")
}

fn part(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

fn sign(header: &Value, claims: &Value, pem: &str, padding: &'static dyn RsaEncoding) -> String {
    let signed = format!("{}.{}", part(header), part(claims));
    let key = key(pem);
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(padding, &ring::rand::SystemRandom::new(), signed.as_bytes(), &mut signature).expect("a signature");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn signed(claims: &Value) -> String {
    sign(&json!({ "alg": "RS256", "typ": "JWT" }), claims, CLIENT_KEY, &RSA_PKCS1_SHA256)
}

fn ask(world: &World, assertion: String) -> Result<TokenReply, OAuthError> {
    let grant = Grant::JwtBearer { assertion };
    world.identities.token_grant(&TokenRequest { client_id: String::new(), client_secret: None, grant })
}

#[test]
fn a_signed_assertion_opens_a_session_as_the_named_user() {
    let world = world();
    let reply = ask(&world, signed(&claims(&world))).expect("a token");
    assert_eq!((reply.org, reply.user), (world.red.org.id(), world.red.rep));
    assert_eq!(world.worth(&reply.access_token), "rep@red.example");
    assert!(reply.refresh_token.is_none());
}

#[test]
fn every_way_that_clients_write_expiry_audience_and_user_is_read() {
    let world = world();
    let claims = claims(&world);
    let seconds = world.platform.now().ms() / 1_000 + 180;
    for (name, value) in [
        ("exp", json!(seconds.to_string())),
        ("exp", json!(seconds * 1_000)),
        ("exp", json!((seconds * 1_000).to_string())),
        ("exp", json!(seconds as f64 + 0.25)),
        ("aud", json!("https://test.salesforce.com/")),
        ("aud", json!(["https://login.salesforce.com/"])),
        ("sub", json!("REP@red.example")),
        ("prn", json!("rep@red.example")),
    ] {
        let claims = changed(&claims, name, value.clone());
        assert!(ask(&world, signed(&claims)).is_ok(), "{name} = {value}");
    }
}

#[test]
fn an_assertion_may_be_meant_for_the_servers_own_address() {
    let world = world();
    let own = changed(&claims(&world), "aud", json!("https://crm.example:8443/"));
    assert_eq!(ask(&world, signed(&own)).expect_err("not known").description, "audience is invalid");
    let config = IdentityConfig::for_server("https://crm.example:8443");
    let identities = Identities::with_config(world.platform.clone(), config).expect("identities");
    let grant = Grant::JwtBearer { assertion: signed(&own) };
    let request = TokenRequest { client_id: "signer".to_owned(), client_secret: None, grant };
    assert!(identities.token_grant(&request).is_ok());
}

#[test]
fn forged_and_stale_assertions_are_refused() {
    let world = world();
    let claims = claims(&world);
    let rs256 = json!({ "alg": "RS256" });
    let good = signed(&claims);
    let (body, signature) = good.rsplit_once('.').expect("three parts");
    let (_, payload) = body.split_once('.').expect("two parts");
    let other = part(&changed(&claims, "sub", json!("admin@red.example")));
    let now = world.platform.now().ms() / 1_000;
    let with = |name: &str, value: Value| signed(&changed(&claims, name, value));
    let forged = [
        ("empty", String::new()),
        ("no signature", body.to_owned()),
        ("an empty signature", format!("{body}.")),
        ("alg none", format!("{}.{payload}.", part(&json!({ "alg": "none" })))),
        ("alg none, signed", sign(&json!({ "alg": "none" }), &claims, CLIENT_KEY, &RSA_PKCS1_SHA256)),
        ("alg HS256", sign(&json!({ "alg": "HS256" }), &claims, CLIENT_KEY, &RSA_PKCS1_SHA256)),
        ("alg RS512", sign(&json!({ "alg": "RS512" }), &claims, CLIENT_KEY, &RSA_PKCS1_SHA512)),
        ("another hash", sign(&rs256, &claims, CLIENT_KEY, &RSA_PKCS1_SHA512)),
        ("another key", sign(&rs256, &claims, STRANGER_KEY, &RSA_PKCS1_SHA256)),
        ("an extension", sign(&json!({ "alg": "RS256", "crit": ["x"] }), &claims, CLIENT_KEY, &RSA_PKCS1_SHA256)),
        ("changed claims", format!("{}.{other}.{signature}", part(&rs256))),
        ("a part more", format!("{good}.x")),
        ("padding", format!("{good}==")),
        ("too long", with("pad", json!("x".repeat(9_000)))),
        ("an unknown client", with("iss", json!("stranger"))),
        ("another server", with("aud", json!("https://login.salesforce.com.evil.example"))),
        ("several servers", with("aud", json!(["https://login.salesforce.com", "https://evil.example"]))),
        ("no server", with("aud", json!([]))),
        ("expired", with("exp", json!(now))),
        ("expired, as text", with("exp", json!((now - 1).to_string()))),
        ("far ahead", with("exp", json!(now + 3_600))),
        ("for ever", with("exp", json!(i64::MAX))),
        ("no number", with("exp", json!("soon"))),
        ("a user not named", with("sub", json!("admin@red.example"))),
        ("an unknown user", with("sub", json!("nobody@red.example"))),
        ("another org's user", with("sub", json!("rep@blue.example"))),
        ("no user", with("sub", Value::Null)),
    ];
    for (what, assertion) in forged {
        let refused = ask(&world, assertion).map(|reply| reply.user).expect_err(what);
        assert_eq!(refused.error, "invalid_grant", "{what}");
    }
    assert!(ask(&world, good).is_ok());
}

#[test]
fn a_user_not_named_and_an_unknown_one_read_the_same() {
    let world = world();
    let refusal =
        |name: &str| ask(&world, signed(&changed(&claims(&world), "sub", json!(name)))).expect_err("a refusal");
    assert_eq!(refusal("admin@red.example"), refusal("nobody@red.example"));
    world.set_active(&world.red, world.red.rep, false);
    assert_eq!(refusal("rep@red.example"), refusal("nobody@red.example"));
}

#[test]
fn an_assertion_with_an_id_is_good_once() {
    let world = world();
    let assertion = signed(&changed(&claims(&world), "jti", json!("one")));
    assert!(ask(&world, assertion.clone()).is_ok());
    assert_eq!(ask(&world, assertion).expect_err("a replay").error, "invalid_grant");
    assert!(ask(&world, signed(&changed(&claims(&world), "jti", json!("two")))).is_ok());
}

#[test]
fn only_a_certificate_is_taken_as_one() {
    let world = world();
    for text in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", CLIENT_KEY] {
        let refused =
            world.identities.client_trust_assertions(&world.red.org, "signer", text, &[]).expect_err("refused");
        assert_eq!(refused.fields(), ["certificate"]);
    }
    let absent = world.identities.client_trust_assertions(&world.red.org, "stranger", CLIENT_CERTIFICATE, &[]);
    assert_eq!(absent.expect_err("no client").code(), ErrorCode::NotFound);
}
