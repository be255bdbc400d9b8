//! What may happen to a world: each change as a plain value, whether it can happen, and what it makes of the world.

use crate::model::Model;
use crate::world::*;
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Owner { record: RecordKey, owner: Owner },
    UserRole { user: UserKey, role: Option<RoleKey> },
    RoleParent { role: RoleKey, parent: Option<RoleKey> },
    RoleChildren { role: RoleKey, children: ChildLevels },
    EntryAdd { group: GroupKey, entry: Grantee },
    EntryRemove { group: GroupKey, entry: Grantee },
    Bosses { group: GroupKey, on: bool },
    Default { object: Object, default: OrgDefault },
    Hierarchy { object: Object, on: bool },
    RuleAdd { key: RuleKey, rule: Rule },
    RuleRemove { key: RuleKey },
    ManualAdd { record: RecordKey, row: ManualRow },
    ManualRemove { record: RecordKey, grantee: Grantee },
    TeamAdd { record: RecordKey, row: TeamRow },
    TeamRemove { record: RecordKey, member: UserKey },
    Delete { record: RecordKey },
    Undelete { record: RecordKey },
    Active { user: UserKey, on: bool },
    Frozen { user: UserKey, on: bool },
    Parent { record: RecordKey, slot: usize, parent: Option<RecordKey> },
    Fields { record: RecordKey, mark: Option<&'static str>, size: Option<i64> },
    Grants { set: SetKey, object: Object, grant: Grant },
    Assign { user: UserKey, set: SetKey },
    Unassign { user: UserKey, set: SetKey },
    Mute { group: SetGroupKey, muting: Option<SetKey> },
    Create { key: RecordKey, record: Record },
}

impl Change {
    /// Whether an administrator can do it; after a world was made smaller, not every change still can be.
    pub(crate) fn is_possible(&self, world: &World) -> bool {
        let live = |key: &RecordKey| world.records.get(key).is_some_and(Record::is_live);
        match self {
            Change::Owner { record, owner } => {
                live(record) && world.records[record].owner.is_some_and(|old| old != *owner) && {
                    world.has_owner(*owner) && Model::new(world).may_own(*owner, world.records[record].object)
                }
            }
            Change::UserRole { user, role } => {
                world.users.contains_key(user) && role.is_none_or(|role| world.roles.contains_key(&role))
            }
            Change::RoleParent { role, parent } => {
                world.roles.contains_key(role)
                    && parent.is_none_or(|parent| {
                        parent != *role
                            && world.roles.contains_key(&parent)
                            && !Model::new(world).is_ancestor(*role, parent)
                    })
            }
            Change::RoleChildren { role, .. } => world.roles.contains_key(role),
            Change::EntryAdd { group, entry } => world.may_enter(*entry, *group),
            Change::EntryRemove { group, entry } => {
                world.groups.get(group).is_some_and(|group| group.entries.contains(entry))
            }
            Change::Bosses { group, .. } => world.groups.get(group).is_some_and(|group| !group.is_queue()),
            Change::Default { object, .. } => world.settings.contains_key(object),
            Change::Hierarchy { object, .. } => object.is_custom(),
            Change::RuleAdd { key, rule } => {
                let named = match rule.source {
                    RuleSource::OwnedBy(source) => world.has_grantee(source),
                    RuleSource::Where(_) => true,
                };
                !world.rules.contains_key(key)
                    && named
                    && world.has_grantee(rule.target)
                    && !world.is_mirrored(rule.object)
                    && world.is_above_default(rule.object, rule.level, rule.children)
            }
            Change::RuleRemove { key } => world.rules.contains_key(key),
            Change::ManualAdd { record, row } => {
                live(record) && {
                    let found = &world.records[record];
                    world.has_grantee(row.grantee)
                        && Object::OWNED.contains(&found.object)
                        && !world.is_mirrored(found.object)
                        && found.manual.iter().all(|old| old.grantee != row.grantee)
                        && world.is_above_default(found.object, row.level, row.children)
                }
            }
            Change::ManualRemove { record, grantee } => {
                live(record) && world.records[record].manual.iter().any(|row| row.grantee == *grantee)
            }
            Change::TeamAdd { record, row } => {
                live(record)
                    && world.users.get(&row.member).is_some_and(|member| member.active)
                    && world.records[record].object.has_teams()
                    && world.records[record].team.iter().all(|old| old.member != row.member)
            }
            Change::TeamRemove { record, member } => {
                live(record) && world.records[record].team.iter().any(|row| row.member == *member)
            }
            Change::Delete { record } => live(record) && world.is_deletable(*record),
            Change::Undelete { record } => world.is_restorable(*record),
            Change::Active { user, on } => world.users.get(user).is_some_and(|user| user.active != *on),
            Change::Frozen { user, on } => world.users.get(user).is_some_and(|user| user.frozen != *on),
            Change::Parent { record, slot, parent } => {
                live(record) && {
                    let found = &world.records[record];
                    let fits = |parent: &RecordKey| {
                        live(parent) && found.object.parent_targets(*slot).contains(&world.records[parent].object)
                    };
                    found.parents[*slot] != *parent && parent.as_ref().map_or(!found.object.is_detail(), fits)
                }
            }
            Change::Fields { record, .. } => live(record) && Object::OWNED.contains(&world.records[record].object),
            Change::Grants { set, .. } => world.sets.contains_key(set),
            Change::Assign { user, set } => {
                world.sets.contains_key(set) && world.users.get(user).is_some_and(|user| !user.sets.contains(set))
            }
            Change::Unassign { user, set } => world.users.get(user).is_some_and(|user| user.sets.contains(set)),
            Change::Mute { group, muting } => {
                world.set_groups.contains_key(group) && muting.is_none_or(|set| world.sets.contains_key(&set))
            }
            Change::Create { key, record } => {
                let slots = record.object.parent_fields().len();
                !world.records.contains_key(key)
                    && record
                        .owner
                        .is_none_or(|owner| world.has_owner(owner) && Model::new(world).may_own(owner, record.object))
                    && record.parents.iter().flatten().all(live)
                    && (!record.object.is_detail() || record.parents.iter().flatten().count() == slots)
            }
        }
    }

