//! Many records in one call.

use crate::world::World;
use serde_json::{Value as Json, json};

const ALL: &str = "/services/data/v60.0/composite/sobjects";

fn account(name: &str) -> Json {
    json!({"attributes": {"type": "Account"}, "Name": name})
}

fn count(world: &World, object: &str) -> u64 {
    let token = world.token(world.admin);
    world.query(&token, &format!("SELECT COUNT() FROM {object}")).expect(200)["totalSize"].as_u64().expect("a number")
}

#[test]
fn each_row_has_its_own_outcome_in_the_order_of_the_request() {
    let world = World::new();
    let token = world.token(world.admin);
    let records =
        json!([account("a"), account(""), {"attributes": {"type": "Contact"}, "LastName": "c"}, {"Name": "no type"}]);
    let rows = world.call(&token, "POST", ALL, Some(&json!({"records": records}))).expect(200);
    assert_eq!(rows.as_array().map(Vec::len), Some(4));
    assert_eq!(rows[0], json!({"id": rows[0]["id"], "success": true, "errors": []}));
    assert_eq!(
        rows[1],
        json!({"success": false, "errors": [{"statusCode": "REQUIRED_FIELD_MISSING", "message": "Required fields are missing: [Name]", "fields": ["Name"]}]})
    );
    assert!(rows[2]["id"].as_str().is_some_and(|id| id.starts_with("003")));
    assert_eq!(rows[3]["errors"][0]["statusCode"], "MISSING_ARGUMENT");

    let changes = json!({"records": [
        {"attributes": {"type": "Account"}, "id": rows[0]["id"], "Name": "a2"},
        {"attributes": {"type": "Account"}, "Name": "no id"},
    ]});
    let changed = world.call(&token, "PATCH", ALL, Some(&changes)).expect(200);
    assert_eq!(
        (&changed[0]["success"], &changed[1]["errors"][0]["statusCode"]),
        (&json!(true), &json!("MISSING_ARGUMENT"))
    );

    let ids =
        format!("{},{},001000000000009AAA", rows[2]["id"].as_str().expect("id"), rows[0]["id"].as_str().expect("id"));
    let deleted = world.call(&token, "DELETE", &format!("{ALL}?ids={ids}"), None).expect(200);
    assert_eq!([0, 1, 2].map(|at| deleted[at]["success"].as_bool()), [Some(true), Some(true), Some(false)]);
    assert_eq!(deleted[2]["errors"][0]["statusCode"], "NOT_FOUND");
}

#[test]
fn all_or_none_stores_nothing_when_one_row_is_bad() {
    let world = World::new();
    let token = world.token(world.admin);
    for bad in [
        account(""),
        json!({"attributes": {"type": "Account"}, "Name": "x", "Foo": 1}),
        json!({"attributes": {"type": "Contact"}}),
    ] {
        let body = json!({"allOrNone": true, "records": [account("good"), bad]});
        let rows = world.call(&token, "POST", ALL, Some(&body)).expect(200);
        assert_eq!(rows[0]["errors"][0]["statusCode"], "ALL_OR_NONE_OPERATION_ROLLED_BACK", "{rows}");
        assert_ne!(rows[1]["errors"][0]["statusCode"], "ALL_OR_NONE_OPERATION_ROLLED_BACK", "{rows}");
        assert_eq!(rows[0].get("id"), None);
    }
    assert_eq!(count(&world, "Account"), 0);
    let mixed =
        json!({"allOrNone": true, "records": [account("good"), {"attributes": {"type": "Contact"}, "LastName": "c"}]});
    let rows = world.call(&token, "POST", ALL, Some(&mixed)).expect(200);
    assert_eq!([&rows[0]["success"], &rows[1]["success"]], [&json!(true), &json!(true)]);
    assert_eq!((count(&world, "Account"), count(&world, "Contact")), (1, 1));
}

