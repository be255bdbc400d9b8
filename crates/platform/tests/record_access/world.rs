//! An org as plain values: who there is, what there is, and every grant between them. The model judges it, the loader
//! makes it real, the generator changes and shrinks it.

use std::collections::{BTreeMap, BTreeSet};

/// How much of a record somebody holds, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    None,
    Read,
    Edit,
    All,
}

/// The objects of a world: of each kind that §3 of the model names at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Object {
    Account,
    Contact,
    Opportunity,
    Case,
    Lead,
    Task,
    Event,
    Project,
    /// A detail of one project.
    Part,
    /// A detail of a part: two steps below its project.
    Piece,
    /// A detail of a project and of an account, the second of which needs only to be read.
    Link,
}

impl Object {
    pub(crate) const ALL: [Object; 11] = [
        Object::Account,
        Object::Contact,
        Object::Opportunity,
        Object::Case,
        Object::Lead,
        Object::Task,
        Object::Event,
        Object::Project,
        Object::Part,
        Object::Piece,
        Object::Link,
    ];
    /// What people own and share.
    pub(crate) const OWNED: [Object; 6] =
        [Object::Account, Object::Contact, Object::Opportunity, Object::Case, Object::Lead, Object::Project];
    /// What implicit access connects with its account.
    pub(crate) const ACCOUNT_CHILDREN: [Object; 3] = [Object::Contact, Object::Opportunity, Object::Case];

    pub(crate) fn api_name(self) -> &'static str {
        match self {
            Object::Account => "Account",
            Object::Contact => "Contact",
            Object::Opportunity => "Opportunity",
            Object::Case => "Case",
            Object::Lead => "Lead",
            Object::Task => "Task",
            Object::Event => "Event",
            Object::Project => "Project__c",
            Object::Part => "Part__c",
            Object::Piece => "Piece__c",
            Object::Link => "Link__c",
        }
    }

    /// The masters of a detail, each with whether a change of the detail is content with Read on it.
    pub(crate) fn masters(self) -> &'static [(Object, bool)] {
        match self {
            Object::Part => &[(Object::Project, false)],
            Object::Piece => &[(Object::Part, false)],
            Object::Link => &[(Object::Project, false), (Object::Account, true)],
            _ => &[],
        }
    }

    /// The fields that point to a record's parents, in the order of [`Record::parents`].
    pub(crate) fn parent_fields(self) -> &'static [&'static str] {
        match self {
            Object::Contact | Object::Opportunity | Object::Case => &["AccountId"],
            Object::Task | Object::Event => &["WhatId", "WhoId"],
            Object::Part => &["Project__c"],
            Object::Piece => &["Part__c"],
            Object::Link => &["Project__c", "Account__c"],
            _ => &[],
        }
    }

    /// What the n-th parent field may point to.
    pub(crate) fn parent_targets(self, slot: usize) -> &'static [Object] {
        match (self, slot) {
            (Object::Contact | Object::Opportunity | Object::Case, 0) | (Object::Link, 1) => &[Object::Account],
            (Object::Task | Object::Event, 0) => &[Object::Account, Object::Opportunity, Object::Case],
            (Object::Task | Object::Event, 1) => &[Object::Contact, Object::Lead],
            (Object::Part | Object::Link, 0) => &[Object::Project],
            (Object::Piece, 0) => &[Object::Part],
            _ => &[],
        }
    }

    pub(crate) fn is_detail(self) -> bool {
        !self.masters().is_empty()
    }

    pub(crate) fn is_activity(self) -> bool {
        matches!(self, Object::Task | Object::Event)
    }

    pub(crate) fn is_custom(self) -> bool {
        self.api_name().ends_with("__c")
    }

    /// Whether a queue may own records of it.
    pub(crate) fn takes_queues(self) -> bool {
        matches!(self, Object::Case | Object::Lead | Object::Project)
    }

    pub(crate) fn has_teams(self) -> bool {
        matches!(self, Object::Account | Object::Opportunity | Object::Case)
    }
}

macro_rules! keys {
    ($($name:ident $letter:literal),*) => {$(
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) struct $name(pub(crate) u32);

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }
    )*};
}

keys!(UserKey "user", RoleKey "role", GroupKey "group", SetKey "set", SetGroupKey "setgroup", RuleKey "rule", RecordKey "record");

/// Levels of Contact, Opportunity and Case that something on an account carries along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChildLevels {
    pub(crate) contact: Level,
    pub(crate) opportunity: Level,
    pub(crate) case: Level,
}

impl ChildLevels {
    pub(crate) const NONE: Self = Self { contact: Level::None, opportunity: Level::None, case: Level::None };

    pub(crate) fn of(self, object: Object) -> Level {
        match object {
            Object::Contact => self.contact,
            Object::Opportunity => self.opportunity,
            Object::Case => self.case,
            _ => Level::None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) parent: Option<RoleKey>,
    /// What an account's owner in this role holds of the account's children.
    pub(crate) children: ChildLevels,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) active: bool,
    pub(crate) frozen: bool,
    pub(crate) role: Option<RoleKey>,
    /// The set that the user's profile owns.
    pub(crate) profile: SetKey,
    pub(crate) sets: BTreeSet<SetKey>,
    pub(crate) set_groups: BTreeSet<SetGroupKey>,
}

