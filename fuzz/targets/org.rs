//! A small org for texts that name objects and fields.

use jiff::civil::Weekday;
use model::schema::{FieldDef, ObjectDef};
use model::{Instant, OrgSchema, Zone};
use soql::ResolveContext;
use soql::plan::RowScope;
use std::sync::{Arc, LazyLock};

pub static SCHEMA: LazyLock<Arc<OrgSchema>> = LazyLock::new(|| {
    let account = ObjectDef::new("Account", "Account", "Accounts", "001")
        .field(FieldDef::text("Name", "Name", 255).required())
        .field(FieldDef::picklist("Industry", "Industry", &["Banking", "Retail"]))
        .field(FieldDef::currency("AnnualRevenue", "Revenue"))
        .field(FieldDef::date("Since__c", "Since"))
        .field(FieldDef::lookup("ParentId", "Parent", "Account").children("ChildAccounts"));
    let contact = ObjectDef::new("Contact", "Contact", "Contacts", "003")
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::email("Email", "Email"))
        .field(FieldDef::lookup("AccountId", "Account", "Account").children("Contacts"));
    let user = ObjectDef::new("User", "User", "Users", "005").field(FieldDef::text("Name", "Name", 80));
    Arc::new(OrgSchema::build(1, vec![account, contact, user]).expect("a sound schema"))
});

/// Saturday, 21 November 2026, in Berlin.
pub static CONTEXT: LazyLock<ResolveContext> = LazyLock::new(|| ResolveContext {
    now: Instant::parse("2026-11-21T08:21:19Z").expect("an instant"),
    zone: Zone::get("Europe/Berlin").expect("a zone"),
    first_weekday: Weekday::Monday,
    fiscal_start_month: 2,
    api_version: 60,
    rows: RowScope::Live,
    currency: Some("EUR".to_owned()),
});
