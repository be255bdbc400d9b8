//! What keeps mail from being sent: rules about domains, addresses that bounced, people who do not want it.

use super::{DOMAIN_RULE, OPT_OUT, SCHEDULE, SUPPRESSION};
use model::schema::{AccessDefault, FieldDef, ObjectDef};

/// Who administers the org writes these; everybody may read them, because they explain refusals.
pub(crate) fn domain_rule() -> ObjectDef {
    ObjectDef::new(DOMAIN_RULE, "Domain rule", "Domain rules", "hM0")
        .package("delivery")
        .setting(AccessDefault::PublicRead)
        .not_searchable()
        .name_field("Pattern")
        .field(
            FieldDef::text("Pattern", "Domain", 253)
                .required()
                .unique()
                .help("A domain, or with *. in front every domain below one: example.com, *.example.com."),
        )
        .field(
            FieldDef::picklist("Kind", "Kind", &["allow", "block"])
                .restricted()
                .required()
                .help("With any allow rule, mail goes to allowed domains alone. A block rule always counts."),
        )
}

/// An address that nothing is sent to any more.
pub(crate) fn suppression() -> ObjectDef {
    ObjectDef::new(SUPPRESSION, "Suppressed address", "Suppressed addresses", "hU0")
        .package("delivery")
        .setting(AccessDefault::Private)
        .not_searchable()
        .name_field("Address")
        .field(FieldDef::text("Address", "Address", 254).required().unique())
        .field(FieldDef::text("Reason", "Reason", 255))
}

/// Somebody who does not want the mail of a schedule.
pub(crate) fn opt_out() -> ObjectDef {
    ObjectDef::new(OPT_OUT, "Delivery opt-out", "Delivery opt-outs", "hO0")
        .package("delivery")
        .detail_of("ScheduleId")
        .not_searchable()
        .read_only()
        .name_field("Address")
        .field(FieldDef::master("ScheduleId", "Schedule", SCHEDULE).children("OptOuts"))
        .field(FieldDef::text("Address", "Address", 254).required().indexed())
        .field(FieldDef::text("OptOutKey", "Key", 120).required().unique())
        .field(FieldDef::date_time("Since", "Since"))
}
