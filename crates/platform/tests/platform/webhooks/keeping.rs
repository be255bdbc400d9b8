//! What is kept of a webhook and shown: no key of an address, nothing that a receiver repeats; and what becomes of one
//! whose secret is gone.

use super::{Told, account, answer, header, made, seen, signature};
use crate::world::{World, on_both_stores};
use model::RecordId;
use platform::{WebhookChange, WebhookOutcome, WebhookReply, WebhookState};
use store::Backed as _;

const ADDRESS: &str = "https://hooks.example.com:8443/services/T0/B1?token=swordfish";

fn said(status: u16, excerpt: &str) -> WebhookReply {
    WebhookReply::Answered { status, retry_after: None, excerpt: excerpt.to_owned() }
}

#[test]
fn the_logs_name_the_host_of_an_address_and_no_key_in_it() {
    on_both_stores(|world| {
        let (id, _) = made(world, world.second_admin(), &["Account"]);
        let admin = world.ctx(world.admin);
        let to = |url: &str| WebhookChange { url: Some(url.to_owned()), ..WebhookChange::default() };
        admin.webhook_update(id, to(ADDRESS)).expect("changed");
        admin.webhook_update(id, to(&ADDRESS.replace("swordfish", "marlin"))).expect("changed");
        let renamed = WebhookChange { name: Some("Other".to_owned()), ..WebhookChange::default() };
        admin.webhook_update(id, renamed).expect("changed");
        let rows = world.org.store().read(|tx| tx.audit_rows(Some(id), 10)).expect("rows");
        let changed: Vec<bool> = rows
            .iter()
            .filter(|row| row.action == "webhook_update")
            .map(|row| row.detail.contains("\"addressChanged\":true"))
            .collect();
        assert_eq!(changed, [false, true, true]);
        let trail = world.column(world.admin, "SELECT Display FROM SetupAuditTrail WHERE Section = 'Webhooks'");
        for text in rows.iter().map(|row| row.detail.as_str()).chain(trail.iter().map(String::as_str)) {
            for key in ["swordfish", "marlin", "services", "/changes"] {
                assert!(!text.contains(key), "{text}");
            }
        }
        assert!(rows[0].detail.contains("https://hooks.example.com:8443\""), "{}", rows[0].detail);
    });
}

#[test]
fn of_answers_to_changes_nothing_is_kept_and_of_answers_to_a_trial_how_they_begin() {
    on_both_stores(|world| {
        let told = Told::new();
        let (id, _) = made(world, world.admin, &["Account"]);
        account(world, "Acme");
        told.answers([said(500, "no such row: Acme"), said(200, "stored Acme"), said(410, "Acme is gone")]);
        told.work(world);
        world.clock.advance(10_000);
        told.work(world);
        account(world, "Acme");
        told.work(world);
        let attempts = world.ctx(world.admin).webhook_attempts(id).expect("attempts");
        let words: Vec<&str> = attempts.iter().map(|attempt| attempt.words.as_str()).collect();
        assert_eq!(words, ["The address answered 410 Gone: it wants no more.", "", "The address answered 500."]);
        assert!(!seen(world, id).reason.contains("Acme"));
        told.answers([said(404, "no route here"), answer(500, None), said(503, " ")]);
        for expected in ["no route here", "ok  ", "The address answered 503."] {
            world.ctx(world.admin).webhook_test(id).expect("asked");
            told.work(world);
            let attempts = world.ctx(world.admin).webhook_attempts(id).expect("attempts");
            assert_eq!((attempts[0].is_test, attempts[0].words.as_str()), (true, expected));
        }
    });
}

/// Has a webhook name a content that is not there as its secret; the one it had is the one before.
fn lose_secret(world: &World, id: RecordId) {
    let until = world.org.now().plus_ms(3_600_000);
    let lose = |tx: &mut store::WriteTx<'_>| {
        let number = i64::try_from(id.sequence()).expect("a number");
        let row = tx.webhook(number)?.expect("a webhook");
        tx.webhook_secret_put(&row, 999_999, until)
    };
    world.org.store().write(lose).expect("lost");
}

#[test]
fn one_whose_secret_cannot_be_read_stops_and_goes_on_with_a_new_one() {
    on_both_stores(|world| {
        let told = Told::new();
        let (id, _) = made(world, world.admin, &["Account"]);
        lose_secret(world, id);
        account(world, "First");
        let admin = world.ctx(world.admin);
        admin.webhook_test(id).expect("asked");
        told.work(world);
        assert_eq!(told.take(), [], "nothing leaves unsigned, nor signed with the secret before alone");
        let webhook = seen(world, id);
        let why = "Its secret cannot be read; make a new one.";
        assert_eq!((webhook.state, webhook.reason.as_str()), (WebhookState::Stopped, why));
        assert!(!webhook.is_test_asked);
        let attempts = admin.webhook_attempts(id).expect("attempts");
        assert_eq!(attempts.len(), 1, "the trial");
        assert_eq!((attempts[0].is_test, attempts[0].outcome), (true, WebhookOutcome::Failed));
        assert_eq!(attempts[0].words, why);
        assert_eq!(admin.outbox(10).expect("mail").len(), 1);

        // What is lost is the one before from now on, and passed over.
        let (_, secret) = admin.webhook_secret_rotate(id).expect("another");
        admin.webhook_resume(id, None).expect("resumed");
        told.work(world);
        let got = told.take();
        assert_eq!(got.len(), 1);
        assert_eq!(header(&got[0], "webhook-signature"), signature(&secret.0, &got[0]));
        assert_eq!(seen(world, id).state, WebhookState::Active);
    });
}
