//! Worlds set up by hand, for worked examples and for cases that once failed.

use crate::model::Model;
use crate::verbs::{Answer, Verb};
use crate::world::*;
use std::collections::BTreeSet;

/// A private org in which everybody may do everything with every object until told otherwise.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) world: World,
}

pub(crate) const FULL: Grant = Grant {
    create: true,
    read: true,
    edit: true,
    delete: true,
    view_all: false,
    modify_all: false,
    secret_read: false,
    secret_edit: false,
};

impl Stage {
    pub(crate) fn new() -> Self {
        let mut world = World::empty();
        let grants = Object::ALL.map(|object| (object, FULL)).into();
        world.sets.insert(SetKey(0), PermissionSet { grants, kind: SetKind::Profile, ..PermissionSet::default() });
        Self { world }
    }

    pub(crate) fn role(&mut self, parent: Option<RoleKey>) -> RoleKey {
        let key = RoleKey(self.world.roles.len() as u32);
        self.world.roles.insert(key, Role { parent, children: ChildLevels::NONE });
        key
    }

    pub(crate) fn user(&mut self, role: Option<RoleKey>) -> UserKey {
        let key = UserKey(self.world.users.len() as u32);
        let user = User {
            active: true,
            frozen: false,
            role,
            profile: SetKey(0),
            sets: BTreeSet::new(),
            set_groups: BTreeSet::new(),
        };
        self.world.users.insert(key, user);
        key
    }

    pub(crate) fn group(&mut self, bosses: bool, entries: &[Grantee]) -> GroupKey {
        self.put_group(GroupKind::Public { bosses }, entries)
    }

    pub(crate) fn queue(&mut self, objects: &[Object], entries: &[Grantee]) -> GroupKey {
        self.put_group(GroupKind::Queue { objects: objects.iter().copied().collect() }, entries)
    }

    fn put_group(&mut self, kind: GroupKind, entries: &[Grantee]) -> GroupKey {
        let key = GroupKey(self.world.groups.len() as u32);
        self.world.groups.insert(key, Group { kind, entries: entries.iter().copied().collect() });
        key
    }

    /// A set that gives one object's rights, put on a user.
    pub(crate) fn give(&mut self, user: UserKey, set: PermissionSet) -> SetKey {
        let key = SetKey(self.world.sets.len() as u32);
        self.world.sets.insert(key, set);
        self.person(user).sets.insert(key);
        key
    }

    pub(crate) fn person(&mut self, user: UserKey) -> &mut User {
        self.world.users.get_mut(&user).expect("a user of this stage")
    }

    pub(crate) fn default(&mut self, object: Object, default: OrgDefault) {
        self.world.settings.insert(object, Setting { default, hierarchy: true });
    }

    pub(crate) fn rule(&mut self, object: Object, source: RuleSource, target: Grantee, level: Level) -> RuleKey {
        let key = RuleKey(self.world.rules.len() as u32);
        self.world.rules.insert(key, Rule { object, source, target, level, children: ChildLevels::NONE });
        key
    }

    pub(crate) fn record(
        &mut self,
        object: Object,
        owner: impl Into<Option<UserKey>>,
        parents: [Option<RecordKey>; 2],
    ) -> RecordKey {
        let key = RecordKey(self.world.records.len() as u32);
        let owner = owner.into().map(Owner::User);
        let record = Record {
            object,
            owner,
            parents,
            mark: None,
            size: None,
            manual: Vec::new(),
            team: Vec::new(),
            deleted_with: None,
        };
        self.world.records.insert(key, record);
        key
    }

    pub(crate) fn account(&mut self, owner: UserKey) -> RecordKey {
        self.record(Object::Account, owner, [None, None])
    }

    pub(crate) fn at(&mut self, record: RecordKey) -> &mut Record {
        self.world.records.get_mut(&record).expect("a record of this stage")
    }

    pub(crate) fn share(&mut self, record: RecordKey, grantee: Grantee, level: Level) {
        self.at(record).manual.push(ManualRow { grantee, level, children: ChildLevels::NONE });
    }

    pub(crate) fn level(&self, user: UserKey, record: RecordKey) -> Level {
        Model::new(&self.world).level(user, record)
    }

    pub(crate) fn decide(&self, user: UserKey, verb: Verb, record: RecordKey) -> Answer {
        Model::new(&self.world).decide(user, verb, record)
    }
}
