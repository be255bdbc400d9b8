//! Several calls in one, and trees of records.

use crate::world::World;
use serde_json::{Value as Json, json};

const COMPOSITE: &str = "/services/data/v60.0/composite";

#[test]
fn later_parts_use_what_earlier_ones_answered() {
    let world = World::new();
    let token = world.token(world.admin);
    let body = json!({"compositeRequest": [
        {"method": "POST", "url": "/services/data/v60.0/sobjects/Account", "referenceId": "account", "body": {"Name": "Acme"}},
        {"method": "POST", "url": "/services/data/v60.0/sobjects/Contact", "referenceId": "contact",
         "body": {"LastName": "Lang", "AccountId": "@{account.id}"}},
        {"method": "GET", "url": "/services/data/v60.0/query/?q=SELECT+Id,+Account.Name+FROM+Contact+WHERE+Id='@{contact.id}'", "referenceId": "query"},
        {"method": "PATCH", "url": "/services/data/v60.0/sobjects/Account/@{account.id}", "referenceId": "patch", "body": {"Name": "Acme 2"}},
    ]});
    let answer = world.call(&token, "POST", COMPOSITE, Some(&body)).expect(200);
    let parts = answer["compositeResponse"].as_array().expect("parts");
    let statuses: Vec<_> = parts.iter().map(|part| part["httpStatusCode"].as_u64()).collect();
    assert_eq!(statuses, [Some(201), Some(201), Some(200), Some(204)], "{answer}");
    let id = parts[0]["body"]["id"].as_str().expect("an id");
    assert_eq!(parts[0]["httpHeaders"]["Location"], format!("/services/data/v60.0/sobjects/Account/{id}"));
    assert_eq!((&parts[0]["referenceId"], &parts[3]["body"]), (&json!("account"), &Json::Null));
    assert_eq!(parts[2]["body"]["records"][0]["Account"]["Name"], "Acme");
}

#[test]
fn a_part_that_depends_on_a_failed_one_is_halted() {
    let world = World::new();
    let token = world.token(world.admin);
    let body = json!({"compositeRequest": [
        {"method": "POST", "url": "/services/data/v60.0/sobjects/Account", "referenceId": "account", "body": {}},
        {"method": "POST", "url": "/services/data/v60.0/sobjects/Contact", "referenceId": "contact", "body": {"LastName": "x", "AccountId": "@{account.id}"}},
        {"method": "GET", "url": "/services/data/v60.0/limits", "referenceId": "limits"},
        {"method": "POST", "url": COMPOSITE, "referenceId": "nested", "body": {}},
        {"method": "POST", "url": "/services/oauth2/token", "referenceId": "outside", "body": {}},
    ]});
    let answer = world.call(&token, "POST", COMPOSITE, Some(&body)).expect(200);
    let parts = &answer["compositeResponse"];
    let code = |at: usize| parts[at]["body"][0]["errorCode"].as_str();
    assert_eq!((parts[0]["httpStatusCode"].as_u64(), code(0)), (Some(400), Some("REQUIRED_FIELD_MISSING")));
    assert_eq!((parts[1]["httpStatusCode"].as_u64(), code(1)), (Some(400), Some("PROCESSING_HALTED")));
    assert_eq!(parts[2]["httpStatusCode"], 200);
    assert_eq!((code(3), code(4)), (Some("INVALID_FIELD"), Some("NOT_FOUND")));
}

#[test]
fn what_a_composite_call_cannot_hold_is_refused_whole() {
    let world = World::new();
    let token = world.token(world.admin);
    let limits =
        |at: usize| json!({"method": "GET", "url": "/services/data/v60.0/limits", "referenceId": format!("r{at}")});
    let many: Vec<Json> = (0..26).map(limits).collect();
    let twice = vec![limits(1), limits(1)];
    let query = |at: usize| json!({"method": "GET", "url": "/services/data/v60.0/query?q=SELECT+Id+FROM+Account", "referenceId": format!("r{at}")});
    let queries: Vec<Json> = (0..6).map(query).collect();
    for (parts, code) in [(many, "EXCEEDED_ID_LIMIT"), (twice, "INVALID_FIELD"), (queries, "EXCEEDED_ID_LIMIT")] {
        assert_eq!(world.call(&token, "POST", COMPOSITE, Some(&json!({"compositeRequest": parts}))).error(400).0, code);
    }
}