    /// Makes it so.
    pub(crate) fn apply(&self, world: &mut World) {
        fn at<'a>(world: &'a mut World, key: &RecordKey) -> &'a mut Record {
            world.records.get_mut(key).expect("a possible change names a record that is there")
        }
        fn user<'a>(world: &'a mut World, key: &UserKey) -> &'a mut User {
            world.users.get_mut(key).expect("a possible change names a user who is there")
        }
        fn role<'a>(world: &'a mut World, key: &RoleKey) -> &'a mut Role {
            world.roles.get_mut(key).expect("a possible change names a role that is there")
        }
        fn group<'a>(world: &'a mut World, key: &GroupKey) -> &'a mut Group {
            world.groups.get_mut(key).expect("a possible change names a group that is there")
        }
        match self {
            Change::Owner { record, owner } => {
                let record = at(world, record);
                record.owner = Some(*owner);
                // With the owner go the rows and the team that the old one gave.
                record.manual.clear();
                record.team.clear();
            }
            Change::UserRole { user: key, role } => user(world, key).role = *role,
            Change::RoleParent { role: key, parent } => role(world, key).parent = *parent,
            Change::RoleChildren { role: key, children } => role(world, key).children = *children,
            Change::EntryAdd { group: key, entry } => {
                group(world, key).entries.insert(*entry);
            }
            Change::EntryRemove { group: key, entry } => {
                group(world, key).entries.remove(entry);
            }
            Change::Bosses { group: key, on } => group(world, key).kind = GroupKind::Public { bosses: *on },
            Change::Default { object, default } => world.setting(*object).default = *default,
            Change::Hierarchy { object, on } => world.setting(*object).hierarchy = *on,
            Change::RuleAdd { key, rule } => {
                world.rules.insert(*key, *rule);
            }
            Change::RuleRemove { key } => {
                world.rules.remove(key);
            }
            Change::ManualAdd { record, row } => at(world, record).manual.push(*row),
            Change::ManualRemove { record, grantee } => at(world, record).manual.retain(|row| row.grantee != *grantee),
            Change::TeamAdd { record, row } => at(world, record).team.push(*row),
            Change::TeamRemove { record, member } => at(world, record).team.retain(|row| row.member != *member),
            Change::Delete { record } => {
                for taken in world.taken_by(*record) {
                    at(world, &taken).deleted_with = Some(*record);
                }
            }
            Change::Undelete { record } => {
                for found in world.records.values_mut().filter(|found| found.deleted_with == Some(*record)) {
                    found.deleted_with = None;
                }
            }
            Change::Active { user: key, on } => user(world, key).active = *on,
            Change::Frozen { user: key, on } => user(world, key).frozen = *on,
            Change::Parent { record, slot, parent } => at(world, record).parents[*slot] = *parent,
            Change::Fields { record, mark, size } => {
                let record = at(world, record);
                (record.mark, record.size) = (*mark, *size);
            }
            Change::Grants { set, object, grant } => {
                world.sets.get_mut(set).expect("a set that is there").grants.insert(*object, *grant);
            }
            Change::Assign { user: key, set } => {
                user(world, key).sets.insert(*set);
            }
            Change::Unassign { user: key, set } => {
                user(world, key).sets.remove(set);
            }
            Change::Mute { group, muting } => {
                world.set_groups.get_mut(group).expect("a set group that is there").muting = *muting;
            }
            Change::Create { key, record } => {
                world.records.insert(*key, record.clone());
            }
        }
    }
}

