//! New keys for what is sealed and not rewritten: the audit log, backups; and for mail that waits.

use crate::cut_off::cut_off;
use crate::world::{World, on_each_store};
use model::ErrorCode;
use platform::{QueryOptions, RestorePoint};
use std::collections::HashMap;
use store::{AuditVerdict, Backed as _, NewOutboxItem, Purpose, WitnessVerdict};

fn add(world: &World, name: &str) {
    world.create(world.admin, "Account", &[("Name", name.into())]);
}

/// How much stands under each live version.
fn uses(world: &World, purpose: Purpose) -> HashMap<u32, u64> {
    let overview = world.platform.key_list(world.org.id()).expect("a list");
    let of = overview.keys.iter().filter(|row| row.key.purpose == purpose && row.key.destroyed.is_none());
    of.map(|row| (row.key.version, row.uses.expect("they are counted"))).collect()
}

fn verdict(world: &World) -> AuditVerdict {
    world.org.store().read(|tx| tx.audit_verify()).expect("a walk")
}

fn rows(world: &World) -> u64 {
    match verdict(world) {
        AuditVerdict::Whole { rows } => rows,
        broken => panic!("{broken:?}"),
    }
}

#[test]
fn the_audit_log_goes_on_under_a_new_key_and_each_row_is_verified_with_its_own() {
    on_each_store(|world| {
        let id = world.org.id();
        add(&world, "before");
        assert_eq!(uses(&world, Purpose::AuditMac), HashMap::from([(1, rows(&world))]));
        // What is known of the org outside of it was sealed with the old key, when the process ends behind the rotation.
        world.platform.store().witness_keep().expect("a witness");
        assert_eq!(world.platform.key_rotate(id, Purpose::AuditMac).expect("a version"), 2);
        let old = rows(&world);
        assert_eq!(uses(&world, Purpose::AuditMac), HashMap::from([(1, old), (2, 0)]));
        let agreed = world.platform.store().witness_check(world.org.store()).expect("a comparison");
        assert!(matches!(agreed, WitnessVerdict::Agrees { seq: Some(_) }), "{agreed:?}");

        let world = world.restarted();
        add(&world, "after");
        let all = rows(&world);
        assert!(all > old);
        assert_eq!(uses(&world, Purpose::AuditMac), HashMap::from([(1, old), (2, all - old)]));
        let agreed = world.platform.store().witness_check(world.org.store()).expect("a comparison");
        assert!(matches!(agreed, WitnessVerdict::Agrees { .. }), "{agreed:?}");
        for lose in [false, true] {
            let refused = world.key_destroy(Purpose::AuditMac, 1, lose).expect_err("rows are sealed with it");
            assert_eq!(refused.code(), ErrorCode::DeleteFailed);
        }

        // Two more versions: no row was ever written under the first of them but the note of the second.
        for version in [3, 4] {
            assert_eq!(world.platform.key_rotate(id, Purpose::AuditMac).expect("a version"), version);
        }
        add(&world, "later");
        assert_eq!(uses(&world, Purpose::AuditMac).values().sum::<u64>(), rows(&world));
    });
}

#[test]
fn a_row_sealed_with_an_older_key_than_the_one_before_it_is_no_row_of_the_log() {
    let world = World::postgres();
    world.platform.key_rotate(world.org.id(), Purpose::AuditMac).expect("a version");
    add(&world, "after");
    add(&world, "again");
    rows(&world);
    let database = world.database.as_ref().expect("a database");
    let schema = database
        .psql("SELECT table_schema FROM information_schema.tables WHERE table_name = 'Account'")
        .expect("a schema");
    let last: u64 =
        database.psql(&format!("SELECT MAX(seq) FROM \"{schema}\".hf_audit")).expect("a number").parse().expect("it");
    let claim = |version: u32| {
        let sql = format!("UPDATE \"{schema}\".hf_audit SET key_version = {version} WHERE seq = {last}");
        database.psql(&sql).expect("a forgery");
        verdict(&world)
    };
    let AuditVerdict::BrokenAt { seq, why } = claim(1) else { panic!("an older key was taken") };
    assert_eq!((seq, why), (last, "it is sealed with an older key than the row before it"));
    let AuditVerdict::BrokenAt { why, .. } = claim(3) else { panic!("a key that is not there was taken") };
    assert_eq!(why, "the keyring lacks the version of the audit key that it is sealed with");
    assert!(matches!(claim(2), AuditVerdict::Whole { .. }));
}

