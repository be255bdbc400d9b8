//! One run for each slot, whatever happens to clocks and processes.

use crate::mail::{default_report, report, schedule, to_users};
use crate::world::{is_notice, on_both_stores};
use app_delivery::recurrence::Rule;
use app_delivery::{Condition, NewSchedule, Recipient, schedule_create, send_now};
use model::{Instant, Value};
use platform::MailReply;

#[test]
fn a_slot_runs_once_however_often_the_scheduler_looks() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        let id = schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        let app = world.org.apps().iter().find(|app| app.name() == "delivery").expect("the app").clone();
        for _ in 0..3 {
            let next = app.tick(&world.org, world.org.now()).expect("a tick");
            assert_eq!(next, Instant::parse("2026-11-22T08:30:00Z"));
        }
        // As if a process had died before it moved the schedule on.
        let sent = world.work().len();
        let back = Value::DateTime(Instant::parse("2026-11-21T08:30:00Z").expect("an instant"));
        let ctx = world.service();
        let draft = platform::RecordDraft::of(id)
            .set(ctx.object("DeliverySchedule").expect("an object"), "NextRun", back)
            .expect("a field");
        ctx.records_update("DeliverySchedule", vec![draft], platform::provision::LOADING).expect("a change");
        assert_eq!((sent, world.work().len()), (1, 0));
        assert_eq!(world.rows(world.rep, "SELECT State FROM DeliveryRun").len(), 1);
    });
}

#[test]
fn two_workers_at_one_queue_send_one_message() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| world.org.work(&world.sink).expect("work"));
            }
        });
        assert_eq!(world.sink.take().len(), 1);
        assert_eq!(world.rows(world.rep, "SELECT State FROM Delivery"), [["accepted"]]);
    });
}

#[test]
fn of_several_missed_runs_the_latest_is_sent_and_the_others_are_recorded() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        world.clock.set("2026-11-24T12:00:00Z");
        assert_eq!(world.work().len(), 1);
        let runs = world.rows(world.rep, "SELECT Slot, State, IsLate FROM DeliveryRun ORDER BY DueAt");
        assert_eq!(
            runs,
            [
                ["2026-11-21 09:30", "missed", "false"],
                ["2026-11-22 09:30", "missed", "false"],
                ["2026-11-23 09:30", "missed", "false"],
                ["2026-11-24 09:30", "done", "true"],
            ]
        );
        world.clock.set("2026-11-26T00:00:00Z");
        let sent = world.work();
        assert!(sent.iter().all(|(_, message)| is_notice(message)), "more than twelve hours late");
        let last = world.rows(world.rep, "SELECT LastOutcome FROM DeliverySchedule");
        assert_eq!(last, [["missed: the run of 2026-11-25 09:30"]]);
    });
}

#[test]
fn a_condition_that_does_not_hold_skips_the_run_with_the_values_seen() {
    on_both_stores(|world| {
        world.deal(world.rep, "Small", "Prospecting", Some(500), "2026-11-30");
        let report = default_report(world, world.rep);
        let condition = r#"{"kind":"threshold","aggregate":"s!Amount","op":"greaterThan","value":"1000"}"#;
        schedule(world, world.rep, report, &to_users(&[world.rep]), &[("Condition", condition.into())]);
        world.clock.set("2026-11-21T08:30:05Z");
        assert!(world.work().iter().all(|(_, message)| is_notice(message)));
        let runs = world.rows(world.rep, "SELECT State, Reason FROM DeliveryRun");
        assert_eq!(runs, [["skipped", "s!Amount is not greater than 1000: 5."]]);
    });
}

#[test]
fn a_report_that_filters_by_an_unreadable_field_fails_and_stops() {
    on_both_stores(|world| {
        let definition = r#"{"reportType":{"type":"Opportunity"},"detailColumns":["Name"],
            "reportFilters":[{"column":"Amount","operator":"greaterThan","value":"1"}]}"#;
        let report = report(world, world.rep, definition);
        schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        // The profile loses the object's fields; names stay readable.
        let ctx = world.service();
        let text = "SELECT Id FROM FieldPermissions WHERE SobjectType = 'Opportunity' AND Parent.Profile.Name = 'Standard User'";
        let (_, rows) = ctx.query_all_rows(text, platform::QueryOptions::default()).expect("rows");
        for row in rows {
            world
                .update(
                    world.admin,
                    "FieldPermissions",
                    row.id,
                    &[("PermissionsRead", false.into()), ("PermissionsEdit", false.into())],
                )
                .expect("a change");
        }
        world.clock.set("2026-11-21T08:30:05Z");
        assert!(world.work().iter().all(|(_, message)| is_notice(message)));
        let runs = world.rows(world.rep, "SELECT State, Reason FROM DeliveryRun");
        assert_eq!(runs[0][0], "failed");
        assert!(runs[0][1].contains("depends on \"Amount\", which rep may not read"), "{}", runs[0][1]);
        assert_eq!(world.rows(world.rep, "SELECT State FROM DeliverySchedule"), [["suspended"]]);
    });
}

