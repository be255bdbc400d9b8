//! Tokens: how they are got, shown, refused and ended.

use crate::world::{CLIENT_ID, CLIENT_SECRET, PASSWORD, PUBLIC_URL, World, encode};
use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use identity::{ClientAddress, SessionKind};

const TOKEN: &str = "/services/oauth2/token";

#[test]
fn the_password_grant_answers_in_salesforces_form() {
    let world = World::new();
    world.register_client(None);
    let password = world.password(world.rep);
    let answer = world.form(
        TOKEN,
        &[
            ("grant_type", "password"),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("username", "rep@one.example"),
            ("password", &password),
        ],
    );
    let body = answer.expect(200);
    assert_eq!(answer.header("content-type"), "application/json;charset=UTF-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(body["instance_url"], PUBLIC_URL);
    assert_eq!(body["id"], format!("{PUBLIC_URL}/id/{}/{}", world.org.id(), world.rep));
    assert_eq!(body["token_type"], "Bearer");
    let token = body["access_token"].as_str().expect("a token");
    let (org, rest) = token.split_once('!').expect("an org in front");
    assert_eq!(org, world.org.id().record_id().to_short());
    assert!(rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_'), "{token}");
    assert_eq!(world.get(token, "/services/data/v60.0/limits").status, 200);
}

#[test]
fn client_credentials_come_by_form_or_by_basic() {
    let world = World::new();
    world.register_client(Some(world.rep));
    let by_form = world.form(
        TOKEN,
        &[
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("redirect_uri", "http://localhost"),
        ],
    );
    assert!(by_form.expect(200)["access_token"].is_string());
    let pair = format!("{}:{}", encode(CLIENT_ID), encode(CLIENT_SECRET));
    let basic = base64::engine::general_purpose::STANDARD.encode(pair);
    let request = Request::builder()
        .method("POST")
        .uri(TOKEN)
        .header("authorization", format!("Basic {basic}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("grant_type=client_credentials"))
        .expect("a request");
    let body = world.send(request).expect(200);
    let who = world.get(body["access_token"].as_str().expect("a token"), "/services/oauth2/userinfo").expect(200);
    assert_eq!(who["user_id"], world.rep.to_string());
}

#[test]
fn refusals_of_the_token_endpoint_are_objects_with_400() {
    let world = World::new();
    world.register_client(None);
    for (fields, error) in [
        (
            vec![
                ("grant_type", "password"),
                ("client_id", CLIENT_ID),
                ("client_secret", CLIENT_SECRET),
                ("username", "x"),
                ("password", "y"),
            ],
            "invalid_grant",
        ),
        (
            vec![("grant_type", "password"), ("client_id", "unknown"), ("username", "x"), ("password", "y")],
            "invalid_client",
        ),
        (vec![("grant_type", "magic"), ("client_id", CLIENT_ID)], "unsupported_grant_type"),
        (vec![], "invalid_request"),
    ] {
        let body = world.form(TOKEN, &fields).expect(400);
        assert_eq!(body["error"], error, "{body}");
        assert!(body["error_description"].is_string());
    }
}

#[test]
fn an_address_with_too_many_failures_is_told_when_to_try_again_in_each_protocols_form() {
    let world = World::new();
    world.register_client(Some(world.rep));
    let post = |address: &str, path: &str, kind: &str, body: String| {
        let request = Request::builder()
            .method("POST")
            .uri(path)
            .header("content-type", kind)
            .extension(ClientAddress(address.parse().expect("an address")));
        world.send(request.body(Body::from(body)).expect("a request"))
    };
    let form = "application/x-www-form-urlencoded";
    let token = |address: &str, secret: &str| {
        let body = format!("grant_type=client_credentials&client_id={}&client_secret={secret}", encode(CLIENT_ID));
        post(address, TOKEN, form, body)
    };
    for _ in 0..30 {
        assert_eq!(token("192.0.2.1", "wrong").expect(400)["error"], "invalid_client");
    }
    let refused = token("192.0.2.1", &encode(CLIENT_SECRET));
    let body = refused.expect(429);
    assert_eq!(body["error"], "slow_down");
    assert!(body["error_description"].as_str().is_some_and(|words| words.contains("Try again in")), "{body}");
    let wait: u32 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=30).contains(&wait), "{wait}");
    let asked = format!("client_id={}&client_secret=x&token=y", encode(CLIENT_ID));
    let told = post("192.0.2.1", "/services/oauth2/introspect", form, asked);
    assert_eq!((told.status, told.header("retry-after").is_empty()), (429, false));
    let login = "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body><login xmlns='urn:partner.soap.sforce.com'>\
                 <username>rep@one.example</username><password>x</password></login></Body></Envelope>";
    let fault = post("192.0.2.1", "/services/Soap/u/60.0", "text/xml", login.to_owned());
    assert_eq!((fault.status, fault.header("retry-after").is_empty()), (500, false), "{}", fault.text);
    assert!(fault.text.contains("<faultcode>sf:LOGIN_RATE_EXCEEDED</faultcode>"), "{}", fault.text);
    let other = post("192.0.2.2", "/services/Soap/u/60.0", "text/xml", login.to_owned());
    assert!(other.text.contains("sf:INVALID_LOGIN"), "{}", other.text);
    assert!(token("192.0.2.2", &encode(CLIENT_SECRET)).expect(200)["access_token"].is_string());
    let history = "SELECT SourceIp FROM LoginHistory WHERE Status = 'Success' AND SourceIp != null";
    let rows = world.query(&world.token(world.admin), history).expect(200);
    assert_eq!(rows["records"][0]["SourceIp"], "192.0.2.2", "{rows}");
}

#[test]
fn a_missing_unknown_or_ended_token_answers_alike() {
    let world = World::new();
    let token = world.token(world.rep);
    assert_eq!(world.get(&token, "/services/data/v60.0/limits").status, 200);
    assert_eq!(world.form("/services/oauth2/revoke", &[("token", &token)]).status, 200);
    let browser = world.identities.open_session(&world.org, world.rep, SessionKind::Browser, "").expect("a session");
    for shown in ["", "garbage", "00D000000000001!x", token.as_str(), browser.token.as_str()] {
        let answer = world.get(shown, "/services/data/v60.0/limits");
        assert_eq!(answer.status, 401);
        assert_eq!(
            answer.text, r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#,
            "{shown}"
        );
        assert_eq!(answer.header("sforce-limit-info"), "");
    }
}

#[test]
fn a_user_without_the_right_to_the_api_is_refused_with_403() {
    let world = World::new();
    world.register_client(None);
    let password = world.password(world.reader);
    let body = world.form(
        TOKEN,
        &[
            ("grant_type", "password"),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("username", "reader@one.example"),
            ("password", &password),
        ],
    );
    assert_eq!(body.expect(400)["error"], "invalid_grant");
}

#[test]
fn the_identity_of_the_caller_is_told_to_the_caller_alone() {
    let world = World::new();
    let token = world.token(world.rep);
    let own = format!("/id/{}/{}", world.org.id(), world.rep);
    let body = world.get(&token, &own).expect(200);
    assert_eq!(body["username"], "rep@one.example");
    assert_eq!(body["last_name"], "rep");
    assert_eq!(body["organization_id"], world.org.id().to_string());
    assert_eq!(body["urls"]["rest"], format!("{PUBLIC_URL}/services/data/v{{version}}/"));
    // jsforce gives the token in the address too.
    assert_eq!(world.get("", &format!("{own}?format=json&oauth_token={}", encode(&token))).status, 200);
    for path in [
        format!("/id/{}/{}", world.org.id(), world.admin),
        format!("/id/{}/{}", world.other_org.id(), world.rep),
        "/id/x/y".to_owned(),
    ] {
        assert_eq!(world.get(&token, &path).error(404).0, "NOT_FOUND", "{path}");
    }
}

#[test]
fn soap_signs_in_tells_who_and_signs_out() {
    let world = World::new();
    let password = world.password(world.rep);
    let answer = soap(
        &world,
        "",
        &format!(
            "<p:login xmlns:p=\"urn:partner.soap.sforce.com\"><p:username>rep@one.example</p:username><p:password>{password}</p:password></p:login>"
        ),
    );
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "text/xml;charset=UTF-8");
    let token = part(&answer.text, "sessionId").expect("a session");
    let short = world.org.id().record_id().to_short();
    assert_eq!(
        part(&answer.text, "serverUrl").as_deref(),
        Some(format!("{PUBLIC_URL}/services/Soap/u/60.0/{short}").as_str())
    );
    assert_eq!(part(&answer.text, "userId"), Some(world.rep.to_string()));
    assert_eq!(part(&answer.text, "organizationId"), Some(world.org.id().to_string()));
    let header =
        format!("<SessionHeader xmlns=\"urn:partner.soap.sforce.com\"><sessionId>{token}</sessionId></SessionHeader>");
    let who = soap(&world, &header, "<getUserInfo xmlns=\"urn:partner.soap.sforce.com\"/>");
    assert_eq!(part(&who.text, "userName").as_deref(), Some("rep@one.example"));
    let bye = soap(&world, &header, "<logout xmlns=\"urn:partner.soap.sforce.com\"/>");
    assert_eq!(bye.status, 200);
    let after = soap(&world, &header, "<getUserInfo xmlns=\"urn:partner.soap.sforce.com\"/>");
    assert_eq!(after.status, 500);
    assert_eq!(part(&after.text, "sf:exceptionCode").as_deref(), Some("INVALID_SESSION_ID"));
}

#[test]
fn a_refused_soap_login_is_a_fault() {
    let world = World::new();
    world.password(world.rep);
    // Without the security token.
    let body = format!(
        "<login xmlns=\"urn:partner.soap.sforce.com\"><username>rep@one.example</username><password>{PASSWORD}</password></login>"
    );
    let answer = soap(&world, "", &body);
    assert_eq!(answer.status, 500);
    assert_eq!(part(&answer.text, "faultcode").as_deref(), Some("sf:INVALID_LOGIN"));
    assert_eq!(part(&answer.text, "sf:exceptionCode").as_deref(), Some("INVALID_LOGIN"));
    assert!(part(&answer.text, "faultstring").is_some_and(|text| text.starts_with("INVALID_LOGIN: ")));
    let other = soap(&world, "", "<query xmlns=\"urn:partner.soap.sforce.com\"/>");
    assert_eq!(part(&other.text, "sf:exceptionCode").as_deref(), Some("INVALID_OPERATION"));
}

fn soap(world: &World, header: &str, body: &str) -> crate::world::Answer {
    let envelope = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>"
    );
    let request = Request::builder().method("POST").uri("/services/Soap/u/60.0").header("content-type", "text/xml");
    world.send(request.body(Body::from(envelope)).expect("a request"))
}

/// The content of an element, found as the clients find it.
fn part(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(inside, _)| inside.to_owned())
}
