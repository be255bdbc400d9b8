//! What a user may do: profiles, permission sets and their groups, and the object and field permissions they hold.
//!
//! A profile's own permissions are those of the permission set it owns, as in Salesforce.

use super::common::{picklist_from, setting};
use model::schema::{FieldDef, ObjectDef, OnDelete};

pub(super) fn objects() -> Vec<ObjectDef> {
    vec![
        profile(),
        permission_set(),
        assignment(),
        permission_set_group(),
        group_component(),
        object_permissions(),
        field_permissions(),
        record_type_visibility(),
    ]
}

fn flag(name: &str, label: &str) -> FieldDef {
    FieldDef::boolean(name, label, false).tracked()
}

fn profile() -> ObjectDef {
    setting("Profile", "Profile", "Profiles", "00e")
        .field(FieldDef::text("Name", "Name", 255).required().unique())
        .field(picklist_from("UserType", "User type", &["Standard"], "Standard").system())
        .field(FieldDef::text("Description", "Description", 255))
}

fn permission_set() -> ObjectDef {
    setting("PermissionSet", "Permission set", "Permission sets", "0PS")
        .field(FieldDef::text("Name", "Permission set name", 80).required().unique())
        .field(FieldDef::text("Label", "Permission set label", 80).required())
        .field(FieldDef::text("Description", "Description", 255))
        .field(
            picklist_from("Type", "Type", &["Regular", "Profile", "Muting"], "Regular")
                .restricted()
                .help("A muting set takes its permissions away inside the groups it belongs to, and nowhere else."),
        )
        .field(FieldDef::boolean("IsOwnedByProfile", "Is owned by profile", false).system())
        .field(FieldDef::lookup("ProfileId", "Profile", "Profile").on_delete(OnDelete::Cascade).system())
        .field(FieldDef::text("NamespacePrefix", "Namespace prefix", 15).system())
        .field(flag("PermissionsViewAllData", "View all data"))
        .field(flag("PermissionsModifyAllData", "Modify all data"))
        .field(flag("PermissionsApiEnabled", "API enabled"))
        .field(flag("PermissionsManageUsers", "Manage users"))
        .field(flag("PermissionsCustomizeApplication", "Customize application"))
        .field(flag("PermissionsTransferAnyEntity", "Transfer records"))
        .field(flag("PermissionsViewSetup", "View setup and configuration"))
        .field(flag("PermissionsRunReports", "Run reports"))
        .field(flag("PermissionsScheduleReports", "Schedule reports"))
        .field(flag("PermissionsManageAllSchedules", "Manage all schedules"))
        .field(flag("PermissionsApproveDelivery", "Approve deliveries"))
        .field(flag("PermissionsSendExternal", "Send to external addresses"))
        .field(flag("PermissionsViewEncryptedData", "View encrypted data"))
}

fn assignment() -> ObjectDef {
    setting("PermissionSetAssignment", "Permission set assignment", "Permission set assignments", "0Pa")
        .name_field("Id")
        .field(
            FieldDef::lookup("PermissionSetId", "Permission set", "PermissionSet")
                .children("Assignments")
                .on_delete(OnDelete::Cascade),
        )
        .field(
            FieldDef::lookup("PermissionSetGroupId", "Permission set group", "PermissionSetGroup")
                .children("Assignments")
                .on_delete(OnDelete::Cascade),
        )
        .field(
            FieldDef::lookup("AssigneeId", "Assignee", "User")
                .children("PermissionSetAssignments")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(FieldDef::date_time("ExpirationDate", "Expires on"))
}

fn permission_set_group() -> ObjectDef {
    setting("PermissionSetGroup", "Permission set group", "Permission set groups", "0PG")
        .name_field("DeveloperName")
        .field(FieldDef::text("DeveloperName", "API name", 80).required().unique())
        .field(FieldDef::text("MasterLabel", "Label", 80).required())
        .field(FieldDef::text("Description", "Description", 255))
}

fn group_component() -> ObjectDef {
    setting("PermissionSetGroupComponent", "Permission set group component", "Permission set group components", "0PM")
        .name_field("Id")
        .field(
            FieldDef::lookup("PermissionSetGroupId", "Permission set group", "PermissionSetGroup")
                .children("PermissionSetGroupComponents")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(
            FieldDef::lookup("PermissionSetId", "Permission set", "PermissionSet")
                .children("PermissionSetGroupComponents")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
}

fn object_permissions() -> ObjectDef {
    setting("ObjectPermissions", "Object permissions", "Object permissions", "110")
        .name_field("SobjectType")
        .field(
            FieldDef::lookup("ParentId", "Parent", "PermissionSet")
                .children("ObjectPerms")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(FieldDef::text("SobjectType", "Object", 80).required().indexed())
        .field(flag("PermissionsRead", "Read records"))
        .field(flag("PermissionsCreate", "Create records"))
        .field(flag("PermissionsEdit", "Edit records"))
        .field(flag("PermissionsDelete", "Delete records"))
        .field(flag("PermissionsViewAllRecords", "View all records"))
        .field(flag("PermissionsModifyAllRecords", "Modify all records"))
}

fn field_permissions() -> ObjectDef {
    setting("FieldPermissions", "Field permissions", "Field permissions", "01k")
        .name_field("Field")
        .field(
            FieldDef::lookup("ParentId", "Parent", "PermissionSet")
                .children("FieldPerms")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(FieldDef::text("SobjectType", "Object", 80).required().indexed())
        .field(FieldDef::text("Field", "Field name", 161).required().help("Object and field: Account.Name."))
        .field(flag("PermissionsRead", "Read field"))
        .field(flag("PermissionsEdit", "Edit field"))
}

fn record_type_visibility() -> ObjectDef {
    setting("RecordTypeVisibility", "Record type visibility", "Record type visibilities", "0RV")
        .name_field("Id")
        .field(
            FieldDef::lookup("ParentId", "Parent", "PermissionSet")
                .children("RecordTypeVisibilities")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(
            FieldDef::lookup("TypeId", "Record type", "RecordType")
                .children("Visibilities")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(FieldDef::boolean("IsVisible", "Available", true).tracked())
        .field(
            flag("IsDefault", "Default").help("New records get it. Profiles alone have defaults, one for an object."),
        )
}
