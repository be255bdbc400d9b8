//! The schedule, and the grant by which its owner lets it run.

use super::{GRANT, SCHEDULE};
use model::schema::{FieldDef, ObjectDef, OnDelete};

/// Characters of what was agreed to: the definition of a report and all that a schedule adds to it.
const TERMS_CHARS: u32 = 200_000;

/// A report that goes out by itself. Private to its owner, as whom it runs, and to who may see all records.
pub(crate) fn schedule() -> ObjectDef {
    let mut object = ObjectDef::new(SCHEDULE, "Delivery schedule", "Delivery schedules", "hS0")
        .package("delivery")
        .field(FieldDef::text("Name", "Schedule name", 80).required())
        .field(FieldDef::lookup("ReportId", "Report", "Report").on_delete(OnDelete::Restrict).required())
        .field(
            FieldDef::picklist("State", "State", &["draft", "active", "paused", "suspended", "ended"])
                .restricted()
                .default_value("draft")
                .tracked()
                .indexed(),
        )
        .field(FieldDef::text("SuspendReason", "Why it stopped", 255).system())
        .field(
            FieldDef::picklist("SuspendCode", "Kind of stop", &["consent", "grant", "access", "owner", "error"])
                .restricted()
                .system(),
        )
        .field(
            FieldDef::text_area("Rule", "Recurrence", 8_000)
                .required()
                .help("Frequency, days, times and zone as JSON."),
        )
        .field(FieldDef::date_time("NextRun", "Next run").system().indexed())
        .field(
            FieldDef::text_area("Recipients", "Recipients", 32_000)
                .required()
                .help("Users, contacts, leads, groups, addresses and columns of the report as JSON."),
        )
        .field(FieldDef::text("SubjectTemplate", "Subject", 255))
        .field(FieldDef::text_area("BodyTemplate", "Message", 8_000))
        .field(
            FieldDef::text("Formats", "Attached files", 40).default_value("XLSX").help("XLSX, CSV, PDF: one or more."),
        )
        .field(
            FieldDef::picklist("Mode", "What the mail holds", &["attach", "inline", "both", "link"])
                .restricted()
                .default_value("both")
                .help("With link, the mail holds no data: whoever gets it signs in to read the report."),
        )
        .field(
            FieldDef::picklist("RunAsMode", "Whose rows", &["fixed", "each_recipient"])
                .restricted()
                .default_value("fixed")
                .help("The rows that the owner may read, or for each user those that they may read themselves."),
        )
        .field(
            FieldDef::text_area("Bursting", "One part for each", 2_000)
                .help("Column of the report whose values are parts, and whom each part goes to, as JSON."),
        )
        .field(
            FieldDef::text_area("Condition", "Condition", 2_000).help("When a run sends, as JSON; always when empty."),
        )
        .field(
            FieldDef::boolean("OnlyOnChange", "Only when it begins to hold", false)
                .help("A run sends when the condition holds and did not hold the last time."),
        )
        .field(FieldDef::boolean("ConditionHeld", "The condition held last time", false).system())
        .field(
            FieldDef::picklist("Misfire", "After a pause of the server", &["coalesce", "each", "skip"])
                .restricted()
                .default_value("coalesce")
                .help("Of several runs that were missed: the latest alone, each, or none."),
        )
        .field(
            FieldDef::picklist("OnUncertain", "When nobody knows if it arrived", &["hold", "resendOnce"])
                .restricted()
                .default_value("hold")
                .help("A person decides, or the same message goes out once more."),
        )
        .field(FieldDef::text("Digest", "Digest", 64).system().help("Fixes what the running user agreed to send."))
        .field(FieldDef::text_area("Terms", "What was agreed to", TERMS_CHARS).system())
        .field(
            FieldDef::text("Approval", "Approved change", 64)
                .help("The digest of a change by somebody else, written here by whoever approves it."),
        )
        .field(FieldDef::lookup("ChangedById", "Changed by", "User").system().help("Who changed what it sends."))
        .field(FieldDef::lookup("ApprovedById", "Approved by", "User").system().tracked())
        .field(FieldDef::date_time("ToldAt", "Owner told").system())
        .field(FieldDef::date_time("LastRun", "Last run").system())
        .field(FieldDef::text("LastOutcome", "Last outcome", 255).system());
    object.uses_hierarchy = false;
    object
}

/// What a user gave when they let a schedule run as them. Revoked by that user or by whoever may edit the schedule.
pub(crate) fn grant() -> ObjectDef {
    ObjectDef::new(GRANT, "Delivery grant", "Delivery grants", "hG0")
        .package("delivery")
        .detail_of("ScheduleId")
        .not_searchable()
        .name_field("Digest")
        .field(FieldDef::master("ScheduleId", "Schedule", SCHEDULE).children("Grants"))
        .field(FieldDef::lookup("UserId", "Given by", "User").system())
        .field(FieldDef::text("Digest", "Digest of what was agreed to", 64).system())
        .field(FieldDef::date_time("GrantedAt", "Given").system())
        .field(FieldDef::date_time("ExpiresAt", "Expires").system())
        .field(FieldDef::boolean("IsRevoked", "Revoked", false).help("Once revoked, nothing is sent any more."))
        .field(FieldDef::date_time("RevokedAt", "Revoked at").system())
        .field(FieldDef::lookup("RevokedById", "Revoked by", "User").system())
}
