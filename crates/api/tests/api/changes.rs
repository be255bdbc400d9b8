//! Following an org: page by page, and as a stream.

use crate::world::World;
use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use futures_util::StreamExt as _;
use model::RecordId;
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

const CHANGES: &str = "/services/data/v60.0/changes";

fn account(world: &World, token: &str, name: &str) -> RecordId {
    let made = world.call(token, "POST", "/services/data/v60.0/sobjects/Account", Some(&json!({"Name": name})));
    RecordId::parse(made.expect(201)["id"].as_str().expect("an id")).expect("an id")
}

#[test]
fn changes_come_page_by_page_with_the_values_as_they_are() {
    let world = World::new();
    let token = world.token(world.rep);
    let start = world.get(&token, CHANGES).expect(200)["replayId"].clone();
    let id = account(&world, &token, "Acme");
    let path = format!("/services/data/v60.0/sobjects/Account/{id}");
    world.call(&token, "PATCH", &path, Some(&json!({"Phone": "1"}))).expect(204);
    world.call(&token, "PATCH", &path, Some(&json!({"Phone": "2"}))).expect(204);
    world.call(&token, "DELETE", &path, None).expect(204);
    let page = world.get(&token, &format!("{CHANGES}?objects=Account&replayId={start}")).expect(200);
    let events = page["events"].as_array().expect("events");
    let kinds: Vec<_> = events.iter().map(|event| &event["payload"]["ChangeEventHeader"]["changeType"]).collect();
    assert_eq!(kinds, ["CREATE", "UPDATE", "UPDATE", "DELETE"]);
    assert_eq!(events[0]["payload"]["Name"], "Acme");
    assert_eq!(events[1]["payload"]["Phone"], "2", "values are those of now");
    let header = &events[1]["payload"]["ChangeEventHeader"];
    assert_eq!(header["changedFields"], json!(["Phone", "LastModifiedDate", "LastModifiedById"]));
    assert_eq!(
        (&header["recordIds"][0], &header["commitUser"]),
        (&json!(id.to_string()), &json!(world.rep.to_string()))
    );
    assert!(events[3]["payload"].get("Name").is_none(), "of what is gone nothing but that");
    assert_eq!(page["done"], true);
    let rest = world.get(&token, &format!("{CHANGES}?replayId={}", page["replayId"])).expect(200);
    assert_eq!(rest["events"], json!([]));
    let (code, message) = world.get(&token, &format!("{CHANGES}?replayId=soon")).error(400);
    assert_eq!(code, "INVALID_REPLICATION_DATE", "{message}");
    assert_eq!(world.get(&token, &format!("{CHANGES}?objects=Nothing")).error(404).0, "NOT_FOUND");
}

/// The next event of a stream; none when it has ended.
async fn event(body: &mut BodyDataStream) -> Option<(String, Json)> {
    loop {
        let text = String::from_utf8(body.next().await?.expect("bytes").to_vec()).expect("UTF-8");
        if let Some(rest) = text.strip_prefix("id: ") {
            let (id, rest) = rest.split_once('\n').expect("lines");
            let data = rest.split_once("data: ").expect("data").1;
            return Some((id.to_owned(), serde_json::from_str(data.trim()).expect("JSON")));
        }
    }
}

#[test]
fn a_stream_goes_on_where_one_stopped_and_ends_with_its_session() {
    let world = World::new();
    let token = world.token(world.rep);
    let stream = |last: Option<&str>| {
        let mut request = Request::builder().uri(format!("{CHANGES}?objects=Account"));
        request = request.header("authorization", format!("Bearer {token}")).header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        request.body(Body::empty()).expect("a request")
    };
    let open = |request: Request<Body>| async {
        let response = world.router().oneshot(request).await.expect("the router never fails");
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        response.into_body().into_data_stream()
    };
    let mut body = world.runtime().block_on(open(stream(None)));
    account(&world, &token, "First");
    let (first, data) = world.runtime().block_on(event(&mut body)).expect("an event");
    assert_eq!(data["payload"]["Name"], "First");
    assert_eq!(data["event"]["replayId"].to_string(), first);
    drop(body);
    account(&world, &token, "Second");
    account(&world, &world.token(world.admin), "Not theirs");
    account(&world, &token, "Third");
    let mut body = world.runtime().block_on(open(stream(Some(&first))));
    let mut names = Vec::new();
    while names.len() < 2 {
        let bytes = world.runtime().block_on(body.next()).expect("more").expect("bytes");
        let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        let events = text.lines().filter_map(|line| line.strip_prefix("data: "));
        names.extend(events.map(|data| {
            let data: Json = serde_json::from_str(data).expect("JSON");
            data["payload"]["Name"].as_str().unwrap_or_default().to_owned()
        }));
    }
    assert_eq!(names, ["Second", "Third"]);
    let revoke = format!("/services/oauth2/revoke?token={token}");
    world.call("", "POST", &revoke, None).expect(200);
    assert!(world.runtime().block_on(event(&mut body)).is_none(), "nothing more is told to a session that ended");
}
