//! The data directory: a restart, a second process, wrong keys, damaged files, an org that is destroyed.

use crate::world::{World, new_org, on_both_stores, open};
use platform::{Ctx, Platform, QueryOptions};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use store::RootKeySource;

fn names(platform: &Platform) -> Vec<String> {
    let org = platform.org_list().expect("a list").remove(0).org;
    let org = platform.org(org).expect("an org");
    let admin = Ctx::for_service(&org, &platform::provision::PROVISION).expect("a service");
    let (_, rows) =
        admin.query_all_rows("SELECT Name FROM Account ORDER BY Name", QueryOptions::default()).expect("rows");
    rows.iter().map(|row| row.cells[0].value().to_plain()).collect()
}

fn refusal(outcome: model::Result<Platform>) -> String {
    match outcome {
        Ok(_) => panic!("it opened"),
        Err(error) => error.message().to_owned(),
    }
}

#[test]
fn a_restart_finds_everything_as_it_was() {
    let world = World::embedded();
    world.create(world.rep, "Account", &[("Name", "Kept".into())]);
    let (config, clock, _dir) = world.close();
    let platform = open(config, clock, None).expect("a platform");
    assert_eq!(names(&platform), ["Kept"]);
}

#[test]
fn a_second_process_on_the_same_data_is_refused() {
    let world = World::embedded();
    let why = refusal(open(world.store_config.clone(), world.clock.clone(), None));
    assert!(why.contains("Another Holdfast process uses the data directory"), "{why}");
}

#[test]
fn a_missing_wrong_or_public_root_key_is_told_apart() {
    let (config, clock, _dir) = World::embedded().close();
    let RootKeySource::File(key) = config.root_key.clone() else { panic!("a file") };
    let text = fs::read_to_string(&key).expect("the key");

    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("a mode");
    let why = refusal(open(config.clone(), clock.clone(), None));
    assert!(why.contains("can be read by others") && why.contains("chmod 400"), "{why}");

    fs::write(&key, "not a key").expect("a write");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("a mode");
    let why = refusal(open(config.clone(), clock.clone(), None));
    assert!(why.contains("64 hexadecimal digits"), "{why}");

    fs::write(&key, "00".repeat(32)).expect("a write");
    let why = refusal(open(config.clone(), clock.clone(), None));
    assert!(why.contains("damaged or was encrypted with another key"), "{why}");

    fs::remove_file(&key).expect("a removal");
    let why = refusal(open(config.clone(), clock.clone(), None));
    assert!(why.contains("is missing"), "{why}");

    fs::write(&key, text).expect("a write");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o400)).expect("a mode");
    assert!(open(config, clock, None).is_ok());
}

#[test]
fn a_damaged_org_file_is_named_and_nothing_is_made_up() {
    let world = World::embedded();
    let folder = world.data_dir.join("orgs").join(world.org.id().to_string());
    let (config, clock, _dir) = world.close();
    let path = folder.join("org.db");
    let mut bytes = fs::read(&path).expect("the file");
    for byte in &mut bytes[100..200] {
        *byte ^= 0xff;
    }
    fs::write(&path, bytes).expect("a write");
    let platform = open(config, clock, None).expect("the installation itself is sound");
    let org = platform.org_list().expect("a list").remove(0).org;
    let error = platform.org(org).expect_err("a damaged org");
    assert!(error.message().contains("org.db") && error.message().contains("Restore it from a backup"), "{error}");
}

#[test]
fn a_lost_list_of_orgs_is_not_taken_for_an_empty_installation() {
    let (config, clock, _dir) = World::embedded().close();
    fs::write(config.data_dir.join("control.db"), b"").expect("a write");
    let why = refusal(open(config, clock, None));
    assert!(why.contains("lists no orgs, but 1 lie in") && why.contains("Restore control.db"), "{why}");
}

#[test]
fn a_destroyed_org_is_gone_and_its_number_is_not_used_again() {
    on_both_stores(|world| {
        let first = world.org.id();
        world.platform.org_delete(first).expect("a delete");
        assert!(world.platform.org_list().expect("a list").is_empty());
        assert!(world.platform.org(first).is_err());
        let left = fs::read_dir(world.data_dir.join("orgs")).expect("a directory").count();
        assert_eq!(left, 0);
    });
}

#[test]
fn an_org_in_which_nobody_works_is_closed_and_is_there_again_when_asked_for() {
    on_both_stores(|world| {
        let idle = world.platform.org_create(&new_org()).expect("a second org").id;
        world.clock.advance(60_000);
        assert!(world.platform.close_idle(120_000, 10).is_empty(), "not idle for long enough");
        world.clock.advance(60_000);
        let closed: Vec<_> = world.platform.close_idle(120_000, 10).into_iter().map(|(id, _)| id).collect();
        assert_eq!(closed, [idle], "the other one is held by somebody");
        assert!(world.platform.find_open(idle).is_none());

        let before = world.platform.org(idle).expect("opened again").access_generation();
        assert!(world.platform.close_idle(120_000, 10).is_empty(), "just used");
        let closed = world.platform.close_idle(120_000, 1);
        assert_eq!(closed.len(), 1, "more are open than may be");
        let after = world.platform.org(idle).expect("opened again").access_generation();
        assert_ne!(before, after, "what was derived from the earlier opening is known to be stale");
        world.create(world.rep, "Account", &[("Name", "Works".into())]);
    });
}

#[test]
fn all_orgs_are_brought_up_to_date_and_one_that_fails_is_named() {
    let world = World::embedded();
    let ids: Vec<_> = (0..4).map(|_| world.platform.org_create(&new_org()).expect("an org").id).collect();
    let broken = world.data_dir.join("orgs").join(ids[1].to_string()).join("org.db");
    let (config, clock, _dir) = world.close();
    fs::remove_file(broken).expect("a removal");
    let platform = open(config, clock, None).expect("a platform");
    let told = std::sync::Mutex::new(Vec::new());
    platform.orgs_upgrade(3, &|upgraded| told.lock().expect("no panic").push(upgraded)).expect("a list");
    let told = told.into_inner().expect("no panic");
    assert_eq!(told.len(), 5);
    let failed: Vec<_> = told.iter().filter(|upgraded| upgraded.outcome.is_err()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].org, ids[1]);
    assert!(failed[0].to_string().contains("org.db is missing"), "{}", failed[0]);
    assert!(told.iter().all(|upgraded| platform.find_open(upgraded.org).is_none()), "none is left open");
}
