//! Webhooks: every change arrives, in order, signed, as its user may see it; failures are tried again, and what cannot
//! work stops and says why.

use crate::world::{World, on_both_stores, on_each_store};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::{ErrorCode, RecordId};
use platform::{
    NewWebhook, Replay, Webhook, WebhookChange, WebhookNotice, WebhookOutcome, WebhookReply, WebhookRequest,
    WebhookState, WebhookTeller, WebhookTransport,
};
use serde_json::Value as Json;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

const DAY_MS: i64 = 86_400_000;
const SECOND_MS: i64 = 1_000;

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

struct Told {
    address: Arc<Address>,
    teller: WebhookTeller,
}

impl Told {
    fn new() -> Self {
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
    fn changes(&self) -> Vec<String> {
        self.take().iter().flat_map(|request| changes_in(request)).collect()
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

fn made(world: &World, user: RecordId, objects: &[&str]) -> (RecordId, String) {
    let (webhook, secret) = world.ctx(user).webhook_create(wanted(objects)).expect("a webhook");
    (webhook.id, secret.0)
}

fn seen(world: &World, id: RecordId) -> Webhook {
    world.ctx(world.admin).webhook(id).expect("a webhook")
}

fn account(world: &World, name: &str) -> RecordId {
    world.create(world.rep, "Account", &[("Name", name.into())])
}

fn signature(secret: &str, request: &WebhookRequest) -> String {
    let key = BASE64.decode(secret.strip_prefix("whsec_").expect("a secret")).expect("base64");
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).expect("any length");
    mac.update(format!("{}.{}.", header(request, "webhook-id"), header(request, "webhook-timestamp")).as_bytes());
    mac.update(&request.body);
    format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()))
}

#[test]
fn every_change_arrives_once_in_order_and_signed() {
    on_both_stores(|world| {
        let told = Told::new();
        account(world, "Before");
        let (id, secret) = made(world, world.admin, &["Account"]);
        told.work(world);
        assert_eq!(told.changes(), Vec::<String>::new(), "what was before is not told");
        let acme = account(world, "Acme");
        world.update(world.rep, "Account", acme, &[("Name", "Acme 2".into())]).expect("an update");
        world.create(world.rep, "Contact", &[("LastName", "Ode".into())]);
        world.ctx(world.rep).record_delete("Account", acme).expect("a delete");
        told.work(world);
        let got = told.take();
        assert_eq!(got.len(), 1);
        assert_eq!(changes_in(&got[0]), ["CREATE Account Acme 2", "UPDATE Account Acme 2", "DELETE Account"]);
        assert_eq!(header(&got[0], "webhook-signature"), signature(&secret, &got[0]));
        assert_eq!(header(&got[0], "content-type"), "application/json");
        let body = body(&got[0]);
        assert_eq!((&body["type"], &body["data"]["webhookId"]), (&"records.changed".into(), &id.to_string().into()));
        let header = &body["data"]["events"][1]["payload"]["ChangeEventHeader"];
        assert_eq!(header["recordIds"][0], acme.to_string());
        assert_eq!(header["commitUser"], world.rep.to_string());
        told.work(world);
        assert_eq!(told.changes(), Vec::<String>::new(), "nothing is told twice");
        let attempts = world.ctx(world.admin).webhook_attempts(id).expect("attempts");
        assert_eq!(attempts.len(), 1);
        assert_eq!((attempts[0].status, attempts[0].events, attempts[0].words.as_str()), (Some(200), 3, "ok  "));
        assert_eq!(attempts[0].outcome, WebhookOutcome::Delivered);
    });
}

#[test]
fn only_the_kinds_of_change_that_were_asked_for_are_told() {
    on_both_stores(|world| {
        let told = Told::new();
        let new = NewWebhook { kinds: vec!["delete".to_owned()], ..wanted(&[]) };
        let (webhook, _) = world.ctx(world.admin).webhook_create(new).expect("a webhook");
        assert_eq!(webhook.kinds, ["DELETE"]);
        let acme = account(world, "Acme");
        world.ctx(world.rep).record_delete("Account", acme).expect("a delete");
        told.work(world);
        assert_eq!(told.changes(), ["DELETE Account"]);
    });
}

