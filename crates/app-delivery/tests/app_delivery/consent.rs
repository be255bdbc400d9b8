//! What goes out is what its owner agreed to.

use crate::mail::{default_report, schedule, to_users};
use crate::world::{World, is_notice, on_both_stores};
use app_delivery::pending_change;
use model::{ErrorCode, RecordId, Value};

/// Approves what waits, as it is seen now.
fn approve(world: &World, user: RecordId, schedule: RecordId) -> model::Result<()> {
    let pending = pending_change(&world.ctx(user), schedule)?.expect("a change that waits");
    world.update(user, "DeliverySchedule", schedule, &[("Approval", pending.digest.into())])
}

/// Mail that is a report, and not a notice about one.
fn reports(world: &World) -> usize {
    world.work().iter().filter(|(_, message)| !is_notice(message)).count()
}

#[test]
fn a_change_of_recipients_by_somebody_else_stops_the_schedule_until_its_owner_agrees() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        let id = schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        let recipients: Value = to_users(&[world.rep, world.peer]).into();
        world.update(world.admin, "DeliverySchedule", id, &[("Recipients", recipients)]).expect("a change");
        world.clock.set("2026-11-21T08:30:05Z");
        assert_eq!(reports(world), 0);
        let found = world.rows(world.rep, "SELECT State, SuspendReason FROM DeliverySchedule");
        assert_eq!(found[0][0], "suspended");
        assert!(found[0][1].contains("changed what it sends"), "{}", found[0][1]);
        let active: [(&str, Value); 1] = [("State", "active".into())];
        let error = world.update(world.admin, "DeliverySchedule", id, &active).expect_err("a refusal");
        assert_eq!((error.code(), error.fields()), (ErrorCode::FieldIntegrityException, &["State".to_owned()][..]));
        let error = world.update(world.rep, "DeliverySchedule", id, &active).expect_err("not without a look");
        assert!(error.message().contains("approve it first"), "{}", error.message());
        approve(world, world.rep, id).expect("the owner may");
        world.clock.set("2026-11-22T08:30:05Z");
        assert_eq!(reports(world), 2);
    });
}

#[test]
fn a_change_of_the_report_by_somebody_else_stops_the_next_run() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        let definition = r#"{"reportType":{"type":"Account"},"detailColumns":["Name"]}"#;
        let other = [("Definition", definition.into())];
        world.update(world.admin, "Report", report, &other).expect("a change");
        world.clock.set("2026-11-21T08:30:05Z");
        assert_eq!(reports(world), 0);
        assert!(world.rows(world.rep, "SELECT State FROM DeliveryRun").is_empty(), "it stopped at the change");
        assert_eq!(world.rows(world.rep, "SELECT State FROM DeliverySchedule"), [["suspended"]]);
    });
}

#[test]
fn an_owner_who_changes_the_report_goes_on_receiving_it() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        let definition = r#"{"reportType":{"type":"Account"},"detailColumns":["Name"]}"#;
        world.update(world.rep, "Report", report, &[("Definition", definition.into())]).expect("a change");
        world.clock.set("2026-11-21T08:30:05Z");
        assert_eq!(reports(world), 1);
    });
}

#[test]
fn nobody_edits_the_ledger() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        let id = schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        let values: [(&str, Value); 2] = [("ScheduleId", id.into()), ("Slot", "x".into())];
        let error = world.try_create(world.admin, "DeliveryRun", &values).expect_err("a refusal");
        assert_eq!(error.code(), ErrorCode::InsufficientAccessOrReadonly);
    });
}

