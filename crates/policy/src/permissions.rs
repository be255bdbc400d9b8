//! Object, field and system permissions: the union over a user's profile and permission sets, compiled against one
//! schema so that a check is an index.

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

    /// Applies "edit needs read", "modify all is read, edit, delete and view all", and so on.
    fn closed(mut self) -> Self {
        if self.modify_all {
            self.view_all = true;
            self.edit = true;
            self.delete = true;
            self.read = true;
        }
        if !self.read {
            return Self::default();
        }
        self
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
    ViewSetup,
}

impl SystemPermission {
    /// Every permission with its name on a permission set.
    pub const ALL: [(SystemPermission, &'static str); 11] = [
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
        (SystemPermission::ViewSetup, "ViewSetup"),
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
}

/// What one profile or permission set says, by API names. A field named `*` stands for every field of the object.
#[derive(Clone, Debug, Default)]
pub struct PermissionFacts {
    pub system: SystemPermissions,
    pub objects: Vec<(String, ObjectPermission)>,
    pub fields: Vec<(String, String, FieldPermission)>,
}

/// The union, by object and field index of one schema version.
#[derive(Debug)]
pub struct Permissions {
    schema_version: u64,
    system: SystemPermissions,
    objects: Vec<ObjectPermission>,
    fields: Vec<Vec<FieldPermission>>,
}

impl Permissions {
    pub fn compile<'a>(schema: &OrgSchema, sets: impl IntoIterator<Item = &'a PermissionFacts>) -> Self {
        let mut system = SystemPermissions::default();
        let mut objects = vec![ObjectPermission::default(); schema.objects().len()];
        let mut fields: Vec<Vec<FieldPermission>> =
            schema.objects().iter().map(|object| vec![FieldPermission::default(); object.fields.len()]).collect();
        for set in sets {
            system = system.union(set.system);
            for (name, permission) in &set.objects {
                if let Some(object) = schema.find_object(name) {
                    let slot = &mut objects[object.ix.index()];
                    *slot = slot.union(permission.closed());
                }
            }
            for (object, field, permission) in &set.fields {
                if let Some(object) = schema.find_object(object) {
                    grant_field(object, field, *permission, &mut fields[object.ix.index()]);
                }
            }
        }
        for slot in &mut objects {
            if system.has(SystemPermission::ModifyAllData) {
                *slot = ObjectPermission::ALL;
            } else if system.has(SystemPermission::ViewAllData) {
                slot.read = true;
                slot.view_all = true;
            }
        }
        need_read_on_masters(schema, &mut objects);
        for (object, permissions) in schema.objects().iter().zip(&mut fields) {
            always_readable(object, permissions);
        }
        Self { schema_version: schema.version(), system, objects, fields }
    }

    /// The schema version the indexes belong to.
    pub fn schema_version(&self) -> u64 {
        self.schema_version
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
        slot.edit |= permission.edit && permission.read;
        slot.read |= permission.read;
    };
    if field == "*" {
        slots.iter_mut().for_each(merge);
    } else if let Some(field) = object.find_field(field) {
        merge(&mut slots[field.ix.index()]);
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

/// Read on a detail object needs read on its masters.
fn need_read_on_masters(schema: &OrgSchema, objects: &mut [ObjectPermission]) {
    // Masters nest three deep at most; one more round proves that nothing changes.
    for _ in 0..4 {
        for object in schema.objects() {
            let blocked = object
                .masters
                .iter()
                .any(|master| object.field(*master).targets.iter().any(|target| !objects[target.index()].read));
            if blocked {
                objects[object.ix.index()] = ObjectPermission::default();
            }
        }
    }
}
