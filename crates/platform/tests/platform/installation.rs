//! The data directory: a restart, a second process, wrong keys, damaged files, an org that is destroyed.

use crate::world::{World, on_both_stores, open};
use platform::{Ctx, Platform, QueryOptions};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

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
    let key = config.root_key_file.clone();
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