#[test]
fn no_save_of_the_owner_lets_a_change_by_somebody_else_through() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        let id = schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        let state = || world.rows(world.rep, "SELECT State, SuspendCode FROM DeliverySchedule");
        world
            .update(world.admin, "DeliverySchedule", id, &[("Recipients", to_users(&[world.rep, world.peer]).into())])
            .expect("a change");
        // Saves of all kinds by the owner, who has not looked at what changed.
        world.update(world.rep, "DeliverySchedule", id, &[("Name", "Renamed".into())]).expect("a change");
        world.update(world.rep, "DeliverySchedule", id, &[("SubjectTemplate", "Mine".into())]).expect("a change");
        let rule = r#"{"freq":"daily","times":["09:31"],"zone":"Europe/Berlin","start":"2026-01-01"}"#;
        world.update(world.rep, "DeliverySchedule", id, &[("Rule", rule.into())]).expect("a change");
        assert_eq!(state(), [["suspended", "consent"]]);
        for to in ["active", "paused", "active"] {
            let changed = world.update(world.rep, "DeliverySchedule", id, &[("State", to.into())]);
            assert_eq!(changed.is_ok(), to == "paused");
        }
        let digest = world.rows(world.rep, "SELECT Digest FROM DeliverySchedule");
        let wrong = world.update(world.rep, "DeliverySchedule", id, &[("Approval", digest[0][0].as_str().into())]);
        assert!(wrong.expect_err("the old digest").message().contains("Look at it again"));
        world.clock.set("2026-11-21T08:31:05Z");
        assert_eq!(reports(world), 0);
        let pending = pending_change(&world.ctx(world.rep), id).expect("an answer").expect("a change");
        let fields: Vec<&str> = pending.changes.iter().map(|change| change.field.as_str()).collect();
        assert_eq!(fields, ["Recipients", "SubjectTemplate"]);
        assert_eq!(pending.changed_by, Some(world.admin));
        // What is undone by whoever did it needs no approval.
        world
            .update(
                world.admin,
                "DeliverySchedule",
                id,
                &[("Recipients", to_users(&[world.rep]).into()), ("SubjectTemplate", Value::Null)],
            )
            .expect("a change");
        assert_eq!(pending_change(&world.ctx(world.rep), id).expect("an answer"), None);
        world.update(world.rep, "DeliverySchedule", id, &[("State", "active".into())]).expect("nothing is pending");
    });
}

#[test]
fn somebody_who_may_approve_does_so_for_changes_of_others_and_is_named() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        let id = schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        let second = world.second_admin();
        world
            .update(world.admin, "DeliverySchedule", id, &[("Recipients", to_users(&[world.rep, world.peer]).into())])
            .expect("a change");
        let error = approve(world, world.admin, id).expect_err("whoever made it");
        assert!(error.message().contains("cannot approve it"), "{}", error.message());
        approve(world, second, id).expect("somebody else");
        assert_eq!(
            world.rows(world.rep, "SELECT State, ApprovedById, ChangedById FROM DeliverySchedule"),
            [["active", second.to_string().as_str(), ""]]
        );
        let changed_last = world.rows(world.admin, "SELECT LastModifiedById FROM DeliverySchedule");
        assert_eq!(changed_last, [[second.to_string().as_str()]]);
        world.clock.set("2026-11-21T08:30:05Z");
        assert_eq!(reports(world), 2);
    });
}

#[test]
fn the_owner_is_told_once_that_a_schedule_stopped_and_why() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        let definition = r#"{"reportType":{"type":"Account"},"detailColumns":["Name"]}"#;
        world.update(world.admin, "Report", report, &[("Definition", definition.into())]).expect("a change");
        let mut told: Vec<String> = world
            .work()
            .into_iter()
            .map(|(to, message)| {
                let text = String::from_utf8_lossy(&message).into_owned();
                assert!(text.contains("has stopped"), "{text}");
                to
            })
            .collect();
        told.sort();
        assert_eq!(told, ["admin@test.example", "rep@test.example"]);
        assert!(world.work().is_empty(), "once");
    });
}

#[test]
fn a_schedule_that_somebody_makes_for_another_waits_until_that_other_has_looked_at_it() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        let more: [(&str, Value); 1] = [("OwnerId", world.rep.into())];
        let id = schedule(world, world.admin, report, &to_users(&[world.peer]), &more);
        assert_eq!(world.rows(world.rep, "SELECT State FROM DeliverySchedule"), [["suspended"]]);
        world.update(world.rep, "DeliverySchedule", id, &[("SubjectTemplate", "Mine".into())]).expect("a change");
        let active: [(&str, Value); 1] = [("State", "active".into())];
        assert!(world.update(world.rep, "DeliverySchedule", id, &active).is_err());
        world.clock.set("2026-11-21T08:30:05Z");
        assert_eq!(reports(world), 0);
        approve(world, world.rep, id).expect("a look");
        world.clock.set("2026-11-22T08:30:05Z");
        assert_eq!(reports(world), 1);
    });
}
