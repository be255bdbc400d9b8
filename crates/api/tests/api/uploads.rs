//! Files in bodies of several parts, taken in as they arrive.

use crate::world::{Answer, World};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;

const OBJECTS: &str = "/services/data/v60.0/sobjects";
const BOUNDARY: &str = "a-boundary";

/// Longer than what frameworks take of a body when nobody says how much.
fn bytes() -> String {
    "words of the file\r\n--not-the-boundary\r\n".repeat(70_000)
}

fn entity(record: &serde_json::Value) -> String {
    format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"entity_content\"\r\nContent-Type: application/json\r\n\r\n{record}\r\n"
    )
}

fn file(field: &str, content: &str) -> String {
    format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n{content}\r\n"
    )
}

fn send(world: &World, token: &str, method: &str, path: &str, parts: &[String]) -> Answer {
    let body = format!("{}--{BOUNDARY}--\r\n", parts.concat());
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", format!("multipart/form-data; boundary=\"{BOUNDARY}\""));
    // In pieces that end anywhere, as on a wire.
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
        body.as_bytes().chunks(7_919).map(|piece| Ok(piece.to_vec())).collect();
    let body = Body::from_stream(futures_util::stream::iter(pieces));
    world.send(request.body(body).expect("a request"))
}

#[test]
fn a_file_arrives_beside_its_record() {
    let world = World::new();
    let token = world.token(world.rep);
    let account = world.call(&token, "POST", &format!("{OBJECTS}/Account"), Some(&json!({"Name": "Acme"}))).expect(201);
    let content = bytes();
    for (object, field, record) in [
        ("ContentVersion", "VersionData", json!({"PathOnClient": "a.txt", "FirstPublishLocationId": account["id"]})),
        ("Attachment", "Body", json!({"ParentId": account["id"], "Name": "a.txt"})),
    ] {
        let parts = [entity(&record), file(field, &content)];
        let made = send(&world, &token, "POST", &format!("{OBJECTS}/{object}"), &parts).expect(201);
        let path = format!("{OBJECTS}/{object}/{}", made["id"].as_str().expect("an id"));
        let read = world.get(&token, &format!("{path}/{field}"));
        assert!(read.status == 200 && read.text == content, "{object}");
        if object == "Attachment" {
            let parts = [file(field, "other"), entity(&json!({"Name": "b.txt"}))];
            assert_eq!(send(&world, &token, "PATCH", &path, &parts).status, 204);
            assert_eq!(world.get(&token, &format!("{path}/{field}")).text, "other");
            assert_eq!(world.get(&token, &path).expect(200)["Name"], "b.txt");
        }
    }
}

#[test]
fn a_body_of_parts_that_makes_no_sense_is_refused_in_words() {
    let world = World::new();
    let token = world.token(world.rep);
    let path = format!("{OBJECTS}/ContentVersion");
    let record = json!({"PathOnClient": "a.txt"});
    for (parts, code) in [
        (vec![file("VersionData", "x")], "JSON_PARSER_ERROR"),
        (vec![entity(&record), entity(&record)], "JSON_PARSER_ERROR"),
        (vec![entity(&record), file("Title", "x")], "INVALID_FIELD"),
        (vec![entity(&record), file("Nothing", "x")], "INVALID_FIELD"),
        (vec![entity(&json!([]))], "JSON_PARSER_ERROR"),
        (vec![entity(&json!({"Nothing": 1})), file("VersionData", "x")], "INVALID_FIELD"),
    ] {
        assert_eq!(send(&world, &token, "POST", &path, &parts).error(400).0, code, "{parts:?}");
    }
    let cut = Request::builder()
        .method("POST")
        .uri(&path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
        .body(Body::from(entity(&record) + &file("VersionData", "the end is missing")));
    assert_eq!(world.send(cut.expect("a request")).error(400).0, "JSON_PARSER_ERROR");
    assert_eq!(send(&world, "nobody", "POST", &path, &[entity(&record)]).status, 401);
    // Elsewhere only JSON is read.
    let elsewhere = send(&world, &token, "POST", "/services/data/v60.0/composite", &[entity(&record)]);
    assert_eq!(elsewhere.error(415).0, "UNSUPPORTED_MEDIA_TYPE");
}

#[test]
fn a_body_is_no_longer_than_the_largest_file_and_a_record_take() {
    let world = World::new();
    let token = world.token(world.rep);
    // What stands before the first part belongs to no file and to no record.
    let much = "x".repeat(28 * 1024 * 1024);
    let admin = platform::Ctx::for_user(&world.org, world.admin).expect("the administrator");
    admin.file_limit_set(1024 * 1024).expect("an administrator's");
    let parts = [format!("{much}\r\n"), entity(&json!({"Title": "a", "PathOnClient": "a.txt"}))];
    let refused = send(&world, &token, "POST", &format!("{OBJECTS}/ContentVersion"), &parts);
    assert!(
        refused.status == 413 && refused.text.contains("EXCEEDED_MAX_SIZE_REQUEST"),
        "{} {}",
        refused.status,
        refused.text
    );
}
