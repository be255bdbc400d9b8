//! The tooling API: components over HTTP.

use crate::world::{World, encode};
use serde_json::json;

const TOOLING: &str = "/services/data/v60.0/tooling";

#[test]
fn a_field_is_made_read_changed_used_and_deleted() {
    let world = World::new();
    let admin = world.token(world.admin);
    let call = |verb: &str, path: &str, body| world.call(&admin, verb, &format!("{TOOLING}{path}"), body);
    let said = json!({"FullName": "Account.Floor__c", "Metadata": {"type": "Number", "label": "Floor", "precision": 3, "scale": 0}});
    let made = call("POST", "/sobjects/CustomField", Some(&said)).expect(201);
    assert_eq!((&made["success"], &made["errors"]), (&json!(true), &json!([])));
    let path = format!("/sobjects/CustomField/{}", made["id"].as_str().expect("an id"));
    let told = call("GET", &path, None).expect(200);
    assert_eq!(told["attributes"], json!({"type": "CustomField", "url": format!("{TOOLING}{path}")}));
    assert_eq!((&told["FullName"], &told["DeveloperName"]), (&json!("Account.Floor__c"), &json!("Floor")));
    assert_eq!((&told["TableEnumOrId"], &told["Metadata"]["precision"]), (&json!("Account"), &json!(3)));

    let account =
        world.call(&admin, "POST", "/services/data/v60.0/sobjects/Account", Some(&json!({"Name": "A", "Floor__c": 7})));
    account.expect(201);
    let small = json!({"FullName": "Account.Storey__c", "Metadata": {"type": "Text", "label": "Storey", "length": 5}});
    assert_eq!(call("PATCH", &path, Some(&small)).status, 204);
    let rows = world.get(
        &admin,
        &format!("/services/data/v60.0/query?q={}", encode("SELECT Storey__c FROM Account WHERE Storey__c = '7'")),
    );
    assert_eq!(rows.expect(200)["totalSize"], 1);

    let query = "SELECT Id, FullName, Metadata FROM CustomField WHERE DeveloperName = 'Storey'";
    let found = call("GET", &format!("/query?q={}", encode(query)), None).expect(200);
    assert_eq!(found["records"][0]["Metadata"]["type"], "Text");
    assert_eq!(call("DELETE", &path, None).status, 204);
    assert_eq!(call("GET", &path, None).error(404).0, "NOT_FOUND");
}

#[test]
fn a_component_that_cannot_be_is_refused_with_the_word_at_fault() {
    let world = World::new();
    let admin = world.token(world.admin);
    let refused = |body| {
        let answer = world.call(&admin, "POST", &format!("{TOOLING}/sobjects/CustomField"), Some(&body));
        assert_eq!(answer.status, 400, "{}", answer.text);
        let error = answer.json()[0].clone();
        (error["errorCode"].as_str().expect("a code").to_owned(), error["fields"].clone())
    };
    let metadata = json!({"type": "Text", "label": "X"});
    assert_eq!(refused(json!({"Metadata": metadata})), ("REQUIRED_FIELD_MISSING".into(), json!(["FullName"])));
    assert_eq!(refused(json!({"FullName": "Account.X__c"})), ("REQUIRED_FIELD_MISSING".into(), json!(["Metadata"])));
    let short = json!({"FullName": "Account.X__c", "Metadata": metadata});
    assert_eq!(refused(short), ("FIELD_INTEGRITY_EXCEPTION".into(), json!(["length"])));
    let unknown = json!({"FullName": "Account.X__c", "Metadata": {"type": "Phone", "label": "X", "colour": "red"}});
    assert_eq!(refused(unknown).0, "JSON_PARSER_ERROR");
}

#[test]
fn whoever_may_not_customize_changes_nothing_and_sees_no_setup() {
    let world = World::new();
    let rep = world.token(world.rep);
    let said = json!({"FullName": "Account.Floor__c", "Metadata": {"type": "Phone", "label": "Floor"}});
    let made = world.call(&rep, "POST", &format!("{TOOLING}/sobjects/CustomField"), Some(&said));
    assert_eq!(made.error(403).0, "INSUFFICIENT_ACCESS_OR_READONLY");
    let asked = world.get(&rep, &format!("{TOOLING}/query?q={}", encode("SELECT Id FROM CustomField")));
    assert_eq!(asked.error(403).0, "INSUFFICIENT_ACCESS_OR_READONLY");
}
