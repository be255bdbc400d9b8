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
    let parts = json!({"batchRequests": []});
    assert_eq!(post(&world, &token, "composite/batch", "k3", &parts).error(400).0, "FUNCTIONALITY_NOT_ENABLED");
    for key in ["", &"k".repeat(256)] {
        assert_eq!(post(&world, &token, "sobjects/Account", key, &json!({"Name": "x"})).error(400).0, "INVALID_FIELD");
    }
}

#[test]
fn a_whole_composite_or_graph_sent_twice_is_carried_out_once() {
    let world = World::new();
    let token = world.token(world.rep);
    let part = |reference: &str, name: Option<&str>| {
        let body = name.map_or(json!({}), |name| json!({"Name": name}));
        json!({"method": "POST", "url": format!("{BASE}/sobjects/Account"), "referenceId": reference, "body": body})
    };
    let names = |token: &str| -> Vec<String> {
        let found = world.query(token, "SELECT Name FROM Account ORDER BY Name").expect(200);
        let rows = found["records"].as_array().expect("rows").clone();
        rows.iter().map(|row| row["Name"].as_str().expect("a name").to_owned()).collect()
    };

    // Without allOrNone a part that fails is undone alone, and the answer says so both times.
    let contact = json!({"method": "POST", "url": format!("{BASE}/sobjects/Contact"), "referenceId": "c",
                         "body": {"LastName": "Of one", "AccountId": "@{a.id}"}});
    let parts =
        json!({"compositeRequest": [part("a", Some("one")), part("bad", None), contact, part("b", Some("two"))]});
    let twice = [0, 1].map(|_| post(&world, &token, "composite", "k1", &parts));
    let statuses: Vec<Json> = twice[0].expect(200)["compositeResponse"]
        .as_array()
        .expect("parts")
        .iter()
        .map(|part| part["httpStatusCode"].clone())
        .collect();
    assert_eq!(statuses, [201, 400, 201, 201]);
    assert_eq!((twice[1].status, &twice[0].text), (200, &twice[1].text));
    assert_eq!(twice[1].header("idempotency-replayed"), "true");
    assert_eq!(names(&token), ["one", "two"]);
    let other = json!({"compositeRequest": [part("a", Some("other"))]});
    assert_eq!(post(&world, &token, "composite", "k1", &other).error(400).0, "INVALID_FIELD");

    // What made nothing leaves its key free.
    let whole = |second: Option<&str>| json!({"allOrNone": true, "compositeRequest": [part("a", Some("three")), part("b", second)]});
    let refused = post(&world, &token, "composite", "k2", &whole(None)).expect(200);
    assert_eq!(refused["compositeResponse"][0]["body"][0]["errorCode"], "PROCESSING_HALTED");
    let made = [0, 1].map(|_| post(&world, &token, "composite", "k2", &whole(Some("four"))).expect(200));
    assert_eq!(made[0], made[1]);
    assert_eq!(names(&token), ["four", "one", "three", "two"]);

    let graphs = json!({"graphs": [
        {"graphId": "good", "compositeRequest": [part("a", Some("five")), part("b", Some("six"))]},
        {"graphId": "bad", "compositeRequest": [part("a", Some("seven")), part("b", None)]},
    ]});
    let twice = [0, 1].map(|_| post(&world, &token, "composite/graph", "k3", &graphs).expect(200));
    assert_eq!(twice[0], twice[1]);
    assert_eq!(
        (&twice[0]["graphs"][0]["isSuccessful"], &twice[0]["graphs"][1]["isSuccessful"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(names(&token), ["five", "four", "one", "six", "three", "two"]);

    let reading = json!({"compositeRequest": [
        part("a", Some("eight")),
        {"method": "GET", "url": format!("{BASE}/sobjects/Account/@{{a.id}}"), "referenceId": "r"},
    ]});
    assert_eq!(post(&world, &token, "composite", "k4", &reading).error(400).0, "FUNCTIONALITY_NOT_ENABLED");
    assert_eq!(names(&token).len(), 6);
}
