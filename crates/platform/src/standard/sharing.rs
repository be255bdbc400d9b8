//! The teams that work on accounts, opportunities and cases (a team row opens its record to one user), and the object
//! that answers what a user may do with a record.

use super::common::{picklist_from, setting};
use model::schema::{FieldDef, FieldType, GrantRows, ObjectDef, OnDelete};

const TEAM_ROLES: &[&str] = &[
    "Account Manager",
    "Channel Manager",
    "Executive Sponsor",
    "Lead Qualifier",
    "Pre-Sales Consultant",
    "Sales Manager",
    "Sales Rep",
];

const LEVELS: &[&str] = &["None", "Read", "Edit"];

pub(super) fn objects() -> Vec<ObjectDef> {
    vec![account_team(), opportunity_team(), case_team_role(), case_team(), user_record_access()]
}

fn team(name: &str, label: &str, prefix: &'static str, record: (&str, &str, &str), member: &str) -> ObjectDef {
    let (field, record_label, object) = record;
    let list = if name == "CaseTeamMember" { "TeamMembers" } else { object_list(name) };
    ObjectDef::new(name, label, &format!("{label}s"), prefix)
        .grant_on(field, GrantRows::Team)
        .name_field("Id")
        .field(FieldDef::lookup(field, record_label, object).children(list).on_delete(OnDelete::Cascade).required())
        .field(FieldDef::lookup(member, "Member", "User").on_delete(OnDelete::Cascade).required())
}

fn object_list(name: &str) -> &'static str {
    if name == "AccountTeamMember" { "AccountTeamMembers" } else { "OpportunityTeamMembers" }
}

fn level(name: &str, label: &str, default: &str) -> FieldDef {
    picklist_from(name, label, LEVELS, default).restricted().required()
}

fn account_team() -> ObjectDef {
    team("AccountTeamMember", "Account team member", "01M", ("AccountId", "Account", "Account"), "UserId")
        .field(FieldDef::picklist("TeamMemberRole", "Team role", TEAM_ROLES))
        .field(level("AccountAccessLevel", "Account access", "Read"))
        .field(level("ContactAccessLevel", "Contact access", "None"))
        .field(level("OpportunityAccessLevel", "Opportunity access", "None"))
        .field(level("CaseAccessLevel", "Case access", "None"))
}

fn opportunity_team() -> ObjectDef {
    let record = ("OpportunityId", "Opportunity", "Opportunity");
    team("OpportunityTeamMember", "Opportunity team member", "00q", record, "UserId")
        .field(FieldDef::picklist("TeamMemberRole", "Team role", TEAM_ROLES))
        .field(level("OpportunityAccessLevel", "Opportunity access", "Read"))
}

/// What members of a case team get, by the role they have in it.
fn case_team_role() -> ObjectDef {
    setting("CaseTeamRole", "Case team role", "Case team roles", "0B7")
        .field(FieldDef::text("Name", "Member role name", 80).required().unique())
        .field(level("AccessLevel", "Case access", "Read"))
        .field(FieldDef::boolean("PreferencesVisibleInCSP", "Visible in customer portal", false))
}

fn case_team() -> ObjectDef {
    team("CaseTeamMember", "Case team member", "0B6", ("ParentId", "Case", "Case"), "MemberId")
        .field(FieldDef::lookup("TeamRoleId", "Team role", "CaseTeamRole").on_delete(OnDelete::Restrict).required())
}

/// What a user may do with a record: its rows are worked out for the user and the records that a query names.
fn user_record_access() -> ObjectDef {
    let flag = |name: &str, label: &str| FieldDef::boolean(name, label, false).system();
    let levels = &["None", "Read", "Edit", "Delete", "Transfer", "All"];
    setting("UserRecordAccess", "User record access", "User record access", "0QQ")
        .computed()
        .name_field("Id")
        .field(FieldDef::lookup("UserId", "User", "User").on_delete(OnDelete::Cascade).system())
        .field(FieldDef::new("RecordId", "Record", FieldType::Id).system())
        .field(flag("HasReadAccess", "Has read access"))
        .field(flag("HasEditAccess", "Has edit access"))
        .field(flag("HasDeleteAccess", "Has delete access"))
        .field(flag("HasTransferAccess", "Has transfer access"))
        .field(flag("HasAllAccess", "Has all access"))
        .field(FieldDef::picklist("MaxAccessLevel", "Maximum access level", levels).restricted().system())
}
