//! Object, field and system permissions: the union over a user's profile and permission sets, compiled against one
//! schema so that a check is an index.

use crate::record_types::{RecordTypeGrant, RecordTypes};
use model::schema::{HistoryRows, Shown};
use model::{FieldIx, ObjectIx, ObjectSchema, OrgSchema};

/// What a user may do with an object at all, before any record is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObjectPermission {
    pub read: bool,
    pub create: bool,
    pub edit: bool,
    pub delete: bool,
    pub view_all: bool,
    pub modify_all: bool,
}

impl ObjectPermission {
    pub const ALL: Self = Self { read: true, create: true, edit: true, delete: true, view_all: true, modify_all: true };

    fn union(self, other: Self) -> Self {
        Self {
            read: self.read || other.read,
            create: self.create || other.create,
            edit: self.edit || other.edit,
            delete: self.delete || other.delete,
            view_all: self.view_all || other.view_all,
            modify_all: self.modify_all || other.modify_all,
        }
    }

    fn without(self, muted: Self) -> Self {
        Self {
            read: self.read && !muted.read,
            create: self.create && !muted.create,
            edit: self.edit && !muted.edit,
            delete: self.delete && !muted.delete,
            view_all: self.view_all && !muted.view_all,
            modify_all: self.modify_all && !muted.modify_all,
        }
    }

    /// Modify All is read, edit, delete and View All.
    fn spelled_out(self) -> Self {
        if self.modify_all { Self { create: self.create, ..Self::ALL } } else { self }
    }

    /// What is left when each permission has what it needs: everything needs read, delete needs edit, Modify All needs
    /// all that it stands for.
    fn with_needs(self) -> Self {
        if !self.read {
            return Self::default();
        }
        let delete = self.delete && self.edit;
        Self { delete, modify_all: self.modify_all && delete && self.view_all, ..self }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldPermission {
    pub read: bool,
    pub edit: bool,
}

impl FieldPermission {
    pub const READ: Self = Self { read: true, edit: false };
    pub const EDIT: Self = Self { read: true, edit: true };

    fn with_needs(self) -> Self {
        Self { read: self.read, edit: self.edit && self.read }
    }
}

/// Permissions that are not about one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SystemPermission {
    ViewAllData,
    ModifyAllData,
    /// Users, roles, profiles, permission sets.
    ManageUsers,
    /// Objects, fields and other metadata.
    CustomizeApplication,
    ApiEnabled,
    TransferAnyEntity,
    RunReports,
    ScheduleReports,
    /// Send to addresses that are no user's.
    SendExternal,
    ManageAllSchedules,
    /// Let a change of what somebody else's schedule sends through.
    ApproveDelivery,
    ViewSetup,
    /// See the values of encrypted text and not their masks.
    ViewEncryptedData,
}

impl SystemPermission {
    /// Every permission with its name on a permission set.
    pub const ALL: [(SystemPermission, &'static str); 13] = [
        (SystemPermission::ViewAllData, "ViewAllData"),
        (SystemPermission::ModifyAllData, "ModifyAllData"),
        (SystemPermission::ManageUsers, "ManageUsers"),
        (SystemPermission::CustomizeApplication, "CustomizeApplication"),
        (SystemPermission::ApiEnabled, "ApiEnabled"),
        (SystemPermission::TransferAnyEntity, "TransferAnyEntity"),
        (SystemPermission::RunReports, "RunReports"),
        (SystemPermission::ScheduleReports, "ScheduleReports"),
        (SystemPermission::SendExternal, "SendExternal"),
        (SystemPermission::ManageAllSchedules, "ManageAllSchedules"),
        (SystemPermission::ApproveDelivery, "ApproveDelivery"),
        (SystemPermission::ViewSetup, "ViewSetup"),
        (SystemPermission::ViewEncryptedData, "ViewEncryptedData"),
    ];

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(permission, _)| *permission)
    }

    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(permission, _)| *permission == self).map_or("", |(_, name)| name)
    }
}

/// A set of [`SystemPermission`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemPermissions(u32);

impl SystemPermissions {
    #[must_use]
    pub fn with(self, permission: SystemPermission) -> Self {
        Self(self.0 | (1 << permission as u32))
    }

    pub fn has(self, permission: SystemPermission) -> bool {
        self.0 & (1 << permission as u32) != 0
    }

    fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn without(self, muted: Self) -> Self {
        Self(self.0 & !muted.0)
    }
}

/// What one profile or permission set says, by API names. A field named `*` stands for every field of the object.
#[derive(Clone, Debug, Default)]
pub struct PermissionFacts {
    pub system: SystemPermissions,
    pub objects: Vec<(String, ObjectPermission)>,
    pub fields: Vec<(String, String, FieldPermission)>,
    pub record_types: Vec<RecordTypeGrant>,
}

/// Permission sets that are given together, and the muting sets that take away from them and from nothing else. A
/// profile or a permission set given by itself is a group of one.
#[derive(Clone, Debug, Default)]
pub struct PermissionGroup {
    pub sets: Vec<PermissionFacts>,
    pub muting: Vec<PermissionFacts>,
}