#[test]
fn many_changes_go_in_bounded_messages_one_after_the_other() {
    on_both_stores(|world| {
        let told = Told::new();
        made(world, world.admin, &["Account"]);
        for batch in 0..2 {
            let ctx = world.ctx(world.rep);
            let drafts = (0..120).map(|at| {
                let name = format!("A{:03}", batch * 120 + at);
                crate::world::draft(&ctx, "Account", None, &[("Name", name.into())])
            });
            ctx.records_create("Account", drafts.collect(), platform::SaveOptions::ALL).expect("accounts");
        }
        told.work(world);
        let got = told.take();
        assert_eq!(got.iter().map(|request| changes_in(request).len()).collect::<Vec<_>>(), [100, 100, 40]);
        let all: Vec<String> = got.iter().flat_map(|request| changes_in(request)).collect();
        let expected: Vec<String> = (0..240).map(|at| format!("CREATE Account A{at:03}")).collect();
        assert_eq!(all, expected);
        let mut ids: Vec<&str> = got.iter().map(|request| header(request, "webhook-id")).collect();
        ids.dedup();
        assert_eq!(ids.len(), 3);

        // By bytes: three of four hundred thousand each do not go together.
        let long = "x".repeat(30_000);
        let ctx = world.ctx(world.rep);
        let drafts = (0..50).map(|_| {
            crate::world::draft(
                &ctx,
                "Account",
                None,
                &[("Name", "Long".into()), ("Description", long.as_str().into())],
            )
        });
        ctx.records_create("Account", drafts.collect(), platform::SaveOptions::ALL).expect("accounts");
        told.work(world);
        let got = told.take();
        assert_eq!(got.iter().map(|request| changes_in(request).len()).sum::<usize>(), 50);
        assert!(got.len() > 1 && got.iter().all(|request| request.body.len() < 1_100_000), "{}", got.len());
    });
}

#[test]
fn a_failure_is_tried_again_under_the_same_id_with_growing_pauses_and_nothing_overtakes_it() {
    on_both_stores(|world| {
        let told = Told::new();
        let (id, _) = made(world, world.admin, &["Account"]);
        account(world, "First");
        told.answers([answer(500, None), WebhookReply::Failed("nobody listens there".to_owned()), answer(302, None)]);
        told.work(world);
        let first = told.take();
        account(world, "Second");
        told.work(world);
        assert_eq!(told.take(), [], "not before the pause is over");
        let mut pauses = Vec::new();
        for failures in 1..=3 {
            let webhook = seen(world, id);
            assert_eq!((webhook.failures, webhook.state), (failures, WebhookState::Active));
            let next = webhook.next_attempt.expect("another attempt");
            pauses.push(next.ms() - world.org.now().ms());
            world.clock.advance(pauses[pauses.len() - 1]);
            told.work(world);
            let again = told.take();
            assert_eq!(header(&again[0], "webhook-id"), header(&first[0], "webhook-id"));
            assert_eq!(changes_in(&again[0]), ["CREATE Account First"], "a message keeps what it began with");
            if failures == 3 {
                assert_eq!(changes_in(&again[1]), ["CREATE Account Second"]);
            }
        }
        for (pause, usual) in pauses.iter().zip([5, 10, 20]) {
            assert!((usual * 800..=usual * 1_200).contains(pause), "{pauses:?}");
        }
        let webhook = seen(world, id);
        assert_eq!((webhook.failures, webhook.failing, webhook.next_attempt), (0, None, None));
        assert_eq!(webhook.replay, webhook.newest);
        let attempts = world.ctx(world.admin).webhook_attempts(id).expect("attempts");
        let shown: Vec<_> = attempts.iter().map(|attempt| (attempt.status, attempt.outcome.as_str())).collect();
        let expected = [
            (Some(200), "delivered"),
            (Some(200), "delivered"),
            (Some(302), "failed"),
            (None, "failed"),
            (Some(500), "failed"),
        ];
        assert_eq!(shown, expected);
        assert_eq!(attempts[3].words, "nobody listens there");
    });
}

#[test]
fn an_address_says_how_long_it_wants_to_be_left_alone() {
    on_both_stores(|world| {
        let told = Told::new();
        let (id, _) = made(world, world.admin, &["Account"]);
        account(world, "First");
        told.answers([answer(429, Some("600"))]);
        told.work(world);
        told.take();
        let next = seen(world, id).next_attempt.expect("another attempt");
        assert_eq!(next.ms() - world.org.now().ms(), 600 * SECOND_MS);
        world.clock.advance(599 * SECOND_MS);
        told.work(world);
        assert_eq!(told.take(), []);
        world.clock.advance(SECOND_MS);
        told.work(world);
        assert_eq!(told.changes(), ["CREATE Account First"]);
    });
}

