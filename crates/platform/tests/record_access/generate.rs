//! Random worlds and random changes to them.

use crate::change::Change;
use crate::world::*;
use std::collections::BTreeSet;
use test_support::Dice;

/// How large a world is; every number is the most there may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) users: usize,
    pub(crate) roles: usize,
    pub(crate) groups: usize,
    pub(crate) rules: usize,
    pub(crate) records: usize,
}

impl Size {
    pub(crate) const SMALL: Self = Self { users: 8, roles: 6, groups: 4, rules: 6, records: 26 };
    pub(crate) const LARGE: Self = Self { users: 40, roles: 16, groups: 10, rules: 14, records: 90 };
}

pub(crate) const MARKS: [Option<&str>; 4] = [None, Some("red"), Some("blue"), Some("Red")];

/// Steps below a top role; six roles on the longest way down.
const DEEPEST_ROLE: usize = 5;

pub(crate) fn world(dice: &mut Dice, size: Size) -> World {
    let mut world = World::empty();
    roles(dice, &mut world, size);
    permissions(dice, &mut world);
    users(dice, &mut world, size);
    groups(dice, &mut world, size);
    records(dice, &mut world, size);
    for key in 0..dice.between(size.rules / 2, size.rules) {
        let rule = rule(dice, &world);
        world.rules.insert(RuleKey(key as u32), rule);
    }
    for object in Object::OWNED {
        if dice.chance(35) {
            let default = org_default(dice, object);
            world.settings.insert(object, Setting { default, hierarchy: true });
        }
    }
    if dice.chance(35) {
        let default = world.default_of(Object::Project);
        world.settings.insert(Object::Project, Setting { default, hierarchy: false });
    }
    for record in 0..world.records.len() as u32 {
        let deletion = Change::Delete { record: RecordKey(record) };
        if dice.chance(5) && deletion.is_possible(&world) {
            deletion.apply(&mut world);
        }
    }
    for user in world.users.values_mut() {
        user.active = !dice.chance(10);
        user.frozen = dice.chance(8);
    }
    world
}

fn roles(dice: &mut Dice, world: &mut World, size: Size) {
    let mut depth: Vec<usize> = Vec::new();
    for key in 0..dice.between(size.roles / 2, size.roles) {
        let open: Vec<usize> = (0..key).filter(|above| depth[*above] < DEEPEST_ROLE).collect();
        // A leaning towards the newest makes long lines.
        let parent = match open.last() {
            Some(newest) if dice.chance(40) => Some(*newest),
            _ if dice.chance(20) => None,
            _ => dice.find(&open),
        };
        depth.push(parent.map_or(0, |parent| depth[parent] + 1));
        let children = child_levels(dice);
        let parent = parent.map(|parent| RoleKey(parent as u32));
        world.roles.insert(RoleKey(key as u32), Role { parent, children });
    }
}

pub(crate) fn child_levels(dice: &mut Dice) -> ChildLevels {
    let levels = [Level::None, Level::None, Level::Read, Level::Edit];
    ChildLevels { contact: dice.pick(&levels), opportunity: dice.pick(&levels), case: dice.pick(&levels) }
}

/// Two profiles, some sets, a muting set, and groups of sets.
fn permissions(dice: &mut Dice, world: &mut World) {
    for key in 0..6u32 {
        let kind = match key {
            0 | 1 => SetKind::Profile,
            5 => SetKind::Muting,
            _ => SetKind::Regular,
        };
        // The first profile gives work to do; the rest gives this and that.
        let mut set = PermissionSet { kind, ..PermissionSet::default() };
        for object in Object::ALL {
            let grant = if key == 0 { everyday(dice) } else { grant(dice, if key == 1 { 70 } else { 30 }) };
            let grant = if kind == SetKind::Muting { muting(grant) } else { grant };
            if grant != Grant::default() {
                set.grants.insert(object, grant);
            }
        }
        if kind != SetKind::Profile {
            set.view_all_data = kind == SetKind::Regular && dice.chance(8);
            set.modify_all_data = kind == SetKind::Regular && dice.chance(5);
            set.transfer_records = dice.chance(30);
        }
        if set.modify_all_data {
            set.view_all_data = true;
        }
        if set.view_all_data {
            full_read(&mut set);
        }
        world.sets.insert(SetKey(key), set);
    }
    for key in 0..2 {
        let members = [2, 3, 4].into_iter().filter(|_| dice.chance(50)).map(SetKey).collect();
        let muting = dice.chance(60).then_some(SetKey(5));
        world.set_groups.insert(SetGroupKey(key), SetGroup { members, muting });
    }
}

