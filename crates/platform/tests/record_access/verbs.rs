//! The second half of the model: from the level of a record to what may be done with it (§7).

use crate::model::{Model, ObjectVerb};
use crate::world::*;

/// Something one may want to do with a record that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verb {
    Read,
    Edit,
    Delete,
    Transfer,
    Share,
}

impl Verb {
    pub(crate) const ALL: [Verb; 5] = [Verb::Read, Verb::Edit, Verb::Delete, Verb::Transfer, Verb::Share];
}

/// How the product must answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    /// Readable, but this may not be done.
    Refused,
    /// As if it were not there.
    Hidden,
    /// No session: the user is inactive or frozen.
    NoSession,
}

impl Model<'_> {
    /// Whether a record, live or in the recycle bin, is there for the user at all.
    pub(crate) fn reads(&self, user: UserKey, record: RecordKey) -> bool {
        let object = self.world.records[&record].object;
        self.has_session(user) && self.may(user, object, ObjectVerb::Read) && self.level(user, record) >= Level::Read
    }

    pub(crate) fn decide(&self, user: UserKey, verb: Verb, record: RecordKey) -> Answer {
        if !self.has_session(user) {
            return Answer::NoSession;
        }
        if !self.reads(user, record) {
            return Answer::Hidden;
        }
        let object = self.world.records[&record].object;
        let level = self.level(user, record);
        let allowed = match verb {
            Verb::Read => true,
            Verb::Edit => self.may(user, object, ObjectVerb::Edit) && level >= Level::Edit,
            Verb::Delete => self.may(user, object, ObjectVerb::Delete) && level == Level::All,
            Verb::Transfer => {
                let anybody = self.world.default_of(object) == OrgDefault::PublicReadWriteTransfer;
                let with_edit = level >= Level::Edit && (self.transfers_records(user) || anybody);
                let may = self.may(user, object, ObjectVerb::Edit) && (level == Level::All || with_edit);
                may && !object.is_detail()
            }
            Verb::Share => level == Level::All && self.is_shareable(object),
        };
        if allowed { Answer::Yes } else { Answer::Refused }
    }

    /// Whether a share row could say more than the default does; on an account also by the levels it carries along.
    pub(crate) fn is_shareable(&self, object: Object) -> bool {
        let below_edit = |object: Object| self.default_level(object) < Level::Edit;
        let children =
            || Object::ACCOUNT_CHILDREN.into_iter().any(|child| !self.world.is_mirrored(child) && below_edit(child));
        let owned = Object::OWNED.contains(&object) && !self.world.is_mirrored(object);
        owned && (below_edit(object) || (object == Object::Account && children()))
    }

    /// Whether a user may write a share row, given that the row itself says more than the defaults.
    pub(crate) fn may_add_row(&self, user: UserKey, key: RecordKey, row: &ManualRow) -> bool {
        let record = &self.world.records[&key];
        let shares = self.decide(user, Verb::Share, key) == Answer::Yes;
        let on_account = record.account().is_none_or(|account| {
            let reads = match row.grantee {
                Grantee::User(grantee) => self.level(grantee, account) >= Level::Read,
                _ => self.default_level(Object::Account) >= Level::Read,
            };
            reads || self.level(user, account) == Level::All
        });
        let owner_role = match record.owner {
            Some(Owner::User(owner)) => self.role(owner),
            _ => None,
        };
        let is_admin = self.may(user, Object::Account, ObjectVerb::ModifyAll);
        let children = record.object != Object::Account
            || is_admin
            || Object::ACCOUNT_CHILDREN.into_iter().all(|child| {
                let of_role = owner_role.map_or(Level::None, |role| self.world.roles[&role].children.of(child));
                row.children.of(child) <= self.default_level(child).max(of_role)
            });
        shares && on_account && children
    }

    /// Whether somebody may be given a record of an object.
    pub(crate) fn may_own(&self, owner: Owner, object: Object) -> bool {
        match owner {
            Owner::User(user) => self.world.users[&user].active && self.may(user, object, ObjectVerb::Read),
            Owner::Queue(queue) => matches!(
                &self.world.groups[&queue].kind,
                GroupKind::Queue { objects } if objects.contains(&object)
            ),
        }
    }

    /// Whether a record may be made: create on the object, write on what it is part of, sight of all it refers to.
    pub(crate) fn may_create(&self, user: UserKey, new: &Record) -> bool {
        let refers_to_readable = || new.parents.iter().flatten().all(|parent| self.refers(user, *parent));
        let owner = new.owner.is_none_or(|owner| self.may_own(owner, new.object));
        self.has_session(user)
            && self.may(user, new.object, ObjectVerb::Create)
            && refers_to_readable()
            && self.writes_parents(user, new.object, &new.parents)
            && owner
    }

    fn refers(&self, user: UserKey, parent: RecordKey) -> bool {
        self.world.records[&parent].is_live() && self.reads(user, parent)
    }

    fn writes_parents(&self, user: UserKey, object: Object, parents: &[Option<RecordKey>; 2]) -> bool {
        if self.world.is_mirrored(object) {
            return parents[0].is_none_or(|account| self.level(user, account) >= Level::Edit);
        }
        let masters = object.masters().iter().zip(parents.iter().flatten());
        masters.into_iter().all(|((_, reads), master)| {
            let level = self.level(user, *master);
            level >= Level::Edit || (*reads && level >= Level::Read)
        })
    }

    /// Whether a record may be moved to other parents.
    pub(crate) fn may_reparent(&self, user: UserKey, record: RecordKey, parents: &[Option<RecordKey>; 2]) -> bool {
        let old = &self.world.records[&record];
        let moved = parents.iter().zip(&old.parents).filter(|(new, old)| new != old).filter_map(|(new, _)| *new);
        self.decide(user, Verb::Edit, record) == Answer::Yes
            && moved.into_iter().all(|parent| self.refers(user, parent))
            && self.writes_parents(user, old.object, parents)
    }
}
