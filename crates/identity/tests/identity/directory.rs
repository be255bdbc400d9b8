//! Finding the org behind a name, also when another process changed who is there.

use crate::world::{PASSWORD, World, page};
use model::Value;
use policy::{WriteRequest, WriteVerb, authorize_write};

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
    world.clock.advance_ms(2_000);
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