#[test]
fn an_upsert_tells_what_it_created() {
    let world = World::new();
    let token = world.token(world.admin);
    world.create("UpsertTable__c", &json!({"Name": "old", "Key__c": "k1"}));
    let row = |key: &str, name: &str| json!({"attributes": {"type": "UpsertTable__c"}, "Key__c": key, "Name": name});
    let body = json!({"records": [row("k1", "changed"), row("k2", "new"), {"attributes": {"type": "UpsertTable__c"}, "Key__c": "k3", "Foo": 1}]});
    let rows = world.call(&token, "PATCH", &format!("{ALL}/UpsertTable__c/key__c"), Some(&body)).expect(200);
    assert_eq!(
        [&rows[0]["created"], &rows[1]["created"], &rows[2]["created"]],
        [&json!(false), &json!(true), &json!(false)]
    );
    assert_eq!(
        [&rows[0]["success"], &rows[1]["success"], &rows[2]["success"]],
        [&json!(true), &json!(true), &json!(false)]
    );
    assert_eq!(count(&world, "UpsertTable__c"), 2);
    let twice = json!({"records": [row("k9", "one"), row("K9", "two")]});
    let rows = world.call(&token, "PATCH", &format!("{ALL}/UpsertTable__c/Key__c"), Some(&twice)).expect(200);
    assert_eq!((&rows[0]["success"], &rows[1]["errors"][0]["statusCode"]), (&json!(true), &json!("DUPLICATE_VALUE")));
}

#[test]
fn an_upsert_that_must_be_whole_creates_and_changes_in_one_transaction() {
    let world = World::new();
    let token = world.token(world.admin);
    let old = world.create("UpsertTable__c", &json!({"Name": "old", "Key__c": "k1"}));
    let row = |key: &str, name: &str| json!({"attributes": {"type": "UpsertTable__c"}, "Key__c": key, "Name": name});
    let path = format!("{ALL}/UpsertTable__c/Key__c");
    let name = || {
        world.get(&token, &format!("/services/data/v60.0/sobjects/UpsertTable__c/{old}")).expect(200)["Name"].clone()
    };
    let bad =
        json!({"allOrNone": true, "records": [row("k1", "changed"), row("k2", "new"), row("k3", &"x".repeat(200))]});
    let rows = world.call(&token, "PATCH", &path, Some(&bad)).expect(200);
    let codes = [0, 1, 2].map(|at| rows[at]["errors"][0]["statusCode"].as_str());
    let rolled_back = Some("ALL_OR_NONE_OPERATION_ROLLED_BACK");
    assert_eq!(codes, [rolled_back, rolled_back, Some("STRING_TOO_LONG")], "{rows}");
    assert_eq!([0, 1, 2].map(|at| rows[at]["created"].as_bool()), [Some(false), Some(true), Some(true)]);
    assert_eq!((count(&world, "UpsertTable__c"), name()), (1, json!("old")));
    let good = json!({"allOrNone": true, "records": [row("k1", "changed"), row("k2", "new")]});
    let rows = world.call(&token, "PATCH", &path, Some(&good)).expect(200);
    assert!(rows.as_array().is_some_and(|rows| rows.iter().all(|row| row["success"] == true)), "{rows}");
    assert_eq!((count(&world, "UpsertTable__c"), name()), (2, json!("changed")));
}

#[test]
fn an_upsert_by_id_creates_for_a_blank_id_alone() {
    let world = World::new();
    let token = world.token(world.admin);
    let id = world.create("Account", &json!({"Name": "one"}));
    let row = |id: &str| json!({"attributes": {"type": "Account"}, "Id": id, "Name": "named"});
    let body = json!({"records": [row(&id), row(""), row("001000000000999AAA")]});
    let rows = world.call(&token, "PATCH", &format!("{ALL}/Account/Id"), Some(&body)).expect(200);
    assert_eq!([0, 1].map(|at| rows[at]["created"].as_bool()), [Some(false), Some(true)]);
    assert_eq!(rows[2]["errors"][0]["statusCode"], "NOT_FOUND");
    assert_eq!(count(&world, "Account"), 2);
}

