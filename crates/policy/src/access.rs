//! Record access as a predicate over live tables: defaults, ownership, the role hierarchy, masters, activities.
//!
//! One function makes the predicate for every object and level. Lists, single records, counts, writes: all use it.

use crate::{Actor, Identity};
use model::schema::{AccessDefault, SharingKind};
use model::{FieldIx, ObjectIx, ObjectSchema, OrgSchema, RecordId};

/// What a user must hold on a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Read,
    Edit,
    /// Read, edit, delete, transfer, share.
    All,
}

/// Which records of an object qualify. A store compiles it to SQL over the object's own table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Everything,
    Nothing,
    AnyOf(Vec<Access>),
    AllOf(Vec<Access>),
    /// The record's owner is this user.
    OwnedBy {
        owner: FieldIx,
        user: RecordId,
    },
    /// The record's owner is a user whose role stands strictly below this one.
    OwnedBelow {
        owner: FieldIx,
        role: RecordId,
    },
    /// The record that a reference points to qualifies, by the predicate of the object it is of.
    Parent {
        field: FieldIx,
        targets: Vec<(ObjectIx, Access)>,
    },
}

impl Access {
    /// The union, simplified.
    pub fn any(parts: impl IntoIterator<Item = Access>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Access::Everything => return Access::Everything,
                Access::Nothing => {}
                Access::AnyOf(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Access::Nothing,
            1 => kept.remove(0),
            _ => Access::AnyOf(kept),
        }
    }

    /// The intersection, simplified.
    pub fn all(parts: impl IntoIterator<Item = Access>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Access::Nothing => return Access::Nothing,
                Access::Everything => {}
                Access::AllOf(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Access::Everything,
            1 => kept.remove(0),
            _ => Access::AllOf(kept),
        }
    }
}

/// Which records of `object` the identity holds at least `level` on. Object permissions are a gate before this.
pub fn record_access(identity: &Identity, schema: &OrgSchema, object: ObjectIx, level: Level) -> Access {
    level_of(identity, schema, schema.object(object), level, 0)
}

/// Master-detail chains end after three steps and activities point to no activity; this bound is for a schema that
/// should not exist.
const DEEPEST: u8 = 6;

fn level_of(identity: &Identity, schema: &OrgSchema, object: &ObjectSchema, level: Level, depth: u8) -> Access {
    let permission = identity.permissions().object(object.ix);
    if let Actor::Service(_) = identity.actor() {
        // Every record, for exactly the verbs that are declared.
        let declared = match level {
            Level::Read => permission.read,
            Level::Edit => permission.edit || permission.create,
            Level::All => permission.delete,
        };
        return if declared { Access::Everything } else { Access::Nothing };
    }
    if permission.modify_all || (permission.view_all && level == Level::Read) {
        return Access::Everything;
    }
    if depth > DEEPEST {
        return Access::Nothing;
    }
    match object.sharing() {
        SharingKind::Setting => default_access(object, level),
        SharingKind::Owned => Access::any([default_access(object, level), owner_grant(identity, object)]),
        SharingKind::Activity => {
            let through_parents = (level == Level::Read).then(|| {
                activity_parents(object).map(|field| parent(identity, schema, object, field, Level::Read, depth))
            });
            Access::any(
                [default_access(object, level), owner_grant(identity, object)]
                    .into_iter()
                    .chain(through_parents.into_iter().flatten()),
            )
        }
        SharingKind::Detail { .. } => {
            // Every master must be readable; to change a detail, every master must be writable.
            let needed = if level == Level::Read { Level::Read } else { Level::Edit };
            Access::all(object.masters.iter().map(|field| parent(identity, schema, object, *field, needed, depth)))
        }
    }
}

fn default_access(object: &ObjectSchema, level: Level) -> Access {
    let reaches = match object.access_default() {
        AccessDefault::Private => false,
        AccessDefault::PublicRead => level == Level::Read,
        AccessDefault::PublicReadWrite | AccessDefault::PublicReadWriteTransfer => level <= Level::Edit,
    };
    if reaches { Access::Everything } else { Access::Nothing }
}

/// The owner holds everything, and so does everybody above the owner in the hierarchy.
fn owner_grant(identity: &Identity, object: &ObjectSchema) -> Access {
    let (Some(owner), Actor::User { id, role }) = (object.owner_field, identity.actor()) else {
        return Access::Nothing;
    };
    let below = role.filter(|_| object.def.uses_hierarchy).map(|role| Access::OwnedBelow { owner, role });
    Access::any([Some(Access::OwnedBy { owner, user: *id }), below].into_iter().flatten())
}

fn activity_parents(object: &ObjectSchema) -> impl Iterator<Item = FieldIx> {
    ["WhoId", "WhatId"].into_iter().filter_map(|name| object.find_field(name)).map(|field| field.ix)
}

fn parent(
    identity: &Identity,
    schema: &OrgSchema,
    object: &ObjectSchema,
    field: FieldIx,
    level: Level,
    depth: u8,
) -> Access {
    let targets: Vec<_> = object
        .field(field)
        .targets
        .iter()
        .map(|target| (*target, level_of(identity, schema, schema.object(*target), level, depth + 1)))
        .filter(|(_, access)| *access != Access::Nothing)
        .collect();
    if targets.is_empty() { Access::Nothing } else { Access::Parent { field, targets } }
}