#[test]
fn an_inactive_owner_stops_the_schedule() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.manager]), &[]);
        world.update(world.admin, "User", world.rep, &[("IsActive", false.into())]).expect("a change");
        world.clock.set("2026-11-21T08:30:05Z");
        assert!(world.work().iter().all(|(_, message)| is_notice(message)));
        let found = world.rows(world.admin, "SELECT State, SuspendReason, NextRun FROM DeliverySchedule");
        assert_eq!(
            found,
            [["suspended", "The owner is inactive. Give the schedule to an active user, who must activate it.", ""]]
        );
    });
}

#[test]
fn a_deferred_message_is_tried_again_and_the_ledger_follows() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        *world.sink.reply.lock().expect("no panic while held") = Some(MailReply::Deferred("450 later".to_owned()));
        world.clock.set("2026-11-21T08:30:05Z");
        let first = world.work();
        let state = || world.rows(world.rep, "SELECT State, Attempts, Reply, Run.State FROM Delivery");
        assert_eq!(state(), [["deferred", "1", "450 later", "delivering"]]);
        *world.sink.reply.lock().expect("no panic while held") = None;
        world.clock.set("2026-11-21T08:32:00Z");
        let second = world.work();
        assert_eq!(first, second, "the same bytes");
        assert_eq!(state(), [["accepted", "2", "250 OK", "done"]]);
    });
}

#[test]
fn a_run_that_a_dead_worker_left_behind_sends_each_message_once() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        let id = schedule(world, world.rep, report, &to_users(&[world.rep, world.manager]), &[]);
        world.clock.set("2026-11-21T08:30:05Z");
        let app = world.org.apps().iter().find(|app| app.name() == "delivery").expect("the app").clone();
        app.tick(&world.org, world.org.now()).expect("a tick");
        // A worker does everything and dies before its outcome is recorded.
        let run = &world.rows(world.rep, "SELECT Id FROM DeliveryRun")[0][0];
        let job = platform::Job {
            kind: "delivery_run".to_owned(),
            key: format!("delivery/{id}/2026-11-21T09:30"),
            payload: format!(
                r#"{{"schedule":"{id}","run":"{run}","slot":"2026-11-21T09:30:00","due":{}}}"#,
                world.org.now().ms()
            ),
            due: world.org.now(),
        };
        let lost = app.run_job(&world.ctx(world.rep), &job).expect("an outcome");
        assert!(lost.mail.is_empty(), "messages are queued with the ledger and not with the end of the job");
        let again = app.run_job(&world.ctx(world.rep), &job).expect("an outcome");
        assert_eq!(again.words, "The run was delivering already.");
        assert_eq!(world.work().len(), 2, "each message once");
        assert_eq!(world.rows(world.rep, "SELECT State FROM Delivery"), [["accepted"], ["accepted"]]);
        // And one that wakes up after the run is over sends nothing.
        let late = app.run_job(&world.ctx(world.rep), &job).expect("an outcome");
        assert_eq!((late.words.as_str(), late.mail.len()), ("The run was done already.", 0));
    });
}

#[test]
fn the_owner_sends_a_schedule_now_and_once_for_each_key() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        let rule = r#"{"freq":"daily","times":["09:30"],"zone":"Europe/Berlin","start":"2026-01-01"}"#;
        let new = NewSchedule {
            name: "Morning pipeline".to_owned(),
            report,
            owner: Some(world.rep),
            rule: Rule::parse(rule).expect("a rule"),
            recipients: vec![Recipient::User { id: world.rep }],
            subject: String::new(),
            message: String::new(),
            condition: Condition::Always,
            active: true,
        };
        // As a loader makes it for its owner.
        let id = schedule_create(&world.service(), &new).expect("a schedule");
        let ctx = world.ctx(world.rep);
        let run = send_now(&ctx, id, "click-1").expect("a run");
        assert_eq!(send_now(&ctx, id, "click-1").expect("the same run"), run);
        assert_eq!(world.work().len(), 1);
        send_now(&ctx, id, "click-2").expect("another run");
        assert_eq!(world.work().len(), 1);
        assert!(send_now(&world.ctx(world.admin), id, "click-3").is_err(), "it sends what the owner may read");
        world.update(world.rep, "DeliverySchedule", id, &[("State", "paused".into())]).expect("a change");
        assert!(send_now(&ctx, id, "click-4").is_err());
    });
}
