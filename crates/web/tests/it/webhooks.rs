//! The pages where changes are led to addresses.

use crate::visitor::{Answer, Visitor};
use crate::world::World;
use http::StatusCode;
use platform::{Ctx, WebhookNotice, WebhookReply, WebhookRequest, WebhookTeller, WebhookTransport};
use std::sync::Arc;

const USUAL: [(&str, &str); 3] =
    [("name", "Warehouse"), ("url", "https://hooks.example.com/changes"), ("objects", "Account, Contact")];

/// An address that has had enough, or one that answers with another status.
struct Answering(u16);

impl WebhookTransport for Answering {
    fn post(&self, _request: &WebhookRequest) -> WebhookReply {
        WebhookReply::Answered { status: self.0, retry_after: None, excerpt: "<b>no more</b>".to_owned() }
    }
}

fn secret(answer: &Answer) -> String {
    let at = answer.text.find("whsec_").expect("a secret");
    answer.text[at..].chars().take_while(|c| !matches!(c, '"' | '<')).collect()
}

pub(crate) fn made(world: &World) -> String {
    let ctx = Ctx::for_user(&world.org, world.admin).expect("an administrator");
    ctx.webhooks().expect("the webhooks").last().expect("a webhook").id.to_string()
}

/// Tells all webhooks what there is to tell, at addresses that answer with this status.
pub(crate) fn tell(world: &World, status: u16) {
    let notice = WebhookNotice {
        from_name: "Northwind".to_owned(),
        from_address: "reports@northwind.example".to_owned(),
        public_url: "https://sales.example.com".to_owned(),
    };
    let teller = WebhookTeller { transport: Arc::new(Answering(status)), notice };
    while world.org.webhook_turn(&teller).expect("a turn") {}
}

#[test]
fn a_webhook_is_made_with_a_secret_that_is_shown_once_and_is_changed_and_removed() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    assert!(ada.get("/home").text.contains("/webhooks"));
    assert!(ada.get("/webhooks").text.contains("No webhook yet"));
    assert_eq!(ada.get("/webhooks/new").status, StatusCode::OK);
    let done = ada.post("/webhooks/new", &[&USUAL[..], &[("kind", "CREATE"), ("kind", "UPDATE")]].concat());
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let first = secret(&done);
    let own = format!("/webhooks/{}", made(&world));
    for address in ["/webhooks".to_owned(), own.clone(), format!("{own}/edit")] {
        let page = ada.get(&address);
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert!(page.text.contains("Warehouse") && page.text.contains("hooks.example.com"), "{address}");
        assert!(!page.text.contains("whsec_"), "{address}");
    }
    assert!(ada.get(&own).text.contains("CREATE, UPDATE"));
    let rotated = ada.post(&own, &[("act", "secret")]);
    assert_ne!(secret(&rotated), first);
    assert!(rotated.text.contains("signed with the secret before as well"));
    let all = ["CREATE", "UPDATE", "DELETE", "UNDELETE"].map(|kind| ("kind", kind));
    let saved = ada
        .post(&format!("{own}/edit"), &[&[("name", "Store"), ("url", "https://store.example.com")][..], &all].concat());
    assert_eq!(saved.location(), own);
    let page = ada.get(&own).text;
    assert!(page.contains("Store") && page.contains("All records"), "{page}");
    assert_eq!(ada.post(&own, &[("act", "pause")]).location(), own);
    assert!(ada.get(&own).text.contains("Paused"));
    assert_eq!(ada.post(&own, &[("act", "resume")]).location(), own);
    assert_eq!(ada.post(&own, &[("act", "replay"), ("from", "-2")]).location(), own);
    assert_eq!(ada.post(&own, &[("act", "replay"), ("from", "soon")]).status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ada.post(&own, &[("act", "else")]).status, StatusCode::NOT_FOUND);
    assert_eq!(ada.post(&own, &[("act", "remove")]).location(), "/webhooks");
    assert_eq!(ada.get(&own).status, StatusCode::NOT_FOUND);
}

#[test]
fn what_is_wrong_with_a_webhook_is_said_beside_its_field() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    for (wrong, words) in [
        (("name", ""), "Required fields are missing"),
        (("url", "http://hooks.example.com"), "an https address"),
        (("url", "https://me:pass@hooks.example.com"), "no user name and no password"),
        (("objects", "User"), "Changes of User are not told"),
    ] {
        let fields: Vec<_> = USUAL.iter().map(|usual| if usual.0 == wrong.0 { wrong } else { *usual }).collect();
        let refused = ada.post("/webhooks/new", &fields);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert!(refused.text.to_lowercase().contains(&words.to_lowercase()), "{wrong:?}: {}", refused.text);
        assert!(refused.text.contains("hooks.example.com"), "what was typed is still there");
    }
    assert!(ada.get("/webhooks").text.contains("No webhook yet"));
}

#[test]
fn a_test_and_a_webhook_that_stopped_are_told_on_its_page() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    ada.post("/webhooks/new", &USUAL);
    let own = format!("/webhooks/{}", made(&world));
    assert_eq!(ada.post(&own, &[("act", "test")]).location(), own);
    assert!(ada.get(&own).text.contains("A test is on its way"));
    tell(&world, 410);
    let page = ada.get(&own).text;
    assert!(page.contains("410") && page.contains("Active") && !page.contains("A test is on its way"), "{page}");
    assert!(page.contains("&lt;b&gt;no more&lt;/b&gt;") && !page.contains("<b>no more</b>"), "{page}");
    let maya = Visitor::signed_in(&world, world.rep);
    let moved = maya.post("/new/Account", &[("Name", "Told of")]);
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
    tell(&world, 410);
    let page = ada.get(&own).text;
    assert!(page.contains("Stopped") && page.contains("410 Gone"), "{page}");
    assert!(ada.get("/outbox").text.contains("The webhook Warehouse has stopped"));
}

#[test]
fn webhooks_are_for_those_alone_who_customize() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    ada.post("/webhooks/new", &USUAL);
    let own = format!("/webhooks/{}", made(&world));
    let maya = Visitor::signed_in(&world, world.rep);
    for answer in [
        maya.get("/webhooks"),
        maya.get("/webhooks/new"),
        maya.get(&own),
        maya.get(&format!("{own}/edit")),
        maya.post("/webhooks/new", &USUAL),
        maya.post(&own, &[("act", "secret")]),
        maya.post(&format!("{own}/edit"), &USUAL),
    ] {
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(!answer.text.contains("hooks.example.com"));
    }
    assert!(!maya.get("/home").text.contains("/webhooks"), "what cannot be done is not offered");
}
