//! Field history as objects: what changed on a record, from what to what, by whom and when.

use model::KeyPrefix;
use model::schema::{ObjectDef, history_of};

/// History, the object it tells of, the field that points to it, key prefix.
const HISTORIES: [(&str, &str, &str, &str); 5] = [
    ("AccountHistory", "Account", "AccountId", "0H0"),
    ("ContactHistory", "Contact", "ContactId", "0H1"),
    ("LeadHistory", "Lead", "LeadId", "0H2"),
    ("OpportunityFieldHistory", "Opportunity", "OpportunityId", "0H3"),
    ("CaseHistory", "Case", "CaseId", "0H4"),
];

/// The histories of those of `objects` that have one.
pub(super) fn of(objects: &[ObjectDef]) -> Vec<ObjectDef> {
    let made = |(name, of, parent, prefix): &(&str, &str, &str, &'static str)| {
        let of = objects.iter().find(|object| object.name == *of)?;
        let mut history = history_of(name, of, parent);
        history.key_prefix = KeyPrefix::known(prefix);
        Some(history)
    };
    HISTORIES.iter().filter_map(made).collect()
}
