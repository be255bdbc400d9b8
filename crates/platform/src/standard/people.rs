//! Users, the roles and groups they stand in, record types, and the organization itself.

use super::common::{address, person_name, picklist_from, searchable, setting};
use super::locales::{ENCODINGS, LANGUAGES, LOCALES, TIME_ZONES};
use model::Value;
use model::schema::{FieldDef, ObjectDef, OnDelete};

const CHILD_ACCESS: &[&str] = &["None", "Read", "Edit"];

pub(super) fn objects() -> Vec<ObjectDef> {
    vec![user(), user_login(), user_role(), group(), group_member(), queue_object(), record_type(), organization()]
}

fn user() -> ObjectDef {
    searchable(setting("User", "User", "Users", "005"))
        .field(FieldDef::text("Username", "Username", 80).required().unique())
        .fields(person_name())
        .field(FieldDef::text("Alias", "Alias", 8).required())
        .field(FieldDef::email("Email", "Email").required().indexed())
        .field(FieldDef::text("Title", "Title", 80))
        .field(FieldDef::text("CompanyName", "Company name", 80))
        .field(FieldDef::text("Division", "Division", 80))
        .field(FieldDef::text("Department", "Department", 80))
        .fields(address("", ""))
        .field(FieldDef::phone("Phone", "Phone"))
        .field(FieldDef::phone("Extension", "Extension"))
        .field(FieldDef::phone("MobilePhone", "Mobile"))
        .field(FieldDef::phone("Fax", "Fax"))
        .field(FieldDef::text("EmployeeNumber", "Employee number", 20))
        .field(FieldDef::boolean("IsActive", "Active", true).tracked())
        .field(FieldDef::picklist("TimeZoneSidKey", "Time zone", TIME_ZONES).required())
        .field(FieldDef::picklist("LocaleSidKey", "Locale", LOCALES).required())
        .field(FieldDef::picklist("EmailEncodingKey", "Email encoding", ENCODINGS).required())
        .field(FieldDef::picklist("LanguageLocaleKey", "Language", LANGUAGES).required())
        .field(
            FieldDef::lookup("ProfileId", "Profile", "Profile")
                .children("Users")
                .on_delete(OnDelete::Restrict)
                .required()
                .tracked(),
        )
        .field(
            FieldDef::lookup("UserRoleId", "Role", "UserRole")
                .children("Users")
                .on_delete(OnDelete::Restrict)
                .tracked(),
        )
        .field(FieldDef::lookup("ManagerId", "Manager", "User").children("ManagedUsers"))
        .field(picklist_from("UserType", "User type", &["Standard"], "Standard").system())
        .field(FieldDef::text("FederationIdentifier", "SAML federation ID", 512).unique())
        .field(FieldDef::date_time("LastLoginDate", "Last login").system())
        .field(FieldDef::text_area("AboutMe", "About me", 1_000))
}

/// Whether a user may sign in, beside being active.
fn user_login() -> ObjectDef {
    setting("UserLogin", "User login", "User logins", "0Yw")
        .name_field("Id")
        .field(
            FieldDef::lookup("UserId", "User", "User")
                .children("UserLogins")
                .on_delete(OnDelete::Cascade)
                .required()
                .unique(),
        )
        .field(
            FieldDef::boolean("IsFrozen", "Frozen", false)
                .tracked()
                .help("A frozen user cannot act and keeps their place in roles, groups and as owner."),
        )
        .field(FieldDef::boolean("IsPasswordLocked", "Password locked", false).system())
}

fn user_role() -> ObjectDef {
    let child_access = |object: &str, label: &str| {
        picklist_from(&format!("{object}AccessForAccountOwner"), label, CHILD_ACCESS, "None").restricted().required()
    };
    setting("UserRole", "Role", "Roles", "00E")
        .field(FieldDef::text("Name", "Name", 80).required())
        .field(FieldDef::text("DeveloperName", "Developer name", 80))
        .field(FieldDef::lookup("ParentRoleId", "Parent role", "UserRole").on_delete(OnDelete::Restrict).tracked())
        .field(FieldDef::text("RollupDescription", "Description", 80))
        .field(child_access("Opportunity", "Opportunity access for account owner"))
        .field(child_access("Case", "Case access for account owner"))
        .field(child_access("Contact", "Contact access for account owner"))
}