#[test]
fn gone_stops_it_and_its_owner_is_written_to() {
    on_both_stores(|world| {
        let told = Told::new();
        let (id, _) = made(world, world.admin, &["Account"]);
        account(world, "First");
        told.answers([answer(410, None)]);
        told.work(world);
        told.take();
        let webhook = seen(world, id);
        assert_eq!(webhook.state, WebhookState::Stopped);
        assert!(webhook.reason.contains("410 Gone"), "{}", webhook.reason);
        account(world, "Second");
        world.clock.advance(DAY_MS);
        told.work(world);
        assert_eq!(told.take(), []);
        let mail = world.ctx(world.admin).outbox(10).expect("mail");
        let to_owner: Vec<_> =
            mail.iter().map(|(_, summary)| (summary.to.as_str(), summary.subject.as_str())).collect();
        assert_eq!(to_owner, [("admin@test.example", "The webhook Warehouse has stopped")]);
        let (item, _) = world.ctx(world.admin).outbox_message(mail[0].0.seq).expect("a message");
        let text = String::from_utf8_lossy(&item.payload).replace("=\r\n", "");
        assert!(
            text.contains("410 Gone") && text.contains(&format!("https://sales.example.com/webhooks/{id}")),
            "{text}"
        );

        world.ctx(world.admin).webhook_resume(id, None).expect("resumed");
        told.work(world);
        assert_eq!(told.changes(), ["CREATE Account First", "CREATE Account Second"], "nothing is lost");
    });
}

#[test]
fn three_days_of_failures_stop_it() {
    on_both_stores(|world| {
        let told = Told::new();
        let (id, _) = made(world, world.admin, &["Account"]);
        account(world, "First");
        told.answers((0..1_000).map(|_| answer(503, None)));
        let began = world.org.now();
        let mut attempts = 0;
        while seen(world, id).state == WebhookState::Active {
            told.work(world);
            attempts += told.take().len();
            let next = seen(world, id).next_attempt.map_or(0, |next| next.ms() - world.org.now().ms());
            world.clock.advance(next);
        }
        let webhook = seen(world, id);
        assert!(webhook.reason.contains("in 3 days") && webhook.reason.contains("503"), "{}", webhook.reason);
        assert!((3 * DAY_MS..4 * DAY_MS).contains(&(world.org.now().ms() - began.ms())));
        assert!((60..120).contains(&attempts), "{attempts} attempts");
        assert_eq!(webhook.failures as usize, attempts);
        assert_eq!(world.ctx(world.admin).outbox(10).expect("mail").len(), 1);
        told.address.answers.lock().expect("whole").clear();
        // Longer ago than changes are kept for those who follow them; this one has not been told.
        world.clock.advance(10 * DAY_MS);
        world.ctx(world.admin).webhook_resume(id, None).expect("resumed");
        told.work(world);
        assert_eq!(told.changes(), ["CREATE Account First"]);
    });
}

#[test]
fn it_tells_what_its_user_may_see_then_and_stops_with_the_user() {
    on_both_stores(|world| {
        let told = Told::new();
        let second = world.second_admin();
        let (id, _) = made(world, second, &["Account"]);
        account(world, "Seen");
        told.work(world);
        assert_eq!(told.changes(), ["CREATE Account Seen"]);
        account(world, "Later");
        world.update(world.admin, "User", second, &[("IsActive", false.into())]).expect("deactivated");
        told.work(world);
        assert_eq!(told.take(), []);
        let webhook = seen(world, id);
        assert_eq!(webhook.state, WebhookState::Stopped);
        assert!(webhook.reason.contains("inactive"), "{}", webhook.reason);
        let trail = world.column(world.admin, "SELECT Display FROM SetupAuditTrail WHERE Action = 'webhook_stop'");
        assert!(trail.len() == 1 && trail[0].contains("inactive"), "{trail:?}");

        let resumed = world.ctx(world.admin).webhook_resume(id, None).expect("taken over");
        assert_eq!((resumed.run_as, resumed.state), (world.admin, WebhookState::Active));
        told.work(world);
        assert_eq!(told.changes(), ["CREATE Account Later"]);
    });
}