/// Public groups may nest so deep.
const DEEPEST: usize = 5;

impl World {
    fn setting(&mut self, object: Object) -> &mut Setting {
        self.settings.entry(object).or_insert(Setting { default: OrgDefault::Private, hierarchy: true })
    }

    pub(crate) fn has_grantee(&self, grantee: Grantee) -> bool {
        match grantee {
            Grantee::User(user) => self.users.contains_key(&user),
            Grantee::Group(group) => self.groups.contains_key(&group),
            Grantee::Role(role) | Grantee::RoleAndSubordinates(role) => self.roles.contains_key(&role),
            Grantee::Organization => true,
        }
    }

    pub(crate) fn has_owner(&self, owner: Owner) -> bool {
        match owner {
            Owner::User(user) => self.users.contains_key(&user),
            Owner::Queue(queue) => self.groups.get(&queue).is_some_and(Group::is_queue),
        }
    }

    /// Groups within groups below this one, itself counted.
    fn depth(&self, group: GroupKey) -> usize {
        let nested = self.groups[&group].entries.iter().filter_map(|entry| match entry {
            Grantee::Group(inner) => Some(self.depth(*inner)),
            _ => None,
        });
        1 + nested.max().unwrap_or(0)
    }

    fn height(&self, group: GroupKey) -> usize {
        let holders = self.groups.iter().filter(|(_, outer)| outer.entries.contains(&Grantee::Group(group)));
        1 + holders.map(|(outer, _)| self.height(*outer)).max().unwrap_or(0)
    }

    /// Whether a group can take an entry: no group within itself, not too deep, public groups only.
    pub(crate) fn may_enter(&self, entry: Grantee, group: GroupKey) -> bool {
        let Some(found) = self.groups.get(&group) else { return false };
        let fits = match entry {
            // A group takes only those before it, so that no ring can close.
            Grantee::Group(inner) => {
                inner < group
                    && self.groups.get(&inner).is_some_and(|inner| !inner.is_queue())
                    && self.height(group) + self.depth(inner) <= DEEPEST
            }
            Grantee::Organization => false,
            other => self.has_grantee(other),
        };
        fits && !found.entries.contains(&entry)
    }

    /// Whether a row or rule says more than the defaults do, and on an account nothing less.
    pub(crate) fn is_above_default(&self, object: Object, level: Level, children: ChildLevels) -> bool {
        let model = Model::new(self);
        let above = level > model.default_level(object);
        if object != Object::Account {
            return above;
        }
        let not_below = |child: Object| children.of(child) >= model.default_level(child);
        let mirrored = self.is_mirrored(Object::Contact) && children.contact > Level::None;
        let child_above =
            Object::ACCOUNT_CHILDREN.into_iter().any(|child| children.of(child) > model.default_level(child));
        level >= model.default_level(object)
            && Object::ACCOUNT_CHILDREN.into_iter().all(not_below)
            && (above || child_above)
            && !mirrored
    }

    /// What a deletion takes along: details, and what hangs on it without a life of its own.
    pub(crate) fn taken_by(&self, root: RecordKey) -> BTreeSet<RecordKey> {
        let mut taken = BTreeSet::from([root]);
        loop {
            let hangs = |record: &Record| {
                record.object != Object::Case && record.parents.iter().flatten().any(|parent| taken.contains(parent))
            };
            let more: Vec<_> = self
                .records
                .iter()
                .filter(|(key, record)| record.is_live() && !taken.contains(key) && hangs(record))
                .map(|(key, _)| *key)
                .collect();
            if more.is_empty() {
                return taken;
            }
            taken.extend(more);
        }
    }

    /// A case keeps its account from being deleted.
    fn is_deletable(&self, root: RecordKey) -> bool {
        let taken = self.taken_by(root);
        self.records.values().all(|record| {
            record.object != Object::Case
                || !record.is_live()
                || record.parents[0].is_none_or(|account| !taken.contains(&account))
        })
    }

    /// A record comes back with what went with it, where all that they hang on is there.
    fn is_restorable(&self, root: RecordKey) -> bool {
        let back: BTreeSet<RecordKey> =
            self.records.iter().filter(|(_, record)| record.deleted_with == Some(root)).map(|(key, _)| *key).collect();
        let there = |key: &RecordKey| back.contains(key) || self.records[key].is_live();
        back.contains(&root) && back.iter().all(|key| self.records[key].parents.iter().flatten().all(there))
    }
}
