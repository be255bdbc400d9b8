//! Record access against a model of a few lines: sets and loops, no SQL, written from the rules alone. After every
//! random change of owners, roles and users, each way of asking must give what the model gives.

use crate::world::{World, draft};
use model::{Date, RecordId, Value};
use platform::{QueryOptions, provision};
use std::collections::{BTreeMap, BTreeSet};

/// A small generator with a fixed seed: a failure is the same failure next time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.roll(list.len())]
    }
}

#[derive(Default)]
struct Model {
    parent_role: BTreeMap<RecordId, Option<RecordId>>,
    role_of: BTreeMap<RecordId, Option<RecordId>>,
    owner_of: BTreeMap<RecordId, RecordId>,
    /// Line item → opportunity.
    master_of: BTreeMap<RecordId, RecordId>,
}

impl Model {
    fn is_above(&self, upper: RecordId, lower: RecordId) -> bool {
        let mut at = self.parent_role[&lower];
        while let Some(role) = at {
            if role == upper {
                return true;
            }
            at = self.parent_role[&role];
        }
        false
    }

    /// The owner holds everything, and so does whoever's role stands strictly above the owner's.
    fn holds(&self, user: RecordId, record: RecordId) -> bool {
        let record = self.master_of.get(&record).copied().unwrap_or(record);
        let owner = self.owner_of[&record];
        let by_role = match (self.role_of[&user], self.role_of[&owner]) {
            (Some(upper), Some(lower)) => self.is_above(upper, lower),
            _ => false,
        };
        owner == user || by_role
    }

    fn visible(&self, user: RecordId, among: impl Iterator<Item = RecordId>) -> BTreeSet<String> {
        among.filter(|record| self.holds(user, *record)).map(|record| record.to_string()).collect()
    }
}

struct Walk<'a> {
    world: &'a World,
    model: Model,
    users: Vec<RecordId>,
    roles: Vec<RecordId>,
}

impl<'a> Walk<'a> {
    fn start(world: &'a World, dice: &mut Dice) -> Self {
        let service = world.service();
        let standard = provision::by_name(&service, "Profile", "Standard User").expect("a profile");
        let mut walk = Self { world, model: Model::default(), users: Vec::new(), roles: Vec::new() };
        for n in 0..7 {
            let parent = if walk.roles.is_empty() || dice.roll(4) == 0 { None } else { Some(dice.pick(&walk.roles)) };
            let name = format!("Role {n}");
            let values = [("Name", name.as_str().into()), ("ParentRoleId", Value::from(parent))];
            let role = provision::insert(&service, "UserRole", &values).expect("a role");
            walk.model.parent_role.insert(role, parent);
            walk.roles.push(role);
        }
        for n in 0..8 {
            let role = if dice.roll(6) == 0 { None } else { Some(dice.pick(&walk.roles)) };
            let user = crate::world::user(&service, &format!("walker{n}"), standard, role);
            walk.model.role_of.insert(user, role);
            walk.users.push(user);
        }
        walk.add_records(dice);
        walk
    }

    fn add_records(&mut self, dice: &mut Dice) {
        let world = self.world;
        let product = world.create(world.admin, "Product2", &[("Name", "P".into()), ("IsActive", true.into())]);
        let book = provision::by_name(&world.service(), "Pricebook2", "Standard Price Book").expect("a book");
        let price = Value::Number(10.into());
        let entry = [
            ("Pricebook2Id", book.into()),
            ("Product2Id", product.into()),
            ("UnitPrice", price),
            ("IsActive", true.into()),
        ];
        let entry = world.create(world.admin, "PricebookEntry", &entry);
        for n in 0..12 {
            let owner = dice.pick(&self.users);
            let close = Value::Date(Date::parse("2026-12-15").expect("a date"));
            let name = format!("Deal {n}");
            let deal = [("Name", name.as_str().into()), ("StageName", "Prospecting".into()), ("CloseDate", close)];
            let deal = world.create(owner, "Opportunity", &deal);
            self.model.owner_of.insert(deal, owner);
            let line = [
                ("OpportunityId", deal.into()),
                ("PricebookEntryId", entry.into()),
                ("Quantity", Value::Number(1.into())),
            ];
            let line = world.create(owner, "OpportunityLineItem", &line);
            self.model.master_of.insert(line, deal);
        }
    }