/// A set with rights over all data holds the object permissions that go with them, as administrators' sets do.
fn full_read(set: &mut PermissionSet) {
    let all = set.modify_all_data;
    for object in Object::ALL {
        let grant = set.grants.entry(object).or_default();
        grant.read = true;
        grant.view_all = true;
        if all {
            *grant = Grant { create: true, edit: true, delete: true, modify_all: true, ..*grant };
        }
    }
}

fn everyday(dice: &mut Dice) -> Grant {
    let mut grant = Grant { create: true, read: true, edit: true, delete: true, ..Grant::default() };
    if dice.chance(10) {
        (grant.edit, grant.delete) = (false, false);
    }
    grant.secret_read = dice.chance(50);
    grant.secret_edit = grant.secret_read && dice.chance(60);
    grant
}

/// Each right with what it needs.
pub(crate) fn grant(dice: &mut Dice, read: usize) -> Grant {
    let mut grant = Grant::default();
    grant.read = dice.chance(read);
    grant.create = grant.read && dice.chance(50);
    grant.edit = grant.read && dice.chance(60);
    grant.delete = grant.edit && dice.chance(60);
    grant.view_all = grant.read && dice.chance(12);
    grant.modify_all = grant.delete && dice.chance(12);
    grant.view_all |= grant.modify_all;
    grant.secret_read = grant.read && dice.chance(40);
    grant.secret_edit = grant.secret_read && dice.chance(50);
    grant
}

/// What takes a right away takes along what needs it.
fn muting(grant: Grant) -> Grant {
    let edit = grant.edit || grant.read;
    let delete = grant.delete || edit;
    let view_all = grant.view_all || grant.read;
    Grant {
        create: grant.create || grant.read,
        read: grant.read,
        edit,
        delete,
        view_all,
        modify_all: grant.modify_all || delete || view_all,
        secret_read: grant.secret_read || grant.read,
        secret_edit: grant.secret_edit || grant.secret_read || edit,
    }
}

fn users(dice: &mut Dice, world: &mut World, size: Size) {
    let roles: Vec<RoleKey> = world.roles.keys().copied().collect();
    for key in 0..dice.between(3, size.users) {
        let role = if dice.chance(15) { None } else { dice.find(&roles) };
        let mut user = User {
            active: true,
            frozen: false,
            role,
            profile: SetKey(u32::from(dice.chance(25))),
            sets: BTreeSet::new(),
            set_groups: BTreeSet::new(),
        };
        for set in [2, 3, 4] {
            if dice.chance(8) {
                user.sets.insert(SetKey(set));
            }
        }
        for group in [0, 1] {
            if dice.chance(10) {
                user.set_groups.insert(SetGroupKey(group));
            }
        }
        world.users.insert(UserKey(key as u32), user);
    }
}

fn groups(dice: &mut Dice, world: &mut World, size: Size) {
    for key in 0..dice.between(size.groups / 2, size.groups) {
        let kind = if dice.chance(35) {
            let objects = [Object::Case, Object::Lead, Object::Project];
            GroupKind::Queue { objects: objects.into_iter().filter(|_| dice.chance(70)).collect() }
        } else {
            GroupKind::Public { bosses: dice.chance(60) }
        };
        let key = GroupKey(key as u32);
        world.groups.insert(key, Group { kind, entries: BTreeSet::new() });
        for _ in 0..dice.between(0, 4) {
            let entry = grantee(dice, world);
            if world.may_enter(entry, key) {
                world.groups.get_mut(&key).expect("just put there").entries.insert(entry);
            }
        }
    }
}

/// Anybody a grant may name.
pub(crate) fn grantee(dice: &mut Dice, world: &World) -> Grantee {
    let users: Vec<UserKey> = world.users.keys().copied().collect();
    let roles: Vec<RoleKey> = world.roles.keys().copied().collect();
    let groups: Vec<GroupKey> =
        world.groups.iter().filter(|(_, group)| !group.is_queue()).map(|(key, _)| *key).collect();
    match dice.roll(10) {
        0..=2 => dice.find(&users).map_or(Grantee::Organization, Grantee::User),
        3..=4 => dice.find(&roles).map_or(Grantee::Organization, Grantee::Role),
        5..=6 => dice.find(&roles).map_or(Grantee::Organization, Grantee::RoleAndSubordinates),
        7..=8 => dice.find(&groups).map_or(Grantee::Organization, Grantee::Group),
        _ => Grantee::Organization,
    }
}

/// Anybody but all and single users: whom a sharing rule names.
fn rule_side(dice: &mut Dice, world: &World) -> Grantee {
    loop {
        match grantee(dice, world) {
            Grantee::User(_) if !world.roles.is_empty() => {}
            Grantee::User(_) => return Grantee::Organization,
            Grantee::Organization if dice.chance(70) && !world.roles.is_empty() => {}
            other => return other,
        }
    }
}

