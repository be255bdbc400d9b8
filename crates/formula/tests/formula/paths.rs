//! Paths from a record to the fields of the records it points to.

use formula::{CompileOptions, FieldResolver, MAX_STEPS, RecordFields, compile};
use model::OrgSchema;
use model::schema::{FieldDef, ObjectDef};

fn schema() -> OrgSchema {
    let name = || FieldDef::text("Name", "Name", 80);
    let defs = [
        ObjectDef::new("User", "User", "Users", "005")
            .field(name())
            .field(FieldDef::email("Email", "Email"))
            .field(FieldDef::lookup("ManagerId", "Manager", "User")),
        ObjectDef::new("Queue", "Queue", "Queues", "00G").field(name()),
        ObjectDef::new("Account", "Account", "Accounts", "001")
            .field(name())
            .field(FieldDef::currency("AnnualRevenue", "Annual revenue")),
        ObjectDef::new("Case", "Case", "Cases", "500")
            .field(name())
            .field(FieldDef::lookup("AccountId", "Account", "Account"))
            .field(FieldDef::lookup("Site__c", "Site", "Account"))
            .field(FieldDef::polymorphic("HandlerId", "Handler", &["User", "Queue"])),
    ];
    OrgSchema::build(1, defs).expect("a sound schema")
}

fn resolved(path: &str) -> Option<String> {
    let schema = schema();
    let user = schema.find_object("User").expect("users").ix;
    let case = schema.find_object("Case").expect("cases").ix;
    let fields = RecordFields::new(&schema, case).with_global("$User", user);
    let parts: Vec<&str> = path.split('.').collect();
    fields.resolve(&parts).map(|field| format!("{} {}", field.path.join("."), field.data_type.api_name()))
}

#[test]
fn paths_are_walked_in_any_case_and_come_back_in_the_proper_one() {
    for (path, expected) in [
        ("name", "Name string"),
        ("accountid", "AccountId reference"),
        ("account.annualrevenue", "Account.AnnualRevenue currency"),
        ("Site__r.Name", "Site__r.Name string"),
        ("Account.Owner.Manager.Email", "Account.Owner.Manager.Email email"),
        ("handler:user.email", "Handler:User.Email email"),
        ("Handler:Queue.Name", "Handler:Queue.Name string"),
        ("Owner:User.Name", "Owner.Name string"),
        ("$user.manager.name", "$User.Manager.Name string"),
    ] {
        assert_eq!(resolved(path).as_deref(), Some(expected), "{path}");
    }
}

#[test]
fn what_leads_nowhere_is_not_found() {
    let far = format!("Account.Owner.{}Name", "Manager.".repeat(MAX_STEPS));
    for path in
        ["", "Nmae", "Site__c.Name", "Handler.Name", "Handler:Account.Name", "$Profile.Name", "$User", "Account", &far]
    {
        assert_eq!(resolved(path), None, "{path}");
    }
}

#[test]
fn a_formula_over_an_object_knows_its_fields() {
    let schema = schema();
    let fields = RecordFields::new(&schema, schema.find_object("case").expect("cases").ix);
    let formula = compile("IF(account.AnnualRevenue > 1, Account.Name, name)", &fields, &CompileOptions::default());
    let paths: Vec<String> = formula.expect("sound").fields().iter().map(|field| field.path.join(".")).collect();
    assert_eq!(paths, ["Account.AnnualRevenue", "Account.Name", "Name"]);
}
