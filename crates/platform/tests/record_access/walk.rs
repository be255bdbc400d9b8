//! Cases run for real: a random world is made, compared, changed and compared again. A failure is made small and told.

use crate::case::{Case, Step, shrink, story};
use crate::compare::Comparison;
use crate::generate::{self, Size};
use crate::load::{Base, Loaded};
use crate::perform::{Actor, judge, perform};
use crate::propose;
use crate::site::Site;
use crate::world::*;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use test_support::Dice;

/// Where cases run one after the other. An org whose case went well serves the next; one whose case failed does not.
pub(crate) struct Field {
    site: Site,
    base: Cell<Option<Base>>,
}

/// Worlds that one org holds in turn.
const MOST_WORLDS: u32 = 40;

impl Field {
    pub(crate) fn new(site: Site) -> Self {
        Self { site, base: Cell::new(None) }
    }

    /// Runs one case from the first world to the last change; gives how many answers were compared, or what differs.
    pub(crate) fn run(&self, case: &Case) -> Result<usize, String> {
        catch_unwind(AssertUnwindSafe(|| run(self, case))).unwrap_or_else(|panic| {
            let words = panic.downcast_ref::<String>().cloned();
            Err(words.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default())
        })
    }
}

fn run(field: &Field, case: &Case) -> Result<usize, String> {
    let site = &field.site;
    let mut world = case.world.clone();
    let base = field.base.take().filter(|base| base.worlds < MOST_WORLDS);
    let mut loaded = Loaded::new(site, base.unwrap_or_else(|| Base::new(site)), &world);
    let mut compared = 0;
    for user in world.users.keys() {
        compared += Comparison::run(&loaded, &world, *user, case.sample.map(|seed| seed ^ u64::from(user.0)))?;
    }
    for step in &case.steps {
        let has_actor = match step.actor {
            Actor::Admin => true,
            Actor::User(user) => world.users.contains_key(&user),
        };
        if !has_actor || !step.change.is_possible(&world) {
            continue;
        }
        let said = perform(&mut loaded, site, &world, &step.change, step.actor);
        let done = match step.actor {
            Actor::Admin => {
                said.map(|()| true).map_err(|error| format!("the administrator tried {:?}: {error}", step.change))?
            }
            Actor::User(user) => judge(&world, &step.change, user, &said)?,
        };
        if done {
            step.change.apply(&mut world);
        }
        for user in step.watchers.iter().filter(|user| world.users.contains_key(user)) {
            compared += Comparison::run(&loaded, &world, *user, step.sample)
                .map_err(|error| format!("after {:?}: {error}", step.change))?;
        }
    }
    // At the end one user asks everything.
    let last = case.steps.last().and_then(|step| step.watchers.first()).filter(|user| world.users.contains_key(user));
    if let Some(user) = last {
        compared += Comparison::run(&loaded, &world, *user, None).map_err(|error| format!("at the end: {error}"))?;
    }
    field.base.set(Some(loaded.clear(site, &world)));
    Ok(compared)
}

/// A random case with so many changes.
fn random_case(seed: u64, size: Size, changes: usize) -> Case {
    let mut dice = Dice::new(seed);
    let world = generate::world(&mut dice, size);
    let mut steps = Vec::with_capacity(changes);
    let mut now = world.clone();
    let users: Vec<UserKey> = world.users.keys().copied().collect();
    for _ in 0..changes {
        let change = propose::change(&mut dice, &now);
        let actor = if change.is_everyday() && dice.chance(60) { Actor::User(dice.pick(&users)) } else { Actor::Admin };
        let done = match actor {
            Actor::Admin => true,
            Actor::User(user) => change.is_allowed(&now, user),
        };
        if done {
            change.apply(&mut now);
        }
        let sample = Some(dice.roll(usize::MAX) as u64);
        steps.push(Step { actor, change, watchers: vec![dice.pick(&users)], sample });
    }
    Case { world, steps, sample: Some(seed) }
}

/// Runs a case; panics with the smallest story that still fails.
fn check(field: &Field, seed: u64, case: Case) -> usize {
    match field.run(&case) {
        Ok(compared) => compared,
        Err(failure) if std::env::var_os("HOLDFAST_ACCESS_SHRINK").is_some_and(|shrink| shrink == "0") => {
            panic!("seed {seed}: {failure}");
        }
        Err(failure) => {
            // The failure is told once, when it is small.
            let hook = std::panic::take_hook();
            std::panic::set_hook(Box::new(|_| {}));
            let (case, failure) = shrink(case, failure, |case| field.run(case).err());
            std::panic::set_hook(hook);
            panic!("seed {seed}: {failure}\n{}", story(&case));
        }
    }
}

/// How many times the usual number of cases to run: `HOLDFAST_ACCESS_CASES=100` runs a hundred times as many.
fn times() -> u64 {
    std::env::var("HOLDFAST_ACCESS_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

#[expect(clippy::print_stdout, reason = "how much was compared is worth a line")]
fn walk(site: Site, seeds: std::ops::Range<u64>, size: Size, changes: usize) {
    let count = (seeds.end - seeds.start) * times();
    let field = Field::new(site);
    let compared = Cell::new(0);
    for seed in seeds.start..seeds.start + count {
        compared.set(compared.get() + check(&field, seed, random_case(seed, size, changes)));
    }
    println!("{} answers about {count} worlds and {} changes", compared.get(), count * changes as u64);
}

// Several tests share the worlds between them, so that they run side by side.
macro_rules! walks {
    ($($name:ident: $site:ident, $seeds:expr, $size:ident, $changes:expr;)*) => {$(
        #[test]
        fn $name() {
            walk(Site::$site(), $seeds, Size::$size, $changes);
        }
    )*};
}

walks! {
    small_worlds_on_the_encrypted_file_agree_with_the_model_1: embedded, 0..7, SMALL, 18;
    small_worlds_on_the_encrypted_file_agree_with_the_model_2: embedded, 100_000..100_007, SMALL, 18;
    small_worlds_on_the_encrypted_file_agree_with_the_model_3: embedded, 200_000..200_007, SMALL, 18;
    small_worlds_on_the_encrypted_file_agree_with_the_model_4: embedded, 300_000..300_007, SMALL, 18;
    large_worlds_on_the_encrypted_file_agree_with_the_model: embedded, 800_000..800_002, LARGE, 30;
    small_worlds_on_postgresql_agree_with_the_model: postgres, 900_000..900_006, SMALL, 16;
    large_worlds_on_postgresql_agree_with_the_model: postgres, 950_000..950_001, LARGE, 12;
}