#[test]
fn retrieve_keeps_the_order_and_answers_null_for_what_cannot_be_had() {
    let world = World::new();
    let token = world.token(world.admin);
    let ids = ["a", "b"].map(|name| world.create("Account", &json!({"Name": name})));
    let list = [&ids[1], "001000000000009AAA", &ids[0], &ids[1]];
    let by_address = world.get(&token, &format!("{ALL}/Account?ids={}&fields=Name", list.join(","))).expect(200);
    let names: Vec<_> = by_address.as_array().expect("a list").iter().map(|row| row["Name"].as_str()).collect();
    assert_eq!(names, [Some("b"), None, Some("a"), Some("b")]);
    assert_eq!(by_address[1], Json::Null);
    let by_body = world
        .call(&token, "POST", &format!("{ALL}/Account"), Some(&json!({"ids": list, "fields": ["Name"]})))
        .expect(200);
    assert_eq!(by_body, by_address);
    // Deleted or another object's: nothing to see.
    world.call(&token, "DELETE", &format!("/services/data/v60.0/sobjects/Account/{}", ids[0]), None);
    let gone = world.get(&token, &format!("{ALL}/Account?ids={},{}&fields=Id", ids[0], world.admin)).expect(200);
    assert_eq!(gone, json!([null, null]));
}

#[test]
fn too_many_rows_are_refused_whole() {
    let world = World::new();
    let token = world.token(world.admin);
    let records: Vec<Json> = (0..201).map(|_| account("x")).collect();
    let answer = world.call(&token, "POST", ALL, Some(&json!({"records": records})));
    assert_eq!(answer.error(400).0, "EXCEEDED_ID_LIMIT");
    assert_eq!(count(&world, "Account"), 0);
}

#[test]
fn records_of_several_objects_are_deleted_together_or_not_at_all() {
    let world = World::new();
    let token = world.token(world.admin);
    let account = world.create("Account", &json!({"Name": "Acme"}));
    let row = world.create("UpsertTable__c", &json!({"Name": "row"}));
    let unknown = "001000000000999AAA";
    let delete = |ids: &str| {
        let path = format!("/services/data/v60.0/composite/sobjects?ids={ids}&allOrNone=true");
        world.call(&token, "DELETE", &path, None).expect(200)
    };
    let refused = delete(&format!("{row},{account},{unknown}"));
    let code = |at: usize| refused[at]["errors"][0]["statusCode"].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        [code(0), code(1), code(2)],
        ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "ALL_OR_NONE_OPERATION_ROLLED_BACK", "NOT_FOUND"]
    );
    assert!(refused[0].get("id").is_none(), "{refused}");
    let path = format!("/services/data/v60.0/composite/sobjects/Account?ids={account}&fields=Name");
    assert_eq!(world.get(&token, &path).expect(200)[0]["Name"], "Acme");
    let done = delete(&format!("{row},{account}"));
    assert!(done.as_array().expect("rows").iter().all(|row| row["success"] == true), "{done}");
    assert_eq!(world.get(&token, &path).expect(200), json!([null]));
}

#[test]
fn an_upsert_that_falls_because_a_row_cannot_be_read_says_what_each_would_have_made() {
    let world = World::new();
    let token = world.token(world.admin);
    world.create("UpsertTable__c", &json!({"Name": "there", "Key__c": "k1"}));
    let row = |key: &str, more: serde_json::Value| {
        let mut row = json!({"attributes": {"type": "UpsertTable__c"}, "Name": key, "Key__c": key});
        row["Parent__c"] = more;
        row
    };
    let rows = [row("k1", json!(null)), row("k2", json!(null)), row("k3", json!("no id"))];
    let body = json!({"allOrNone": true, "records": rows});
    let path = "/services/data/v60.0/composite/sobjects/UpsertTable__c/Key__c";
    let answer = world.call(&token, "PATCH", path, Some(&body)).expect(200);
    let told: Vec<_> = answer
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (row["created"].as_bool(), row["errors"][0]["statusCode"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            (Some(false), "ALL_OR_NONE_OPERATION_ROLLED_BACK"),
            (Some(true), "ALL_OR_NONE_OPERATION_ROLLED_BACK"),
            (Some(true), "MALFORMED_ID"),
        ]
    );
    assert_eq!(world.query(&token, "SELECT Id FROM UpsertTable__c").expect(200)["totalSize"], 1);
}
