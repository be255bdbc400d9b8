//! Pieces that several families share: addresses, person names, picklists, record type and last activity.

use model::schema::{AccessDefault, FieldDef, FieldType, ObjectDef, OnDelete};

pub(super) const INDUSTRIES: &[&str] = &[
    "Agriculture",
    "Apparel",
    "Banking",
    "Biotechnology",
    "Chemicals",
    "Communications",
    "Construction",
    "Consulting",
    "Education",
    "Electronics",
    "Energy",
    "Engineering",
    "Entertainment",
    "Environmental",
    "Finance",
    "Food & Beverage",
    "Government",
    "Healthcare",
    "Hospitality",
    "Insurance",
    "Machinery",
    "Manufacturing",
    "Media",
    "Not For Profit",
    "Recreation",
    "Retail",
    "Shipping",
    "Technology",
    "Telecommunications",
    "Transportation",
    "Utilities",
    "Other",
];

pub(super) const LEAD_SOURCES: &[&str] = &["Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"];

pub(super) const RATINGS: &[&str] = &["Hot", "Warm", "Cold"];

pub(super) const FORECAST_CATEGORY_NAMES: &[&str] = &["Omitted", "Pipeline", "Best Case", "Commit", "Closed"];

const SALUTATIONS: &[&str] = &["Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx."];

/// `{prefix}Street` to `{prefix}Longitude` and the compound that puts them together. `label` is the first word of each
/// label (`Billing`), empty for an object with one address.
pub(super) fn address(prefix: &str, label: &str) -> Vec<FieldDef> {
    let name = |part: &str| format!("{prefix}{part}");
    let shown = |part: &str| if label.is_empty() { capitalized(part) } else { format!("{label} {part}") };
    vec![
        FieldDef::text_area(&name("Street"), &shown("street"), 255),
        FieldDef::text(&name("City"), &shown("city"), 40),
        FieldDef::text(&name("State"), &shown("state/province"), 80),
        FieldDef::text(&name("PostalCode"), &shown("zip/postal code"), 20),
        FieldDef::text(&name("Country"), &shown("country"), 80),
        FieldDef::number(&name("Latitude"), &shown("latitude"), 18, 15),
        FieldDef::number(&name("Longitude"), &shown("longitude"), 18, 15),
        FieldDef::address(&name("Address"), &shown("address"), prefix),
    ]
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Salutation, first and last name, and `Name`, which the platform keeps in step with them.
pub(super) fn person_name() -> Vec<FieldDef> {
    vec![
        FieldDef::person_name("Name", "Full name").indexed(),
        FieldDef::picklist("Salutation", "Salutation", SALUTATIONS),
        FieldDef::text("FirstName", "First name", 40),
        FieldDef::text("LastName", "Last name", 80).required(),
    ]
}

/// The kind of record, of those the org has set up.
pub(super) fn record_type() -> FieldDef {
    FieldDef::lookup("RecordTypeId", "Record type", "RecordType").on_delete(OnDelete::Restrict)
}

/// The record that this one was merged into; set when it went into the recycle bin.
pub(super) fn merged_into(object: &str) -> FieldDef {
    FieldDef::lookup("MasterRecordId", "Master record", object).relationship(Some("MasterRecord")).system()
}

/// The latest due date of an event or closed task about the record.
pub(super) fn last_activity() -> FieldDef {
    FieldDef::date("LastActivityDate", "Last activity").system()
}

pub(super) fn description() -> FieldDef {
    FieldDef::text_area("Description", "Description", 32_000)
}

/// A whole currency amount, as budgets and revenues are kept.
pub(super) fn whole_currency(name: &str, label: &str) -> FieldDef {
    FieldDef::new(name, label, FieldType::Currency { precision: 18, scale: 0 })
}

/// A picklist that starts at one of its values.
pub(super) fn picklist_from(name: &str, label: &str, values: &[&str], default: &str) -> FieldDef {
    let mut field = FieldDef::picklist(name, label, values).default_value(default);
    if let FieldType::Picklist { values, .. } = &mut field.data_type {
        for value in values {
            value.default = value.value == default;
        }
    }
    field
}

/// An object that everybody with the object permission sees and that administrators change.
pub(super) fn setting(name: &str, label: &str, label_plural: &str, key_prefix: &'static str) -> ObjectDef {
    ObjectDef::new(name, label, label_plural, key_prefix).setting(AccessDefault::PublicRead)
}

/// A setting that people look for by name: users, products, price books.
pub(super) fn searchable(mut object: ObjectDef) -> ObjectDef {
    object.searchable = true;
    object
}
