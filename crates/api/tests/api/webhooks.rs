//! Webhooks over the API: made, looked at, changed, tried out, removed.

use crate::world::World;
use serde_json::{Value as Json, json};

const WEBHOOKS: &str = "/services/data/v60.0/webhooks";

#[test]
fn a_webhook_is_made_with_a_secret_that_is_shown_once() {
    let world = World::new();
    let token = world.token(world.admin);
    let new = json!({"name": "Warehouse", "url": "https://hooks.example.com", "objects": ["account"], "changeTypes": ["create", "UPDATE"]});
    let made = world.call(&token, "POST", WEBHOOKS, Some(&new)).expect(201);
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    assert!(secret.starts_with("whsec_") && secret.len() > 40);
    assert_eq!(made["objects"], json!(["Account"]));
    assert_eq!(made["changeTypes"], json!(["CREATE", "UPDATE"]));
    assert_eq!((&made["status"], &made["runAsId"]), (&json!("active"), &json!(world.admin.to_string())));
    let path = format!("{WEBHOOKS}/{}", made["id"].as_str().expect("an id"));
    for text in [world.get(&token, &path).text, world.get(&token, WEBHOOKS).text] {
        assert!(text.contains("Warehouse") && !text.contains("whsec_"), "{text}");
    }
    let rotated = world.call(&token, "POST", &format!("{path}/secret"), None).expect(200);
    assert_ne!(rotated["secret"], json!(secret));
    assert!(rotated["oldSecretUntil"].is_string());
    // Nor does the log know it.
    let trail = world.query(&token, "SELECT Action, Display FROM SetupAuditTrail WHERE Section = 'Webhooks'");
    assert!(trail.text.contains("webhook_secret_rotate") && !trail.text.contains("whsec_"), "{}", trail.text);
}

#[test]
fn a_webhook_is_paused_resumed_replayed_tried_out_and_removed() {
    let world = World::new();
    let token = world.token(world.admin);
    let new = json!({"name": "Warehouse", "url": "https://hooks.example.com"});
    let made = world.call(&token, "POST", WEBHOOKS, Some(&new)).expect(201);
    let path = format!("{WEBHOOKS}/{}", made["id"].as_str().expect("an id"));
    let post = |act: &str, body: Option<Json>| world.call(&token, "POST", &format!("{path}/{act}"), body.as_ref());
    assert_eq!(post("pause", None).expect(200)["status"], "paused");
    assert_eq!(post("resume", None).expect(200)["status"], "active");
    assert_eq!(post("pause", None).expect(200)["status"], "paused");
    let resumed = post("resume", Some(json!({"replayId": -1}))).expect(200);
    assert_eq!(resumed["status"], "active");
    let replayed = post("replay", Some(json!({"replayId": made["replayId"]}))).expect(200);
    assert_eq!(replayed["replayId"], made["replayId"]);
    assert_eq!(post("replay", Some(json!({"replayId": "-2"}))).expect(200)["replayId"], json!(0));
    assert_eq!(post("replay", Some(json!({}))).error(400).0, "MISSING_ARGUMENT");
    assert_eq!(post("replay", Some(json!({"replayId": 99_999_999}))).error(400).0, "INVALID_REPLICATION_DATE");
    assert_eq!(post("test", None).expect(202)["isTestPending"], true);
    assert_eq!(world.get(&token, &format!("{path}/attempts")).expect(200)["attempts"], json!([]));
    let patch = |body| world.call(&token, "PATCH", &path, Some(&body));
    assert_eq!(patch(json!({"name": "Store"})).expect(200)["name"], "Store");
    assert_eq!(patch(json!({"url": "ftp://x"})).error(400).0, "FIELD_INTEGRITY_EXCEPTION");
    assert_eq!(patch(json!({"secret": "mine"})).error(400).0, "INVALID_FIELD");
    assert_eq!(patch(json!({"objects": "Account"})).error(400).0, "JSON_PARSER_ERROR");
    assert_eq!(world.call(&token, "DELETE", &path, None).status, 204);
    assert_eq!(world.get(&token, &path).error(404).0, "NOT_FOUND");
}

#[test]
fn who_may_not_customize_has_no_webhooks() {
    let world = World::new();
    let token = world.token(world.rep);
    for path in [WEBHOOKS.to_owned(), format!("{WEBHOOKS}/0wH000000000001AAA")] {
        let (code, message) = world.get(&token, &path).error(403);
        assert_eq!(code, "INSUFFICIENT_ACCESS_OR_READONLY");
        assert!(message.contains("CustomizeApplication"), "{message}");
    }
}
