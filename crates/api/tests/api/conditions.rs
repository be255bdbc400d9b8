//! What a caller has seen, and whether it is still so.

use crate::world::World;
use serde_json::json;

const ACCOUNTS: &str = "/services/data/v60.0/sobjects/Account";

#[test]
fn a_record_that_is_known_is_not_sent_again_and_a_change_of_another_version_is_refused() {
    let world = World::new();
    let token = world.token(world.rep);
    let made = world.call(&token, "POST", ACCOUNTS, Some(&json!({"Name": "Acme"}))).expect(201);
    let path = format!("{ACCOUNTS}/{}", made["id"].as_str().expect("an id"));
    let first = world.get(&token, &path);
    let (tag, date) = (first.header("etag").to_owned(), first.header("last-modified").to_owned());
    assert!(date.starts_with("Sat, 21 Nov 2026 08:21:") && date.ends_with(" GMT"), "{date}");
    let known = world.ask(&token, "GET", &path, &[("if-none-match", &tag)]);
    assert_eq!((known.status, known.text.as_str(), known.header("etag")), (304, "", tag.as_str()));
    assert_eq!(world.ask(&token, "GET", &path, &[("if-modified-since", &date)]).status, 304);
    assert_eq!(world.ask(&token, "GET", &path, &[("if-modified-since", "Sat, 21 Nov 2020 08:21:19 GMT")]).status, 200);
    assert_eq!(world.ask(&token, "GET", &path, &[("if-match", "\"other\"")]).error(412).0, "PRECONDITION_FAILED");

    // Other fields are another answer of the same version: its tag differs and guards a change all the same.
    let part = world.get(&token, &format!("{path}?fields=Name"));
    assert_ne!(part.header("etag"), tag);
    assert_eq!(part.text.matches("SystemModstamp").count(), 0, "{}", part.text);
    let change =
        |tag: &str| world.ask(&token, "PATCH", &path, &[("if-match", tag), ("content-type", "application/json")]);
    assert_eq!(change(part.header("etag")).status, 204);
    world.call(&token, "PATCH", &path, Some(&json!({"Name": "Better"}))).expect(204);
    assert_eq!(change(&tag).error(412).0, "PRECONDITION_FAILED");
    assert_eq!(change("\"nonsense\"").error(412).0, "PRECONDITION_FAILED");
    assert_eq!(world.ask(&token, "DELETE", &path, &[("if-match", &tag)]).error(412).0, "PRECONDITION_FAILED");
    let renewed = world.ask(&token, "GET", &path, &[("if-none-match", &tag)]);
    assert_eq!(renewed.expect(200)["Name"], "Better");
    assert_eq!(world.ask(&token, "DELETE", &path, &[("if-match", "*")]).status, 204);
}

#[test]
fn a_change_by_an_external_id_keeps_to_what_the_caller_saw() {
    let world = World::new();
    let token = world.token(world.admin);
    let path = "/services/data/v60.0/sobjects/UpsertTable__c/ExtId__c/K1";
    let put = |name: &str| world.call(&token, "PATCH", path, Some(&json!({"Name": name})));
    put("First").expect(201);
    let seen = world.get(&token, path).header("etag").to_owned();
    put("Second").expect(200);
    let late = world.ask(&token, "PATCH", path, &[("if-match", &seen), ("content-type", "application/json")]);
    assert_eq!(late.error(412).0, "PRECONDITION_FAILED");
    assert_eq!(world.get(&token, path).expect(200)["Name"], "Second");
    let keyed = world.ask(&token, "PATCH", path, &[("idempotency-key", "k"), ("content-type", "application/json")]);
    assert_eq!(keyed.error(400).0, "FUNCTIONALITY_NOT_ENABLED", "nobody counts in vain on being heard once");
}

#[test]
fn a_head_tells_what_a_get_would_without_its_body() {
    let world = World::new();
    let token = world.token(world.rep);
    let path = "/services/data/v60.0/sobjects/Account/describe";
    let (get, head) = (world.get(&token, path), world.ask(&token, "HEAD", path, &[]));
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), get.text.len().to_string());
    assert_eq!(world.ask(&token, "HEAD", "/services/data/v60.0/sobjects/Nothing/describe", &[]).status, 404);
    assert_eq!(world.ask("", "HEAD", path, &[]).status, 401);
}

#[test]
fn headers_of_features_that_are_not_here_are_taken_and_mean_nothing() {
    let world = World::new();
    let token = world.token(world.rep);
    let headers = [
        ("sforce-auto-assign", "FALSE"),
        ("sforce-duplicate-rule-header", "allowSave=true"),
        ("sforce-mru", "updateMru=true"),
        ("content-type", "application/json"),
    ];
    let answer = world.ask(&token, "POST", ACCOUNTS, &headers);
    assert_eq!(answer.error(400).0, "REQUIRED_FIELD_MISSING", "the body is judged as ever");
}
