//! What fails is tried again in order and without loss, whoever is cut off; what cannot work stops and says why.

use super::{Told, account, answer, changes_in, header, made, seen};
use crate::world::{on_both_stores, on_each_store};
use platform::{Replay, WebhookReply, WebhookState};
use std::sync::{Arc, Mutex};

const DAY_MS: i64 = 86_400_000;
const SECOND_MS: i64 = 1_000;

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
