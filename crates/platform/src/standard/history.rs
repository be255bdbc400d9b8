//! Field history as objects: what changed on a record, from what to what, by whom and when.

use model::schema::{FieldDef, HistoryRows, ObjectDef};

pub(super) fn objects() -> Vec<ObjectDef> {
    vec![
        history("AccountHistory", "Account", "AccountId", "0H0"),
        history("ContactHistory", "Contact", "ContactId", "0H1"),
        history("LeadHistory", "Lead", "LeadId", "0H2"),
        history("OpportunityFieldHistory", "Opportunity", "OpportunityId", "0H3"),
        history("CaseHistory", "Case", "CaseId", "0H4"),
    ]
}

/// Read with the record it tells of, field by field as the reader may.
fn history(name: &str, of: &str, parent: &str, key_prefix: &'static str) -> ObjectDef {
    let label = format!("{of} history");
    ObjectDef::new(name, &label, &label, key_prefix)
        .history_of(parent, HistoryRows::Changes)
        .name_field("Id")
        .field(FieldDef::lookup(parent, of, of).children("Histories").required().system())
        .field(FieldDef::text("Field", "Changed field", 255).system())
        .field(FieldDef::text("OldValue", "Old value", 255).system())
        .field(FieldDef::text("NewValue", "New value", 255).system())
}
