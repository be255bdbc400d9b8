//! A change done to a real org: by an administrator, or tried by a user, whom the model may refuse.

use crate::change::Change;
use crate::load::{
    Fields, Loaded, all_well, create_all, default_of, draft, level_word, mark_fields, object_permission, rows,
    share_object, team_object,
};
use crate::model::{Model, ObjectVerb};
use crate::site::{BETWEEN_CHANGES, Site};
use crate::verbs::{Answer, Verb};
use crate::world::*;
use model::{Error, ErrorCode, RecordId, Value};
use platform::provision::{self, LOADING};
use platform::{Ctx, SaveOptions};

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    Admin,
    User(UserKey),
}

impl Change {
    /// Whether it is something that users do with records; the rest is for administrators.
    pub(crate) fn is_everyday(&self) -> bool {
        matches!(
            self,
            Change::Owner { .. }
                | Change::Parent { .. }
                | Change::Fields { .. }
                | Change::Delete { .. }
                | Change::Undelete { .. }
                | Change::ManualAdd { .. }
                | Change::ManualRemove { .. }
                | Change::TeamAdd { .. }
                | Change::TeamRemove { .. }
                | Change::Create { .. }
        )
    }

    /// Whether the model lets a user do it.
    pub(crate) fn is_allowed(&self, world: &World, user: UserKey) -> bool {
        let model = Model::new(world);
        let may = |verb, record: &RecordKey| model.decide(user, verb, *record) == Answer::Yes;
        let holds_all = |record: &RecordKey| model.reads(user, *record) && model.level(user, *record) == Level::All;
        match self {
            Change::Owner { record, owner } => {
                may(Verb::Transfer, record) && model.may_own(*owner, world.records[record].object)
            }
            Change::Fields { record, .. } => may(Verb::Edit, record),
            Change::Parent { record, slot, parent } => {
                let mut parents = world.records[record].parents;
                parents[*slot] = *parent;
                model.may_reparent(user, *record, &parents)
            }
            Change::Delete { record } | Change::Undelete { record } => may(Verb::Delete, record),
            Change::ManualAdd { record, row } => model.may_add_row(user, *record, row),
            Change::ManualRemove { record, .. }
            | Change::TeamAdd { record, .. }
            | Change::TeamRemove { record, .. } => holds_all(record),
            Change::Create { record, .. } => model.may_create(user, record),
            _ => false,
        }
    }

    /// The record that it concerns, and the right on its object that it asks for.
    fn subject(&self) -> Option<(RecordKey, ObjectVerb)> {
        match self {
            Change::Owner { record, .. } | Change::Parent { record, .. } | Change::Fields { record, .. } => {
                Some((*record, ObjectVerb::Edit))
            }
            Change::Delete { record } | Change::Undelete { record } => Some((*record, ObjectVerb::Delete)),
            _ => None,
        }
    }
}

