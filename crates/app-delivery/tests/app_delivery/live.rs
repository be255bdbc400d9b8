//! What may not leave does not leave, up to the last byte; and what became of a message is known after a crash.

use crate::mail::{default_report, schedule, to_users};
use crate::world::{World, is_notice, on_both_stores};
use model::{RecordId, Value};
use platform::{MailReply, MailTransport};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};

fn to_addresses(count: usize) -> String {
    let list: Vec<String> =
        (0..count).map(|at| format!(r#"{{"type":"address","address":"p{at}@other.example"}}"#)).collect();
    format!("[{}]", list.join(","))
}

fn counts(world: &World) -> Vec<Vec<String>> {
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for row in world.rows(world.admin, "SELECT State FROM Delivery") {
        *counts.entry(row[0].clone()).or_default() += 1;
    }
    counts.into_iter().map(|(state, count)| vec![state, count.to_string()]).collect()
}

/// A schedule of an administrator with so many deliveries that wait, because the server said: later.
fn waiting(world: &World, count: usize) -> RecordId {
    let report = default_report(world, world.admin);
    let id = schedule(world, world.admin, report, &to_addresses(count), &[]);
    *world.sink.reply.lock().expect("no panic while held") = Some(MailReply::Deferred("450 later".to_owned()));
    world.clock.set("2026-11-21T08:30:05Z");
    assert_eq!(world.work().len(), 1);
    *world.sink.reply.lock().expect("no panic while held") = None;
    id
}

fn revoke(world: &World, user: RecordId) -> model::Result<()> {
    let grants = world.rows(user, "SELECT Id FROM DeliveryGrant WHERE IsRevoked = false");
    let id = RecordId::parse(&grants[0][0]).expect("an id");
    world.update(user, "DeliveryGrant", id, &[("IsRevoked", true.into())])
}

fn reports(world: &World) -> Vec<String> {
    world.work().into_iter().filter(|(_, message)| !is_notice(message)).map(|(to, _)| to).collect()
}

#[test]
fn r4_a_grant_that_is_revoked_with_a_hundred_messages_queued_lets_none_of_them_out() {
    on_both_stores(|world| {
        waiting(world, 100);
        revoke(world, world.admin).expect("a change");
        for minute in 31..40 {
            world.clock.set(&format!("2026-11-21T08:{minute}:00Z"));
            assert!(reports(world).is_empty());
        }
        assert_eq!(counts(world), [["cancelled", "100"]]);
        let reasons = world.rows(world.admin, "SELECT Reason FROM Delivery");
        assert!(reasons.iter().all(|row| row[0].contains("revoked the grant")), "{}", reasons[0][0]);
        let run =
            world.rows(world.admin, "SELECT State, Reason, Schedule.State, Schedule.SuspendCode FROM DeliveryRun");
        assert_eq!(run, [["cancelled", "100 cancelled", "suspended", "grant"]]);
        let told: Vec<Vec<String>> =
            world.rows(world.admin, "SELECT ToldAt FROM DeliverySchedule WHERE ToldAt != null");
        assert_eq!(told.len(), 1);
        // A grant is given anew by activating, and what was cancelled stays so.
        let id = RecordId::parse(&world.rows(world.admin, "SELECT Id FROM DeliverySchedule")[0][0]).expect("an id");
        world.update(world.admin, "DeliverySchedule", id, &[("State", "active".into())]).expect("a change");
        assert!(reports(world).is_empty());
    });
}

#[test]
fn a_grant_that_is_revoked_while_the_body_is_on_its_way_stops_the_last_byte() {
    on_both_stores(|world| {
        waiting(world, 3);
        let org = world.org.clone();
        let admin = world.admin;
        let times = AtomicUsize::new(0);
        *world.sink.before_end.lock().expect("no panic while held") = Some(Box::new(move |_| {
            if times.fetch_add(1, Ordering::SeqCst) > 0 {
                return;
            }
            let ctx = platform::Ctx::for_user(&org, admin).expect("a user");
            let (_, rows) =
                ctx.query_all_rows("SELECT Id FROM DeliveryGrant", platform::QueryOptions::default()).expect("grants");
            let object = ctx.object("DeliveryGrant").expect("an object");
            let draft = platform::RecordDraft::of(rows[0].id).set(object, "IsRevoked", true).expect("a field");
            ctx.record_update("DeliveryGrant", draft).expect("a change");
        }));
        world.clock.set("2026-11-21T08:32:00Z");
        assert!(reports(world).is_empty());
        world.clock.set("2026-11-21T08:40:00Z");
        assert!(reports(world).is_empty());
        assert_eq!(counts(world), [["cancelled", "3"]]);
    });
}

#[test]
fn whoever_loses_the_report_or_is_inactive_sends_nothing_that_was_queued() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        let id = schedule(world, world.rep, report, &to_users(&[world.rep, world.manager]), &[]);
        *world.sink.reply.lock().expect("no panic while held") = Some(MailReply::Deferred("450 later".to_owned()));
        world.clock.set("2026-11-21T08:30:05Z");
        world.work();
        *world.sink.reply.lock().expect("no panic while held") = None;
        world.update(world.admin, "User", world.rep, &[("IsActive", false.into())]).expect("a change");
        world.clock.set("2026-11-21T08:32:00Z");
        assert!(reports(world).is_empty());
        assert_eq!(counts(world), [["cancelled", "2"]]);
        assert_eq!(
            world.rows(world.admin, "SELECT State, SuspendCode FROM DeliverySchedule"),
            [["suspended", "owner"]]
        );
        // Back again, but the report is gone.
        world.update(world.admin, "User", world.rep, &[("IsActive", true.into())]).expect("a change");
        world.update(world.rep, "DeliverySchedule", id, &[("State", "active".into())]).expect("a change");
        *world.sink.reply.lock().expect("no panic while held") = Some(MailReply::Deferred("450 later".to_owned()));
        world.clock.set("2026-11-22T08:30:05Z");
        world.work();
        *world.sink.reply.lock().expect("no panic while held") = None;
        world.update(world.admin, "Report", report, &[("OwnerId", world.admin.into())]).expect("a change");
        world.clock.set("2026-11-22T08:33:00Z");
        assert!(reports(world).is_empty());
        let found = world.rows(world.admin, "SELECT State, SuspendCode, SuspendReason FROM DeliverySchedule");
        assert_eq!(found[0][..2], ["suspended", "access"]);
        assert!(found[0][2].contains("may not see it any more"), "{}", found[0][2]);
    });
}

