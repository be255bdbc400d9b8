//! Two administrators destroy a key: one asks, another confirms, each behind their password.

use crate::world::{World, on_both_stores};
use model::schema::{FieldDef, Sealing};
use model::{ErrorCode, RecordId};
use platform::KeyDestruction;
use store::{Backed as _, Purpose};

const FIRST: KeyDestruction = KeyDestruction { key: Purpose::Field, version: 1, lose_values: true };
const HOUR_MS: i64 = 3_600_000;

/// An account whose site stands under field key 1, which is no longer in use for new values.
fn prepare(world: &World) {
    let field = FieldDef::text("Secret__c", "Secret", 40).sealed(Sealing::Probabilistic);
    world.ctx(world.admin).fields_create("Account", vec![field]).expect("a field");
    world.create(world.admin, "Account", &[("Name", "kept".into()), ("Secret__c", "hush".into())]);
    world.platform.key_rotate(world.org.id(), Purpose::Field).expect("a version");
}

fn secret(world: &World) -> String {
    world.column(world.admin, "SELECT Secret__c FROM Account")[0].clone()
}

fn request(world: &World, by: RecordId) -> model::Result<u64> {
    world.platform.key_destroy_request(&world.stepped_up(by), FIRST).map(|request| request.number)
}

fn confirm(world: &World, by: RecordId, number: u64) -> model::Result<()> {
    world.platform.key_destroy_confirm(&world.stepped_up(by), number).map(|_| ())
}

fn freeze(world: &World, user: RecordId, on: bool) {
    let login = world.column(world.admin, &format!("SELECT Id FROM UserLogin WHERE UserId = '{user}'"));
    let login = RecordId::parse(&login[0]).expect("an id");
    world.update(world.admin, "UserLogin", login, &[("IsFrozen", on.into())]).expect("a change");
}

#[test]
fn a_key_is_destroyed_by_two_administrators_and_both_names_stand_in_the_log_before() {
    on_both_stores(|world| {
        prepare(world);
        let second = world.second_admin();
        let number = request(world, world.admin).expect("a request");
        assert_eq!(secret(world), "hush", "asking destroys nothing");
        let waiting = world.platform.key_destroy_requests(world.org.id()).expect("a list");
        assert_eq!(waiting.len(), 1);
        assert_eq!((waiting[0].number, waiting[0].requester.as_str()), (number, "admin@test.example"));

        // Cut off behind the row in the log and before the key is gone, the same confirmation finishes it.
        world.platform.faults().stop_after(0);
        let stopped = confirm(world, second, number).expect_err("stopped");
        world.platform.faults().clear();
        assert!(stopped.internal_cause().is_some_and(|cause| cause.contains("stopped at")), "{stopped:?}");
        let log = || world.org.store().read(|tx| tx.audit_rows(None, 10)).expect("rows");
        assert_eq!((log()[0].action.as_str(), log()[0].actor.as_str()), ("key_destroy", second.to_string().as_str()));
        assert_eq!(secret(world), "hush");
        confirm(world, second, number).expect("destroyed");
        assert_eq!(secret(world), "?????");

        let log = log();
        let row = |action: &str| log.iter().find(|row| row.action == action).expect("a row");
        let (asked, done) = (row("key_destroy_request"), row("key_destroy"));
        assert_eq!(asked.actor, world.admin.to_string());
        assert!(asked.detail.contains("\"user\":\"admin@test.example\""), "{}", asked.detail);
        let names = "\"requested_by\":\"admin@test.example\",\"confirmed_by\":\"second@test.example\"";
        assert!(done.detail.contains(names), "{}", done.detail);
        let again = confirm(world, second, number).expect_err("done");
        assert!(again.message().contains("is done: field key 1 is destroyed"), "{again}");
        assert!(world.platform.key_destroy_requests(world.org.id()).expect("a list").is_empty());
    });
}

#[test]
fn nobody_confirms_alone_late_or_without_being_an_administrator() {
    on_both_stores(|world| {
        prepare(world);
        let second = world.second_admin();
        let denied = request(world, world.rep).expect_err("no administrator");
        assert_eq!(denied.code(), ErrorCode::InsufficientAccessOrReadonly);
        let number = request(world, world.admin).expect("a request");
        let alone = confirm(world, world.admin, number).expect_err("the same person");
        assert_eq!(alone.code(), ErrorCode::InsufficientAccessOrReadonly);
        assert!(alone.message().contains("another administrator confirms it"), "{alone}");
        let rep = confirm(world, world.rep, number).expect_err("no administrator");
        assert_eq!(rep.code(), ErrorCode::InsufficientAccessOrReadonly);
        assert_eq!(confirm(world, second, number + 1).expect_err("unknown").code(), ErrorCode::NotFound);

        // The proof was given before they were frozen, and counts no more.
        let proof = world.stepped_up(second);
        freeze(world, second, true);
        let frozen = world.platform.key_destroy_confirm(&proof, number).expect_err("frozen");
        assert_eq!(frozen.code(), ErrorCode::InvalidSessionId);
        freeze(world, second, false);
        let standard = platform::provision::by_name(&world.service(), "Profile", "Standard User").expect("a profile");
        world.update(world.admin, "User", second, &[("ProfileId", standard.into())]).expect("demoted");
        let demoted = world.platform.key_destroy_confirm(&proof, number).expect_err("demoted");
        assert_eq!(demoted.code(), ErrorCode::InsufficientAccessOrReadonly);
        let administrators = platform::provision::by_name(&world.service(), "Profile", "System Administrator");
        let profile = administrators.expect("a profile");
        world.update(world.admin, "User", second, &[("ProfileId", profile.into())]).expect("an administrator again");

        // An old proof, and a request that has waited too long.
        let proof = world.stepped_up(second);
        world.clock.advance(HOUR_MS);
        let old = world.platform.key_destroy_confirm(&proof, number).expect_err("too old");
        assert_eq!(old.code(), ErrorCode::InvalidSessionId);
        world.clock.advance(24 * HOUR_MS);
        let late = confirm(world, second, number).expect_err("expired");
        assert!(late.message().contains("has expired"), "{late}");
        assert!(world.platform.key_destroy_requests(world.org.id()).expect("a list").is_empty());

        // Who asked must be an administrator when it happens.
        let number = request(world, second).expect("a request");
        freeze(world, second, true);
        let void = confirm(world, world.admin, number).expect_err("void");
        assert!(void.message().contains("second@test.example made request"), "{void}");
        assert_eq!(secret(world), "hush");
        freeze(world, second, false);
        confirm(world, world.admin, number).expect("destroyed");
        assert_eq!(secret(world), "?????");
    });
}

#[test]
fn what_cannot_be_destroyed_is_refused_when_it_is_asked_for() {
    on_both_stores(|world| {
        prepare(world);
        let admin = world.stepped_up(world.admin);
        let ask = |destroys: KeyDestruction| world.platform.key_destroy_request(&admin, destroys).expect_err("refused");
        let standing = ask(KeyDestruction { lose_values: false, ..FIRST });
        assert!(standing.message().starts_with("1 values still stand under field key 1"), "{standing}");
        let newest = ask(KeyDestruction { version: 2, ..FIRST });
        assert!(newest.message().contains("is in use: rotate it first"), "{newest}");
        assert_eq!(ask(KeyDestruction { version: 9, ..FIRST }).code(), ErrorCode::NotFound);
    });
}
