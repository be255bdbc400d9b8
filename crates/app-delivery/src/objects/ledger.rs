//! The ledger: each run of a schedule, and what became of it for each recipient.

use super::{DELIVERY, RUN, SCHEDULE};
use model::schema::{FieldDef, ObjectDef};

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
        .field(
            FieldDef::picklist("Kind", "Kind", &["scheduled", "now", "test"]).restricted().default_value("scheduled"),
        )
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
        .field(FieldDef::lookup("RunAsId", "With the rights of", "User"))
        .field(FieldDef::int("RowsRead", "Rows"))
        .field(FieldDef::int("Parts", "Parts"))
        .field(FieldDef::int("RowsUnassigned", "Rows that belong to no part"))
        .field(FieldDef::text("FileName", "File", 255))
        .field(FieldDef::int("FileBytes", "File size"))
        .field(FieldDef::text("Sha256", "SHA-256", 64))
        .field(FieldDef::boolean("IsTold", "Owner told", false))
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
        .field(FieldDef::text("BurstKey", "Part", 255))
        .field(FieldDef::text("DeliveryKey", "Delivery key", 255).required().unique())
        .field(
            FieldDef::picklist(
                "State",
                "State",
                &[
                    "pending",
                    "queued",
                    "sending",
                    "deferred",
                    "accepted",
                    "kept",
                    "uncertain",
                    "failed",
                    "bounced",
                    "skipped",
                    "blocked",
                    "suppressed",
                    "unsubscribed",
                    "cancelled",
                ],
            )
            .restricted()
            .required()
            .indexed(),
        )
        .field(FieldDef::text("Reason", "Reason", 255))
        .field(FieldDef::text("MessageId", "Message ID", 255))
        .field(FieldDef::lookup("RunAsId", "With the rights of", "User"))
        .field(FieldDef::int("RowsSent", "Rows"))
        .field(FieldDef::text("FileName", "File", 255))
        .field(FieldDef::text("Sha256", "SHA-256", 64))
        .field(FieldDef::int("Attempts", "Attempts"))
        .field(FieldDef::text_area("Reply", "Server reply", 2_000))
        .field(FieldDef::int("OutboxNumber", "Outbox number"))
        .field(FieldDef::boolean("IsResent", "Sent once more", false))
        .field(FieldDef::text("TokenHash", "Token", 64).indexed())
        .field(FieldDef::date_time("SettledAt", "Last news"))
}
