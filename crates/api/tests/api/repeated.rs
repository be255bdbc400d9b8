//! Requests that are sent twice and carried out once.

use crate::world::{Answer, World};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value as Json, json};

const BASE: &str = "/services/data/v60.0";

fn post(world: &World, token: &str, path: &str, key: &str, body: &Json) -> Answer {
    let request = Request::builder()
        .method("POST")
        .uri(format!("{BASE}/{path}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("idempotency-key", key);
    world.send(request.body(Body::from(body.to_string())).expect("a request"))
}

#[test]
fn a_request_sent_twice_under_one_key_is_carried_out_once() {
    let world = World::new();
    let token = world.token(world.rep);
    let acme = json!({"Name": "Acme"});
    let first = post(&world, &token, "sobjects/Account", "k1", &acme);
    let again = post(&world, &token, "sobjects/Account", "k1", &acme);
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!((&first.text, first.header("location")), (&again.text, again.header("location")));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    let rows =
        json!({"records": [{"attributes": {"type": "Account"}, "Name": "one"}, {"attributes": {"type": "Account"}}]});
    let several = [0, 1].map(|_| post(&world, &token, "composite/sobjects", "k2", &rows).expect(200));
    assert_eq!(several[0], several[1]);
    let tree = json!({"records": [{"attributes": {"type": "Account", "referenceId": "r"}, "Name": "tree"}]});
    let trees = [0, 1].map(|_| post(&world, &token, "composite/tree/Account", "k3", &tree).expect(201));
    assert_eq!(trees[0], trees[1]);
    let count = |token: &str| world.query(token, "SELECT Id FROM Account").expect(200)["totalSize"].clone();
    assert_eq!(count(&token), 3);

    let other = post(&world, &token, "sobjects/Account", "k1", &json!({"Name": "Other"}));
    assert_eq!(other.error(400).0, "INVALID_FIELD", "the key stands for another request");
    let admin = world.token(world.admin);
    assert_eq!(post(&world, &admin, "sobjects/Account", "k1", &acme).status, 201, "keys are each user's own");
    assert_eq!(count(&token), 3);
}

#[test]
fn a_refused_request_leaves_its_key_free_and_calls_that_make_nothing_take_none() {
    let world = World::new();
    let token = world.token(world.rep);
    assert_eq!(post(&world, &token, "sobjects/Account", "k", &json!({})).error(400).0, "REQUIRED_FIELD_MISSING");
    let bad = json!({"records": [{"attributes": {"type": "Account", "referenceId": "r"}}]});
    assert_eq!(post(&world, &token, "composite/tree/Account", "k", &bad).expect(400)["hasErrors"], true);
    assert_eq!(post(&world, &token, "sobjects/Account", "k", &json!({"Name": "Acme"})).status, 201);
    let ids = json!({"ids": [], "fields": ["Name"]});
    let read = post(&world, &token, "composite/sobjects/Account", "k2", &ids);
    assert_eq!(read.error(400).0, "FUNCTIONALITY_NOT_ENABLED");
    let parts = json!({"compositeRequest": []});
    assert_eq!(post(&world, &token, "composite", "k3", &parts).error(400).0, "FUNCTIONALITY_NOT_ENABLED");
    for key in ["", &"k".repeat(256)] {
        assert_eq!(post(&world, &token, "sobjects/Account", key, &json!({"Name": "x"})).error(400).0, "INVALID_FIELD");
    }
}