/// Whom a grant names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grantee {
    User(UserKey),
    /// A public group or a queue.
    Group(GroupKey),
    Role(RoleKey),
    RoleAndSubordinates(RoleKey),
    Organization,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GroupKind {
    /// `bosses`: the flag "grant access using hierarchies".
    Public {
        bosses: bool,
    },
    Queue {
        objects: BTreeSet<Object>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) kind: GroupKind,
    pub(crate) entries: BTreeSet<Grantee>,
}

impl Group {
    pub(crate) fn is_queue(&self) -> bool {
        matches!(self.kind, GroupKind::Queue { .. })
    }
}

/// Object permissions as a set gives (or, in a muting set, takes) them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) create: bool,
    pub(crate) read: bool,
    pub(crate) edit: bool,
    pub(crate) delete: bool,
    pub(crate) view_all: bool,
    pub(crate) modify_all: bool,
    /// Read and edit of the field `Secret__c`.
    pub(crate) secret_read: bool,
    pub(crate) secret_edit: bool,
}

/// What a profile, a permission set or a muting set holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PermissionSet {
    pub(crate) grants: BTreeMap<Object, Grant>,
    pub(crate) view_all_data: bool,
    pub(crate) modify_all_data: bool,
    pub(crate) transfer_records: bool,
    pub(crate) kind: SetKind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SetKind {
    #[default]
    Regular,
    Profile,
    Muting,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SetGroup {
    pub(crate) members: BTreeSet<SetKey>,
    pub(crate) muting: Option<SetKey>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrgDefault {
    Private,
    PublicRead,
    PublicReadWrite,
    PublicReadWriteTransfer,
    ControlledByParent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) default: OrgDefault,
    /// "Grant access using hierarchies"; only custom objects can be without.
    pub(crate) hierarchy: bool,
}

/// A test of one stored field of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Criterion {
    MarkIs(Option<&'static str>),
    MarkIsNot(Option<&'static str>),
    SizeAbove(i64),
    SizeAtMost(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuleSource {
    OwnedBy(Grantee),
    Where(Criterion),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) object: Object,
    pub(crate) source: RuleSource,
    pub(crate) target: Grantee,
    pub(crate) level: Level,
    /// Of a rule on Account.
    pub(crate) children: ChildLevels,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    User(UserKey),
    Queue(GroupKey),
}

/// A share row that a person wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ManualRow {
    pub(crate) grantee: Grantee,
    pub(crate) level: Level,
    pub(crate) children: ChildLevels,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TeamRow {
    pub(crate) member: UserKey,
    pub(crate) level: Level,
    pub(crate) children: ChildLevels,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) object: Object,
    /// None for details.
    pub(crate) owner: Option<Owner>,
    /// As [`Object::parent_fields`] names them.
    pub(crate) parents: [Option<RecordKey>; 2],
    pub(crate) mark: Option<&'static str>,
    pub(crate) size: Option<i64>,
    pub(crate) manual: Vec<ManualRow>,
    pub(crate) team: Vec<TeamRow>,
    /// The record whose deletion took this one along, itself included.
    pub(crate) deleted_with: Option<RecordKey>,
}

impl Record {
    pub(crate) fn is_live(&self) -> bool {
        self.deleted_with.is_none()
    }

    pub(crate) fn account(&self) -> Option<RecordKey> {
        if Object::ACCOUNT_CHILDREN.contains(&self.object) { self.parents[0] } else { None }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct World {
    pub(crate) roles: BTreeMap<RoleKey, Role>,
    pub(crate) users: BTreeMap<UserKey, User>,
    pub(crate) groups: BTreeMap<GroupKey, Group>,
    pub(crate) sets: BTreeMap<SetKey, PermissionSet>,
    pub(crate) set_groups: BTreeMap<SetGroupKey, SetGroup>,
    pub(crate) settings: BTreeMap<Object, Setting>,
    pub(crate) rules: BTreeMap<RuleKey, Rule>,
    pub(crate) records: BTreeMap<RecordKey, Record>,
}

impl World {
    /// Every object private (Contact on its own), the hierarchy used everywhere, and nobody there.
    pub(crate) fn empty() -> Self {
        let setting = Setting { default: OrgDefault::Private, hierarchy: true };
        Self { settings: Object::OWNED.map(|object| (object, setting)).into(), ..Self::default() }
    }

    pub(crate) fn default_of(&self, object: Object) -> OrgDefault {
        self.settings.get(&object).map_or(OrgDefault::Private, |setting| setting.default)
    }

    pub(crate) fn is_mirrored(&self, object: Object) -> bool {
        object == Object::Contact && self.default_of(object) == OrgDefault::ControlledByParent
    }

    /// Records of an object, those in the recycle bin included.
    pub(crate) fn of(&self, object: Object) -> impl Iterator<Item = RecordKey> {
        self.records.iter().filter(move |(_, record)| record.object == object).map(|(key, _)| *key)
    }
}
