//! The level of a record, kind by kind. One function makes the predicate for every object and level: lists, single
//! records, counts, writes all use it.

use super::files::linked;
use super::grants::account_field;
use super::{Access, AccountChild, Level, account_children, grants_on, is_mirrored, shares_give_all};
use crate::{Actor, Identity, SystemPermission};
use model::schema::{AccessDefault, HistoryRows, SharingKind};
use model::{FieldIx, FieldSchema, ObjectIx, ObjectSchema, OrgSchema};

/// Which records of `object` the identity holds at least `level` on. Object permissions are a gate before this.
pub fn record_access(identity: &Identity, schema: &OrgSchema, object: ObjectIx, level: Level) -> Access {
    level_of(identity, schema, schema.object(object), level, 0)
}

/// Master-detail chains end after three steps, a mirrored master and its account add one more; this bound is for a
/// schema that should not exist.
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
    if let Some(rows) = object.history_rows() {
        return if level == Level::Read { history(identity, schema, object, rows, depth) } else { Access::Nothing };
    }
    if let SharingKind::Log { of } = object.sharing() {
        return if level == Level::Read { log(identity, object, of.as_deref()) } else { Access::Nothing };
    }
    if !object.members().is_empty() {
        // Its records are those of its members, and seen as those.
        return Access::Nothing;
    }
    if permission.modify_all {
        return Access::Everything;
    }
    let access = if permission.view_all && level == Level::Read {
        Access::Everything
    } else if depth > DEEPEST {
        Access::Nothing
    } else {
        by_kind(identity, schema, object, level, depth)
    };
    Access::all(std::iter::once(access).chain(not_private(object)).chain(about_readable(identity, schema, object)))
}

/// What tells of an object is for those who may read that object.
fn about_readable(identity: &Identity, schema: &OrgSchema, object: &ObjectSchema) -> Option<Access> {
    let field = object.find_field(object.def.about_objects.as_deref()?)?.ix;
    let readable = schema.objects().iter().filter(|told| identity.permissions().object(told.ix).read);
    Some(Access::OneOf { field, values: readable.map(|told| told.name().to_owned()).collect() })
}

/// What is marked as private is its owner's: not even who may see all records sees it.
fn not_private(object: &ObjectSchema) -> Option<Access> {
    let flag = object.find_field(object.def.private_by.as_deref()?)?.ix;
    let own = object.owner_field.map(|owner| Access::Owner { field: owner, hierarchy: false });
    Some(Access::any(std::iter::once(Access::Unticked { field: flag }).chain(own)))
}

fn by_kind(identity: &Identity, schema: &OrgSchema, object: &ObjectSchema, level: Level, depth: u8) -> Access {
    match object.sharing() {
        SharingKind::Setting => default_access(object, level),
        SharingKind::Owned if is_mirrored(object) => mirror(identity, schema, object, level, depth),
        SharingKind::Owned => Access::any(
            std::iter::once(default_access(object, level))
                .chain(shared(schema, object, level))
                .chain(implicit(schema, object, level))
                .chain(linked(schema, object, level, |field, level| {
                    parent(identity, schema, field.0, field.1, level, depth)
                }))
                .chain(opened(object, level))
                .chain(filed(identity, schema, object, level, depth)),
        ),
        SharingKind::Activity => {
            let through_parents = (level == Level::Read).then(|| {
                activity_parents(object).map(|field| parent(identity, schema, object, field, Level::Read, depth))
            });
            Access::any(owner(object).into_iter().chain(through_parents.into_iter().flatten()))
        }
        SharingKind::Detail { .. } => Access::all(object.masters.iter().map(|field| {
            // Every master must be readable; to change a detail, every master must be writable.
            let needed = if level == Level::Read { Level::Read } else { master_level(object, *field) };
            parent(identity, schema, object, *field, needed, depth)
        })),
        // Answered above: not even who may see all data sees the history of a field that is kept from them.
        SharingKind::History { .. } | SharingKind::Log { .. } | SharingKind::Union { .. } => Access::Nothing,
        SharingKind::Grant { .. } => Access::all(object.masters.iter().map(|field| {
            let needed = if level == Level::Read { Level::Read } else { Level::All };
            parent(identity, schema, object, *field, needed, depth)
        })),
    }
}

/// What it takes on a master to write its details.
pub(crate) fn master_level(object: &ObjectSchema, field: FieldIx) -> Level {
    let reading = object.field(field).data_type().as_reference().is_some_and(|reference| reference.write_needs_read);
    if reading { Level::Read } else { Level::Edit }
}

fn default_access(object: &ObjectSchema, level: Level) -> Access {
    let reaches = match object.access_default() {
        AccessDefault::Private | AccessDefault::ControlledByParent => false,
        AccessDefault::PublicRead => level == Level::Read,
        AccessDefault::PublicReadWrite | AccessDefault::PublicReadWriteTransfer => level <= Level::Edit,
    };
    if reaches { Access::Everything } else { Access::Nothing }
}

/// The owner holds everything, and so does everybody above the owner in the hierarchy.
fn owner(object: &ObjectSchema) -> Option<Access> {
    object.owner_field.map(|field| Access::Owner { field, hierarchy: object.def.uses_hierarchy })
}

