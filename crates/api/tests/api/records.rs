//! Single records by id.

use crate::world::World;
use axum::body::Body;
use axum::http::Request;
use serde_json::json;

const ACCOUNTS: &str = "/services/data/v60.0/sobjects/Account";

#[test]
fn a_record_is_created_read_changed_and_deleted() {
    let world = World::new();
    let token = world.token(world.rep);
    let made = world.call(
        &token,
        "POST",
        ACCOUNTS,
        Some(&json!({"Name": "Acme", "AnnualRevenue": 10, "NumberOfEmployees": 5, "attributes": {"type": "Account"}})),
    );
    let body = made.expect(201);
    let id = body["id"].as_str().expect("an id");
    assert_eq!(made.text, format!(r#"{{"id":"{id}","success":true,"errors":[]}}"#));
    assert_eq!(made.header("location"), format!("{ACCOUNTS}/{id}"));

    let read = world.get(&token, &format!("{ACCOUNTS}/{id}")).expect(200);
    assert_eq!(read["attributes"], json!({"type": "Account", "url": format!("{ACCOUNTS}/{id}")}));
    assert_eq!((&read["Name"], &read["Industry"]), (&json!("Acme"), &json!(null)));

    let some = world.get(&token, &format!("{ACCOUNTS}/{}?fields=name,AnnualRevenue,NumberOfEmployees", &id[..15]));
    assert_eq!(
        some.text,
        format!(
            r#"{{"attributes":{{"type":"Account","url":"{ACCOUNTS}/{id}"}},"Name":"Acme","AnnualRevenue":10.0,"NumberOfEmployees":5,"Id":"{id}"}}"#
        )
    );

    let changed =
        world.call(&token, "PATCH", &format!("{ACCOUNTS}/{id}"), Some(&json!({"Name": "Acme 2", "Industry": ""})));
    assert_eq!((changed.status, changed.text.as_str(), changed.header("content-type")), (204, "", ""));
    let gone = world.call(&token, "DELETE", &format!("{ACCOUNTS}/{id}"), None);
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    assert_eq!(
        world.get(&token, &format!("{ACCOUNTS}/{id}")).error(404),
        ("ENTITY_IS_DELETED".to_owned(), "entity is deleted".to_owned())
    );
}

#[test]
fn a_post_can_stand_for_a_patch() {
    let world = World::new();
    let token = world.token(world.admin);
    let id = world.create("Account", &json!({"Name": "Acme"}));
    let answer =
        world.call(&token, "POST", &format!("{ACCOUNTS}/{id}?_HttpMethod=PATCH"), Some(&json!({"Name": "Better"})));
    assert_eq!(answer.status, 204);
    assert_eq!(world.get(&token, &format!("{ACCOUNTS}/{id}")).expect(200)["Name"], "Better");
}

#[test]
fn errors_name_code_field_and_rule() {
    let world = World::new();
    let token = world.token(world.rep);
    let post = |body| world.call(&token, "POST", ACCOUNTS, Some(&body));
    let missing = post(json!({}));
    assert_eq!(missing.status, 400);
    assert_eq!(
        missing.text,
        r#"[{"message":"Required fields are missing: [Name]","errorCode":"REQUIRED_FIELD_MISSING","fields":["Name"]}]"#
    );
    assert_eq!(
        post(json!({"Name": "x", "Foo": 1})).error(400),
        ("INVALID_FIELD".to_owned(), "No such column 'Foo' on sobject of type Account".to_owned())
    );
    assert_eq!(post(json!({"Name": "x", "Id": world.rep.to_string()})).error(400).0, "INVALID_FIELD");
    assert_eq!(
        post(json!({"Name": "x", "CreatedDate": "2026-01-01T00:00:00Z"})).error(400).0,
        "INVALID_FIELD_FOR_INSERT_UPDATE"
    );
    assert_eq!(post(json!({"Name": "x".repeat(300)})).error(400).0, "STRING_TOO_LONG");
    assert_eq!(post(json!({"Name": true})).error(400).0, "JSON_PARSER_ERROR");
    assert_eq!(post(json!([])).error(400).0, "JSON_PARSER_ERROR");
    let broken = Request::builder().method("POST").uri(ACCOUNTS).header("authorization", format!("Bearer {token}"));
    assert_eq!(world.send(broken.body(Body::from("{")).expect("a request")).error(400).0, "JSON_PARSER_ERROR");
    for path in ["/services/data/v60.0/sobjects/Nothing", "/services/data/v60.0/sobjects/Nothing/001000000000001"] {
        assert_eq!(
            world.get(&token, path).error(404),
            ("NOT_FOUND".to_owned(), "The requested resource does not exist".to_owned())
        );
    }
    assert_eq!(world.get(&token, &format!("{ACCOUNTS}/hello")).error(400).0, "MALFORMED_ID");
    assert_eq!(world.get(&token, &format!("{ACCOUNTS}/001000000000009")).error(404).0, "NOT_FOUND");
}

#[test]
fn the_field_list_of_an_address_is_no_way_into_a_query() {
    let world = World::new();
    let token = world.token(world.admin);
    let id = world.create("Account", &json!({"Name": "Acme"}));
    for fields in ["Name%20FROM%20User", "(SELECT%20Id%20FROM%20Contacts)", "COUNT()", "Nothing"] {
        assert_eq!(
            world.get(&token, &format!("{ACCOUNTS}/{id}?fields={fields}")).error(400).0,
            "INVALID_FIELD",
            "{fields}"
        );
    }
}

#[test]
fn a_lookup_can_be_set_through_an_external_id() {
    let world = World::new();
    let token = world.token(world.admin);
    let parent = world.create("UpsertTable__c", &json!({"Name": "parent", "Key__c": "p1"}));
    let child = world.create(
        "UpsertTable__c",
        &json!({"Name": "child", "Parent__r": {"attributes": {"type": "UpsertTable__c"}, "key__c": "P1"}}),
    );
    let path = format!("/services/data/v60.0/sobjects/UpsertTable__c/{child}");
    assert_eq!(world.get(&token, &path).expect(200)["Parent__c"], parent);
    let unknown = world.call(&token, "PATCH", &path, Some(&json!({"Parent__r": {"Key__c": "nobody"}})));
    let (code, message) = unknown.error(400);
    assert_eq!(code, "INVALID_FIELD");
    assert_eq!(message, "Foreign key external ID: nobody not found for field Key__c in entity UpsertTable__c");
}

#[test]
fn numbers_of_eighteen_digits_pass_exactly_both_ways() {
    let world = World::new();
    let token = world.token(world.rep);
    let send = |method: &str, path: &str, body: &'static str| {
        let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
        world.send(request.header("content-type", "application/json").body(Body::from(body)).expect("a request"))
    };
    let made = send("POST", ACCOUNTS, r#"{"Name":"Big","AnnualRevenue":999999999999999999}"#).expect(201);
    let path = format!("{ACCOUNTS}/{}", made["id"].as_str().expect("an id"));
    let shown = |field: &str| world.get(&token, &format!("{path}?fields={field}")).text;
    assert!(shown("AnnualRevenue").contains(r#""AnnualRevenue":999999999999999999.0,"#));
    assert_eq!(send("PATCH", &path, r#"{"BillingLatitude": -12.345678901234567 }"#).status, 204);
    assert!(shown("BillingLatitude").contains(r#""BillingLatitude":-12.345678901234567,"#));
    let (code, message) = send("PATCH", &path, r#"{"AnnualRevenue":1000000000000000000}"#).error(400);
    assert_eq!(code, "NUMBER_OUTSIDE_VALID_RANGE", "{message}");
}

#[test]
fn hostile_texts_are_stored_as_they_are_or_refused_by_name() {
    let world = World::new();
    let token = world.token(world.rep);
    let send = |body: &'static str| {
        let request =
            Request::builder().method("POST").uri(ACCOUNTS).header("authorization", format!("Bearer {token}"));
        world.send(request.header("content-type", "application/json").body(Body::from(body)).expect("a request"))
    };
    // A NUL, half of a surrogate pair, and an escape character.
    assert_eq!(send(r#"{"Name":"a\u0000b"}"#).error(400).0, "INVALID_FIELD");
    assert_eq!(send(r#"{"Name":"a\ud800b"}"#).error(400).0, "JSON_PARSER_ERROR");
    assert_eq!(send(r#"{"Name":"a\u001bb"}"#).error(400).0, "INVALID_FIELD");
    let admin = world.token(world.admin);
    let texts = [
        "\u{202e}moc.elpmaxe",
        "e\u{301}\u{302}\u{200d}",
        "\u{feff}x\u{ffff}",
        "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        "'; DROP TABLE \"Account\"; --",
        "\u{10ffff}",
    ];
    for text in texts {
        let id = world.create("Account", &json!({ "Name": text }));
        assert_eq!(world.get(&admin, &format!("{ACCOUNTS}/{id}?fields=Name")).expect(200)["Name"], text);
    }
}

#[test]
fn a_change_with_if_unmodified_since_is_refused_when_somebody_was_faster() {
    let world = World::new();
    let token = world.token(world.rep);
    let made = world.call(&token, "POST", ACCOUNTS, Some(&json!({"Name": "Acme"}))).expect(201);
    let path = format!("{ACCOUNTS}/{}", made["id"].as_str().expect("an id"));
    let send = |method: &str, since: &str| {
        let request = Request::builder().method(method).uri(&path).header("authorization", format!("Bearer {token}"));
        let request = request.header("content-type", "application/json").header("if-unmodified-since", since);
        world.send(request.body(Body::from(r#"{"Name":"Better"}"#)).expect("a request"))
    };
    assert_eq!(send("PATCH", "Sat, 21 Nov 2020 08:21:19 GMT").error(412).0, "PRECONDITION_FAILED");
    assert_eq!(send("PATCH", "yesterday").error(400).0, "INVALID_FIELD");
    assert_eq!(send("DELETE", "Sat, 21 Nov 2020 08:21:19 GMT").error(412).0, "PRECONDITION_FAILED");
    assert_eq!(send("PATCH", "Sat, 21 Nov 2093 08:21:19 GMT").status, 204);
}