/// Does it, and tells what the product said.
pub(crate) fn perform(
    loaded: &mut Loaded,
    site: &Site,
    world: &World,
    change: &Change,
    actor: Actor,
) -> Result<(), Error> {
    site.clock.advance(BETWEEN_CHANGES);
    let ctx = match actor {
        Actor::Admin => loaded.admin(),
        Actor::User(user) => Ctx::for_user(&loaded.org, loaded.users[&user])?,
    };
    let update = |object: &str, id: RecordId, fields: Fields<'_>| {
        ctx.record_update(object, draft(&ctx, object, Some(id), fields))
    };
    let on_record = |record: &RecordKey, fields: Fields<'_>| {
        update(world.records[record].object.api_name(), loaded.records[record], fields)
    };
    match change {
        Change::Owner { record, owner } => on_record(record, vec![("OwnerId", loaded.owner(*owner).into())]),
        Change::Parent { record, slot, parent } => {
            let field = world.records[record].object.parent_fields()[*slot];
            on_record(record, vec![(field, parent.map(|parent| loaded.records[&parent]).into())])
        }
        Change::Fields { record, mark, size } => on_record(record, mark_fields(*mark, *size)),
        Change::Delete { record } => ctx.record_delete(world.records[record].object.api_name(), loaded.records[record]),
        Change::Undelete { record } => {
            ctx.record_undelete(world.records[record].object.api_name(), loaded.records[record])
        }
        Change::ManualAdd { record, row } => {
            let object = world.records[record].object;
            let (share, _, _) = share_object(object);
            let fields = loaded.share_fields(*record, object, row);
            let fields = fields.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            ctx.record_create(&share, draft(&ctx, &share, None, fields)).map(drop)
        }
        Change::ManualRemove { record, grantee } => {
            let (share, parent, _) = share_object(world.records[record].object);
            let record = loaded.records[record];
            let soql = format!(
                "SELECT Id FROM {share} WHERE {parent} = '{record}' AND UserOrGroupId = '{}' AND RowCause = 'Manual'",
                loaded.grantee(*grantee)
            );
            let row = rows(&loaded.admin(), &soql);
            ctx.record_delete(&share, row.first().ok_or_else(Error::not_found)?.id)
        }
        Change::TeamAdd { record, row } => {
            let object = world.records[record].object;
            let fields = loaded.team_fields(*record, object, row);
            ctx.record_create(team_object(object), draft(&ctx, team_object(object), None, fields)).map(drop)
        }
        Change::TeamRemove { record, member } => {
            let object = world.records[record].object;
            let (parent, who) = match object {
                Object::Account => ("AccountId", "UserId"),
                Object::Opportunity => ("OpportunityId", "UserId"),
                _ => ("ParentId", "MemberId"),
            };
            let soql = format!(
                "SELECT Id FROM {} WHERE {parent} = '{}' AND {who} = '{}'",
                team_object(object),
                loaded.records[record],
                loaded.users[member]
            );
            let row = rows(&loaded.admin(), &soql);
            ctx.record_delete(team_object(object), row.first().ok_or_else(Error::not_found)?.id)
        }
        Change::Create { key, record } => {
            let object = record.object.api_name();
            let id = ctx.record_create(object, draft(&ctx, object, None, loaded.record_fields(*key, record)))?;
            loaded.note_record(*key, id);
            Ok(())
        }
        setup => {
            set_up(loaded, world, setup);
            Ok(())
        }
    }
}

