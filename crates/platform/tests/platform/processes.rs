//! Two processes at work on one schema of PostgreSQL: each with a data directory of its own, the same keys and the same
//! database.

use crate::webhooks::{Told, account, made};
use crate::world::{World, open};
use model::schema::{FieldDef, ObjectDef};
use model::{ErrorCode, RecordId, Value};
use platform::{Ctx, Org, Platform, QueryOptions, RecordDraft};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{Backed as _, StoreConfig};

/// Another process on the org of a world.
struct Other {
    _platform: Platform,
    org: Arc<Org>,
    _dir: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a kind").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file");
        }
    }
}

fn another(world: &World) -> Other {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data_dir = dir.path().join("data");
    copy(&world.data_dir, &data_dir);
    let config = StoreConfig { data_dir, ..world.store_config.clone() };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let platform = open(config, world.clock.clone(), Some(runtime.handle().clone())).expect("a platform");
    let org = platform.org(world.org.id()).expect("the org");
    Other { _platform: platform, org, _dir: dir, _runtime: runtime }
}

impl Other {
    /// As a request begins: its session is looked up, then the user.
    fn request(&self, user: RecordId) -> Ctx {
        self.org.store().read(|tx| tx.session(&[0; 32])).expect("a look at the sessions");
        Ctx::for_user(&self.org, user).expect("an active user")
    }
}

fn draft(ctx: &Ctx, object: &str, id: Option<RecordId>, field: &str, value: impl Into<Value>) -> RecordDraft {
    let schema = ctx.object(object).expect("an object");
    id.map_or_else(RecordDraft::new, RecordDraft::of).set(schema, field, value).expect("a field")
}

#[test]
fn what_one_process_changes_of_the_metadata_the_other_knows_at_its_next_request() {
    let world = World::postgres();
    let other = another(&world);
    let site = ObjectDef::new("Site__c", "Site", "Sites", "a00").field(FieldDef::text("Name", "Name", 80));
    world.ctx(world.admin).objects_create(vec![site]).expect("an object");
    let ctx = other.request(world.admin);
    ctx.record_create("Site__c", draft(&ctx, "Site__c", None, "Name", "North")).expect("a record");
    ctx.fields_create("Site__c", vec![FieldDef::text("State__c", "State", 20).default_value("Open")]).expect("a field");

    // And back: the first process changes again what the second has added.
    world.column(world.admin, "SELECT Id FROM Site__c");
    world.ctx(world.admin).fields_create("Site__c", vec![FieldDef::int("Size__c", "Size")]).expect("a field");
    assert_eq!(world.column(world.admin, "SELECT Name FROM Site__c WHERE State__c = null"), ["North"]);
    let schema = other.request(world.admin);
    let object = schema.object("Site__c").expect("known");
    assert!(object.find_field("Size__c").is_some() && object.find_field("State__c").is_some());
    assert_eq!(world.org.schema().version(), other.org.schema().version());
}

#[test]
fn a_write_of_one_process_is_judged_by_what_the_other_has_made_of_the_metadata() {
    let world = World::postgres();
    let other = another(&world);
    let code = FieldDef::text("Code__c", "Code", 20);
    world.ctx(world.admin).fields_create("Account", vec![code.clone()]).expect("a field");
    let before = other.request(world.admin);
    let stale =
        draft(&before, "Account", None, "Name", "A").set(before.object("Account").expect("known"), "Code__c", "12");
    let stale = stale.expect("a field");
    // The values move to another column, which the second process has not heard of.
    let number = FieldDef::number("Code__c", "Code", 6, 0);
    world.ctx(world.admin).field_change("Account", "Code__c", number).expect("converted");
    let refused = before.record_create("Account", stale).expect_err("judged by an older declaration");
    assert_eq!(refused.code(), ErrorCode::UnableToLockRow, "{refused}");
    let after = other.request(world.admin);
    after
        .record_create(
            "Account",
            draft(&after, "Account", None, "Code__c", 12)
                .set(after.object("Account").expect("known"), "Name", "A")
                .expect("a field"),
        )
        .expect("as it is now");
    assert_eq!(world.column(world.admin, "SELECT Code__c FROM Account WHERE Code__c = 12"), ["12"]);
}

#[test]
fn two_processes_change_the_metadata_at_once_and_nothing_of_either_is_lost() {
    const EACH: usize = 6;
    let world = World::postgres();
    let other = another(&world);
    let admin = world.admin;
    let make = |org: &Arc<Org>, letter: char| {
        for at in 0..EACH {
            let ctx = Ctx::for_user(org, admin).expect("an active user");
            let name = format!("{letter}{at}__c");
            ctx.fields_create("Account", vec![FieldDef::text(&name, &name, 20)]).expect("a field");
            let ctx = Ctx::for_user(org, admin).expect("an active user");
            let account = ctx.object("Account").expect("known");
            let draft = RecordDraft::new().set(account, "Name", name.as_str()).expect("a field");
            let draft = draft.set(account, &name, "x").expect("its own field is there");
            ctx.record_create("Account", draft).expect("a record");
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| make(&world.org, 'A'));
        scope.spawn(|| make(&other.org, 'B'));
    });
    for org in [&world.org, &other.org] {
        org.store().read(|tx| tx.session(&[0; 32])).expect("a request");
        let ctx = Ctx::for_user(org, admin).expect("an active user");
        let account = ctx.object("Account").expect("known");
        for letter in ['A', 'B'] {
            for at in 0..EACH {
                let name = format!("{letter}{at}__c");
                assert!(account.find_field(&name).is_some(), "{name}");
                let text = format!("SELECT COUNT() FROM Account WHERE {name} = 'x'");
                assert_eq!(ctx.query(&text, QueryOptions::default()).expect("a count").total, 1, "{name}");
            }
        }
    }
}

#[test]
fn two_processes_share_the_webhooks_and_tell_each_change_once_and_in_order() {
    const CHANGES: usize = 40;
    let world = World::postgres();
    let other = another(&world);
    let told = Told::new();
    made(&world, world.admin, &["Account"]);
    let (is_over, teller) = (AtomicBool::new(false), &told.teller);
    let tell = |org: &Arc<Org>| {
        // Whoever finds nothing to do looks again, until there is nothing behind the last change either.
        loop {
            let was_over = is_over.load(Ordering::SeqCst);
            while org.webhook_turn(teller).expect("a turn") {}
            if was_over {
                return;
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| tell(&world.org));
        scope.spawn(|| tell(&other.org));
        for at in 0..CHANGES {
            account(&world, &format!("A{at:02}"));
        }
        is_over.store(true, Ordering::SeqCst);
    });
    let expected: Vec<String> = (0..CHANGES).map(|at| format!("CREATE Account A{at:02}")).collect();
    assert_eq!(told.changes(), expected);
}