impl From<PermissionFacts> for PermissionGroup {
    fn from(set: PermissionFacts) -> Self {
        Self { sets: vec![set], muting: Vec::new() }
    }
}

/// The union, by object and field index of one schema version.
#[derive(Debug)]
pub struct Permissions {
    schema_version: u64,
    system: SystemPermissions,
    objects: Vec<ObjectPermission>,
    fields: Vec<Vec<FieldPermission>>,
    record_types: RecordTypes,
}

impl Permissions {
    /// The union of sets without muting.
    pub fn compile<'a>(schema: &OrgSchema, sets: impl IntoIterator<Item = &'a PermissionFacts>) -> Self {
        let mut all = Self::nothing(schema);
        sets.into_iter().for_each(|set| all.add_set(schema, set));
        all.finished(schema)
    }

    /// What a service declares, to the letter: nothing follows from anything.
    pub(crate) fn of_service(schema: &OrgSchema, declared: &PermissionFacts) -> Self {
        let mut all = Self::nothing(schema);
        all.add_set(schema, declared);
        for (object, permissions) in schema.objects().iter().zip(&mut all.fields) {
            always_readable(object, permissions);
        }
        all
    }

    /// The union over groups, each after its muting sets have taken away from it.
    pub fn compile_groups(schema: &OrgSchema, groups: &[PermissionGroup]) -> Self {
        let mut all = Self::nothing(schema);
        for group in groups {
            if group.muting.is_empty() {
                group.sets.iter().for_each(|set| all.add_set(schema, set));
                continue;
            }
            let (mut given, mut muted) = (Self::nothing(schema), Self::nothing(schema));
            group.sets.iter().for_each(|set| given.add_set(schema, set));
            group.muting.iter().for_each(|set| muted.add_named(schema, set));
            given.mute(&muted);
            all.add(&given);
        }
        all.finished(schema)
    }

    fn nothing(schema: &OrgSchema) -> Self {
        Self {
            schema_version: schema.version(),
            system: SystemPermissions::default(),
            objects: vec![ObjectPermission::default(); schema.objects().len()],
            fields: schema
                .objects()
                .iter()
                .map(|object| vec![FieldPermission::default(); object.fields.len()])
                .collect(),
            record_types: RecordTypes::none(schema),
        }
    }

    fn add_set(&mut self, schema: &OrgSchema, set: &PermissionFacts) {
        self.add_named(schema, set);
        for (name, permission) in &set.objects {
            if let Some(object) = schema.find_object(name) {
                let slot = &mut self.objects[object.ix.index()];
                *slot = slot.union(permission.spelled_out());
            }
        }
    }

    /// What a set names and nothing that follows from it: to mute Modify All is not to mute Read.
    fn add_named(&mut self, schema: &OrgSchema, set: &PermissionFacts) {
        self.system = self.system.union(set.system);
        for (name, permission) in &set.objects {
            if let Some(object) = schema.find_object(name) {
                let slot = &mut self.objects[object.ix.index()];
                *slot = slot.union(*permission);
            }
        }
        for (object, field, permission) in &set.fields {
            if let Some(object) = schema.find_object(object) {
                grant_field(object, field, *permission, &mut self.fields[object.ix.index()]);
            }
        }
        for grant in &set.record_types {
            if let Some(object) = schema.find_object(&grant.object) {
                self.record_types.add(object, grant);
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.system = self.system.union(other.system);
        for (slot, more) in self.objects.iter_mut().zip(&other.objects) {
            *slot = slot.union(*more);
        }
        for (slot, more) in self.fields.iter_mut().flatten().zip(other.fields.iter().flatten()) {
            *slot = FieldPermission { read: slot.read || more.read, edit: slot.edit || more.edit };
        }
        self.record_types.add_all(&other.record_types);
    }

    fn mute(&mut self, muted: &Self) {
        self.system = self.system.without(muted.system);
        for (slot, less) in self.objects.iter_mut().zip(&muted.objects) {
            *slot = slot.without(*less).with_needs();
        }
        for (slot, less) in self.fields.iter_mut().flatten().zip(muted.fields.iter().flatten()) {
            *slot = FieldPermission { read: slot.read && !less.read, edit: slot.edit && !less.edit }.with_needs();
        }
    }

    fn finished(mut self, schema: &OrgSchema) -> Self {
        for slot in &mut self.objects {
            if self.system.has(SystemPermission::ModifyAllData) {
                *slot = ObjectPermission::ALL;
            } else if self.system.has(SystemPermission::ViewAllData) {
                slot.read = true;
                slot.view_all = true;
            }
            *slot = slot.with_needs();
        }
        for slot in self.fields.iter_mut().flatten() {
            *slot = slot.with_needs();
        }
        need_read_on_masters(schema, &mut self.objects);
        for (object, permissions) in schema.objects().iter().zip(&mut self.fields) {
            always_readable(object, permissions);
        }
        for object in schema.objects() {
            if object.def.made_by_platform {
                self.objects[object.ix.index()].create = false;
            }
            if object.is_about_a_record() {
                self.follow_record(schema, object);
            }
            if !object.members().is_empty() {
                self.follow_members(schema, object);
            } else if object.def.computed {
                // It answers questions, and who may ask which it decides itself.
                self.objects[object.ix.index()].read = true;
                self.fields[object.ix.index()].iter_mut().for_each(|field| field.read = true);
            }
        }
        self
    }

    /// Rows that give access to a record or tell of it have no permissions of their own: who reads the object reads
    /// who has access to it and what happened to it. Who may change access follows from the record; nobody changes
    /// history.
    fn follow_record(&mut self, schema: &OrgSchema, rows: &ObjectSchema) {
        let record = rows.masters.first().and_then(|field| rows.field(*field).targets.first());
        let Some(record) = record.map(|target| schema.object(*target)) else { return };
        let permission = self.objects[record.ix.index()];
        let read = permission.read;
        if rows.history_rows().is_none() {
            self.objects[rows.ix.index()] = ObjectPermission { create: read, edit: read, delete: read, ..permission };
            if read {
                self.fields[rows.ix.index()].fill(FieldPermission::EDIT);
            }
            return;
        }
        self.objects[rows.ix.index()] =
            ObjectPermission { read, view_all: permission.view_all, ..ObjectPermission::default() };
        for field in &rows.fields {
            // Where a step shows a field of the record, it is that field.
            let same = record.find_field(field.name()).filter(|_| rows.history_rows() == Some(HistoryRows::Steps));
            let read = read && same.is_none_or(|same| self.field(record.ix, same.ix).read);
            self.fields[rows.ix.index()][field.ix.index()] = FieldPermission { read, edit: false };
        }
    }

    /// Who reads any of the objects reads what it shows of them, and a field where it has a value for them.
    fn follow_members(&mut self, schema: &OrgSchema, union: &ObjectSchema) {
        let members: Vec<_> = union
            .members()
            .iter()
            .filter_map(|member| Some((member, schema.find_object(&member.object)?)))
            .filter(|(_, object)| self.objects[object.ix.index()].read)
            .collect();
        self.objects[union.ix.index()] = ObjectPermission { read: !members.is_empty(), ..ObjectPermission::default() };
        for field in &union.fields {
            let read = members.iter().any(|(member, object)| match member.shows(object, field.name()) {
                Shown::Field(shown) => self.field(object.ix, shown.ix).read,
                Shown::Fixed(_) => true,
                Shown::Nothing => false,
            });
            self.fields[union.ix.index()][field.ix.index()] = FieldPermission { read, edit: false };
        }
    }

    /// The schema version the indexes belong to.
    pub fn schema_version(&self) -> u64 {
        self.schema_version
    }

    pub(crate) fn record_types(&self) -> &RecordTypes {
        &self.record_types
    }

    pub fn system(&self, permission: SystemPermission) -> bool {
        self.system.has(permission)
    }

    pub fn object(&self, object: ObjectIx) -> ObjectPermission {
        self.objects.get(object.index()).copied().unwrap_or_default()
    }

    pub fn field(&self, object: ObjectIx, field: FieldIx) -> FieldPermission {
        self.fields.get(object.index()).and_then(|fields| fields.get(field.index())).copied().unwrap_or_default()
    }
}

fn grant_field(object: &ObjectSchema, field: &str, permission: FieldPermission, slots: &mut [FieldPermission]) {
    let merge = |slot: &mut FieldPermission| {
        slot.edit |= permission.edit;
        slot.read |= permission.read;
    };
    if field == "*" {
        slots.iter_mut().for_each(merge);
    } else if let Some(field) = object.find_field(field).filter(|field| object.location_of(field).is_none()) {
        merge(&mut slots[field.ix.index()]);
        // A location is one field; its parts have no permissions of their own.
        let halves =
            object.fields.iter().filter(|half| object.location_of(half).is_some_and(|whole| whole.ix == field.ix));
        halves.for_each(|half| merge(&mut slots[half.ix.index()]));
    }
}

/// Id, the audit fields, universally required and master fields are always readable; who may write the object may
/// write the required ones.
fn always_readable(object: &ObjectSchema, slots: &mut [FieldPermission]) {
    for field in &object.fields {
        let slot = &mut slots[field.ix.index()];
        let master = object.masters.contains(&field.ix);
        let is_audit = matches!(
            field.name(),
            "Id" | "IsDeleted"
                | "CreatedDate"
                | "CreatedById"
                | "LastModifiedDate"
                | "LastModifiedById"
                | "SystemModstamp"
                | "OwnerId"
        );
        if is_audit || master || field.def.required || field.ix == object.name_field {
            slot.read = true;
            slot.edit |= !field.def.system;
        }
    }
}

/// Read on a detail object needs read on its masters; where a master may be of several objects, on one of them.
fn need_read_on_masters(schema: &OrgSchema, objects: &mut [ObjectPermission]) {
    // Masters nest three deep at most; one more round proves that nothing changes.
    for _ in 0..4 {
        for object in schema.objects() {
            let blocked = object
                .masters
                .iter()
                .any(|master| !object.field(*master).targets.iter().any(|target| objects[target.index()].read));
            if blocked {
                objects[object.ix.index()] = ObjectPermission::default();
            }
        }
    }
}
