//! Cases: what customers report and what becomes of it.

use super::common::{description, last_activity, picklist_from, record_type};
use model::schema::{FieldDef, ObjectDef, OnDelete};

pub(super) fn objects() -> Vec<ObjectDef> {
    vec![case()]
}

fn case() -> ObjectDef {
    ObjectDef::new("Case", "Case", "Cases", "500")
        .listed_by("CreatedDate")
        .queueable()
        .name_field("CaseNumber")
        .field(FieldDef::auto_number("CaseNumber", "Case number", "{00000000}").indexed())
        .field(record_type())
        .field(FieldDef::lookup("ContactId", "Contact", "Contact").children("Cases").on_delete(OnDelete::Restrict))
        .field(FieldDef::lookup("AccountId", "Account", "Account").children("Cases").on_delete(OnDelete::Restrict))
        .field(FieldDef::lookup("ParentId", "Parent case", "Case").children("Cases"))
        .field(FieldDef::text("SuppliedName", "Web name", 80))
        .field(FieldDef::email("SuppliedEmail", "Web email"))
        .field(FieldDef::text("SuppliedPhone", "Web phone", 40))
        .field(FieldDef::text("SuppliedCompany", "Web company", 80))
        .field(FieldDef::picklist(
            "Type",
            "Case type",
            &["Mechanical", "Electrical", "Electronic", "Structural", "Other"],
        ))
        .field(
            picklist_from("Status", "Status", &["New", "Working", "Escalated", "Closed"], "New")
                .required()
                .tracked()
                .indexed(),
        )
        .field(FieldDef::picklist(
            "Reason",
            "Case reason",
            &[
                "Installation",
                "Equipment Complexity",
                "Performance",
                "Breakdown",
                "Equipment Design",
                "Feedback",
                "Other",
            ],
        ))
        .field(FieldDef::picklist("Origin", "Case origin", &["Phone", "Email", "Web"]))
        .field(FieldDef::text("Subject", "Subject", 255))
        .field(picklist_from("Priority", "Priority", &["High", "Medium", "Low"], "Medium").tracked())
        .field(description())
        .field(FieldDef::boolean("IsClosed", "Closed", false).system())
        .field(FieldDef::date_time("ClosedDate", "Date/time closed").system())
        .field(FieldDef::boolean("IsEscalated", "Escalated", false))
        .field(last_activity())
}