pub(crate) fn rule(dice: &mut Dice, world: &World) -> Rule {
    let object = dice.pick(&Object::OWNED);
    let queues: Vec<GroupKey> =
        world.groups.iter().filter(|(_, group)| group.is_queue()).map(|(key, _)| *key).collect();
    let source = if dice.chance(50) {
        RuleSource::Where(match dice.roll(4) {
            0 => Criterion::MarkIs(dice.pick(&MARKS)),
            1 => Criterion::MarkIsNot(dice.pick(&MARKS)),
            2 => Criterion::SizeAbove(dice.roll(4) as i64),
            _ => Criterion::SizeAtMost(dice.roll(4) as i64),
        })
    } else {
        RuleSource::OwnedBy(match dice.find(&queues) {
            Some(queue) if object.takes_queues() && dice.chance(30) => Grantee::Group(queue),
            _ => rule_side(dice, world),
        })
    };
    let level = dice.pick(&[Level::Read, Level::Edit]);
    let children = if object == Object::Account { child_levels(dice) } else { ChildLevels::NONE };
    Rule { object, source, target: rule_side(dice, world), level, children }
}

pub(crate) fn org_default(dice: &mut Dice, object: Object) -> OrgDefault {
    let all = [OrgDefault::Private, OrgDefault::Private, OrgDefault::PublicRead, OrgDefault::PublicReadWrite];
    match object {
        Object::Contact if dice.chance(50) => OrgDefault::ControlledByParent,
        Object::Lead | Object::Case if dice.chance(30) => OrgDefault::PublicReadWriteTransfer,
        _ => dice.pick(&all),
    }
}

fn records(dice: &mut Dice, world: &mut World, size: Size) {
    for key in 0..dice.between(size.records * 2 / 3, size.records) {
        // Accounts and projects come early, since others hang on them.
        let object = match key {
            0..=2 => Object::Account,
            3..=4 => Object::Project,
            _ => dice.pick(&Object::ALL),
        };
        if let Some(record) = record(dice, world, object) {
            world.records.insert(RecordKey(key as u32), record);
        }
    }
}

/// A record whose parents are live, with rows and team; none where it needs a master and there is none.
pub(crate) fn record(dice: &mut Dice, world: &World, object: Object) -> Option<Record> {
    let mut parents = [None, None];
    for (slot, parent) in parents.iter_mut().enumerate().take(object.parent_fields().len()) {
        let targets = object.parent_targets(slot);
        let live: Vec<RecordKey> = world
            .records
            .iter()
            .filter(|(_, record)| record.is_live() && targets.contains(&record.object))
            .map(|(key, _)| *key)
            .collect();
        *parent =
            if object.is_detail() { Some(dice.find(&live)?) } else { dice.find(&live).filter(|_| dice.chance(80)) };
    }
    let queues: Vec<GroupKey> = world
        .groups
        .iter()
        .filter(|(_, group)| matches!(&group.kind, GroupKind::Queue { objects } if objects.contains(&object)))
        .map(|(key, _)| *key)
        .collect();
    let users: Vec<UserKey> = world.users.keys().copied().collect();
    let owner = match dice.find(&queues) {
        _ if object.is_detail() => None,
        Some(queue) if dice.chance(35) => Some(Owner::Queue(queue)),
        _ => Some(Owner::User(dice.pick(&users))),
    };
    let mut record = Record {
        object,
        owner,
        parents,
        mark: dice.pick(&MARKS),
        size: dice.chance(70).then(|| dice.roll(5) as i64),
        manual: Vec::new(),
        team: Vec::new(),
        deleted_with: None,
    };
    if Object::OWNED.contains(&object) && dice.chance(40) {
        for _ in 0..dice.between(1, 2) {
            let row = manual_row(dice, world, object);
            if record.manual.iter().all(|old| old.grantee != row.grantee) {
                record.manual.push(row);
            }
        }
    }
    if object.has_teams() && dice.chance(40) {
        record.team.push(team_row(dice, world, object));
    }
    Some(record)
}

pub(crate) fn manual_row(dice: &mut Dice, world: &World, object: Object) -> ManualRow {
    let children = if object == Object::Account { child_levels(dice) } else { ChildLevels::NONE };
    ManualRow { grantee: grantee(dice, world), level: dice.pick(&[Level::Read, Level::Edit]), children }
}

pub(crate) fn team_row(dice: &mut Dice, world: &World, object: Object) -> TeamRow {
    let children = if object == Object::Account { child_levels(dice) } else { ChildLevels::NONE };
    let users: Vec<UserKey> = world.users.keys().copied().collect();
    TeamRow { member: dice.pick(&users), level: dice.pick(&[Level::Read, Level::Edit]), children }
}
