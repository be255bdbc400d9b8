//! Queries, their pages, and searches.

use crate::world::{World, encode};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value as Json, json};

#[test]
fn an_answer_has_its_fixed_shape() {
    let world = World::new();
    let token = world.token(world.admin);
    let account = world.create("Account", &json!({"Name": "Acme \"&\" Söhne"}));
    let contact = world.create("Contact", &json!({"LastName": "Lang", "AccountId": account}));
    let answer = world.query(&token, "select lastname, account.name, email from contact");
    assert_eq!(
        answer.text,
        format!(
            r#"{{"totalSize":1,"done":true,"records":[{{"attributes":{{"type":"Contact","url":"/services/data/v60.0/sobjects/Contact/{contact}"}},"LastName":"Lang","Account":{{"attributes":{{"type":"Account","url":"/services/data/v60.0/sobjects/Account/{account}"}},"Name":"Acme \"&\" Söhne"}},"Email":null}}]}}"#
        )
    );
    let count = world.query(&token, "SELECT COUNT() FROM Contact");
    assert_eq!(count.text, r#"{"totalSize":1,"done":true,"records":[]}"#);
    let grouped = world.query(&token, "SELECT COUNT(Id) n, MAX(LastName) FROM Contact").expect(200);
    assert_eq!(grouped["records"][0], json!({"attributes": {"type": "AggregateResult"}, "n": 1, "expr0": "Lang"}));
}

#[test]
fn pages_hold_as_many_rows_as_asked_and_show_the_rows_of_the_first_call() {
    let world = World::new();
    let token = world.token(world.admin);
    for _ in 0..3 {
        let records: Vec<Json> =
            (0..150).map(|at| json!({"attributes": {"type": "BigTable__c"}, "Count__c": at})).collect();
        world
            .call(&token, "POST", "/services/data/v60.0/composite/sobjects", Some(&json!({"records": records})))
            .expect(200);
    }
    let request = |path: &str| {
        let request = Request::builder().uri(path).header("authorization", format!("Bearer {token}"));
        world.send(request.header("sforce-query-options", "batchSize=200").body(Body::empty()).expect("a request"))
    };
    let first =
        request(&format!("/services/data/v61.0/query?q={}", encode("SELECT Name FROM BigTable__c ORDER BY Name")))
            .expect(200);
    assert_eq!((&first["totalSize"], &first["done"]), (&json!(450), &json!(false)));
    let next = first["nextRecordsUrl"].as_str().expect("a next page");
    assert!(next.starts_with("/services/data/v61.0/query/01g") && next.ends_with("-200"), "{next}");
    world.create("BigTable__c", &json!({"Count__c": 1}));
    let second = request(next).expect(200);
    let third = request(second["nextRecordsUrl"].as_str().expect("a next page")).expect(200);
    assert_eq!(third["done"], true);
    assert_eq!(third.get("nextRecordsUrl"), None);
    let names: Vec<Json> = [&first, &second, &third]
        .iter()
        .flat_map(|page| page["records"].as_array().expect("rows").iter().map(|row| row["Name"].clone()))
        .collect();
    assert_eq!(names.len(), 450);
    assert!(names.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()));
    for locator in
        ["01g000000000009AAA-200", "hello", &next.replace("/services/data/v61.0/query/", "").replace("-200", "-9000")]
    {
        let answer = world.get(&token, &format!("/services/data/v60.0/query/{locator}"));
        assert_eq!(answer.error(400).0, "INVALID_QUERY_LOCATOR", "{locator}");
    }
    let other = world.get(&world.token(world.rep), next);
    assert_eq!(other.error(400).0, "INVALID_QUERY_LOCATOR");
}

#[test]
fn query_all_shows_deleted_rows() {
    let world = World::new();
    let token = world.token(world.admin);
    let id = world.create("Account", &json!({"Name": "gone"}));
    world.call(&token, "DELETE", &format!("/services/data/v60.0/sobjects/Account/{id}"), None);
    assert_eq!(world.query(&token, "SELECT Id FROM Account").expect(200)["totalSize"], 0);
    let all = world
        .get(&token, &format!("/services/data/v60.0/queryall?q={}", encode("SELECT Id, IsDeleted FROM Account")))
        .expect(200);
    assert_eq!(all["records"][0]["IsDeleted"], true);
}