#[test]
fn who_sees_few_records_is_told_of_few() {
    on_both_stores(|world| {
        let told = Told::new();
        let set = platform::provision::insert(
            &world.service(),
            "PermissionSet",
            &[("Name", "Hooks".into()), ("Label", "Hooks".into()), ("PermissionsCustomizeApplication", true.into())],
        )
        .expect("a set");
        let given = world.create(
            world.admin,
            "PermissionSetAssignment",
            &[("PermissionSetId", set.into()), ("AssigneeId", world.peer.into())],
        );
        let (id, _) = made(world, world.peer, &[]);
        account(world, "The rep's own");
        world.create(world.peer, "Account", &[("Name", "The peer's own".into())]);
        told.work(world);
        assert_eq!(told.changes(), ["CREATE Account The peer's own"]);
        let webhook = seen(world, id);
        assert_eq!(webhook.replay, webhook.newest, "what is not told is passed over");

        world.create(world.peer, "Account", &[("Name", "Another".into())]);
        world.ctx(world.admin).record_delete("PermissionSetAssignment", given).expect("taken away");
        told.work(world);
        assert_eq!(told.take(), []);
        let webhook = seen(world, id);
        assert!(webhook.reason.contains("CustomizeApplication"), "{}", webhook.reason);
        let refused = world.ctx(world.peer).webhooks().expect_err("refused");
        assert_eq!(refused.code(), ErrorCode::InsufficientAccessOrReadonly);
    });
}

#[test]
fn whoever_leads_it_elsewhere_is_the_one_as_whom_it_is_told() {
    on_both_stores(|world| {
        let second = world.second_admin();
        let (id, _) = made(world, second, &["Account"]);
        let admin = world.ctx(world.admin);
        let change = |change| admin.webhook_update(id, change).expect("changed").run_as;
        assert_eq!(change(WebhookChange { name: Some("Other".to_owned()), ..WebhookChange::default() }), second);
        let elsewhere = Some("https://elsewhere.example.com/".to_owned());
        assert_eq!(change(WebhookChange { url: elsewhere, ..WebhookChange::default() }), world.admin);
        let trail = world.column(world.admin, "SELECT Action FROM SetupAuditTrail WHERE Section = 'Webhooks'");
        assert_eq!(trail.len(), 3, "{trail:?}");
    });
}

#[test]
fn a_message_is_told_by_one_at_a_time() {
    on_each_store(|world| {
        let told = Arc::new(Told::new());
        made(&world, world.admin, &["Account"]);
        account(&world, "First");
        let (org, other) = (world.org.clone(), told.clone());
        let looked = Arc::new(Mutex::new(None));
        let noted = looked.clone();
        *told.address.meanwhile.lock().expect("whole") = Some(Box::new(move || {
            let found = org.webhook_turn(&other.teller).expect("a turn");
            *noted.lock().expect("whole") = Some(found);
        }));
        told.work(&world);
        assert_eq!(*looked.lock().expect("whole"), Some(false), "another worker finds nothing to tell");
        assert_eq!(told.changes(), ["CREATE Account First"]);
    });
}

#[test]
fn a_teller_cut_off_at_any_step_loses_nothing_and_repeats_under_the_same_id() {
    on_both_stores(|world| {
        let told = Told::new();
        made(world, world.admin, &["Account"]);
        const MANY: u32 = 1_000;
        let faults = world.platform.faults();
        account(world, "Counted");
        faults.stop_after(MANY);
        told.work(world);
        let points = MANY - u32::try_from(faults.left()).expect("small");
        faults.clear();
        assert!(points >= 6, "{points} points");
        told.take();
        for point in 0..points {
            account(world, &format!("At {point}"));
            faults.stop_after(point);
            let cut = loop {
                match world.org.webhook_turn(&told.teller) {
                    Ok(true) => {}
                    Ok(false) => break false,
                    Err(_) => break true,
                }
            };
            faults.clear();
            assert!(cut, "point {point}");
            account(world, "Meanwhile");
            // The lease of the one that was cut off runs out.
            world.clock.advance(3 * 60_000);
            told.work(world);
            let got = told.take();
            let mut ids: Vec<&str> = got.iter().map(|request| header(request, "webhook-id")).collect();
            ids.dedup();
            let once: Vec<String> = ids
                .iter()
                .flat_map(|id| changes_in(got.iter().find(|request| header(request, "webhook-id") == *id).expect("it")))
                .collect();
            assert_eq!(
                once,
                [format!("CREATE Account At {point}"), "CREATE Account Meanwhile".to_owned()],
                "point {point}"
            );
            assert!(got.len() - ids.len() <= 1, "point {point}: at most one message came twice");
        }
    });
}