#[test]
fn a_batch_runs_its_parts_alone_and_can_halt() {
    let world = World::new();
    let token = world.token(world.admin);
    let parts = json!([
        {"method": "GET", "url": "v60.0/limits"},
        {"method": "GET", "url": "/services/data/v60.0/sobjects/Nothing"},
        {"method": "POST", "url": "v60.0/sobjects/Account", "richInput": {"Name": "Acme"}},
    ]);
    let path = format!("{COMPOSITE}/batch");
    let statuses = |body: &Json| -> Vec<u64> {
        let answer = world.call(&token, "POST", &path, Some(body)).expect(200);
        assert_eq!(answer["hasErrors"], true);
        answer["results"]
            .as_array()
            .expect("results")
            .iter()
            .filter_map(|result| result["statusCode"].as_u64())
            .collect()
    };
    assert_eq!(statuses(&json!({"batchRequests": parts})), [200, 404, 201]);
    assert_eq!(statuses(&json!({"haltOnError": true, "batchRequests": parts})), [200, 404, 412]);
}

#[test]
fn a_tree_is_created_whole_or_not_at_all() {
    let world = World::new();
    let token = world.token(world.admin);
    let record = |kind: &str, reference: &str, name: &str| {
        let field = if kind == "Contact" { "LastName" } else { "Name" };
        json!({"attributes": {"type": kind, "referenceId": reference}, field: name})
    };
    let with_contacts = |contacts: Json| {
        let mut account = record("Account", "a1", "Acme");
        account["Contacts"] = json!({"records": contacts});
        json!({"records": [account, record("Account", "a2", "Other")]})
    };
    let path = format!("{COMPOSITE}/tree/Account");
    let good = with_contacts(json!([record("Contact", "c1", "One"), record("Contact", "c2", "Two")]));
    let answer = world.call(&token, "POST", &path, Some(&good)).expect(201);
    assert_eq!(answer["hasErrors"], false);
    let references: Vec<_> =
        answer["results"].as_array().expect("results").iter().map(|result| result["referenceId"].as_str()).collect();
    assert_eq!(references, [Some("a1"), Some("c1"), Some("c2"), Some("a2")]);
    let linked = world.query(&token, "SELECT Id FROM Contact WHERE Account.Name = 'Acme'").expect(200);
    assert_eq!(linked["totalSize"], 2);

    for bad in [
        record("Contact", "c1", ""),
        json!({"attributes": {"type": "Contact", "referenceId": "c1"}, "LastName": "x", "Foo": 1}),
    ] {
        let answer = world.call(&token, "POST", &path, Some(&with_contacts(json!([bad])))).expect(400);
        assert_eq!((&answer["hasErrors"], &answer["results"][0]["referenceId"]), (&json!(true), &json!("c1")));
        assert!(answer["results"][0]["errors"][0]["statusCode"].is_string(), "{answer}");
    }
    let twice = json!({"records": [record("Account", "a", "one"), record("Account", "a", "two")]});
    assert_eq!(world.call(&token, "POST", &path, Some(&twice)).error(400).0, "INVALID_FIELD");
    assert_eq!(world.query(&token, "SELECT Id FROM Account").expect(200)["totalSize"], 2);
}

#[test]
fn what_changed_and_what_went_is_told_for_a_span_of_time() {
    let world = World::new();
    let token = world.token(world.admin);
    let kept = world.create("Account", &json!({"Name": "kept"}));
    let gone = world.create("Account", &json!({"Name": "gone"}));
    world.call(&token, "DELETE", &format!("/services/data/v60.0/sobjects/Account/{gone}"), None);
    let ask = |what: &str, start: &str, end: &str| {
        world.get(&token, &format!("/services/data/v60.0/sobjects/Account/{what}?start={start}&end={end}"))
    };
    let (start, end) = ("2026-11-21T08%3A00%3A00%2B00%3A00", "2026-11-21T09%3A00%3A00%2B00%3A00");
    let updated = ask("updated", start, end).expect(200);
    assert_eq!(updated["ids"], json!([kept]));
    assert!(updated["latestDateCovered"].as_str().is_some_and(|at| at.starts_with("2026-11-21T08:21:")), "{updated}");
    let deleted = ask("deleted", start, end).expect(200);
    assert_eq!(deleted["deletedRecords"][0]["id"], gone);
    assert!(deleted["earliestDateAvailable"].is_string());
    for (start, end) in [("2026-01-01T00:00:00Z", end), (end, start), ("x", "y")] {
        assert_eq!(ask("updated", start, end).error(400).0, "INVALID_REPLICATION_DATE");
    }
}
