//! Roles, permission sets, users, groups and queues of a world.

use super::{Fields, Loaded, SECRETIVE, create_all, level_word, rows};
use crate::world::*;
use model::RecordId;
use platform::Ctx;
use platform::provision::{self, LOADING};
use std::collections::BTreeMap;

impl Loaded {
    pub(super) fn load_roles(&mut self, ctx: &Ctx, world: &World) {
        let mut left: Vec<RoleKey> = world.roles.keys().copied().collect();
        while !left.is_empty() {
            let is_ready =
                |role: &RoleKey| world.roles[role].parent.is_none_or(|parent| self.roles.contains_key(&parent));
            let (ready, waiting): (Vec<RoleKey>, Vec<RoleKey>) = left.into_iter().partition(is_ready);
            let rows = ready.iter().map(|key| self.role_fields(*key, &world.roles[key])).collect();
            let ids = create_all(ctx, "UserRole", rows, LOADING);
            self.roles.extend(ready.into_iter().zip(ids));
            left = waiting;
        }
        let keys: BTreeMap<RecordId, RoleKey> = self.roles.iter().map(|(key, id)| (*id, *key)).collect();
        for row in
            rows(ctx, "SELECT Type, RelatedId FROM Group WHERE Type IN ('Role', 'RoleAndSubordinates', 'Organization')")
        {
            let kind = row.cells[0].value().to_plain();
            match row.cells[1].value().as_id().and_then(|role| keys.get(&role)) {
                Some(role) => drop(self.role_groups.insert((*role, kind == "RoleAndSubordinates"), row.id)),
                None if kind == "Organization" => self.everybody = row.id,
                None => {}
            }
        }
    }

    fn role_fields(&self, key: RoleKey, role: &Role) -> Fields<'static> {
        vec![
            ("Name", format!("{key:?}").into()),
            ("ParentRoleId", role.parent.map(|parent| self.roles[&parent]).into()),
            ("ContactAccessForAccountOwner", level_word(role.children.contact)),
            ("OpportunityAccessForAccountOwner", level_word(role.children.opportunity)),
            ("CaseAccessForAccountOwner", level_word(role.children.case)),
        ]
    }

    pub(super) fn load_sets(&mut self, ctx: &Ctx, world: &World) {
        let owned: Vec<SetKey> =
            world.sets.iter().filter(|(_, set)| set.kind == SetKind::Profile).map(|(key, _)| *key).collect();
        let profiles =
            owned.iter().map(|key| vec![("Name", format!("profile {key:?} {}", self.number).into())]).collect();
        self.profiles = owned.into_iter().zip(create_all(ctx, "Profile", profiles, LOADING)).collect();
        let fields = |(key, set): (&SetKey, &PermissionSet)| {
            let kind = match set.kind {
                SetKind::Regular => "Regular",
                SetKind::Profile => "Profile",
                SetKind::Muting => "Muting",
            };
            let profile = self.profiles.get(key).copied();
            vec![
                ("Name", format!("{key:?}_{}", self.number).into()),
                ("Label", format!("{key:?}").into()),
                ("Type", kind.into()),
                ("IsOwnedByProfile", profile.is_some().into()),
                ("ProfileId", profile.into()),
                ("PermissionsViewAllData", set.view_all_data.into()),
                ("PermissionsModifyAllData", set.modify_all_data.into()),
                ("PermissionsTransferAnyEntity", set.transfer_records.into()),
            ]
        };
        let rows = world.sets.iter().map(fields).collect();
        let ids = create_all(ctx, "PermissionSet", rows, LOADING);
        self.sets = world.sets.keys().copied().zip(ids).collect();
        let grants = || {
            world.sets.iter().flat_map(|(key, set)| set.grants.iter().map(|(object, grant)| (*key, *object, *grant)))
        };
        let objects = grants().map(|(set, object, grant)| object_permission(self.sets[&set], object, grant));
        // Whoever names an owner, a grantee or a team role sees that they exist.
        let named = self.profiles.keys().flat_map(|set| {
            ["User", "Group", "CaseTeamRole"].map(|object| {
                vec![
                    ("ParentId", self.sets[set].into()),
                    ("SobjectType", object.into()),
                    ("PermissionsRead", true.into()),
                ]
            })
        });
        create_all(ctx, "ObjectPermissions", objects.chain(named).collect(), LOADING);
        let fields = grants()
            .flat_map(|(set, object, grant)| {
                let muting = world.sets[&set].kind == SetKind::Muting;
                field_permissions(self.sets[&set], object, grant, muting)
            })
            .collect();
        create_all(ctx, "FieldPermissions", fields, LOADING);
        let names = world.set_groups.keys().map(|key| {
            let name = format!("{key:?}_{}", self.number);
            vec![("DeveloperName", name.as_str().into()), ("MasterLabel", name.as_str().into())]
        });
        let ids = create_all(ctx, "PermissionSetGroup", names.collect(), LOADING);
        self.set_groups = world.set_groups.keys().copied().zip(ids).collect();
        let components = world.set_groups.iter().flat_map(|(key, group)| {
            let id = self.set_groups[key];
            let sets = group.members.iter().chain(&group.muting);
            sets.map(move |set| (id, *set)).collect::<Vec<_>>()
        });
        let components = components
            .map(|(group, set)| {
                vec![("PermissionSetGroupId", group.into()), ("PermissionSetId", self.sets[&set].into())]
            })
            .collect();
        create_all(ctx, "PermissionSetGroupComponent", components, LOADING);
    }

    /// Everybody starts with a profile that may own anything; each gets their own at the end.
    pub(super) fn load_users(&mut self, ctx: &Ctx, world: &World) {
        let standard = provision::by_name(ctx, "Profile", provision::ADMINISTRATOR).expect("the profile");
        let fields = |(key, user): (&UserKey, &User)| {
            let address = format!("{key:?}@{}.{}.example", self.number, self.org.id());
            vec![
                ("Username", address.as_str().into()),
                ("Email", address.as_str().into()),
                ("LastName", format!("{key:?}").into()),
                ("Alias", format!("{key:?}").into()),
                ("TimeZoneSidKey", "Europe/Berlin".into()),
                ("LocaleSidKey", "en_GB".into()),
                ("LanguageLocaleKey", "en_US".into()),
                ("EmailEncodingKey", "UTF-8".into()),
                ("ProfileId", standard.into()),
                ("UserRoleId", user.role.map(|role| self.roles[&role]).into()),
                ("IsActive", true.into()),
            ]
        };
        let rows = world.users.iter().map(fields).collect();
        self.users = world.users.keys().copied().zip(create_all(ctx, "User", rows, LOADING)).collect();
        let sets = world.users.iter().flat_map(|(key, user)| user.sets.iter().map(|set| (*key, *set)));
        let groups = world.users.iter().flat_map(|(key, user)| user.set_groups.iter().map(|group| (*key, *group)));
        let rows = sets.map(|(user, set)| {
            vec![("AssigneeId", self.users[&user].into()), ("PermissionSetId", self.sets[&set].into())]
        });
        let more = groups.map(|(user, group)| {
            vec![("AssigneeId", self.users[&user].into()), ("PermissionSetGroupId", self.set_groups[&group].into())]
        });
        create_all(ctx, "PermissionSetAssignment", rows.chain(more).collect(), LOADING);
    }

    pub(super) fn load_groups(&mut self, ctx: &Ctx, world: &World) {
        let fields = |(key, group): (&GroupKey, &Group)| {
            let (kind, bosses) = match &group.kind {
                GroupKind::Public { bosses } => ("Regular", *bosses),
                GroupKind::Queue { .. } => ("Queue", false),
            };
            vec![
                ("Name", format!("{key:?}").into()),
                ("DeveloperName", format!("{key:?}_{}", self.number).into()),
                ("Type", kind.into()),
                ("DoesIncludeBosses", bosses.into()),
            ]
        };
        let rows = world.groups.iter().map(fields).collect();
        self.groups = world.groups.keys().copied().zip(create_all(ctx, "Group", rows, LOADING)).collect();
        let entries = world.groups.iter().flat_map(|(key, group)| {
            group.entries.iter().map(|entry| self.entry_fields(*key, *entry)).collect::<Vec<_>>()
        });
        create_all(ctx, "GroupMember", entries.collect(), LOADING);
        let listed = world.groups.iter().flat_map(|(key, group)| match &group.kind {
            GroupKind::Queue { objects } => objects.iter().map(|object| (*key, *object)).collect(),
            GroupKind::Public { .. } => Vec::new(),
        });
        let listed = listed.map(|(queue, object)| {
            vec![("QueueId", self.groups[&queue].into()), ("SobjectType", object.api_name().into())]
        });
        create_all(ctx, "QueueSobject", listed.collect(), LOADING);
    }

    pub(crate) fn entry_fields(&self, group: GroupKey, entry: Grantee) -> Fields<'static> {
        vec![("GroupId", self.groups[&group].into()), ("UserOrGroupId", self.grantee(entry).into())]
    }
}