#[test]
fn what_is_changed_while_a_message_is_on_its_way_counts() {
    on_each_store(|world| {
        let told = Told::new();
        let (id, _) = made(&world, world.admin, &["Account"]);
        account(&world, "First");
        let ctx = world.ctx(world.admin);
        let from = seen(&world, id).replay;
        *told.address.meanwhile.lock().expect("whole") = Some(Box::new(move || {
            ctx.webhook_replay(id, Replay::After(from)).expect("replayed");
            ctx.webhook_pause(id).expect("paused");
        }));
        told.work(&world);
        assert_eq!(told.changes(), ["CREATE Account First"]);
        let webhook = seen(&world, id);
        assert_eq!((webhook.state, webhook.replay), (WebhookState::Paused, from), "the answer moves nothing any more");
        world.ctx(world.admin).webhook_resume(id, None).expect("resumed");
        told.work(&world);
        assert_eq!(told.changes(), ["CREATE Account First"]);
    });
}

#[test]
fn a_webhook_is_paused_resumed_and_told_again_from_a_place() {
    on_both_stores(|world| {
        let told = Told::new();
        let (id, _) = made(world, world.admin, &["Account"]);
        let admin = world.ctx(world.admin);
        let start = seen(world, id).replay;
        account(world, "One");
        told.work(world);
        told.take();
        admin.webhook_pause(id).expect("paused");
        account(world, "Two");
        told.work(world);
        assert_eq!(told.take(), []);
        admin.webhook_resume(id, None).expect("resumed");
        told.work(world);
        assert_eq!(told.changes(), ["CREATE Account Two"]);
        admin.webhook_replay(id, Replay::After(start)).expect("from the start");
        told.work(world);
        assert_eq!(told.changes(), ["CREATE Account One", "CREATE Account Two"]);
        admin.webhook_pause(id).expect("paused");
        account(world, "Three");
        admin.webhook_resume(id, Some(Replay::New)).expect("from now on");
        account(world, "Four");
        told.work(world);
        assert_eq!(told.changes(), ["CREATE Account Four"]);
        let ahead = admin.webhook_replay(id, Replay::After(1_000_000)).expect_err("not come to");
        assert_eq!(ahead.code(), ErrorCode::InvalidReplicationDate);
    });
}

#[test]
fn a_trial_goes_out_in_any_state_and_moves_nothing() {
    on_both_stores(|world| {
        let told = Told::new();
        let (id, secret) = made(world, world.admin, &["Account"]);
        let admin = world.ctx(world.admin);
        admin.webhook_pause(id).expect("paused");
        account(world, "First");
        let before = seen(world, id).replay;
        assert!(admin.webhook_test(id).expect("asked").is_test_asked);
        told.answers([answer(500, None)]);
        told.work(world);
        let got = told.take();
        assert_eq!((got.len(), &body(&got[0])["type"]), (1, &"webhook.test".into()));
        assert_eq!(header(&got[0], "webhook-signature"), signature(&secret, &got[0]));
        let webhook = seen(world, id);
        assert_eq!((webhook.replay, webhook.failures, webhook.state), (before, 0, WebhookState::Paused));
        assert!(!webhook.is_test_asked);
        let attempts = admin.webhook_attempts(id).expect("attempts");
        assert_eq!((attempts[0].is_test, attempts[0].status), (true, Some(500)));
    });
}

