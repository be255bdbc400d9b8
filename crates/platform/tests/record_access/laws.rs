//! Laws that hold whatever the world: of the model alone, over many worlds.

use crate::generate::{self, Size};
use crate::model::Model;
use crate::world::*;
use test_support::Dice;

fn worlds(count: u64) -> impl Iterator<Item = (Dice, World)> {
    (0..count).map(|seed| {
        let mut dice = Dice::new(seed);
        let world = generate::world(&mut dice, Size::SMALL);
        (dice, world)
    })
}

#[test]
fn more_grants_never_lower_a_level() {
    for (mut dice, world) in worlds(40) {
        let mut richer = world.clone();
        let users: Vec<UserKey> = world.users.keys().copied().collect();
        let row = ManualRow {
            grantee: Grantee::User(dice.pick(&users)),
            level: dice.pick(&[Level::Read, Level::Edit]),
            children: ChildLevels { contact: Level::Read, opportunity: Level::Edit, case: Level::Read },
        };
        for record in richer.records.values_mut().filter(|record| Object::OWNED.contains(&record.object)) {
            if dice.chance(30) {
                record.manual.push(row);
            }
        }
        for set in richer.sets.values_mut().filter(|set| set.kind == SetKind::Regular) {
            set.view_all_data |= dice.chance(30);
        }
        for (user, record) in pairs(&world) {
            let (before, after) = (Model::new(&world).level(user, record), Model::new(&richer).level(user, record));
            assert!(after >= before, "{user:?} {record:?}: {before:?} became {after:?}");
        }
    }
}

#[test]
fn deactivating_or_freezing_somebody_changes_nobody_else() {
    for (mut dice, world) in worlds(40) {
        let users: Vec<UserKey> = world.users.keys().copied().collect();
        let gone = dice.pick(&users);
        let mut after = world.clone();
        let user = after.users.get_mut(&gone).expect("a user");
        (user.active, user.frozen) = (false, dice.chance(50));
        for (user, record) in pairs(&world).filter(|(user, _)| *user != gone) {
            assert_eq!(Model::new(&world).causes(user, record), Model::new(&after).causes(user, record));
        }
        assert!(!Model::new(&after).has_session(gone));
    }
}

#[test]
fn whoever_holds_more_than_read_of_a_record_may_also_read_it() {
    use crate::verbs::{Answer, Verb};
    for (_, world) in worlds(40) {
        let model = Model::new(&world);
        for (user, record) in pairs(&world) {
            let yes = |verb| model.decide(user, verb, record) == Answer::Yes;
            assert!(Verb::ALL.into_iter().all(|verb| !yes(verb) || yes(Verb::Read)));
            assert!(!yes(Verb::Delete) || yes(Verb::Edit), "{user:?} {record:?}");
        }
    }
}

#[test]
fn the_worlds_reach_every_kind_of_object_every_cause_and_every_level() {
    let (mut objects, mut causes, mut levels) = (vec![], vec![], vec![]);
    for (_, world) in worlds(120) {
        for (user, record) in pairs(&world) {
            let object = world.records[&record].object;
            for (cause, level) in Model::new(&world).causes(user, record) {
                causes.push(std::mem::discriminant(&cause));
                levels.push((object, level));
            }
            objects.push(object);
        }
        causes.sort_by_key(|kind| format!("{kind:?}"));
        causes.dedup();
        objects.sort();
        objects.dedup();
        levels.sort();
        levels.dedup();
    }
    assert_eq!(objects, Object::ALL);
    assert_eq!(causes.len(), 18, "kinds of causes");
    for object in Object::ALL {
        let found = levels.iter().filter(|(of, _)| *of == object).count();
        // Details and activities know no Edit.
        let expected = if object.is_detail() || object.is_activity() { 2 } else { 3 };
        assert!(found >= expected, "{object:?} reaches {found} levels");
    }
}

fn pairs(world: &World) -> impl Iterator<Item = (UserKey, RecordKey)> {
    world.users.keys().flat_map(|user| world.records.keys().map(|record| (*user, *record)))
}
