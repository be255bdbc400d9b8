//! Backups: what comes back is what was there, whatever is damaged is refused, and nothing is lost in passing.

use crate::moving::{chain_rows, enrich, picture};
use crate::world::{World, on_each_store, open};
use model::{Instant, RecordId};
use platform::{BackupRow, RestorePoint, Restored};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use store::Backed as _;

fn backup(world: &World, dir: &Path) -> BackupRow {
    world.platform.backup_make(world.org.id(), dir).expect("a backup")
}

fn restore(world: &World, dir: &Path, point: RestorePoint, force: bool) -> model::Result<Restored> {
    world.platform.backup_restore(world.org.id(), dir, point, force, None)
}

fn refused(world: &World, dir: &Path, words: &str) {
    let error = restore(world, dir, RestorePoint::Newest, true).expect_err(words);
    assert!(error.message().contains(words), "{error}");
}

/// Every file of the backups.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a folder").flatten() {
        if entry.path().is_dir() { found.extend(files(&entry.path())) } else { found.push(entry.path()) }
    }
    found.sort();
    found
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn a_restored_org_is_the_one_that_was_backed_up_to_the_last_row() {
    on_each_store(|world| {
        let dir = folder();
        let account = enrich(&world);
        let before = picture(&world);
        let made = backup(&world, dir.path());
        assert_eq!((made.number, made.new_chunks), (1, made.chunks));
        let chain = chain_rows(&world);

        world.update(world.rep, "Account", account, &[("Name", "Spoilt".into())]).expect("a change");
        let (rows, faults) = world.platform.store().backup_verify(world.org.id(), dir.path()).expect("a check");
        assert_eq!((rows.len(), faults), (1, Vec::new()));

        let error = restore(&world, dir.path(), RestorePoint::Newest, false).expect_err("it would lose a change");
        assert!(error.message().contains("what came between would be lost"), "{error}");
        assert_eq!(world.column(world.rep, "SELECT Name FROM Account"), ["Spoilt"], "nothing was changed");

        let restored = restore(&world, dir.path(), RestorePoint::Newest, true).expect("by force");
        assert_eq!((restored.number, restored.rows), (1, made.rows));
        let world = world.again();
        assert_eq!(picture(&world), before);
        assert_eq!(chain_rows(&world), chain + 1, "the chain goes on with the restore");
        let last = world.org.store().read(|tx| tx.audit_rows(None, 1)).expect("a row").remove(0);
        assert_eq!(last.action, "org_restore");
        assert!(last.detail.contains("would be lost"), "what was overridden is kept: {}", last.detail);

        world.update(world.rep, "Account", account, &[("Name", "Goes on".into())]).expect("work goes on");
        let world = world.reopened(Vec::new());
        assert_eq!(world.column(world.rep, "SELECT Name FROM Account"), ["Goes on"]);
        assert_eq!(backup(&world, dir.path()).number, 2, "numbers go on");
    });
}

#[test]
fn a_second_backup_writes_only_what_changed_and_old_ones_can_go() {
    let world = World::embedded();
    let dir = folder();
    let admin = world.ctx(world.admin);
    for batch in 0..12 {
        let drafts = (0..200)
            .map(|at| {
                let text = format!("{batch} {at} {}", "long text ".repeat(40));
                let draft = platform::RecordDraft::new();
                let object = admin.object("Account").expect("an object");
                let draft = draft.set(object, "Name", format!("Account {batch} {at}")).expect("a field");
                draft.set(object, "Description", text).expect("a field")
            })
            .collect();
        admin.records_create("Account", drafts, platform::SaveOptions::ALL).expect("accounts");
    }
    let first = backup(&world, dir.path());
    assert!(first.chunks > 30, "{first:?}");
    let id = world.column(world.admin, "SELECT Id FROM Account WHERE Name = 'Account 5 100'").remove(0);
    let id = RecordId::parse(&id).expect("an id");
    world.update(world.admin, "Account", id, &[("Phone", "1".into())]).expect("a change");
    let second = backup(&world, dir.path());
    assert!(second.new_chunks * 3 < second.chunks, "{second:?}");
    let error = world.platform.store().backup_prune(world.org.id(), dir.path(), 1).map(|(gone, _)| gone);
    assert_eq!(error.expect("one is removed"), 1);
    let (rows, faults) = world.platform.store().backup_verify(world.org.id(), dir.path()).expect("a check");
    assert_eq!((rows.len(), faults), (1, Vec::new()), "the one that is left is whole");
    restore(&world, dir.path(), RestorePoint::Newest, true).expect("a restore");
    let world = world.again();
    assert_eq!(world.column(world.admin, "SELECT Phone FROM Account WHERE Name = 'Account 5 100'"), ["1"]);
}

