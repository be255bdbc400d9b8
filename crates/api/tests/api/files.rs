//! Files over the wire: made with base64 in a row, read as bytes by whoever may read the row.

use crate::world::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value as Json, json};

const OBJECTS: &str = "/services/data/v60.0/sobjects";

fn make(world: &World, token: &str, object: &str, row: &Json) -> String {
    let made = world.call(token, "POST", &format!("{OBJECTS}/{object}"), Some(row)).expect(201);
    made["id"].as_str().expect("an id").to_owned()
}

/// Longer than a chunk.
fn words() -> String {
    "words of the file ".repeat(20_000)
}

#[test]
fn a_file_is_read_at_the_address_that_its_row_shows() {
    let world = World::new();
    let token = world.token(world.rep);
    let account = make(&world, &token, "Account", &json!({ "Name": "Acme" }));
    let body = BASE64.encode(words());
    let attachment =
        make(&world, &token, "Attachment", &json!({ "ParentId": account, "Name": "a.html", "Body": body }));
    let version = make(
        &world,
        &token,
        "ContentVersion",
        &json!({ "PathOnClient": "a.txt", "VersionData": body, "FirstPublishLocationId": account }),
    );
    for (object, id, field, size) in
        [("Attachment", &attachment, "Body", "BodyLength"), ("ContentVersion", &version, "VersionData", "ContentSize")]
    {
        let row = world.get(&token, &format!("{OBJECTS}/{object}/{id}")).expect(200);
        let address = format!("{OBJECTS}/{object}/{id}/{field}");
        assert_eq!(row[field], address.as_str());
        assert_eq!(row[size], words().len());
        let queried = world.query(&token, &format!("SELECT {field} FROM {object} WHERE Id = '{id}'")).expect(200);
        assert_eq!(queried["records"][0][field], address.as_str());
        let answer = world.get(&token, &address);
        assert_eq!((answer.status, answer.text == words()), (200, true));
        assert_eq!(answer.header("content-type"), "application/octet-stream");
        assert_eq!(answer.header("content-disposition"), "attachment");
        assert_eq!(answer.header("content-length"), words().len().to_string());
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");

        // Whoever may not read the row is told that there is nothing, whatever the reason.
        for hidden in [world.nobody, world.other_admin] {
            let token =
                if hidden == world.nobody { world.token(hidden) } else { world.token_in(&world.other_org, hidden) };
            assert_eq!(world.get(&token, &address).error(404).0, "NOT_FOUND", "{object}");
        }
        assert_eq!(world.get("", &address).status, 401);
        assert_eq!(world.call(&token, "POST", &address, None).status, 405);
        let part = json!({ "compositeRequest": [{ "method": "GET", "url": address, "referenceId": "file" }] });
        let done = world.call(&token, "POST", "/services/data/v60.0/composite", Some(&part)).expect(200);
        assert_eq!(done["compositeResponse"][0]["httpStatusCode"], 400, "{done}");
    }
    let crossed = world.get(&token, &format!("{OBJECTS}/Attachment/{version}/Body"));
    assert_eq!(crossed.error(404).0, "NOT_FOUND");
    let described = world.get(&token, &format!("{OBJECTS}/ContentVersion/describe")).expect(200);
    let field = described["fields"].as_array().expect("fields").iter().find(|field| field["name"] == "VersionData");
    let field = field.expect("the field");
    assert_eq!((&field["type"], &field["soapType"]), (&json!("base64"), &json!("xsd:base64Binary")));
    for flag in ["filterable", "sortable", "groupable", "aggregatable"] {
        assert_eq!(field[flag], false, "{flag}");
    }
    let document = world.get(&token, &format!("{OBJECTS}/ContentDocument/describe")).expect(200);
    assert_eq!((&document["createable"], &document["deletable"]), (&json!(false), &json!(true)));
    world.call(&token, "DELETE", &format!("{OBJECTS}/Attachment/{attachment}"), None).expect(204);
    assert_eq!(world.get(&token, &format!("{OBJECTS}/Attachment/{attachment}/Body")).status, 404);
}
