//! Accounts and the people who work there.

use super::common::{INDUSTRIES, LEAD_SOURCES, RATINGS};
use super::common::{address, description, last_activity, merged_into, person_name, record_type, whole_currency};
use model::schema::{FieldDef, ObjectDef, OnDelete};

pub(super) fn objects() -> Vec<ObjectDef> {
    vec![account(), contact()]
}

fn account() -> ObjectDef {
    ObjectDef::new("Account", "Account", "Accounts", "001")
        .field(FieldDef::text("Name", "Account name", 255).required().indexed())
        .field(FieldDef::picklist(
            "Type",
            "Type",
            &[
                "Prospect",
                "Customer - Direct",
                "Customer - Channel",
                "Channel Partner / Reseller",
                "Installation Partner",
                "Technology Partner",
                "Other",
            ],
        ))
        .field(record_type())
        .field(FieldDef::lookup("ParentId", "Parent account", "Account").children("ChildAccounts"))
        .fields(address("Billing", "Billing"))
        .fields(address("Shipping", "Shipping"))
        .field(FieldDef::phone("Phone", "Phone"))
        .field(FieldDef::phone("Fax", "Fax"))
        .field(FieldDef::text("AccountNumber", "Account number", 40))
        .field(FieldDef::url("Website", "Website"))
        .field(FieldDef::text("Sic", "SIC code", 20))
        .field(FieldDef::text("SicDesc", "SIC description", 80))
        .field(FieldDef::picklist("Industry", "Industry", INDUSTRIES))
        .field(whole_currency("AnnualRevenue", "Annual revenue"))
        .field(FieldDef::int("NumberOfEmployees", "Employees"))
        .field(FieldDef::picklist("Ownership", "Ownership", &["Public", "Private", "Subsidiary", "Other"]))
        .field(FieldDef::text("TickerSymbol", "Ticker symbol", 20))
        .field(description())
        .field(FieldDef::picklist("Rating", "Rating", RATINGS))
        .field(FieldDef::text("Site", "Account site", 80))
        .field(FieldDef::text("Jigsaw", "Data.com key", 20))
        .field(FieldDef::text("JigsawCompanyId", "Jigsaw company ID", 20))
        .field(FieldDef::picklist("AccountSource", "Account source", LEAD_SOURCES))
        .field(merged_into("Account"))
        .field(last_activity())
}

fn contact() -> ObjectDef {
    ObjectDef::new("Contact", "Contact", "Contacts", "003")
        .fields(person_name())
        .field(record_type())
        .field(FieldDef::lookup("AccountId", "Account", "Account").children("Contacts").on_delete(OnDelete::Cascade))
        .field(FieldDef::lookup("ReportsToId", "Reports to", "Contact"))
        .field(FieldDef::text("Title", "Title", 128))
        .field(FieldDef::text("Department", "Department", 80))
        .field(FieldDef::email("Email", "Email").indexed())
        .field(FieldDef::phone("Phone", "Business phone"))
        .field(FieldDef::phone("MobilePhone", "Mobile phone"))
        .field(FieldDef::phone("HomePhone", "Home phone"))
        .field(FieldDef::phone("OtherPhone", "Other phone"))
        .field(FieldDef::phone("Fax", "Business fax"))
        .field(FieldDef::text("AssistantName", "Assistant's name", 40))
        .field(FieldDef::phone("AssistantPhone", "Assistant's phone"))
        .field(FieldDef::picklist("LeadSource", "Lead source", LEAD_SOURCES))
        .field(FieldDef::date("Birthdate", "Birthdate"))
        .fields(address("Mailing", "Mailing"))
        .fields(address("Other", "Other"))
        .field(FieldDef::boolean("HasOptedOutOfEmail", "Email opt out", false))
        .field(FieldDef::boolean("HasOptedOutOfFax", "Fax opt out", false))
        .field(FieldDef::boolean("DoNotCall", "Do not call", false))
        .field(description())
        .field(merged_into("Contact"))
        .field(last_activity())
}