#[test]
fn damaged_cut_exchanged_and_missing_parts_are_refused_and_the_org_stays_as_it_is() {
    let world = World::embedded();
    let dir = folder();
    let account = world.create(world.rep, "Account", &[("Name", "Kept".into())]);
    backup(&world, dir.path());
    let all = files(dir.path());
    let chunks: Vec<_> = all.iter().filter(|path| path.extension().is_some_and(|kind| kind == "hfc")).collect();
    let manifest = all.iter().find(|path| path.extension().is_some_and(|kind| kind == "hfb")).expect("a manifest");
    world.update(world.rep, "Account", account, &[("Name", "Newer".into())]).expect("a change");
    let whole = |path: &PathBuf| fs::read(path).expect("a file");
    // One in eight: each try builds the org anew.
    for (at, path) in chunks.iter().enumerate().step_by(8) {
        let bytes = whole(path);
        let mut flipped = bytes.clone();
        let place = at * 37 % flipped.len();
        flipped[place] ^= 1;
        for bad in [flipped, bytes[..bytes.len() - 1].to_vec(), Vec::new(), whole(chunks[(at + 1) % chunks.len()])] {
            fs::write(path, bad).expect("a write");
            refused(&world, dir.path(), "is damaged, or was put in the place of another");
        }
        fs::remove_file(path).expect("a removal");
        refused(&world, dir.path(), "cannot be read");
        fs::write(path, bytes).expect("a write");
    }
    let bytes = whole(manifest);
    for place in [0, 10, bytes.len() / 2, bytes.len() - 1] {
        let mut flipped = bytes.clone();
        flipped[place] ^= 0x80;
        fs::write(manifest, flipped).expect("a write");
        refused(&world, dir.path(), "is damaged, bears another number");
        let (_, faults) = world.platform.store().backup_verify(world.org.id(), dir.path()).expect("a check");
        assert_eq!(faults.len(), 1);
    }
    fs::write(manifest, bytes).expect("a write");
    let world = world.again();
    assert_eq!(world.column(world.rep, "SELECT Name FROM Account"), ["Newer"], "nothing was changed by any of it");
    restore(&world, dir.path(), RestorePoint::Newest, true).expect("whole again");
    assert_eq!(world.again_column("SELECT Name FROM Account"), ["Kept"]);
}

#[test]
fn gaps_and_exchanged_numbers_in_the_chain_are_refused_without_force() {
    let world = World::embedded();
    let dir = folder();
    for name in ["One", "Two", "Three"] {
        world.create(world.rep, "Account", &[("Name", name.into())]);
        world.clock.advance(1000);
        backup(&world, dir.path());
    }
    let manifests: Vec<_> =
        files(dir.path()).into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "hfb")).collect();
    let second = fs::read(&manifests[1]).expect("a file");

    fs::remove_file(&manifests[1]).expect("a removal");
    let error = restore(&world, dir.path(), RestorePoint::Newest, false).expect_err("a gap");
    assert!(error.message().contains("backup 2: it is missing"), "{error}");

    fs::write(&manifests[1], fs::read(&manifests[0]).expect("a file")).expect("a write");
    let error = restore(&world, dir.path(), RestorePoint::Newest, false).expect_err("another number");
    assert!(error.message().contains("backup 2") && error.message().contains("bears another number"), "{error}");

    fs::write(&manifests[1], second).expect("a write");
    fs::remove_file(&manifests[2]).expect("a removal");
    let (_, faults) = world.platform.store().backup_list(world.org.id(), dir.path()).expect("a list");
    assert_eq!(faults.len(), 1, "the last one that was made is known to be missing");
    assert_eq!(faults[0].number, 3);

    let middle = Instant::from_ms(world.org.now().ms() - 1000);
    let restored = restore(&world, dir.path(), RestorePoint::At(middle), true).expect("the second by its time");
    assert_eq!(restored.number, 2);
    assert_eq!(world.again_column("SELECT Name FROM Account ORDER BY Name"), ["One", "Two"]);
}