pub(crate) fn object_permission(set: RecordId, object: Object, grant: Grant) -> Fields<'static> {
    vec![
        ("ParentId", set.into()),
        ("SobjectType", object.api_name().into()),
        ("PermissionsRead", grant.read.into()),
        ("PermissionsCreate", grant.create.into()),
        ("PermissionsEdit", grant.edit.into()),
        ("PermissionsDelete", grant.delete.into()),
        ("PermissionsViewAllRecords", grant.view_all.into()),
        ("PermissionsModifyAllRecords", grant.modify_all.into()),
    ]
}

/// Every field but the secret one; a muting set says nothing of the others.
pub(crate) fn field_permissions(set: RecordId, object: Object, grant: Grant, muting: bool) -> Vec<Fields<'static>> {
    let row = |field: &str, read: bool, edit: bool| {
        vec![
            ("ParentId", set.into()),
            ("SobjectType", object.api_name().into()),
            ("Field", format!("{}.{field}", object.api_name()).into()),
            ("PermissionsRead", read.into()),
            ("PermissionsEdit", edit.into()),
        ]
    };
    let fields: &[&str] = match object {
        Object::Lead => &["FirstName", "LastName", "Name", "Company", "OwnerId", "Description", "Mark__c", "Size__c"],
        Object::Project => &["Name", "OwnerId", "Idle__c", "Mark__c", "Size__c"],
        _ => &["*"],
    };
    let mut rows = Vec::new();
    if !muting && (grant.read || grant.create) {
        rows.extend(fields.iter().map(|field| row(field, true, true)));
    }
    if SECRETIVE.contains(&object) && grant.secret_read {
        rows.push(row("Secret__c", true, grant.secret_edit));
    }
    rows
}
