//! The records of this app: schedules, which people edit, and the ledger of runs and deliveries, which they read.

use model::schema::{FieldDef, ObjectDef, OnDelete};

pub(crate) const SCHEDULE: &str = "DeliverySchedule";
pub(crate) const RUN: &str = "DeliveryRun";
pub(crate) const DELIVERY: &str = "Delivery";

/// A report that goes out by itself. Private to its owner, as whom it runs, and to who may see all records.
pub(crate) fn schedule() -> ObjectDef {
    let mut object = ObjectDef::new(SCHEDULE, "Delivery schedule", "Delivery schedules", "hS0")
        .package("delivery")
        .field(FieldDef::text("Name", "Schedule name", 80).required())
        .field(FieldDef::lookup("ReportId", "Report", "Report").on_delete(OnDelete::Restrict).required())
        .field(
            FieldDef::picklist("State", "State", &["draft", "active", "paused", "suspended"])
                .restricted()
                .default_value("draft")
                .tracked()
                .indexed(),
        )
        .field(FieldDef::text("SuspendReason", "Why it stopped", 255).system())
        .field(
            FieldDef::text_area("Rule", "Recurrence", 8_000)
                .required()
                .help("Frequency, days, times and zone as JSON."),
        )
        .field(FieldDef::date_time("NextRun", "Next run").system().indexed())
        .field(
            FieldDef::text_area("Recipients", "Recipients", 32_000)
                .required()
                .help("Users, contacts, leads and addresses as JSON."),
        )
        .field(FieldDef::text("SubjectTemplate", "Subject", 255))
        .field(FieldDef::text_area("BodyTemplate", "Message", 8_000))
        .field(
            FieldDef::text("Formats", "Attached files", 40).default_value("XLSX").help("XLSX, CSV, PDF: one or more."),
        )
        .field(
            FieldDef::picklist("Mode", "What the mail holds", &["attach", "inline", "both"])
                .restricted()
                .default_value("both"),
        )
        .field(
            FieldDef::text_area("Condition", "Condition", 2_000).help("When a run sends, as JSON; always when empty."),
        )
        .field(
            FieldDef::picklist("Misfire", "After a pause of the server", &["coalesce", "each", "skip"])
                .restricted()
                .default_value("coalesce")
                .help("Of several runs that were missed: the latest alone, each, or none."),
        )
        .field(FieldDef::text("Digest", "Digest", 64).system().help("Fixes what the running user agreed to send."))
        .field(FieldDef::date_time("LastRun", "Last run").system())
        .field(FieldDef::text("LastOutcome", "Last outcome", 255).system());
    object.uses_hierarchy = false;
    object
}

pub(crate) fn run() -> ObjectDef {
    ObjectDef::new(RUN, "Delivery run", "Delivery runs", "hR0")
        .package("delivery")
        .detail_of("ScheduleId")
        .not_searchable()
        .read_only()
        .name_field("Slot")
        .field(FieldDef::master("ScheduleId", "Schedule", SCHEDULE).children("Runs"))
        .field(FieldDef::text("Slot", "Slot", 40).required().help("The local date and time of the rule."))
        .field(FieldDef::text("RunKey", "Run key", 80).required().unique())
        .field(FieldDef::date_time("DueAt", "Due").required())
        .field(
            FieldDef::picklist(
                "State",
                "State",
                &["due", "rendering", "delivering", "done", "skipped", "failed", "missed", "cancelled"],
            )
            .restricted()
            .required()
            .indexed(),
        )
        .field(FieldDef::boolean("IsLate", "Late", false))
        .field(FieldDef::date_time("StartedAt", "Started"))
        .field(FieldDef::date_time("FinishedAt", "Finished"))
        .field(FieldDef::date_time("AsOf", "Read at"))
        .field(FieldDef::int("RowsRead", "Rows"))
        .field(FieldDef::text("FileName", "File", 255))
        .field(FieldDef::int("FileBytes", "File size"))
        .field(FieldDef::text("Sha256", "SHA-256", 64))
        .field(FieldDef::text_area("Reason", "What happened", 2_000))
}

pub(crate) fn delivery() -> ObjectDef {
    ObjectDef::new(DELIVERY, "Delivery", "Deliveries", "hD0")
        .package("delivery")
        .detail_of("RunId")
        .not_searchable()
        .read_only()
        .name_field("Recipient")
        .field(FieldDef::master("RunId", "Run", RUN).children("Deliveries"))
        .field(FieldDef::text("Recipient", "Recipient", 255).required())
        .field(FieldDef::text("Address", "Address", 255).indexed())
        .field(FieldDef::text("DeliveryKey", "Delivery key", 255).required().unique())
        .field(
            FieldDef::picklist(
                "State",
                "State",
                &[
                    "pending",
                    "queued",
                    "deferred",
                    "accepted",
                    "kept",
                    "uncertain",
                    "failed",
                    "skipped",
                    "blocked",
                    "cancelled",
                ],
            )
            .restricted()
            .required(),
        )
        .field(FieldDef::text("Reason", "Reason", 255))
        .field(FieldDef::text("MessageId", "Message ID", 255))
        .field(FieldDef::int("Attempts", "Attempts"))
        .field(FieldDef::text_area("Reply", "Server reply", 2_000))
        .field(FieldDef::int("OutboxNumber", "Outbox number"))
        .field(FieldDef::date_time("SettledAt", "Last news"))
}
