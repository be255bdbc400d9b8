//! Webhooks: every change arrives, in order, signed, as its user may see it; failures are tried again, and what cannot
//! work stops and says why.

mod deciding;
mod following;
mod keeping;
mod retrying;
mod telling;

use crate::world::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::RecordId;
use platform::{NewWebhook, Webhook, WebhookNotice, WebhookReply, WebhookRequest, WebhookTeller, WebhookTransport};
use serde_json::Value as Json;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// An address that answers as a test says, 200 when it says nothing, and keeps what it got.
#[derive(Default)]
struct Address {
    answers: Mutex<VecDeque<WebhookReply>>,
    got: Mutex<Vec<WebhookRequest>>,
    /// Done while a message is on its way.
    meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl WebhookTransport for Address {
    fn post(&self, request: &WebhookRequest) -> WebhookReply {
        if let Some(act) = self.meanwhile.lock().expect("whole").take() {
            act();
        }
        self.got.lock().expect("whole").push(request.clone());
        self.answers.lock().expect("whole").pop_front().unwrap_or_else(|| answer(200, None))
    }
}

fn answer(status: u16, retry_after: Option<&str>) -> WebhookReply {
    WebhookReply::Answered { status, retry_after: retry_after.map(str::to_owned), excerpt: "ok\u{0}\n".to_owned() }
}

pub(crate) struct Told {
    address: Arc<Address>,
    pub(crate) teller: WebhookTeller,
}

impl Told {
    pub(crate) fn new() -> Self {
        let address = Arc::new(Address::default());
        let notice = WebhookNotice {
            from_name: "Holdfast".to_owned(),
            from_address: "holdfast@test.example".to_owned(),
            public_url: "https://sales.example.com".to_owned(),
        };
        Self { teller: WebhookTeller { transport: address.clone(), notice }, address }
    }

    fn answers(&self, replies: impl IntoIterator<Item = WebhookReply>) {
        self.address.answers.lock().expect("whole").extend(replies);
    }

    /// Tells all there is to tell now.
    fn work(&self, world: &World) {
        while world.org.webhook_turn(&self.teller).expect("a turn") {}
    }

    /// What arrived since it was last asked.
    fn take(&self) -> Vec<WebhookRequest> {
        std::mem::take(&mut self.address.got.lock().expect("whole"))
    }

    /// `CREATE Account Acme` for each change that arrived.
    pub(crate) fn changes(&self) -> Vec<String> {
        self.take().iter().flat_map(changes_in).collect()
    }
}

fn body(request: &WebhookRequest) -> Json {
    serde_json::from_slice(&request.body).expect("JSON")
}

fn header<'a>(request: &'a WebhookRequest, name: &str) -> &'a str {
    request.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str()).expect(name)
}

fn changes_in(request: &WebhookRequest) -> Vec<String> {
    let events = body(request)["data"]["events"].as_array().expect("events").clone();
    let shown = |event: Json| {
        let payload = &event["payload"];
        let header = &payload["ChangeEventHeader"];
        let word = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        format!("{} {} {}", word(&header["changeType"]), word(&header["entityName"]), word(&payload["Name"]))
            .trim()
            .to_owned()
    };
    events.into_iter().map(shown).collect()
}

fn wanted(objects: &[&str]) -> NewWebhook {
    NewWebhook {
        name: "Warehouse".to_owned(),
        url: "https://hooks.example.com/changes".to_owned(),
        objects: objects.iter().map(|name| (*name).to_owned()).collect(),
        kinds: Vec::new(),
    }
}

pub(crate) fn made(world: &World, user: RecordId, objects: &[&str]) -> (RecordId, String) {
    let (webhook, secret) = world.ctx(user).webhook_create(wanted(objects)).expect("a webhook");
    (webhook.id, secret.0)
}

fn seen(world: &World, id: RecordId) -> Webhook {
    world.ctx(world.admin).webhook(id).expect("a webhook")
}

pub(crate) fn account(world: &World, name: &str) -> RecordId {
    world.create(world.rep, "Account", &[("Name", name.into())])
}

fn signature(secret: &str, request: &WebhookRequest) -> String {
    let key = BASE64.decode(secret.strip_prefix("whsec_").expect("a secret")).expect("base64");
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).expect("any length");
    mac.update(format!("{}.{}.", header(request, "webhook-id"), header(request, "webhook-timestamp")).as_bytes());
    mac.update(&request.body);
    format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()))
}
