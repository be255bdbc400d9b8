//! Tasks and events: what was done and what is planned, with whom and about what.

use super::common::{description, picklist_from, record_type};
use model::Value;
use model::schema::{FieldDef, Member, MemberWhen, ObjectDef, OnDelete};

/// The objects an activity may be about.
const SUBJECTS: &[&str] = &["Account", "Opportunity", "Case", "Campaign", "Product2"];

pub(super) fn objects() -> Vec<ObjectDef> {
    let history = ObjectDef::new("ActivityHistory", "Activity History", "Activity History", "0Ah");
    let open = ObjectDef::new("OpenActivity", "Open Activity", "Open Activities", "0Ao");
    vec![task(), event(), together(history, "ActivityHistories", true), together(open, "OpenActivities", false)]
}

/// Tasks and events below the records that they are about: those that are done, or those that are not.
fn together(object: ObjectDef, list: &str, done: bool) -> ObjectDef {
    let task = Member {
        object: "Task".to_owned(),
        when: MemberWhen::Is { field: "IsClosed".to_owned(), value: done },
        fixed: vec![("IsTask".to_owned(), Value::Bool(true))],
        renamed: vec![("ActivitySubtype".to_owned(), "TaskSubtype".to_owned())],
    };
    let event = Member {
        object: "Event".to_owned(),
        when: MemberWhen::Past { field: "EndDateTime".to_owned(), value: done },
        fixed: vec![
            ("IsTask".to_owned(), Value::Bool(false)),
            ("IsClosed".to_owned(), Value::Bool(done)),
            ("IsHighPriority".to_owned(), Value::Bool(false)),
            ("ActivitySubtype".to_owned(), "Event".into()),
        ],
        renamed: Vec::new(),
    };
    object
        .union_of(vec![task, event])
        .name_field("Subject")
        .field(FieldDef::text("Subject", "Subject", 255).system())
        .field(FieldDef::lookup("AccountId", "Account", "Account").children(list).system())
        .field(FieldDef::polymorphic("WhoId", "Name", &["Contact", "Lead"]).children(list).system())
        .field(FieldDef::polymorphic("WhatId", "Related to", SUBJECTS).children(list).system())
        .field(FieldDef::boolean("IsTask", "Task", false).system())
        .field(FieldDef::text("ActivitySubtype", "Activity subtype", 40).system())
        .field(FieldDef::date("ActivityDate", "Date").system())
        .field(FieldDef::text("Status", "Status", 255).system())
        .field(FieldDef::text("Priority", "Priority", 255).system())
        .field(FieldDef::boolean("IsHighPriority", "High priority", false).system())
        .field(FieldDef::boolean("IsClosed", "Closed", false).system())
        .field(FieldDef::date_time("CompletedDateTime", "Completed date").system())
        .field(FieldDef::text("CallType", "Call type", 255).system())
        .field(FieldDef::int("CallDurationInSeconds", "Call duration").system())
        .field(FieldDef::text("CallDisposition", "Call result", 255).system())
        .field(FieldDef::text("Location", "Location", 255).system())
        .field(FieldDef::boolean("IsAllDayEvent", "All-day event", false).system())
        .field(FieldDef::date_time("StartDateTime", "Start date/time").system())
        .field(FieldDef::date_time("EndDateTime", "End date/time").system())
        .field(FieldDef::int("DurationInMinutes", "Duration").system())
        .field(FieldDef::boolean("IsReminderSet", "Reminder set", false).system())
        .field(FieldDef::date_time("ReminderDateTime", "Reminder date/time").system())
        .field(description().system())
}

/// With whom, about what, and the account that follows from them. `list` names the activities on each parent.
fn relations(list: &str) -> [FieldDef; 3] {
    [
        FieldDef::polymorphic("WhoId", "Name", &["Contact", "Lead"]).children(list).on_delete(OnDelete::Cascade),
        FieldDef::polymorphic("WhatId", "Related to", SUBJECTS).children(list).on_delete(OnDelete::Cascade),
        FieldDef::lookup("AccountId", "Account", "Account").system(),
    ]
}

fn task() -> ObjectDef {
    ObjectDef::new("Task", "Task", "Tasks", "00T")
        .listed_by("ActivityDate")
        .activity()
        .name_field("Subject")
        .field(FieldDef::picklist("Subject", "Subject", &["Call", "Email", "Send Letter", "Send Quote", "Other"]))
        .field(record_type())
        .fields(relations("Tasks"))
        .field(FieldDef::date("ActivityDate", "Due date").indexed())
        .field(
            picklist_from(
                "Status",
                "Status",
                &["Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred"],
                "Not Started",
            )
            .required(),
        )
        .field(picklist_from("Priority", "Priority", &["High", "Normal", "Low"], "Normal").required())
        .field(FieldDef::boolean("IsHighPriority", "High priority", false).system())
        .field(FieldDef::boolean("IsClosed", "Closed", false).system())
        .field(FieldDef::date_time("CompletedDateTime", "Completed date").system())
        .field(
            picklist_from("TaskSubtype", "Task subtype", &["Task", "Email", "List Email", "Cadence", "Call"], "Task")
                .restricted(),
        )
        .field(FieldDef::picklist("CallType", "Call type", &["Internal", "Inbound", "Outbound"]))
        .field(FieldDef::int("CallDurationInSeconds", "Call duration"))
        .field(FieldDef::text("CallDisposition", "Call result", 255))
        .field(FieldDef::boolean("IsReminderSet", "Reminder set", false))
        .field(FieldDef::date_time("ReminderDateTime", "Reminder date/time"))
        .field(description())
}

fn event() -> ObjectDef {
    ObjectDef::new("Event", "Event", "Events", "00U")
        .listed_by("StartDateTime")
        .activity()
        .name_field("Subject")
        .field(FieldDef::picklist("Subject", "Subject", &["Call", "Email", "Meeting", "Send Letter/Quote", "Other"]))
        .field(record_type())
        .fields(relations("Events"))
        .field(FieldDef::text("Location", "Location", 255))
        .field(FieldDef::boolean("IsAllDayEvent", "All-day event", false))
        .field(FieldDef::date("ActivityDate", "Due date only"))
        .field(FieldDef::date_time("ActivityDateTime", "Due date/time"))
        .field(FieldDef::date_time("StartDateTime", "Start date/time").indexed())
        .field(FieldDef::date_time("EndDateTime", "End date/time"))
        .field(FieldDef::int("DurationInMinutes", "Duration"))
        .field(picklist_from("ShowAs", "Show time as", &["Busy", "OutOfOffice", "Free"], "Busy").restricted())
        .field(FieldDef::boolean("IsPrivate", "Private", false))
        .field(FieldDef::boolean("IsReminderSet", "Reminder set", false))
        .field(FieldDef::date_time("ReminderDateTime", "Reminder date/time"))
        .field(description())
}
