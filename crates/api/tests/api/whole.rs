//! Calls that are kept whole or not at all: composite with `allOrNone`, and graphs.

use crate::world::World;
use serde_json::{Value as Json, json};

const BASE: &str = "/services/data/v60.0";

fn part(method: &str, path: &str, reference: &str, body: Json) -> Json {
    json!({"method": method, "url": format!("{BASE}/{path}"), "referenceId": reference, "body": body})
}

fn read(path: &str, reference: &str) -> Json {
    json!({"method": "GET", "url": format!("{BASE}/{path}"), "referenceId": reference})
}

fn composite(world: &World, token: &str, parts: &[Json]) -> Json {
    let body = json!({"allOrNone": true, "compositeRequest": parts});
    world.call(token, "POST", &format!("{BASE}/composite"), Some(&body)).expect(200)["compositeResponse"].clone()
}

fn statuses(parts: &Json) -> Vec<u64> {
    parts.as_array().expect("parts").iter().filter_map(|part| part["httpStatusCode"].as_u64()).collect()
}

fn count(world: &World, token: &str, soql: &str) -> Json {
    world.query(token, soql).expect(200)["totalSize"].clone()
}

#[test]
fn every_part_of_a_whole_call_sees_what_those_before_it_wrote() {
    let world = World::new();
    let token = world.token(world.admin);
    let rows = json!({"records": [{"attributes": {"type": "UpsertTable__c"}, "Name": "one", "Key__c": "k1"}]});
    let answer = composite(
        &world,
        &token,
        &[
            part("POST", "sobjects/Account", "account", json!({"Name": "Acme"})),
            part("POST", "sobjects/Contact", "contact", json!({"LastName": "Lang", "AccountId": "@{account.id}"})),
            read("sobjects/Account/@{account.id}?fields=Name", "seen"),
            read("query?q=SELECT+Account.Name+FROM+Contact+WHERE+Id='@{contact.id}'", "found"),
            read("sobjects/Account/@{account.id}/Contacts", "children"),
            part("POST", "composite/sobjects", "rows", rows),
            part("PATCH", "sobjects/UpsertTable__c/Key__c/K1", "upsert", json!({"Name": "changed"})),
            part("POST", "sobjects/UpsertTable__c", "child", json!({"Name": "c", "Parent__r": {"Key__c": "k1"}})),
            part("PATCH", "sobjects/Account/@{account.id}", "change", json!({"Name": "Better"})),
            part("DELETE", "sobjects/Contact/@{contact.id}", "delete", Json::Null),
        ],
    );
    assert_eq!(statuses(&answer), [201, 201, 200, 200, 200, 200, 200, 201, 204, 204], "{answer}");
    assert_eq!(answer[2]["body"]["Name"], "Acme");
    assert_eq!(answer[3]["body"]["records"][0]["Account"]["Name"], "Acme");
    assert_eq!(answer[4]["body"]["totalSize"], 1);
    assert_eq!(answer[6]["body"]["created"], false);
    assert_eq!(count(&world, &token, "SELECT Id FROM Account WHERE Name = 'Better'"), 1);
    assert_eq!(count(&world, &token, "SELECT Id FROM Contact"), 0);
    assert_eq!(count(&world, &token, "SELECT Id FROM UpsertTable__c WHERE Parent__r.Name = 'changed'"), 1);
}

