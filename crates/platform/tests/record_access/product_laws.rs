//! Laws of the product's own answers, on both stores: what may not change anybody's answers does not.

use crate::change::Change;
use crate::generate::{self, Size};
use crate::load::{Base, Loaded, SECRETIVE};
use crate::model::Model;
use crate::perform::{Actor, perform};
use crate::site::Site;
use crate::world::*;
use platform::{Ctx, QueryOptions};
use std::fmt::Write as _;
use test_support::Dice;

/// Everything that one user is told, as one text.
fn answers(loaded: &Loaded, user: UserKey) -> String {
    let ctx = match Ctx::for_user(&loaded.org, loaded.users[&user]) {
        Ok(ctx) => ctx,
        Err(error) => return format!("{error}"),
    };
    let mut told = String::new();
    for object in Object::ALL {
        let name = object.api_name();
        let mut questions = vec![
            format!("SELECT Id, CreatedById FROM {name} ORDER BY Id"),
            format!("SELECT COUNT() FROM {name}"),
            format!("SELECT COUNT(Id) n, MAX(CreatedDate) latest FROM {name}"),
        ];
        for (slot, field) in object.parent_fields().iter().enumerate() {
            let relation =
                field.strip_suffix("__c").map_or(field.trim_end_matches("Id").to_owned(), |stem| format!("{stem}__r"));
            questions.push(format!("SELECT Id, {field} FROM {name} WHERE {field} != null ORDER BY {field}, Id"));
            if object.parent_targets(slot).len() == 1 {
                questions.push(format!("SELECT Id, {relation}.Name FROM {name} ORDER BY {relation}.Name, Id"));
                questions.push(format!("SELECT {relation}.Name, COUNT(Id) n FROM {name} GROUP BY {relation}.Name"));
            }
        }
        if SECRETIVE.contains(&object) {
            questions.push(format!("SELECT Secret__c FROM {name}"));
        }
        for question in questions {
            for with_deleted in [false, true] {
                let options = QueryOptions { with_deleted, ..QueryOptions::default() };
                let answer = ctx.query(&question, options).map(|answer| (answer.total, answer.body));
                let _ = writeln!(told, "{question}: {answer:?}");
            }
        }
    }
    let _ = writeln!(told, "{:?}", ctx.search_names("Thing", None, 200));
    told
}

/// A loaded world of its own for each of some seeds, on each store.
fn in_worlds(seeds: std::ops::Range<u64>, law: impl Fn(&Site, &mut Loaded, &World, &mut Dice)) {
    for site in [Site::embedded(), Site::postgres()] {
        let mut base = Some(Base::new(&site));
        for seed in seeds.clone() {
            let mut dice = Dice::new(seed);
            let world = generate::world(&mut dice, Size::SMALL);
            let mut loaded = Loaded::new(&site, base.take().unwrap_or_else(|| Base::new(&site)), &world);
            law(&site, &mut loaded, &world, &mut dice);
        }
    }
}

#[test]
fn removing_what_somebody_cannot_read_changes_none_of_their_answers() {
    in_worlds(100..102, |site, loaded, world, _| {
        let model = Model::new(world);
        for user in world.users.keys().copied().filter(|user| model.has_session(*user)).take(3) {
            let unseen = |root: RecordKey| world.taken_by(root).iter().all(|key| !model.reads(user, *key));
            let removed = world
                .records
                .keys()
                .copied()
                .find(|key| Change::Delete { record: *key }.is_possible(world) && unseen(*key));
            let Some(record) = removed else { continue };
            let before = answers(loaded, user);
            perform(loaded, site, world, &Change::Delete { record }, Actor::Admin).expect("a deletion");
            let after = answers(loaded, user);
            perform(loaded, site, world, &Change::Undelete { record }, Actor::Admin).expect("a return");
            assert_eq!(before, after, "{user:?} notices that {record:?} is gone");
        }
    });
}

#[test]
fn a_user_who_goes_changes_nobody_elses_answers() {
    in_worlds(110..112, |site, loaded, world, dice| {
        let users: Vec<UserKey> = world.users.keys().copied().collect();
        let gone = dice.pick(&users);
        let others = || users.iter().copied().filter(|user| *user != gone).take(4);
        let before: Vec<String> = others().map(|user| answers(loaded, user)).collect();
        for change in [
            Change::Frozen { user: gone, on: !world.users[&gone].frozen },
            Change::Active { user: gone, on: !world.users[&gone].active },
        ] {
            perform(loaded, site, world, &change, Actor::Admin).expect("a change of a user");
            let after: Vec<String> = others().map(|user| answers(loaded, user)).collect();
            assert_eq!(before, after, "{change:?}");
        }
    });
}

#[test]
fn what_another_org_holds_changes_no_answer() {
    in_worlds(120..121, |site, loaded, world, dice| {
        let before: Vec<String> = world.users.keys().map(|user| answers(loaded, *user)).collect();
        let other = generate::world(dice, Size::SMALL);
        let mut elsewhere = Loaded::new(site, Base::new(site), &other);
        for record in other.records.keys().copied() {
            let change = Change::Delete { record };
            if change.is_possible(&other) && other.taken_by(record).len() == 1 {
                perform(&mut elsewhere, site, &other, &change, Actor::Admin).expect("a deletion");
            }
        }
        let after: Vec<String> = world.users.keys().map(|user| answers(loaded, *user)).collect();
        assert_eq!(before, after);
    });
}

#[test]
fn a_new_grant_takes_nothing_from_anybody() {
    in_worlds(130..133, |site, loaded, world, dice| {
        let live: Vec<RecordKey> =
            world.records.iter().filter(|(_, record)| record.is_live()).map(|(key, _)| *key).collect();
        let ids: Vec<_> = live.iter().map(|key| loaded.records[key]).collect();
        let verbs = |loaded: &Loaded, user: &UserKey| {
            loaded.admin().record_access(loaded.users[user], &ids).expect("answers about the records")
        };
        let before: Vec<_> = world.users.keys().map(|user| verbs(loaded, user)).collect();
        for key in live.iter().filter(|key| Object::OWNED.contains(&world.records[key].object)) {
            let row = generate::manual_row(dice, world, world.records[key].object);
            let change = Change::ManualAdd { record: *key, row };
            if change.is_possible(world) {
                perform(loaded, site, world, &change, Actor::Admin).expect("a share row");
            }
        }
        for (user, before) in world.users.keys().zip(before) {
            for (old, new) in before.iter().zip(verbs(loaded, user)) {
                let kept = (new.read || !old.read) && (new.edit || !old.edit) && (new.delete || !old.delete);
                assert!(kept && (new.transfer || !old.transfer), "{user:?}: {old:?} became {new:?}");
            }
        }
    });
}
