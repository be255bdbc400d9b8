//! What goes out is what its owner agreed to.

use crate::mail::{default_report, schedule, to_users};
use crate::world::on_both_stores;
use model::{ErrorCode, Value};

#[test]
fn a_change_of_recipients_by_somebody_else_stops_the_schedule_until_its_owner_agrees() {
    on_both_stores(|world| {
        let report = default_report(world, world.rep);
        let id = schedule(world, world.rep, report, &to_users(&[world.rep]), &[]);
        let recipients: Value = to_users(&[world.rep, world.peer]).into();
        world.update(world.admin, "DeliverySchedule", id, &[("Recipients", recipients)]).expect("a change");
        world.clock.set("2026-11-21T08:30:05Z");
        assert!(world.work().is_empty());
        let found = world.rows(world.rep, "SELECT State, SuspendReason FROM DeliverySchedule");
        assert_eq!(found[0][0], "suspended");
        assert!(found[0][1].contains("changed what it sends"), "{}", found[0][1]);
        let active: [(&str, Value); 1] = [("State", "active".into())];
        let error = world.update(world.admin, "DeliverySchedule", id, &active).expect_err("a refusal");
        assert_eq!((error.code(), error.fields()), (ErrorCode::FieldIntegrityException, &["State".to_owned()][..]));
        world.update(world.rep, "DeliverySchedule", id, &active).expect("the owner may");
        world.clock.set("2026-11-22T08:30:05Z");
        assert_eq!(world.work().len(), 2);
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
        assert!(world.work().is_empty());
        assert_eq!(world.rows(world.rep, "SELECT State FROM DeliveryRun"), [["cancelled"]]);
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
        assert_eq!(world.work().len(), 1);
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
