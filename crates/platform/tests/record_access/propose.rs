//! Random changes to a world.

use crate::change::Change;
use crate::generate::{MARKS, child_levels, grant, grantee, manual_row, org_default, record, rule, team_row};
use crate::world::*;
use test_support::Dice;

/// One possible change; after many misses a harmless one.
pub(crate) fn change(dice: &mut Dice, world: &World) -> Change {
    for _ in 0..40 {
        if let Some(change) = propose(dice, world)
            && change.is_possible(world)
        {
            return change;
        }
    }
    let (user, of) = world.users.iter().next().expect("a world has users");
    Change::UserRole { user: *user, role: of.role }
}

fn propose(dice: &mut Dice, world: &World) -> Option<Change> {
    let users: Vec<UserKey> = world.users.keys().copied().collect();
    let roles: Vec<RoleKey> = world.roles.keys().copied().collect();
    let groups: Vec<GroupKey> = world.groups.keys().copied().collect();
    let records: Vec<RecordKey> = world.records.keys().copied().collect();
    let set = SetKey(dice.pick(&[2, 3, 4]));
    Some(match dice.roll(26) {
        0 | 1 => {
            let record = dice.find(&records)?;
            let queues: Vec<GroupKey> = groups.iter().copied().filter(|key| world.groups[key].is_queue()).collect();
            let owner = match dice.find(&queues) {
                Some(queue) if dice.chance(50) && world.records[&record].object.takes_queues() => Owner::Queue(queue),
                _ => Owner::User(dice.find(&users)?),
            };
            Change::Owner { record, owner }
        }
        2 => Change::UserRole { user: dice.find(&users)?, role: dice.find(&roles).filter(|_| dice.chance(80)) },
        3 | 4 => {
            let parent = dice.find(&roles).filter(|_| dice.chance(80));
            Change::RoleParent { role: dice.find(&roles)?, parent }
        }
        5 => Change::RoleChildren { role: dice.find(&roles)?, children: child_levels(dice) },
        6 | 7 => Change::EntryAdd { group: dice.find(&groups)?, entry: grantee(dice, world) },
        8 => {
            let group = dice.find(&groups)?;
            let entries: Vec<Grantee> = world.groups[&group].entries.iter().copied().collect();
            Change::EntryRemove { group, entry: dice.find(&entries)? }
        }
        9 => Change::Bosses { group: dice.find(&groups)?, on: dice.chance(50) },
        10 | 11 => {
            let object = dice.pick(&Object::OWNED);
            Change::Default { object, default: org_default(dice, object) }
        }
        12 => Change::Hierarchy { object: Object::Project, on: dice.chance(50) },
        13 | 14 => {
            let key = world.rules.keys().last().map_or(0, |last| last.0 + 1);
            Change::RuleAdd { key: RuleKey(key), rule: rule(dice, world) }
        }
        15 => {
            let rules: Vec<RuleKey> = world.rules.keys().copied().collect();
            Change::RuleRemove { key: dice.find(&rules)? }
        }
        16 => {
            let record = dice.find(&records)?;
            Change::ManualAdd { record, row: manual_row(dice, world, world.records[&record].object) }
        }
        17 => {
            let rows: Vec<(RecordKey, Grantee)> = world
                .records
                .iter()
                .flat_map(|(key, record)| record.manual.iter().map(|row| (*key, row.grantee)))
                .collect();
            let (record, grantee) = dice.find(&rows)?;
            Change::ManualRemove { record, grantee }
        }
        18 => {
            let record = dice.find(&records)?;
            Change::TeamAdd { record, row: team_row(dice, world, world.records[&record].object) }
        }
        19 => {
            let rows: Vec<(RecordKey, UserKey)> = world
                .records
                .iter()
                .flat_map(|(key, record)| record.team.iter().map(|row| (*key, row.member)))
                .collect();
            let (record, member) = dice.find(&rows)?;
            Change::TeamRemove { record, member }
        }
        20 => {
            let deleted: Vec<RecordKey> = world
                .records
                .iter()
                .filter(|(key, record)| record.deleted_with == Some(**key))
                .map(|(key, _)| *key)
                .collect();
            match dice.find(&deleted) {
                Some(record) if dice.chance(60) => Change::Undelete { record },
                _ => Change::Delete { record: dice.find(&records)? },
            }
        }
        21 => {
            let user = dice.find(&users)?;
            match dice.chance(50) {
                true => Change::Active { user, on: !world.users[&user].active },
                false => Change::Frozen { user, on: !world.users[&user].frozen },
            }
        }
        22 => {
            let record = dice.find(&records)?;
            let object = world.records[&record].object;
            let slot = dice.roll(object.parent_fields().len());
            let fitting: Vec<RecordKey> = records
                .iter()
                .copied()
                .filter(|key| object.parent_targets(slot).contains(&world.records[key].object))
                .collect();
            Change::Parent { record, slot, parent: dice.find(&fitting).filter(|_| dice.chance(85)) }
        }
        23 => Change::Fields {
            record: dice.find(&records)?,
            mark: dice.pick(&MARKS),
            size: dice.chance(70).then(|| dice.roll(5) as i64),
        },
        24 => match dice.roll(4) {
            0 => Change::Grants { set, object: dice.pick(&Object::ALL), grant: grant(dice, 60) },
            1 => Change::Assign { user: dice.find(&users)?, set },
            2 => Change::Unassign { user: dice.find(&users)?, set },
            _ => Change::Mute { group: SetGroupKey(0), muting: dice.chance(50).then_some(SetKey(5)) },
        },
        _ => {
            let object = dice.pick(&Object::ALL);
            let key = records.last().map_or(0, |last| last.0 + 1);
            let mut record = record(dice, world, object)?;
            (record.manual, record.team) = (Vec::new(), Vec::new());
            Change::Create { key: RecordKey(key), record }
        }
    })
}