#[test]
fn one_bad_part_undoes_a_whole_call_and_alone_tells_why() {
    let world = World::new();
    let token = world.token(world.admin);
    let kept = world.create("Account", &json!({"Name": "kept"}));
    let answer = composite(
        &world,
        &token,
        &[
            part("POST", "sobjects/Account", "first", json!({"Name": "Acme"})),
            part("PATCH", &format!("sobjects/Account/{kept}"), "change", json!({"Name": "changed"})),
            part("POST", "sobjects/Contact", "bad", json!({"FirstName": "nobody"})),
            part("DELETE", &format!("sobjects/Account/{kept}"), "later", Json::Null),
        ],
    );
    assert_eq!(statuses(&answer), [400, 400, 400, 400]);
    let code = |at: usize| answer[at]["body"][0]["errorCode"].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        [code(0), code(1), code(2), code(3)],
        ["PROCESSING_HALTED", "PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]
    );
    assert_eq!(count(&world, &token, "SELECT Id FROM Account"), 1);
    assert_eq!(count(&world, &token, "SELECT Id FROM Account WHERE Name = 'kept'"), 1);
    // A collection that may have bad rows is no failure of its part.
    let rows =
        json!({"records": [{"attributes": {"type": "Account"}, "Name": "good"}, {"attributes": {"type": "Account"}}]});
    let answer = composite(&world, &token, &[part("POST", "composite/sobjects", "rows", rows)]);
    assert_eq!((statuses(&answer), &answer[0]["body"][1]["success"]), (vec![200], &json!(false)));
    assert_eq!(count(&world, &token, "SELECT Id FROM Account"), 2);
}

#[test]
fn a_whole_call_holds_nothing_but_records() {
    let world = World::new();
    let token = world.token(world.admin);
    let answer = composite(
        &world,
        &token,
        &[part("POST", "sobjects/Account", "first", json!({"Name": "Acme"})), read("limits", "limits")],
    );
    assert_eq!(answer[1]["body"][0]["errorCode"], "FUNCTIONALITY_NOT_ENABLED");
    assert_eq!(answer[0]["body"][0]["errorCode"], "PROCESSING_HALTED");
    assert_eq!(count(&world, &token, "SELECT Id FROM Account"), 0);
}

fn graphs(world: &World, token: &str, graphs: &Json) -> Json {
    world.call(token, "POST", &format!("{BASE}/composite/graph"), Some(&json!({"graphs": graphs}))).expect(200)["graphs"]
        .clone()
}

#[test]
fn each_graph_is_saved_whole_or_not_at_all_whatever_the_order_of_its_nodes() {
    let world = World::new();
    let token = world.token(world.admin);
    let answer = graphs(
        &world,
        &token,
        &json!([
            {"graphId": "good", "compositeRequest": [
                part("POST", "sobjects/Contact", "contact", json!({"LastName": "Lang", "AccountId": "@{account.id}"})),
                part("POST", "sobjects/Account", "account", json!({"Name": "Acme"})),
            ]},
            {"graphId": "bad", "compositeRequest": [
                part("POST", "sobjects/Account", "account", json!({"Name": "undone"})),
                part("POST", "sobjects/Contact", "contact", json!({"AccountId": "@{account.id}"})),
                part("POST", "sobjects/Contact", "other", json!({"LastName": "@{nobody.id}"})),
            ]},
        ]),
    );
    assert_eq!((&answer[0]["graphId"], &answer[0]["isSuccessful"]), (&json!("good"), &json!(true)));
    let parts = &answer[0]["graphResponse"]["compositeResponse"];
    assert_eq!((statuses(parts), &parts[0]["referenceId"]), (vec![201, 201], &json!("contact")));
    assert_eq!(answer[1]["isSuccessful"], false);
    let parts = &answer[1]["graphResponse"]["compositeResponse"];
    let codes: Vec<_> =
        parts.as_array().expect("parts").iter().map(|part| part["body"][0]["errorCode"].clone()).collect();
    assert_eq!(codes, ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]);
    assert_eq!(count(&world, &token, "SELECT Id FROM Account"), 1);
    assert_eq!(count(&world, &token, "SELECT Id FROM Contact WHERE Account.Name = 'Acme'"), 1);
}

