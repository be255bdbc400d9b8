//! The audit chain, the field history, and what lies in the files.

use crate::world::{World, on_both_stores};
use model::{Date, Value};
use store::{AuditVerdict, Backed as _};

fn verify(world: &World) -> AuditVerdict {
    let store = world.org.store();
    store.read(|tx| tx.audit_verify()).expect("a verdict")
}

#[test]
fn every_change_is_in_the_audit_chain_with_who_and_what() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Before".into())]);
        world.update(world.manager, "Account", account, &[("Name", "After".into())]).expect("an update");
        world.ctx(world.manager).record_delete("Account", account).expect("a delete");
        let rows = world.org.store().read(|tx| tx.audit_rows(Some(account), 10)).expect("rows");
        let told: Vec<_> = rows.iter().map(|row| (row.action.as_str(), row.actor.clone())).collect();
        let (rep, manager) = (world.rep.to_string(), world.manager.to_string());
        assert_eq!(told, [("record_delete", manager.clone()), ("record_update", manager), ("record_create", rep)]);
        assert!(rows[1].detail.contains("\"Name\":[\"Before\",\"After\"]"), "{}", rows[1].detail);
        assert!(matches!(verify(world), AuditVerdict::Whole { rows } if rows > 100));
    });
}

#[test]
fn tracked_fields_keep_their_history() {
    on_both_stores(|world| {
        let close = Value::Date(Date::parse("2026-12-15").expect("a date"));
        let deal = world.create(
            world.rep,
            "Opportunity",
            &[("Name", "Deal".into()), ("StageName", "Prospecting".into()), ("CloseDate", close)],
        );
        world
            .update(world.rep, "Opportunity", deal, &[("StageName", "Closed Won".into()), ("NextStep", "x".into())])
            .expect("an update");
        let history = world.org.store().read(|tx| tx.history_of(deal, 10)).expect("rows");
        let mut fields: Vec<_> = history.iter().map(|row| row.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["Probability", "StageName"]);
    });
}

#[test]
fn a_refused_write_leaves_no_trace_in_the_chain() {
    on_both_stores(|world| {
        let before = verify(world);
        assert!(world.try_create(world.rep, "Account", &[]).is_err());
        assert_eq!(verify(world), before);
    });
}

#[test]
fn no_plain_text_lies_in_the_data_directory() {
    let world = World::embedded();
    let canary = "kanarienvogel-7f3a";
    world.create(world.rep, "Account", &[("Name", canary.into()), ("Description", canary.into())]);
    let mut files = vec![world.data_dir.clone()];
    let mut scanned = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).expect("a directory").map(|entry| entry.expect("an entry").path()));
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file");
        scanned += bytes.len();
        for wanted in [canary.as_bytes(), b"Account", b"CREATE TABLE", b"SQLite format"] {
            assert!(!bytes.windows(wanted.len()).any(|window| window == wanted), "{} holds plain text", path.display());
        }
    }
    assert!(scanned > 100_000, "only {scanned} bytes were looked at");
}