#[test]
fn a_paused_schedule_cancels_what_waits_and_an_expired_grant_stops_it() {
    on_both_stores(|world| {
        let id = waiting(world, 2);
        world.update(world.admin, "DeliverySchedule", id, &[("State", "paused".into())]).expect("a change");
        assert!(reports(world).is_empty());
        assert_eq!(counts(world), [["cancelled", "2"]]);
        world.update(world.admin, "DeliverySchedule", id, &[("State", "active".into())]).expect("a change");
        world.clock.set("2027-11-22T08:30:05Z");
        assert!(reports(world).is_empty());
        let found = world.rows(world.admin, "SELECT State, SuspendCode, SuspendReason FROM DeliverySchedule");
        assert_eq!(found[0][..2], ["suspended", "grant"]);
        assert!(found[0][2].contains("has expired"), "{}", found[0][2]);
    });
}

/// A sender that dies: before the last byte of its first message, or after it was allowed to go out.
struct Dying {
    after_the_end: bool,
}

impl MailTransport for Dying {
    fn send(&self, _from: &str, _to: &str, _message: &[u8], may_end: &mut dyn FnMut() -> bool) -> MailReply {
        if self.after_the_end {
            assert!(may_end());
        }
        std::panic::resume_unwind(Box::new("the process died"));
    }
}

fn die(world: &World, after_the_end: bool) {
    let sender = Dying { after_the_end };
    let died = std::panic::catch_unwind(AssertUnwindSafe(|| world.org.work(&sender)));
    assert!(died.is_err());
}

#[test]
fn a_sender_that_died_before_the_last_byte_leaves_a_message_that_is_sent_again() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        die(world, false);
        assert_eq!(counts(world), [["sending", "1"]]);
        world.clock.set("2026-11-21T08:40:00Z");
        assert!(reports(world).is_empty(), "its lease still runs");
        world.clock.set("2026-11-21T08:46:00Z");
        assert!(reports(world).is_empty());
        assert_eq!(counts(world), [["deferred", "1"]]);
        world.clock.set("2026-11-21T08:54:00Z");
        assert_eq!(reports(world), ["rep@test.example"]);
        assert_eq!(counts(world), [["accepted", "1"]]);
    });
}

#[test]
fn a_sender_that_died_after_the_last_byte_leaves_it_uncertain_and_nothing_is_sent_again() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        die(world, true);
        for hour in ["09:00", "10:00", "20:00"] {
            world.clock.set(&format!("2026-11-21T{hour}:00Z"));
            assert!(reports(world).is_empty());
        }
        assert_eq!(counts(world), [["uncertain", "1"]]);
        assert_eq!(world.rows(world.rep, "SELECT State, Reason FROM DeliveryRun"), [["failed", "1 uncertain"]]);
    });
}

#[test]
fn an_uncertain_message_goes_out_once_more_where_the_schedule_says_so() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        let once: (&str, Value) = ("OnUncertain", "resendOnce".into());
        schedule(world, world.rep, report, &to_users(&[world.rep]), &[once]);
        *world.sink.reply.lock().expect("no panic while held") = Some(MailReply::Uncertain("no answer".to_owned()));
        world.clock.set("2026-11-21T08:30:05Z");
        let sent = world.work();
        let sent: Vec<_> = sent.iter().filter(|(_, message)| !is_notice(message)).collect();
        assert_eq!(sent.len(), 2);
        assert_eq!(sent[0], sent[1], "the same bytes under the same id");
        world.clock.set("2026-11-21T18:30:05Z");
        assert!(reports(world).is_empty());
        assert_eq!(counts(world), [["uncertain", "1"]]);
    });
}

#[test]
fn outbox_and_ledger_say_the_same_or_neither_says_it() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep, world.manager]), &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        world.work();
        let of_ledger = world.rows(world.admin, "SELECT OutboxNumber, State FROM Delivery ORDER BY OutboxNumber");
        let ctx = world.ctx(world.admin);
        for row in of_ledger {
            let (item, _) = ctx.outbox_message(row[0].parse().expect("a number")).expect("a message");
            assert_eq!((item.state.as_str(), row[1].as_str()), ("sent", "accepted"));
        }
    });
}
