//! Records by an external id.

use crate::world::World;
use serde_json::json;

const ROWS: &str = "/services/data/v60.0/sobjects/UpsertTable__c";

#[test]
fn an_upsert_creates_then_changes() {
    let world = World::new();
    let token = world.token(world.admin);
    let path = format!("{ROWS}/ExtId__c/a%2Fb");
    let made = world.call(&token, "PATCH", &path, Some(&json!({"Name": "one"})));
    let id = made.expect(201)["id"].as_str().expect("an id").to_owned();
    assert_eq!(made.text, format!(r#"{{"id":"{id}","success":true,"errors":[],"created":true}}"#));
    let again = world.call(&token, "PATCH", &path, Some(&json!({"Name": "two"})));
    assert_eq!(again.status, 200);
    assert_eq!(again.text, format!(r#"{{"id":"{id}","success":true,"errors":[],"created":false}}"#));
    let read = world.get(&token, &format!("{path}?fields=Name,ExtId__c")).expect(200);
    assert_eq!((&read["Name"], &read["ExtId__c"]), (&json!("two"), &json!("a/b")));
    assert_eq!(world.call(&token, "DELETE", &path, None).status, 204);
    assert_eq!(world.get(&token, &path).error(404).0, "NOT_FOUND");
}

#[test]
fn several_rows_answer_300_with_their_addresses() {
    let world = World::new();
    let token = world.token(world.admin);
    let ids = [0, 1].map(|_| world.create("UpsertTable__c", &json!({"Name": "x", "ExtId__c": "twice"})));
    for method in ["GET", "PATCH", "DELETE"] {
        let body = (method == "PATCH").then(|| json!({"Name": "y"}));
        let mut list = world.call(&token, method, &format!("{ROWS}/ExtId__c/TWICE"), body.as_ref()).expect(300);
        list.as_array_mut().expect("a list").sort_by_key(|entry| entry.to_string());
        assert_eq!(list, json!([format!("{ROWS}/{}", ids[0]), format!("{ROWS}/{}", ids[1])]), "{method}");
    }
}

#[test]
fn the_key_in_the_address_must_be_an_external_id_and_is_not_contradicted() {
    let world = World::new();
    let token = world.token(world.admin);
    assert_eq!(world.get(&token, &format!("{ROWS}/Name/x")).error(404).0, "NOT_FOUND");
    let other = world.call(&token, "PATCH", &format!("{ROWS}/Key__c/a"), Some(&json!({"Key__c": "b"})));
    assert_eq!(other.error(400).0, "INVALID_FIELD");
    let same = world.call(&token, "PATCH", &format!("{ROWS}/Key__c/a"), Some(&json!({"Key__c": "a", "Name": "x"})));
    assert_eq!(same.status, 201, "{}", same.text);
    let number = world.call(&token, "PATCH", &format!("{ROWS}/Number__c/12.5"), Some(&json!({"Name": "x"})));
    let id = number.expect(201)["id"].as_str().expect("an id").to_owned();
    assert_eq!(world.get(&token, &format!("{ROWS}/Number__c/12.50")).expect(200)["Id"], id);
}

#[test]
fn the_record_id_is_a_key_as_well() {
    let world = World::new();
    let token = world.token(world.admin);
    let id = world.create("UpsertTable__c", &json!({"Name": "x"}));
    let changed = world.call(&token, "PATCH", &format!("{ROWS}/Id/{id}"), Some(&json!({"Name": "y"})));
    assert_eq!(changed.expect(200)["created"], false);
    let unknown = format!("{ROWS}/Id/{}001", &id[..12]);
    assert_ne!(unknown, format!("{ROWS}/Id/{id}"));
}
