//! A small org: accounts, contacts, opportunities, tasks, and two custom objects.

use crate::sound;
use jiff::civil::Weekday;
use model::schema::{AccessDefault, FieldDef, FieldType, ObjectDef};
use model::{Instant, OrgSchema, Zone};
use soql::plan::RowScope;
use soql::{ResolveContext, ResolvedPlan};
use std::sync::{Arc, LazyLock};

static SCHEMA: LazyLock<Arc<OrgSchema>> = LazyLock::new(|| Arc::new(build()));

pub(crate) fn schema() -> &'static Arc<OrgSchema> {
    &SCHEMA
}

/// Saturday, 21 November 2026, 08:21:19 UTC, in Berlin.
pub(crate) fn context() -> ResolveContext {
    ResolveContext {
        now: instant("2026-11-21T08:21:19Z"),
        zone: zone("Europe/Berlin"),
        first_weekday: Weekday::Monday,
        fiscal_start_month: 2,
        api_version: 60,
        rows: RowScope::Live,
        currency: Some("EUR".to_owned()),
    }
}

pub(crate) fn instant(text: &str) -> Instant {
    Instant::parse(text).expect("an instant")
}

pub(crate) fn zone(name: &str) -> Zone {
    Zone::get(name).expect("a zone")
}

pub(crate) fn plan(text: &str) -> ResolvedPlan {
    let plan = soql::plan(text, schema(), &context()).unwrap_or_else(|refusal| panic!("{text}\n{refusal}"));
    sound::check(&plan);
    plan
}

/// `CODE: message` of the refusal.
pub(crate) fn refusal(text: &str) -> String {
    match soql::plan(text, schema(), &context()) {
        Ok(_) => panic!("accepted: {text}"),
        Err(refusal) => refusal.to_string(),
    }
}

fn build() -> OrgSchema {
    let user = ObjectDef::new("User", "User", "Users", "005")
        .setting(AccessDefault::PublicRead)
        .field(FieldDef::person_name("Name", "Name"))
        .field(FieldDef::text("FirstName", "First name", 40))
        .field(FieldDef::text("LastName", "Last name", 80).required())
        .field(FieldDef::text("Username", "Username", 80))
        .field(FieldDef::email("Email", "Email"))
        .field(FieldDef::text("Alias", "Alias", 8))
        .field(FieldDef::boolean("IsActive", "Active", true))
        .field(FieldDef::lookup("ManagerId", "Manager", "User"));
    let account = ObjectDef::new("Account", "Account", "Accounts", "001")
        .field(FieldDef::text("Name", "Name", 255).required())
        .field(FieldDef::picklist("Type", "Type", &["Prospect", "Customer"]))
        .field(FieldDef::lookup("ParentId", "Parent", "Account").children("ChildAccounts"))
        .field(FieldDef::picklist("Industry", "Industry", &["Banking", "Retail"]))
        .field(FieldDef::currency("AnnualRevenue", "Annual revenue"))
        .field(FieldDef::int("NumberOfEmployees", "Employees"))
        .field(FieldDef::phone("Phone", "Phone"))
        .field(FieldDef::text("BillingStreet", "Street", 255))
        .field(FieldDef::text("BillingCity", "City", 40))
        .field(FieldDef::text("BillingState", "State", 80))
        .field(FieldDef::text("BillingPostalCode", "Postal code", 20))
        .field(FieldDef::text("BillingCountry", "Country", 80))
        .field(FieldDef::number("BillingLatitude", "Latitude", 18, 15))
        .field(FieldDef::number("BillingLongitude", "Longitude", 18, 15))
        .field(FieldDef::address("BillingAddress", "Billing address", "Billing"))
        .field(FieldDef::text_area("Description", "Description", 32_000));
    let contact = ObjectDef::new("Contact", "Contact", "Contacts", "003")
        .field(FieldDef::person_name("Name", "Name"))
        .field(FieldDef::text("FirstName", "First name", 40))
        .field(FieldDef::text("LastName", "Last name", 80).required())
        .field(FieldDef::email("Email", "Email"))
        .field(FieldDef::phone("Phone", "Phone"))
        .field(FieldDef::text("Title", "Title", 128))
        .field(FieldDef::date("Birthdate", "Birthdate"))
        .field(FieldDef::lookup("AccountId", "Account", "Account").children("Contacts"))
        .field(FieldDef::lookup("ReportsToId", "Reports to", "Contact"));
    let opportunity = ObjectDef::new("Opportunity", "Opportunity", "Opportunities", "006")
        .field(FieldDef::text("Name", "Name", 120).required())
        .field(FieldDef::picklist("StageName", "Stage", &["Prospecting", "Closed Won"]))
        .field(FieldDef::date("CloseDate", "Close date"))
        .field(FieldDef::currency("Amount", "Amount"))
        .field(FieldDef::percent("Probability", "Probability", 3, 0))
        .field(FieldDef::boolean("IsClosed", "Closed", false))
        .field(FieldDef::lookup("AccountId", "Account", "Account").children("Opportunities"));
    let task = ObjectDef::new("Task", "Task", "Tasks", "00T")
        .activity()
        .name_field("Subject")
        .field(FieldDef::text("Subject", "Subject", 255))
        .field(FieldDef::polymorphic("WhoId", "Name", &["Contact", "User"]).children("Tasks"))
        .field(
            FieldDef::polymorphic("WhatId", "Related to", &["Account", "Opportunity", "Project__c"]).children("Tasks"),
        )
        .field(FieldDef::date("ActivityDate", "Due date"))
        .field(FieldDef::boolean("IsClosed", "Closed", false));
    let project = ObjectDef::new("Project__c", "Project", "Projects", "a00")
        .field(FieldDef::text("Name", "Name", 80).required())
        .field(FieldDef::lookup("Account__c", "Account", "Account").children("Projects__r"))
        .field(FieldDef::lookup("Parent__c", "Parent", "Project__c").children("SubProjects__r"))
        .field(FieldDef::new("Skills__c", "Skills", multi(&["Rust", "SQL", "Sales"])))
        .field(FieldDef::new("Starts__c", "Starts at", FieldType::Time))
        .field(FieldDef::text("Key__c", "Key", 30).external_id().unique())
        .field(FieldDef::number("Hours__c", "Hours", 10, 2))
        .field(FieldDef::formula("Cost__c", "Cost", "Hours__c * 100", FieldType::Currency { precision: 18, scale: 2 }));
    let phase = ObjectDef::new("Phase__c", "Phase", "Phases", "a01")
        .detail_of("Project__c")
        .field(FieldDef::text("Name", "Name", 80).required())
        .field(FieldDef::master("Project__c", "Project", "Project__c").children("Phases__r"))
        .field(FieldDef::date("Due__c", "Due"));
    OrgSchema::build(1, [user, account, contact, opportunity, task, project, phase]).expect("a sound schema")
}

fn multi(values: &[&str]) -> FieldType {
    let values = values.iter().map(|value| model::schema::PicklistValue::plain(value)).collect();
    FieldType::MultiPicklist { values, restricted: false }
}