/// Ownership, shares, teams and rules: what implicit access builds on. It looks at no default, no permission and no
/// other record.
fn shared(schema: &OrgSchema, object: &ObjectSchema, level: Level) -> Vec<Access> {
    let mut parts: Vec<_> = owner(object).into_iter().collect();
    if level <= Level::Edit || shares_give_all(object) {
        parts.extend(grants_on(schema, object, None, level).map(Access::Granted));
    }
    if level <= Level::Edit {
        parts.extend(ruled(object, None, level));
    }
    parts
}

/// What is open to everybody is read, and no more.
fn opened(object: &ObjectSchema, level: Level) -> Option<Access> {
    let opening = object.def.opened_by.as_ref().filter(|_| level == Level::Read)?;
    let field = object.find_field(&opening.field)?.ix;
    Some(Access::OneOf { field, values: opening.values.clone() })
}

/// What the folder gives on the records in it.
fn filed(identity: &Identity, schema: &OrgSchema, object: &ObjectSchema, level: Level, depth: u8) -> Option<Access> {
    let field = object.find_field(object.def.filed_in.as_deref()?)?.ix;
    Some(parent(identity, schema, object, field, level.min(Level::Edit), depth))
}

fn ruled(object: &ObjectSchema, child: Option<AccountChild>, at_least: Level) -> Option<Access> {
    let hierarchy = object.def.uses_hierarchy;
    (!object.def.sharing_rules.is_empty()).then_some(Access::Ruled { child, at_least, hierarchy })
}

/// What account and children give each other.
fn implicit(schema: &OrgSchema, object: &ObjectSchema, level: Level) -> Vec<Access> {
    if object.name() == "Account" {
        if level > Level::Read {
            return Vec::new();
        }
        return account_children(schema)
            .map(|(_, child, field)| {
                let access = Box::new(Access::any(shared(schema, child, Level::Read)));
                Access::Child { child: child.ix, field, access }
            })
            .collect();
    }
    let (Some(child), Level::Read | Level::Edit) = (AccountChild::of(object), level) else { return Vec::new() };
    let Some(field) = account_field(schema, object) else { return Vec::new() };
    let account = schema.object(object.field(field).targets[0]);
    let of_owner = account.owner_field.map(|owner| Access::OwnerRole { owner, child, at_least: level });
    let through_account = Access::any(
        of_owner.into_iter().chain(grants_on(schema, account, Some(child), level).map(Access::Granted)).chain(ruled(
            account,
            Some(child),
            level,
        )),
    );
    match through_account {
        Access::Nothing => Vec::new(),
        access => vec![Access::Parent { field, targets: vec![(account.ix, access)] }],
    }
}

/// The level on the account; a record without one is its owner's alone.
fn mirror(identity: &Identity, schema: &OrgSchema, object: &ObjectSchema, level: Level, depth: u8) -> Access {
    let Some(field) = account_field(schema, object) else { return Access::Nothing };
    let own = object.owner_field.map(|owner| Access::Owner { field: owner, hierarchy: false });
    let without = Access::all([Access::Unset { field }, Access::any(own)]);
    Access::any([parent(identity, schema, object, field, level, depth), without])
}

/// What happened to oneself, and all of it for whoever administers what it is about.
fn log(identity: &Identity, object: &ObjectSchema, of: Option<&str>) -> Access {
    let needed = if of.is_some() { SystemPermission::ManageUsers } else { SystemPermission::ViewSetup };
    if identity.permissions().system(needed) {
        return Access::Everything;
    }
    let own = of.and_then(|name| object.find_field(name));
    Access::any(own.map(|field| Access::Owner { field: field.ix, hierarchy: false }))
}

/// What happened to the records that the identity may read; of changes, those of fields it may read.
fn history(identity: &Identity, schema: &OrgSchema, object: &ObjectSchema, rows: HistoryRows, depth: u8) -> Access {
    let records = object.masters.iter().map(|field| {
        // The row's own object follows the record's, and so does the right to see all of them.
        if identity.permissions().object(object.ix).view_all {
            return Access::Everything;
        }
        parent(identity, schema, object, *field, Level::Read, depth)
    });
    let records = Access::all(records);
    match rows {
        // Its fields are those of the record, and judged like them.
        HistoryRows::Steps => records,
        HistoryRows::Changes => Access::all([records, readable_changes(identity, schema, object)]),
    }
}

fn readable_changes(identity: &Identity, schema: &OrgSchema, object: &ObjectSchema) -> Access {
    let record = object.masters.first().and_then(|field| object.field(*field).targets.first());
    let (Some(name), Some(record)) = (object.find_field("Field"), record) else { return Access::Nothing };
    let record = schema.object(*record);
    let readable = |field: &&FieldSchema| identity.permissions().field(record.ix, field.ix).read;
    let values: Vec<_> = record.fields.iter().filter(readable).map(|field| field.name().to_owned()).collect();
    if values.is_empty() { Access::Nothing } else { Access::OneOf { field: name.ix, values } }
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
