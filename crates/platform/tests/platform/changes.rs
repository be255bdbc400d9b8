//! Changes as a program follows them: complete, in order, and each for whoever may see the record when it is told.

use crate::world::{World, on_both_stores, on_each_store};
use model::{ErrorCode, RecordId, Value};
use platform::{ChangeType, Replay};

/// Kind, object, name and changed fields of what one may see after a change.
fn told(world: &World, user: RecordId, after: u64, objects: &[&str]) -> Vec<String> {
    let objects: Vec<String> = objects.iter().map(|name| (*name).to_owned()).collect();
    let ctx = world.ctx(user);
    let changes = ctx.changes_after(after, &objects).expect("changes");
    let shown = |change: &platform::Change| {
        let (plan, row) = changes.record(change).expect("a record of every change");
        let at = plan.plan().select.output.iter().position(
            |output| matches!(output, platform::Output::Field { path, .. } if path == &["Name"] || path == &["LastName"]),
        );
        let name = at.map(|at| row.cells[at].value().to_plain()).unwrap_or_default();
        let changed: Vec<&str> =
            change.fields.iter().map(String::as_str).filter(|name| !name.starts_with("LastModified")).collect();
        format!("{} {} {name} {}", change.kind.as_str(), change.object, changed.join(",")).trim().to_owned()
    };
    changes.told.iter().map(shown).collect()
}

fn now(world: &World) -> u64 {
    world.ctx(world.admin).changes_begin(Replay::New).expect("the newest")
}

#[test]
fn every_change_is_told_once_in_order_to_whoever_may_see_its_record() {
    on_both_stores(|world| {
        let start = now(world);
        let acme = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        world.update(world.rep, "Account", acme, &[("Phone", "1".into()), ("Site", "HQ".into())]).expect("an update");
        let theirs = world.create(world.peer, "Account", &[("Name", "Peer's".into())]);
        world.create(world.rep, "Contact", &[("LastName", "Ode".into()), ("AccountId", acme.into())]);
        world.ctx(world.rep).record_delete("Account", acme).expect("a delete");
        world.ctx(world.rep).record_undelete("Account", acme).expect("an undelete");
        let of_rep = [
            "CREATE Account Acme",
            "UPDATE Account Acme Phone,Site",
            "CREATE Contact Ode",
            "DELETE Contact Ode",
            "DELETE Account Acme",
            "UNDELETE Account Acme",
            "UNDELETE Contact Ode",
        ];
        assert_eq!(told(world, world.rep, start, &[]), of_rep);
        assert_eq!(told(world, world.peer, start, &[]), ["CREATE Account Peer's"]);
        let of_all = told(world, world.chief, start, &["Account"]);
        assert_eq!(of_all.len(), 5, "{of_all:?}");

        // Who gives a record away is told nothing more of it, not even what was before.
        world.update(world.peer, "Account", theirs, &[("OwnerId", world.rep.into())]).expect("a transfer");
        assert_eq!(told(world, world.peer, start, &["Account"]), Vec::<String>::new());
        assert!(told(world, world.rep, start, &["Account"]).contains(&"UPDATE Account Peer's OwnerId".to_owned()));
        let changes = world.ctx(world.rep).changes_after(start, &[]).expect("changes");
        assert!(changes.told.windows(2).all(|pair| pair[0].replay < pair[1].replay));
        let made = changes.told.iter().find(|change| change.record == theirs).expect("the peer's own");
        assert_eq!((made.kind, made.by), (ChangeType::Create, Some(world.peer)));
        assert_eq!(told(world, world.rep, changes.up_to, &[]), Vec::<String>::new(), "nothing is told twice");
    });
}

#[test]
fn a_field_that_one_may_not_read_is_told_in_no_change() {
    on_both_stores(|world| {
        let start = now(world);
        let lead = world.create(
            world.rep,
            "Lead",
            &[("LastName", "Ode".into()), ("Company", "Acme".into()), ("Phone", "1".into())],
        );
        world.update(world.rep, "Lead", lead, &[("Phone", "2".into()), ("Email", "o@acme.test".into())]).expect("ok");
        let half = crate::lead_convert::half_blind(world);
        world.update(world.admin, "Lead", lead, &[("OwnerId", half.into())]).expect("a transfer");
        let changes = world.ctx(half).changes_after(start, &["Lead".to_owned()]).expect("changes");
        let update = &changes.told[1];
        assert!(update.fields.contains(&"Email".to_owned()) && !update.fields.contains(&"Phone".to_owned()));
        let (plan, _) = changes.record(update).expect("a record");
        assert!(!format!("{:?}", plan.plan().select.output).contains("\"Phone\""), "nor its value");
    });
}

#[test]
fn one_begins_within_what_is_kept_and_follows_records_alone() {
    on_each_store(|world| {
        let first = world.create(world.rep, "Account", &[("Name", "Old".into())]);
        let before = now(&world);
        world.clock.advance(4 * 86_400_000);
        world.update(world.rep, "Account", first, &[("Phone", "1".into())]).expect("an update");
        let ctx = world.ctx(world.admin);
        let code = |replay| ctx.changes_begin(replay).expect_err("refused").code();
        assert_eq!(code(Replay::After(before - 1)), ErrorCode::InvalidReplicationDate, "too old");
        assert_eq!(code(Replay::After(before + 1_000)), ErrorCode::InvalidReplicationDate, "not come yet");
        let kept = ctx.changes_begin(Replay::Kept).expect("what is kept");
        assert_eq!(told(&world, world.admin, kept, &["Account"]), ["UPDATE Account Old Phone"]);
        for (object, expected) in [
            ("User", ErrorCode::InvalidType),
            ("AccountHistory", ErrorCode::InvalidType),
            ("ActivityHistory", ErrorCode::InvalidType),
            ("Nothing", ErrorCode::NotFound),
        ] {
            let refused = ctx.changes_after(kept, &[object.to_owned()]);
            assert_eq!(refused.err().map(|error| error.code()), Some(expected), "{object}");
        }
        let nothing: &[(&str, Value)] = &[];
        assert!(world.update(world.rep, "Account", first, nothing).is_ok());
        assert_eq!(told(&world, world.admin, now(&world), &[]), Vec::<String>::new());
    });
}