#[test]
fn errors_of_queries_point_into_the_text() {
    let world = World::new();
    let token = world.token(world.admin);
    for (soql, code, part) in [
        ("SELEKT Id FROM Account", "MALFORMED_QUERY", "unexpected token: 'SELEKT'"),
        (
            "SELECT Foo FROM Account",
            "INVALID_FIELD",
            "ERROR at Row:1:Column:8\nNo such column 'Foo' on entity 'Account'.",
        ),
        ("SELECT Id FROM ScratchOrgInfo", "INVALID_TYPE", "sObject type 'ScratchOrgInfo' is not supported."),
    ] {
        let (seen, message) = world.query(&token, soql).error(400);
        assert_eq!(seen, code);
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(world.get(&token, "/services/data/v60.0/query").error(400).0, "MALFORMED_QUERY");
    let tooling =
        world.get(&token, &format!("/services/data/v60.0/tooling/query?q={}", encode("SELECT Id FROM SandboxProcess")));
    assert_eq!(tooling.error(400).0, "INVALID_TYPE");
}

#[test]
fn a_search_finds_words_in_the_objects_it_names() {
    let world = World::new();
    let token = world.token(world.admin);
    let acme = world.create("Account", &json!({"Name": "Acme Works"}));
    world.create("Account", &json!({"Name": "Acmeworks"}));
    let contact = world.create("Contact", &json!({"LastName": "Lang", "Email": "lang@acme.example"}));
    let search = |sosl: &str| world.get(&token, &format!("/services/data/v60.0/search?q={}", encode(sosl)));
    let found = search("FIND {acme} RETURNING Account(Name), Contact(Email ORDER BY Email LIMIT 5)").expect(200);
    let records = found["searchRecords"].as_array().expect("a list");
    assert_eq!(records.len(), 2, "{found}");
    assert_eq!(records[0]["attributes"]["url"], format!("/services/data/v60.0/sobjects/Account/{acme}"));
    assert_eq!(records[0]["Name"], "Acme Works");
    assert_eq!(records[1]["attributes"]["url"], format!("/services/data/v60.0/sobjects/Contact/{contact}"));
    assert_eq!(
        search("FIND {acme*} IN NAME FIELDS RETURNING Account").expect(200)["searchRecords"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(search("FIND {acme} LIMIT 1").expect(200)["searchRecords"].as_array().map(Vec::len), Some(1));
    assert_eq!(search("FIND {acme").error(400).0, "MALFORMED_SEARCH");
}

#[test]
fn what_was_viewed_is_recent() {
    let world = World::new();
    let token = world.token(world.rep);
    let made = world.call(&token, "POST", "/services/data/v60.0/sobjects/Account", Some(&json!({"Name": "Seen"})));
    let id = made.expect(201)["id"].as_str().expect("an id").to_owned();
    assert_eq!(world.get(&token, "/services/data/v60.0/recent").expect(200), json!([]));
    world.query(&token, "SELECT Id FROM Account FOR VIEW").expect(200);
    let seen = json!([{"attributes": {"type": "Account", "url": format!("/services/data/v60.0/sobjects/Account/{id}")}, "Id": id, "Name": "Seen"}]);
    assert_eq!(world.get(&token, "/services/data/v60.0/recent?limit=5").expect(200), seen);
    let brief = world.get(&token, "/services/data/v60.0/sobjects/Account").expect(200);
    assert_eq!((&brief["objectDescribe"]["name"], &brief["recentItems"]), (&json!("Account"), &seen));
    assert_eq!(world.get(&token, "/services/data/v60.0/recent?limit=0").error(400).0, "NUMBER_OUTSIDE_VALID_RANGE");
}

#[test]
fn columns_are_told_before_rows() {
    let world = World::new();
    let token = world.token(world.admin);
    let columns = |soql: &str| -> Json {
        world.get(&token, &format!("/services/data/v67.0/query?q={}&columns=true", encode(soql))).expect(200)
    };
    let flat = columns("select id, account.name, account.owner.name from contact");
    assert_eq!(
        (&flat["entityName"], &flat["keyPrefix"], &flat["idSelected"], &flat["groupBy"]),
        (&json!("Contact"), &json!("003"), &json!(true), &json!(false))
    );
    let parent = &flat["columnMetadata"][1];
    assert_eq!((&parent["columnName"], &parent["aggregate"]), (&json!("Account"), &json!(false)));
    assert_eq!(
        (&parent["joinColumns"][0]["columnName"], &parent["joinColumns"][1]["joinColumns"][0]["columnName"]),
        (&json!("Name"), &json!("Name"))
    );
    let nested = columns("SELECT Name, (SELECT LastName FROM Contacts) FROM Account");
    let children = &nested["columnMetadata"][1];
    assert_eq!(
        (&children["columnName"], &children["aggregate"], &children["joinColumns"][0]["columnName"]),
        (&json!("Contacts"), &json!(true), &json!("LastName"))
    );
    let grouped = columns("SELECT Industry, COUNT(Id), MAX(AnnualRevenue) top FROM Account GROUP BY Industry");
    let seen: Vec<_> = [0, 1, 2]
        .iter()
        .map(|at| {
            (
                grouped["columnMetadata"][at]["columnName"].as_str(),
                grouped["columnMetadata"][at]["displayName"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [(Some("Industry"), Some("Industry")), (Some("expr0"), Some("count")), (Some("top"), Some("max"))]
    );
    assert_eq!(grouped["groupBy"], true);
}

#[test]
fn a_query_is_explained_without_being_answered() {
    let world = World::new();
    let token = world.token(world.admin);
    let id = world.create("Account", &json!({"Name": "one"}));
    world.create("Account", &json!({"Name": "two"}));
    let plan = |soql: &str| -> Json {
        let answer = world.get(&token, &format!("/services/data/v60.0/query?explain={}", encode(soql))).expect(200);
        answer["plans"][0].clone()
    };
    let by_id = plan(&format!("SELECT Name FROM Account WHERE Id = '{id}' AND Name LIKE 'o%' ORDER BY Name LIMIT 5"));
    assert_eq!(
        by_id,
        json!({"cardinality": 1, "fields": ["Id"], "leadingOperationType": "Index", "notes": [], "relativeCost": 0.5,
               "sobjectCardinality": 2, "sobjectType": "Account"})
    );
    let scan = plan("SELECT COUNT(Id) FROM Account WHERE Name != 'one'");
    assert_eq!((&scan["cardinality"], &scan["leadingOperationType"]), (&json!(1), &json!("TableScan")));
    let bad = world.get(&token, "/services/data/v60.0/query?explain=SELECT+Foo+FROM+Account");
    assert_eq!(bad.error(400).0, "INVALID_FIELD");
}
