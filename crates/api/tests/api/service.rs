//! The service itself: versions, limits, transport.

use crate::world::{PUBLIC_URL, World};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;

#[test]
fn versions_are_listed_without_a_token_and_the_newest_is_last() {
    let world = World::new();
    let list = world.get("", "/services/data/").expect(200);
    let list = list.as_array().expect("a list");
    assert_eq!(list.len(), 31);
    assert_eq!(list[30], json!({"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"}));
}

#[test]
fn resources_name_their_paths_and_the_identity() {
    let world = World::new();
    let body = world.get(&world.token(world.rep), "/services/data/v45.0").expect(200);
    assert_eq!(body["sobjects"], "/services/data/v45.0/sobjects");
    assert_eq!(body["identity"], format!("{PUBLIC_URL}/id/{}/{}", world.org.id(), world.rep));
}

#[test]
fn every_data_reply_tells_the_days_requests() {
    let world = World::new();
    let token = world.token(world.rep);
    assert_eq!(world.get(&token, "/services/data/v60.0/sobjects").header("sforce-limit-info"), "api-usage=1/1000000");
    let refused = world.get(&token, "/services/data/v60.0/sobjects/Nothing");
    assert_eq!((refused.status, refused.header("sforce-limit-info")), (404, "api-usage=2/1000000"));
    let limits = world.get(&token, "/services/data/v60.0/limits").expect(200);
    assert_eq!(limits["DailyApiRequests"], json!({"Max": 1_000_000, "Remaining": 999_997}));
    for name in
        ["DailyBulkApiBatches", "DailyBulkApiRequests", "DailyBulkV2QueryJobs", "DataStorageMB", "FileStorageMB"]
    {
        assert!(limits[name]["Max"].is_number() && limits[name]["Remaining"].is_number(), "{name}");
    }
}

#[test]
fn unknown_paths_versions_and_methods_are_told_apart() {
    let world = World::new();
    let token = world.token(world.rep);
    for path in ["/services/data/v12.0/query", "/services/data/v60.0/chatter", "/services/nothing", "/services"] {
        assert_eq!(world.get(&token, path).error(404).0, "NOT_FOUND", "{path}");
    }
    let other = world.call(&token, "PUT", "/services/data/v60.0/sobjects/Account", None);
    assert_eq!(
        other.error(405),
        ("METHOD_NOT_ALLOWED".to_owned(), "HTTP Method 'PUT' not allowed. Allowed are GET,POST".to_owned())
    );
    assert_eq!(other.header("allow"), "GET,POST");
}

#[test]
fn replies_are_compressed_for_who_accepts_it_and_bodies_may_be() {
    let world = World::new();
    let token = world.token(world.rep);
    let request = Request::builder()
        .uri("/services/data/v60.0/sobjects")
        .header("authorization", format!("Bearer {token}"))
        .header("accept-encoding", "gzip");
    let encoding = world.runtime().block_on(async {
        use tower::ServiceExt;
        let response =
            world.router().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
        response.headers().get("content-encoding").cloned()
    });
    assert_eq!(encoding.and_then(|value| value.to_str().map(str::to_owned).ok()).as_deref(), Some("gzip"));
}

#[test]
fn a_body_beyond_the_limit_is_refused_and_a_strangers_is_not_even_read() {
    let world = World::new();
    let token = world.token(world.rep);
    let post = |path: &str, token: &str, bytes: usize| {
        let request = Request::builder().method("POST").uri(path).header("authorization", format!("Bearer {token}"));
        world.send(request.body(Body::from(vec![b' '; bytes])).expect("a request"))
    };
    let too_much = 50 * 1024 * 1024 + 1;
    let accounts = "/services/data/v60.0/sobjects/Account";
    assert_eq!(post(accounts, &token, too_much).error(413).0, "EXCEEDED_MAX_SIZE_REQUEST");
    assert_eq!(post(accounts, "nobody", too_much).error(401).0, "INVALID_SESSION_ID");
    assert_eq!(post("/services/oauth2/token", "", 256 * 1024 + 1).error(413).0, "EXCEEDED_MAX_SIZE_REQUEST");
}