#[test]
fn a_backup_beside_writers_holds_one_moment() {
    on_each_store(|world| {
        let dir = folder();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let ctx = world.ctx(world.admin);
                let mut pairs = 0_i64;
                while !stop.load(Ordering::SeqCst) {
                    let account = ctx.object("Account").expect("an object");
                    let contact = ctx.object("Contact").expect("an object");
                    let name = format!("Pair {pairs}");
                    let one = platform::RecordDraft::new().set(account, "Name", name.as_str()).expect("a field");
                    let other = platform::RecordDraft::new().set(contact, "LastName", name).expect("a field");
                    ctx.in_one_transaction(|unit| {
                        unit.create("Account", &[one], platform::SaveOptions::ALL)?;
                        unit.create("Contact", &[other], platform::SaveOptions::ALL)
                    })
                    .expect("a pair");
                    pairs += 1;
                }
                pairs
            });
            for _ in 0..4 {
                backup(&world, dir.path());
            }
            stop.store(true, Ordering::SeqCst);
            assert!(writer.join().expect("no panic") > 0);
        });
        let mut seen = 0;
        let mut world = world;
        for number in 1..=4 {
            restore(&world, dir.path(), RestorePoint::Number(number), true).expect("a restore");
            world = world.again();
            let accounts = world.column(world.admin, "SELECT Name FROM Account ORDER BY Name");
            let contacts = world.column(world.admin, "SELECT LastName FROM Contact ORDER BY LastName");
            assert_eq!(accounts, contacts, "no half of a pair in backup {number}");
            assert!(accounts.len() >= seen, "later backups hold more");
            seen = accounts.len();
            chain_rows(&world);
        }
    });
}

#[test]
fn an_org_comes_back_on_another_machine_with_its_root_key_and_keyring() {
    let world = World::embedded();
    let dir = folder();
    enrich(&world);
    let before = picture(&world);
    backup(&world, dir.path());
    let id = world.org.id();
    let keyring = dir.path().join("copy-of-keyring.json");
    fs::copy(world.data_dir.join("orgs").join(id.to_string()).join("keyring.json"), &keyring).expect("a copy");
    let (config, clock, _old) = world.close();
    let machine = folder();
    let fresh = platform::StoreConfig { data_dir: machine.path().join("data"), ..config };
    let platform = open(fresh, clock, None).expect("a platform");
    let error = platform.backup_restore(id, dir.path(), RestorePoint::Newest, false, None).expect_err("no keyring");
    assert!(error.message().contains("name its keyring with --keyring"), "{error}");
    platform.backup_restore(id, dir.path(), RestorePoint::Newest, false, Some(&keyring)).expect("a restore");
    let org = platform.org(id).expect("the org");
    let ctx = platform::Ctx::for_service(&org, &platform::provision::PROVISION).expect("a service");
    let (_, rows) = ctx
        .query_all_rows("SELECT Name FROM Tour__c WHERE Height__c > 0 ORDER BY Name", Default::default())
        .expect("rows");
    assert!(rows.len() > 30 && before.len() > 40);
    let other = platform.org_create(&crate::world::new_org()).expect("another org");
    assert_ne!(other.id, id, "its number is not given out again");
}