fn group() -> ObjectDef {
    setting("Group", "Group", "Groups", "00G")
        .field(FieldDef::text("Name", "Name", 80).required())
        .field(FieldDef::text("DeveloperName", "Developer name", 80).indexed())
        .field(
            picklist_from(
                "Type",
                "Type",
                &["Regular", "Queue", "Role", "RoleAndSubordinates", "Organization"],
                "Regular",
            )
            .restricted()
            .required(),
        )
        .field(
            FieldDef::polymorphic("RelatedId", "Related", &["UserRole", "User"])
                .on_delete(OnDelete::Cascade)
                .help("The role behind a group of type Role or RoleAndSubordinates."),
        )
        .field(FieldDef::email("Email", "Email"))
        .field(FieldDef::boolean("DoesSendEmailToMembers", "Send email to members", false))
        .field(
            FieldDef::boolean("DoesIncludeBosses", "Grant access using hierarchies", true)
                .help("Whether those above a member in the role hierarchy get what the group gets."),
        )
}

fn group_member() -> ObjectDef {
    setting("GroupMember", "Group member", "Group members", "011")
        .name_field("Id")
        .field(
            FieldDef::lookup("GroupId", "Group", "Group")
                .children("GroupMembers")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(
            FieldDef::polymorphic("UserOrGroupId", "User or group", &["User", "Group"])
                .on_delete(OnDelete::Cascade)
                .required(),
        )
}

/// Which objects' records a queue may own.
fn queue_object() -> ObjectDef {
    setting("QueueSobject", "Queue object", "Queue objects", "03g")
        .name_field("SobjectType")
        .field(
            FieldDef::lookup("QueueId", "Queue", "Group")
                .children("QueueSobjects")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(FieldDef::text("SobjectType", "Object type", 40).required())
}

fn record_type() -> ObjectDef {
    setting("RecordType", "Record type", "Record types", "012")
        .field(FieldDef::text("Name", "Name", 80).required())
        .field(FieldDef::text("DeveloperName", "Record type name", 80).required())
        .field(FieldDef::text("SobjectType", "Object type", 40).required().indexed())
        .field(FieldDef::text("Description", "Description", 255))
        .field(FieldDef::boolean("IsActive", "Active", true))
}

fn organization() -> ObjectDef {
    setting("Organization", "Organization", "Organizations", "00D")
        .read_only()
        .field(FieldDef::text("Name", "Name", 80).required())
        .field(FieldDef::text("Division", "Division", 80))
        .fields(address("", ""))
        .field(FieldDef::phone("Phone", "Phone"))
        .field(FieldDef::phone("Fax", "Fax"))
        .field(FieldDef::text("PrimaryContact", "Primary contact", 80))
        .field(FieldDef::picklist("DefaultLocaleSidKey", "Locale", LOCALES))
        .field(FieldDef::picklist("LanguageLocaleKey", "Language", LANGUAGES))
        .field(FieldDef::picklist("TimeZoneSidKey", "Time zone", TIME_ZONES))
        .field(FieldDef::int("FiscalYearStartMonth", "Fiscal year starts in").default_value(Value::Int(1)))
        .field(FieldDef::boolean("UsesStartDateAsFiscalYearName", "Fiscal year name by start", false))
        .field(FieldDef::text("OrganizationType", "Edition", 80).system())
        .field(FieldDef::text("InstanceName", "Instance name", 80).system())
        .field(FieldDef::boolean("IsSandbox", "Is sandbox", false).system())
        .field(FieldDef::text("NamespacePrefix", "Namespace prefix", 15).system())
        .field(FieldDef::date_time("TrialExpirationDate", "Trial expiration date").system())
}