#[test]
fn a_body_that_says_it_is_no_json_is_refused_and_a_get_never_is() {
    let world = World::new();
    let token = world.token(world.rep);
    let ask = |method: &str, content_type: &str| {
        let request = Request::builder()
            .method(method)
            .uri("/services/data/v60.0/sobjects/Account")
            .header("authorization", format!("OAuth {token}"))
            .header("content-type", content_type);
        world.send(request.body(Body::from(r#"{"Name": "x"}"#)).expect("a request"))
    };
    assert_eq!(ask("POST", "application/xml").error(415).0, "UNSUPPORTED_MEDIA_TYPE");
    assert_eq!(ask("POST", "Application/JSON; charset=utf-8").status, 201);
    assert_eq!(ask("GET", "application/xml").status, 200);
}

#[test]
fn each_reply_has_an_id_of_its_own() {
    let world = World::new();
    let ids: Vec<String> = (0..2).map(|_| world.get("", "/services/data").header("x-request-id").to_owned()).collect();
    assert!(ids[0].len() == 16 && ids[0] != ids[1], "{ids:?}");
}

#[test]
fn the_openapi_document_names_every_route_once() {
    let world = World::new();
    let document = world.get("", "/services/openapi.json").expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    for route in api::ROUTES {
        let operation = &document["paths"][route.pattern][route.verb.as_str().to_ascii_lowercase()];
        assert_eq!(operation["operationId"], route.name);
        assert!(operation["responses"].as_object().is_some_and(|responses| !responses.is_empty()), "{}", route.name);
    }
}

#[test]
fn an_org_that_asks_for_too_much_is_told_when_to_come_back() {
    let limits = api::ApiLimits { requests_per_day: 3, requests_at_once: 1 };
    let world = World::limited(PUBLIC_URL, limits);
    let token = world.token(world.rep);
    let path = "/services/data/v60.0/limits";
    for used in 1..=3 {
        assert_eq!(world.get(&token, path).header("sforce-limit-info"), format!("api-usage={used}/3"));
    }
    // It is 08:21:19 UTC, and the day ends at midnight.
    let refused = world.get(&token, path);
    assert_eq!(refused.error(403).0, "REQUEST_LIMIT_EXCEEDED");
    let wait: i64 = refused.header("retry-after").parse().expect("seconds");
    assert!((15 * 3600..16 * 3600).contains(&wait), "{wait}");
    assert_eq!(world.get(&world.token_in(&world.other_org, world.other_admin), path).status, 200);
}

#[test]
fn more_requests_at_once_than_an_org_may_have_are_asked_to_wait() {
    let world = World::limited(PUBLIC_URL, api::ApiLimits { requests_at_once: 0, ..api::ApiLimits::default() });
    let refused = world.get(&world.token(world.rep), "/services/data/v60.0/limits");
    assert_eq!((refused.error(429).0.as_str(), refused.header("retry-after")), ("REQUEST_RATE_EXCEEDED", "1"));
}

#[test]
fn the_tooling_api_has_components_and_nothing_else() {
    let world = World::new();
    let token = world.token(world.admin);
    let tooling = |path: &str| world.get(&token, &format!("/services/data/v60.0/tooling{path}"));
    assert_eq!(tooling("").expect(200)["query"], "/services/data/v60.0/tooling/query");
    let objects = tooling("/sobjects").expect(200)["sobjects"].clone();
    let names = objects.as_array().into_iter().flatten().map(|object| object["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names, ["CustomField", "CustomObject", "GlobalValueSet", "ValidationRule"]);
    for path in [
        "/sobjects/ApexClass",
        "/sobjects/ApexClass/describe",
        "/query?q=SELECT+Id+FROM+SandboxProcess",
        "/query?q=SELECT+Id+FROM+Account",
    ] {
        assert_eq!(tooling(path).error(400).0, "INVALID_TYPE", "{path}");
    }
    assert_eq!(tooling("/query?q=SELEKT").error(400).0, "MALFORMED_QUERY");
}

#[test]
fn an_address_with_a_slash_too_many_is_the_same_address() {
    let world = World::new();
    let token = world.token(world.rep);
    for path in ["//services/data/v60.0/limits", "/services/data/v60.0/limits/"] {
        assert!(world.get(&token, path).expect(200)["DailyApiRequests"]["Max"].is_u64(), "{path}");
    }
    let own = format!("//id/{}/{}", world.org.id(), world.rep);
    assert_eq!(world.get(&token, &own).expect(200)["user_id"], world.rep.to_string());
    assert_eq!(world.get(&token, "//services/nothing").status, 404);
}

#[test]
fn records_are_counted_as_who_asks_sees_them() {
    let world = World::new();
    let (admin, rep) = (world.token(world.admin), world.token(world.rep));
    for (token, name) in [(&admin, "of the admin"), (&rep, "of the rep"), (&rep, "of the rep too")] {
        let body = serde_json::json!({"Name": name});
        world.call(token, "POST", "/services/data/v60.0/sobjects/Account", Some(&body)).expect(201);
    }
    let path = "/services/data/v60.0/limits/recordCount";
    let count = |token: &str, query: &str| world.get(token, &format!("{path}{query}")).expect(200)["sObjects"].clone();
    let named = |count: u64, name: &str| serde_json::json!({"count": count, "name": name});
    let asked = count(&admin, "?sObjects=account,Nonsense,Contact");
    assert_eq!(asked, serde_json::json!([named(3, "Account"), named(0, "Contact")]));
    assert_eq!(count(&rep, "?sObjects=Account"), serde_json::json!([named(2, "Account")]));
    let all = count(&rep, "");
    assert!(all.as_array().is_some_and(|all| all.len() > 10 && all.contains(&named(2, "Account"))), "{all}");
}