/// What only administrators do. None of it can be refused.
fn set_up(loaded: &Loaded, world: &World, change: &Change) {
    let admin = loaded.admin();
    let service = Ctx::for_service(&loaded.org, &provision::PROVISION).expect("the provisioning service");
    let update = |object: &str, id: RecordId, fields: Fields<'_>| {
        all_well(admin.records_update(object, vec![draft(&admin, object, Some(id), fields)], SaveOptions::ALL));
    };
    let delete = |object: &str, soql: String| {
        for row in rows(&admin, &soql) {
            admin.record_delete(object, row.id).unwrap_or_else(|error| panic!("{object}: {error}"));
        }
    };
    match change {
        Change::UserRole { user, role } => {
            update("User", loaded.users[user], vec![("UserRoleId", role.map(|role| loaded.roles[&role]).into())]);
        }
        Change::RoleParent { role, parent } => {
            let parent = parent.map(|parent| loaded.roles[&parent]);
            update("UserRole", loaded.roles[role], vec![("ParentRoleId", parent.into())]);
        }
        Change::RoleChildren { role, children } => update(
            "UserRole",
            loaded.roles[role],
            vec![
                ("ContactAccessForAccountOwner", level_word(children.contact)),
                ("OpportunityAccessForAccountOwner", level_word(children.opportunity)),
                ("CaseAccessForAccountOwner", level_word(children.case)),
            ],
        ),
        Change::EntryAdd { group, entry } => {
            create_all(&admin, "GroupMember", vec![loaded.entry_fields(*group, *entry)], SaveOptions::ALL);
        }
        Change::EntryRemove { group, entry } => delete(
            "GroupMember",
            format!(
                "SELECT Id FROM GroupMember WHERE GroupId = '{}' AND UserOrGroupId = '{}'",
                loaded.groups[group],
                loaded.grantee(*entry)
            ),
        ),
        Change::Bosses { group, on } => {
            update("Group", loaded.groups[group], vec![("DoesIncludeBosses", (*on).into())])
        }
        Change::Default { object, default } => {
            admin.access_default_set(object.api_name(), default_of(*default)).expect("a default");
        }
        Change::Hierarchy { object, on } => admin.hierarchy_set(object.api_name(), *on).expect("a setting"),
        Change::RuleAdd { key, rule } => loaded.rule_put(*key, rule),
        Change::RuleRemove { key } => {
            let object = world.rules[key].object.api_name();
            admin.sharing_rule_delete(object, &format!("{key:?}")).expect("a rule");
        }
        Change::Active { user, on } => update("User", loaded.users[user], vec![("IsActive", (*on).into())]),
        Change::Frozen { user, on } => loaded.freeze(*user, *on),
        Change::Grants { set, object, grant } => {
            let (id, name) = (loaded.sets[set], object.api_name());
            delete(
                "ObjectPermissions",
                format!("SELECT Id FROM ObjectPermissions WHERE ParentId = '{id}' AND SobjectType = '{name}'"),
            );
            delete(
                "FieldPermissions",
                format!("SELECT Id FROM FieldPermissions WHERE ParentId = '{id}' AND SobjectType = '{name}'"),
            );
            create_all(&service, "ObjectPermissions", vec![object_permission(id, *object, *grant)], LOADING);
            let fields = crate::load::field_permissions(id, *object, *grant, false);
            create_all(&service, "FieldPermissions", fields, LOADING);
        }
        Change::Assign { user, set } => {
            let fields =
                vec![("AssigneeId", Value::from(loaded.users[user])), ("PermissionSetId", loaded.sets[set].into())];
            create_all(&admin, "PermissionSetAssignment", vec![fields], SaveOptions::ALL);
        }
        Change::Unassign { user, set } => delete(
            "PermissionSetAssignment",
            format!(
                "SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '{}' AND PermissionSetId = '{}'",
                loaded.users[user], loaded.sets[set]
            ),
        ),
        Change::Mute { group, muting } => {
            let id = loaded.set_groups[group];
            delete(
                "PermissionSetGroupComponent",
                format!(
                    "SELECT Id FROM PermissionSetGroupComponent WHERE PermissionSetGroupId = '{id}' AND \
                     PermissionSet.Type = 'Muting'"
                ),
            );
            if let Some(set) = muting {
                let fields = vec![("PermissionSetGroupId", id.into()), ("PermissionSetId", loaded.sets[set].into())];
                create_all(&admin, "PermissionSetGroupComponent", vec![fields], SaveOptions::ALL);
            }
        }
        everyday => panic!("{everyday:?} is done with records"),
    }
}

/// What the product should say to a user, against what it said.
pub(crate) fn judge(world: &World, change: &Change, user: UserKey, said: &Result<(), Error>) -> Result<bool, String> {
    let model = Model::new(world);
    let allowed = change.is_allowed(world, user);
    let failed = |what: &str| Err(format!("{user:?} tried {change:?}: {what}"));
    match said {
        Ok(()) if allowed => Ok(true),
        Ok(()) => failed("the product did it, the model refuses"),
        Err(error) if allowed => failed(&format!("the model allows it, the product said {}: {error}", error.code())),
        Err(error) => {
            let code = error.code();
            let hides = matches!(code, ErrorCode::NotFound | ErrorCode::InvalidCrossReferenceKey);
            let refuses = code == ErrorCode::InsufficientAccessOrReadonly;
            let expected = match change.subject() {
                _ if !model.has_session(user) => code == ErrorCode::InvalidSessionId,
                // Without the right on the object nobody looks at the record.
                Some((subject, verb)) if !model.may(user, world.records[&subject].object, verb) => hides || refuses,
                Some((subject, _)) if !model.reads(user, subject) => hides,
                Some((_, ObjectVerb::Delete)) => refuses,
                _ if matches!(change, Change::Fields { .. }) => refuses,
                _ => code != ErrorCode::UnknownException,
            };
            if expected { Ok(false) } else { failed(&format!("refused, but with {code}: {error}")) }
        }
    }
}
