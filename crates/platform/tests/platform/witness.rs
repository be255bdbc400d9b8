//! A store that was rolled back or replaced is noticed when the org is opened.

use crate::world::{World, draft, open};
use model::RecordId;
use platform::{Ctx, Platform, QueryOptions};
use std::fs;
use std::path::Path;
use store::{Backed as _, WitnessVerdict};

fn copy_database(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for name in ["org.db", "org.db-wal", "org.db-shm"] {
        let _ = fs::remove_file(to.join(name));
        if from.join(name).exists() {
            fs::copy(from.join(name), to.join(name)).expect("a copy");
        }
    }
}

fn account(ctx: &Ctx, name: &str) -> model::Result<RecordId> {
    ctx.record_create("Account", draft(ctx, "Account", None, &[("Name", name.into())]))
}

fn verdict(platform: &Platform) -> WitnessVerdict {
    let id = platform.org_list().expect("a list").remove(0).org;
    let org = platform.org(id).expect("it opens for reading");
    platform.store().witness_check(org.store()).expect("a comparison")
}

#[test]
fn an_older_file_in_the_place_of_the_org_is_read_only_until_somebody_accepts_it() {
    let world = World::embedded();
    let dir = tempfile::tempdir().expect("a folder");
    let id = world.org.id();
    let folder = world.data_dir.join("orgs").join(id.to_string());
    world.create(world.rep, "Account", &[("Name", "Early".into())]);
    let admin = world.admin;
    let (config, clock, data) = world.close();
    copy_database(&folder, dir.path());

    let platform = open(config.clone(), clock.clone(), None).expect("a platform");
    assert!(matches!(verdict(&platform), WitnessVerdict::Agrees { seq: Some(_) }));
    let org = platform.org(id).expect("the org");
    let ctx = Ctx::for_user(&org, admin).expect("the administrator");
    account(&ctx, "Late").expect("an account");
    platform.store().witness_keep().expect("a witness");
    drop((ctx, org, platform));
    copy_database(dir.path(), &folder);

    let platform = open(config.clone(), clock.clone(), None).expect("a platform");
    let WitnessVerdict::Disagrees { why } = verdict(&platform) else { panic!("an old file was taken for the org") };
    assert!(why.contains("had reached row"), "{why}");
    let org = platform.org(id).expect("it opens for reading");
    let ctx = Ctx::for_user(&org, admin).expect("the administrator");
    let (_, rows) = ctx.query_all_rows("SELECT Name FROM Account", QueryOptions::default()).expect("reading works");
    assert_eq!(rows.len(), 1);
    let error = account(&ctx, "Refused").expect_err("read only");
    assert!(error.message().contains("was rolled back or replaced"), "{error}");
    drop((ctx, org));

    platform.store().witness_accept(id).expect("accepted");
    drop(platform);
    let platform = open(config, clock, None).expect("a platform");
    let org = platform.org(id).expect("the org");
    let ctx = Ctx::for_user(&org, admin).expect("the administrator");
    account(&ctx, "Goes on").expect("work goes on");
    drop(data);
}

#[test]
fn a_log_that_went_another_way_is_noticed_too() {
    let world = World::embedded();
    let dir = tempfile::tempdir().expect("a folder");
    let id = world.org.id();
    let folder = world.data_dir.join("orgs").join(id.to_string());
    let admin = world.admin;
    let (config, clock, data) = world.close();
    copy_database(&folder, dir.path());
    let work = |names: &[&str]| {
        clock.advance(1000);
        let platform = open(config.clone(), clock.clone(), None).expect("a platform");
        let org = platform.org(id).expect("the org");
        let ctx = Ctx::for_user(&org, admin).expect("the administrator");
        for name in names {
            account(&ctx, name).expect("an account");
        }
    };
    work(&["One way"]);
    let seen = fs::read(config.data_dir.join("control.db")).expect("the control database");
    copy_database(dir.path(), &folder);
    fs::write(config.data_dir.join("control.db"), &seen).expect("a write");
    // As if on another machine, from the older copy: another row of the same number, and more of them.
    let platform = open(config.clone(), clock.clone(), None).expect("a platform");
    platform.store().witness_accept(id).expect("no witness there");
    drop(platform);
    work(&["Another", "way", "and further"]);
    fs::write(config.data_dir.join("control.db"), &seen).expect("the first machine's control database");
    let platform = open(config.clone(), clock.clone(), None).expect("a platform");
    let WitnessVerdict::Disagrees { why } = verdict(&platform) else { panic!("another history was taken for the org") };
    assert!(why.contains("is not the one that was there"), "{why}");
    drop((platform, data));
}
