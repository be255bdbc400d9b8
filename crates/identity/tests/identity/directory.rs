//! Finding the org behind a name, also when another process changed who is there.

use crate::world::{PASSWORD, World, home, page, user};
use model::Value;
use platform::{Ctx, provision};
use policy::{WriteRequest, WriteVerb, authorize_write};
use store::Backed as _;

/// Renames the red rep the way another process would: in the database, with no word to this process.
fn rename_behind_the_back(world: &World, name: &str) {
    let ctx = world.red.ctx(world.red.admin);
    let schema = ctx.schema().clone();
    let object = schema.find_object("User").expect("the object");
    let [username, stamp] = ["Username", "SystemModstamp"].map(|name| object.find_field(name).expect("a field").ix);
    let request = WriteRequest {
        schema: schema.clone(),
        object: object.ix,
        verb: WriteVerb::Edit,
        fields: vec![username],
        derived: vec![stamp],
    };
    let write = authorize_write(ctx.identity(), request).expect("the right to");
    let done = world.red.org.store().write(|tx| {
        let now = Value::DateTime(tx.now());
        tx.update(&write, &[username, stamp], &[(world.red.rep, vec![&name.into(), &now])])
    });
    done.expect("an update");
}

#[test]
fn a_change_in_another_process_counts_within_two_seconds() {
    let world = World::new();
    world.rep_session();
    world.clock.advance_minutes(1);
    assert!(world.sign_in("rep@red.example", PASSWORD).is_ok());
    rename_behind_the_back(&world, "seller@red.example");
    world.clock.advance(2_000);
    assert!(world.sign_in("seller@red.example", PASSWORD).is_ok());
    assert!(world.sign_in("rep@red.example", PASSWORD).is_err());
}

#[test]
fn an_org_that_was_made_or_destroyed_is_noticed_at_once() {
    let world = World::new();
    world.rep_session();
    let blue = world.sign_in("rep@blue.example", PASSWORD).expect("a session");
    world.platform.org_delete(world.blue.org.id()).expect("an end");
    world.refused(&page("rep@blue.example", PASSWORD));
    assert_eq!(world.worth(&blue.token), "INVALID_SESSION_ID");
    assert!(world.sign_in("rep@red.example", PASSWORD).is_ok());
}

#[test]
fn an_installation_without_orgs_refuses_everybody_calmly() {
    let world = World::new();
    for home in [&world.red, &world.blue] {
        world.platform.org_delete(home.org.id()).expect("an end");
    }
    world.refused(&page("rep@red.example", PASSWORD));
}

#[test]
fn a_closed_org_stays_closed_while_others_sign_in_and_its_own_people_open_it() {
    let world = World::new();
    let id = home(&world.platform, &world.identities, "green").org.id();
    assert!(world.sign_in("rep@green.example", PASSWORD).is_ok());
    assert!(world.platform.org_close(id));

    world.clock.advance_minutes(10);
    assert!(world.sign_in("rep@red.example", PASSWORD).is_ok());
    world.refused(&page("nobody@red.example", PASSWORD));
    // A name that nobody has costs the work of a sign-in in one of the orgs, whichever that is.
    world.platform.org_close(id);
    assert!(world.sign_in("rep@red.example", PASSWORD).is_ok());
    assert!(world.platform.find_open(id).is_none(), "nobody had to look into it");

    assert!(world.sign_in("rep@green.example", PASSWORD).is_ok());
    assert!(world.platform.find_open(id).is_some());
}

#[test]
fn who_came_to_an_org_just_before_it_was_closed_can_sign_in() {
    let world = World::new();
    let green = home(&world.platform, &world.identities, "green");
    assert!(world.sign_in("rep@green.example", PASSWORD).is_ok());
    let ctx = Ctx::for_service(&green.org, &provision::PROVISION).expect("a service");
    let fresh = user(&ctx, "fresh@green.example", "Standard User");
    world.identities.set_password(&green.org, fresh, PASSWORD).expect("a password");
    let id = green.org.id();
    drop((ctx, green));
    assert!(world.platform.org_close(id));
    assert!(world.sign_in("fresh@green.example", PASSWORD).is_ok());
}