#[test]
fn a_graph_of_five_hundred_nodes_is_taken_and_one_more_is_not() {
    let world = World::new();
    let token = world.token(world.admin);
    let nodes = |count: usize| -> Vec<Json> {
        (0..count)
            .map(|at| {
                let parent = if at == 0 { Json::Null } else { format!("@{{r{}.id}}", at - 1).into() };
                let body =
                    json!({"Name": format!("row {at}"), "Parent__c": if at % 15 == 0 { Json::Null } else { parent }});
                part("POST", "sobjects/UpsertTable__c", &format!("r{at}"), body)
            })
            .collect()
    };
    let whole = graphs(&world, &token, &json!([{"graphId": "g", "compositeRequest": nodes(500)}]));
    assert_eq!(whole[0]["isSuccessful"], true, "{}", whole[0]["graphResponse"]["compositeResponse"][1]);
    assert_eq!(count(&world, &token, "SELECT Id FROM UpsertTable__c"), 500);
    let path = format!("{BASE}/composite/graph");
    let refuse = |graphs: Json, code: &str| {
        assert_eq!(world.call(&token, "POST", &path, Some(&json!({"graphs": graphs}))).error(400).0, code);
    };
    refuse(json!([{"graphId": "g", "compositeRequest": nodes(501)}]), "EXCEEDED_ID_LIMIT");
    refuse(
        json!([{"graphId": "a", "compositeRequest": nodes(300)}, {"graphId": "b", "compositeRequest": nodes(201)}]),
        "EXCEEDED_ID_LIMIT",
    );
    let one = nodes(1);
    refuse(
        json!([{"graphId": "a", "compositeRequest": one}, {"graphId": "a", "compositeRequest": one}]),
        "INVALID_FIELD",
    );
    refuse(
        json!([{"graphId": "a", "compositeRequest": [read("query?q=SELECT+Id+FROM+Account", "q")]}]),
        "INVALID_FIELD",
    );
    assert_eq!(count(&world, &token, "SELECT Id FROM UpsertTable__c"), 500);
}

#[test]
fn a_whole_call_changes_no_more_than_its_caller_may() {
    let world = World::new();
    let rep = world.token(world.rep);
    let theirs = world.create("Account", &json!({"Name": "theirs"}));
    for parts in [
        vec![read(&format!("sobjects/Account/{theirs}"), "read")],
        vec![part("PATCH", &format!("sobjects/Account/{theirs}"), "change", json!({"Name": "mine now"}))],
        vec![part("DELETE", &format!("sobjects/Account/{theirs}"), "delete", Json::Null)],
    ] {
        let answer = composite(&world, &rep, &parts);
        assert_eq!(statuses(&answer), [404], "{answer}");
        let answer = graphs(&world, &rep, &json!([{"graphId": "g", "compositeRequest": parts}]));
        assert_eq!(answer[0]["graphResponse"]["compositeResponse"][0]["httpStatusCode"], 404);
    }
    let seen = composite(&world, &rep, &[read("query?q=SELECT+Id+FROM+Account", "q")]);
    assert_eq!(seen[0]["body"]["totalSize"], 0);
}

#[test]
fn a_long_answer_inside_a_whole_call_is_paged_through_afterwards() {
    let world = World::new();
    let token = world.token(world.admin);
    let rows: Vec<Json> =
        (0..200).map(|at| json!({"attributes": {"type": "UpsertTable__c"}, "Name": format!("row {at}")})).collect();
    let make = |reference: &str, count: usize| {
        part("POST", "composite/sobjects", reference, json!({"allOrNone": true, "records": rows[..count]}))
    };
    let mut query = read("query?q=SELECT+Name+FROM+UpsertTable__c+ORDER+BY+Id+FOR+VIEW", "page");
    query["httpHeaders"] = json!({"Sforce-Query-Options": "batchSize=200"});
    let answer = composite(&world, &token, &[make("first", 200), make("second", 50), query]);
    assert_eq!(statuses(&answer), [200, 200, 200], "{answer}");
    let page = &answer[2]["body"];
    assert_eq!((&page["totalSize"], &page["done"]), (&json!(250), &json!(false)));
    let next = world.get(&token, page["nextRecordsUrl"].as_str().expect("a next page")).expect(200);
    assert_eq!((next["records"].as_array().map(Vec::len), &next["done"]), (Some(50), &json!(true)));
    let recent = world.get(&token, &format!("{BASE}/recent?limit=2000")).expect(200);
    assert_eq!(recent.as_array().map(Vec::len), Some(250), "FOR VIEW noted both pages");
}