#[test]
fn backups_before_and_behind_a_rotation_are_one_chain_and_all_of_them_can_be_restored() {
    on_each_store(|world| {
        let (id, dir) = (world.org.id(), tempfile::tempdir().expect("a folder"));
        let backup = |world: &World| world.platform.backup_make(id, dir.path()).expect("a backup");
        let sound = |world: &World, count: usize| {
            let (rows, faults) = world.platform.store().backup_verify(id, dir.path()).expect("a check");
            assert_eq!((rows.len(), faults), (count, Vec::new()));
        };
        let restore = |world: World, number: u64| {
            let point = RestorePoint::Number(number);
            world.platform.backup_restore(id, dir.path(), point, true, None).expect("a restore");
            world.again()
        };
        add(&world, "one");
        backup(&world);
        assert_eq!(uses(&world, Purpose::Backup), HashMap::from([(1, 1)]));
        assert_eq!(world.platform.key_rotate(id, Purpose::Backup).expect("a version"), 2);
        add(&world, "two");
        let second = backup(&world);
        assert_eq!(second.new_chunks, second.chunks, "nothing that a new backup needs stands under the old key");
        add(&world, "three");
        let third = backup(&world);
        assert!(third.new_chunks < third.chunks, "and the next one is small again: {third:?}");
        sound(&world, 3);
        assert_eq!(uses(&world, Purpose::Backup), HashMap::from([(1, 1), (2, 2)]));

        let world = restore(world, 1);
        assert_eq!(world.column(world.admin, "SELECT Name FROM Account"), ["one"]);
        let refused = world.key_destroy(Purpose::Backup, 1, false).expect_err("a backup stands under it");
        assert!(refused.message().contains("1 backups still stand under backup key 1"), "{refused}");
        world.platform.store().backup_prune(id, dir.path(), 2).expect("the oldest is removed");
        assert_eq!(uses(&world, Purpose::Backup), HashMap::from([(1, 0), (2, 2)]));
        world.key_destroy(Purpose::Backup, 1, false).expect("destroyed");
        sound(&world, 2);
        let world = restore(world, 3);
        assert_eq!(world.column(world.admin, "SELECT Name FROM Account ORDER BY Name"), ["one", "three", "two"]);

        // Given up on purpose: what stood under it says so, and the rest is as it was.
        world.platform.key_rotate(id, Purpose::Backup).expect("a version");
        let fourth = backup(&world);
        world.key_destroy(Purpose::Backup, 2, true).expect("destroyed");
        let (rows, faults) = world.platform.store().backup_verify(id, dir.path()).expect("a check");
        assert_eq!(rows.len(), 1);
        assert!(faults[0].why.contains("backup key 2, which was destroyed"), "{faults:?}");
        let world = restore(world, fourth.number);
        assert_eq!(world.column(world.admin, "SELECT Name FROM Account").len(), 3);
    });
}

fn mail(world: &World, payload: &str) -> i64 {
    let item = NewOutboxItem {
        kind: "mail".to_owned(),
        due: world.org.now(),
        reference: None,
        summary: "{}".to_owned(),
        payload: payload.as_bytes().to_vec(),
    };
    world.org.store().write(|tx| tx.outbox_put(&item)).expect("queued")
}

#[test]
fn mail_that_waits_is_sealed_anew_with_its_key_and_can_be_cut_off_anywhere() {
    on_each_store(|world| {
        let id = world.org.id();
        let mails: Vec<i64> = (0..45).map(|n| mail(&world, &format!("letter {n}"))).collect();
        for n in 0..201 {
            add(&world, &format!("n{n}"));
        }
        let small = QueryOptions { batch_size: 200, ..QueryOptions::default() };
        let page = world.ctx(world.admin).query("SELECT Id FROM Account", small).expect("a page");
        let next = page.next.expect("a second page");
        assert_eq!(uses(&world, Purpose::Files), HashMap::from([(1, 46)]));
        let readable = |world: &World| {
            for (n, seq) in mails.iter().enumerate() {
                let item = world.org.store().read(|tx| tx.outbox_item(*seq)).expect("it opens").expect("it is there");
                assert_eq!(item.payload, format!("letter {n}").as_bytes());
            }
        };
        let (points, world) =
            cut_off(world, |world| world.platform.key_rotate(id, Purpose::Files).map(|_| ()), readable);
        assert!(points >= 20, "{points} points");
        let gone = world.ctx(world.admin).query_more(next, small).expect_err("asked again");
        assert_eq!(gone.code(), ErrorCode::InvalidQueryLocator);
        let counts = uses(&world, Purpose::Files);
        let newest = *counts.keys().max().expect("a version");
        assert_eq!(counts.values().sum::<u64>(), 45);
        assert_eq!(counts[&newest], 45, "{counts:?}");
        for version in 1..newest {
            world.key_destroy(Purpose::Files, version, false).expect("nothing stands under it");
        }
        readable(&world);
    });
}
