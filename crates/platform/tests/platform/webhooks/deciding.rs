//! What administrators do with webhooks.

use super::{Told, account, answer, body, header, made, seen, signature, wanted};
use crate::world::{on_both_stores, on_each_store};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::ErrorCode;
use platform::{NewWebhook, Replay, WebhookChange, WebhookState};

const DAY_MS: i64 = 86_400_000;

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
        // At another address the failures of the one before count no more.
        let told = Told::new();
        account(world, "First");
        told.answers([answer(500, None)]);
        told.work(world);
        assert_eq!((told.take().len(), seen(world, id).failures), (1, 1));
        change(WebhookChange { url: Some("https://third.example.com/".to_owned()), ..WebhookChange::default() });
        told.work(world);
        let got = told.take();
        assert_eq!((got.len(), got[0].url.as_str()), (1, "https://third.example.com/"));
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

struct KeepAll;

impl platform::MailTransport for KeepAll {
    fn send(&self, _from: &str, _to: &str, _message: &[u8], _may_end: &mut dyn FnMut() -> bool) -> platform::MailReply {
        platform::MailReply::Kept
    }
}