    /// One random change, made by an administrator and noted in the model.
    fn change(&mut self, dice: &mut Dice) {
        let world = self.world;
        match dice.roll(3) {
            0 => {
                let deals: Vec<RecordId> = self.model.owner_of.keys().copied().collect();
                let (deal, owner) = (dice.pick(&deals), dice.pick(&self.users));
                world.update(world.admin, "Opportunity", deal, &[("OwnerId", owner.into())]).expect("a transfer");
                self.model.owner_of.insert(deal, owner);
            }
            1 => {
                let role = dice.pick(&self.roles);
                let parent = if dice.roll(3) == 0 { None } else { Some(dice.pick(&self.roles)) };
                let makes_a_ring = parent.is_some_and(|parent| parent == role || self.model.is_above(role, parent));
                if !makes_a_ring {
                    world.update(world.admin, "UserRole", role, &[("ParentRoleId", parent.into())]).expect("a move");
                    self.model.parent_role.insert(role, parent);
                }
            }
            _ => {
                let user = dice.pick(&self.users);
                let role = if dice.roll(5) == 0 { None } else { Some(dice.pick(&self.roles)) };
                world.update(world.admin, "User", user, &[("UserRoleId", role.into())]).expect("a change of role");
                self.model.role_of.insert(user, role);
            }
        }
    }

    /// Every way of asking, for one user.
    fn compare(&self, user: RecordId) {
        let deals = self.model.visible(user, self.model.owner_of.keys().copied());
        let lines = self.model.visible(user, self.model.master_of.keys().copied());
        let ctx = self.world.ctx(user);
        let list = |soql: &str| -> BTreeSet<String> { self.world.column(user, soql).into_iter().collect() };
        let count = |soql: &str| ctx.query(soql, QueryOptions::default()).expect("a count").total as usize;
        assert_eq!(list("SELECT Id FROM Opportunity"), deals, "list");
        assert_eq!(list("SELECT Id FROM OpportunityLineItem"), lines, "details");
        assert_eq!(count("SELECT COUNT() FROM Opportunity"), deals.len(), "count");
        let semi = "SELECT Id FROM Opportunity WHERE Id IN (SELECT OpportunityId FROM OpportunityLineItem)";
        assert_eq!(list(semi), deals, "semi-join");
        let groups =
            ctx.query("SELECT OwnerId, COUNT(Id) n FROM Opportunity GROUP BY OwnerId", QueryOptions::default());
        let grouped: usize = groups
            .expect("groups")
            .groups()
            .iter()
            .map(|group| group[1].as_decimal().and_then(|n| usize::try_from(n).ok()).unwrap_or_default())
            .sum();
        assert_eq!(grouped, deals.len(), "groups");
        assert_eq!(ctx.search_names("Deal", Some(&["Opportunity"]), 100).expect("hits").len(), deals.len(), "search");
        for deal in self.model.owner_of.keys() {
            let visible = deals.contains(&deal.to_string());
            assert_eq!(ctx.record_get("Opportunity", *deal, None).is_ok(), visible, "get");
            let rename = draft(&ctx, "Opportunity", Some(*deal), &[("NextStep", "seen".into())]);
            assert_eq!(ctx.record_update("Opportunity", rename).is_ok(), visible, "edit");
        }
    }
}

#[test]
fn every_surface_agrees_with_the_model_after_every_change() {
    for (world, seed, changes) in
        [(World::embedded(), 11, 60), (World::embedded(), 12, 60), (World::postgres(), 13, 25)]
    {
        let mut dice = Dice(seed);
        let mut walk = Walk::start(&world, &mut dice);
        for _ in 0..changes {
            walk.change(&mut dice);
            let user = dice.pick(&walk.users);
            walk.compare(user);
        }
        for user in walk.users.clone() {
            walk.compare(user);
        }
    }
}