#[test]
fn both_secrets_sign_for_a_day_after_a_rotation_and_no_secret_lies_about() {
    on_each_store(|world| {
        let told = Told::new();
        let (id, old) = made(&world, world.admin, &["Account"]);
        let admin = world.ctx(world.admin);
        let (webhook, new) = admin.webhook_secret_rotate(id).expect("rotated");
        assert!(webhook.old_secret_until.is_some() && new.0 != old);
        assert!(!format!("{new:?}{webhook:?}").contains(&new.0));
        account(&world, "First");
        told.work(&world);
        let got = told.take();
        let expected = format!("{} {}", signature(&new.0, &got[0]), signature(&old, &got[0]));
        assert_eq!(header(&got[0], "webhook-signature"), expected);
        // The sweep of contents that nobody names leaves secrets alone.
        world.clock.advance(2 * DAY_MS);
        world.org.work(&KeepAll).expect("work");
        account(&world, "Second");
        told.work(&world);
        let got = told.take();
        assert_eq!(header(&got[0], "webhook-signature"), signature(&new.0, &got[0]));
        assert_eq!(seen(&world, id).old_secret_until, None);
        if let Some(database) = &world.database {
            let schema =
                database.psql("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'holdfast_org%'").expect("a schema");
            let key = BASE64.decode(new.0.trim_start_matches("whsec_")).expect("base64");
            let found = format!(
                "SELECT count(*) FROM \"{schema}\".hf_content_chunk WHERE position('\\x{}'::bytea in bytes) > 0",
                hex(&key)
            );
            assert_eq!(database.psql(&found).expect("a count"), "0");
        }
        world.ctx(world.admin).webhook_delete(id).expect("removed");
        account(&world, "Third");
        told.work(&world);
        assert_eq!(told.take(), []);
        assert_eq!(world.ctx(world.admin).webhook(id).expect_err("gone").code(), ErrorCode::NotFound);
    });
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

struct KeepAll;

impl platform::MailTransport for KeepAll {
    fn send(&self, _from: &str, _to: &str, _message: &[u8]) -> platform::MailReply {
        platform::MailReply::Kept
    }
}

#[test]
fn its_log_is_bounded_and_old_attempts_are_forgotten() {
    on_both_stores(|world| {
        let told = Told::new();
        let (id, _) = made(world, world.admin, &["Account"]);
        let admin = world.ctx(world.admin);
        for _ in 0..205 {
            admin.webhook_test(id).expect("asked");
            told.work(world);
        }
        let attempts = admin.webhook_attempts(id).expect("attempts");
        assert_eq!(attempts.len(), 200);
        assert!(attempts.windows(2).all(|pair| pair[0].number > pair[1].number));
        world.clock.advance(31 * DAY_MS);
        world.org.work(&KeepAll).expect("work");
        assert_eq!(admin.webhook_attempts(id).expect("attempts"), []);
    });
}

#[test]
fn what_is_not_sound_is_refused_by_name() {
    on_each_store(|world| {
        let admin = world.ctx(world.admin);
        let refused = |new: NewWebhook| admin.webhook_create(new).map(|_| ()).expect_err("refused");
        for (new, code, field) in [
            (NewWebhook { name: " ".to_owned(), ..wanted(&[]) }, ErrorCode::RequiredFieldMissing, "name"),
            (NewWebhook { name: "x".repeat(81), ..wanted(&[]) }, ErrorCode::StringTooLong, "name"),
            (
                NewWebhook { url: "http://example.com/".to_owned(), ..wanted(&[]) },
                ErrorCode::FieldIntegrityException,
                "url",
            ),
            (
                NewWebhook { kinds: vec!["MERGE".to_owned()], ..wanted(&[]) },
                ErrorCode::FieldIntegrityException,
                "changeTypes",
            ),
        ] {
            let error = refused(new);
            assert_eq!((error.code(), error.fields()), (code, &[field.to_owned()][..]));
        }
        assert_eq!(refused(wanted(&["Nothing"])).code(), ErrorCode::NotFound);
        assert_eq!(refused(wanted(&["User"])).code(), ErrorCode::InvalidType);
        let rep = world.ctx(world.rep).webhook_create(wanted(&[])).map(|_| ()).expect_err("refused");
        assert_eq!(rep.code(), ErrorCode::InsufficientAccessOrReadonly);
        for _ in 0..platform::WEBHOOKS_OF_AN_ORG {
            made(&world, world.admin, &[]);
        }
        assert_eq!(refused(wanted(&[])).code(), ErrorCode::RequestLimitExceeded);
        assert_eq!(admin.webhook(world.admin).expect_err("no webhook").code(), ErrorCode::NotFound);
    });
}
