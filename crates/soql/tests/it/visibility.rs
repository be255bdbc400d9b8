//! What is not visible answers as what does not exist.

use crate::compact::compact;
use crate::world::{context, schema};
use model::{FieldIx, ObjectIx};
use soql::Visibility;

/// Hides objects (`Contact`) and fields (`Account.Phone`).
struct Hiding(&'static [&'static str]);

impl Visibility for Hiding {
    fn object(&self, object: ObjectIx) -> bool {
        !self.0.contains(&schema().object(object).name())
    }

    fn field(&self, object: ObjectIx, field: FieldIx) -> bool {
        let object = schema().object(object);
        !self.0.contains(&format!("{}.{}", object.name(), object.field(field).name()).as_str())
    }
}

fn answer(text: &str, hidden: &'static [&'static str]) -> String {
    match soql::plan_visible(text, schema(), &context(), &Hiding(hidden)) {
        Ok(plan) => compact(&plan),
        Err(refusal) => refusal.to_string(),
    }
}

#[test]
fn hidden_metadata_answers_as_missing_metadata() {
    // The query, what is hidden, and the same query with a name of the same length that nobody has.
    for (text, hidden, missing) in [
        ("SELECT Id FROM Contact", &["Contact"][..], "SELECT Id FROM Nothing"),
        ("SELECT Phone FROM Account", &["Account.Phone"], "SELECT Phony FROM Account"),
        ("SELECT Id FROM Account WHERE Phone = 5", &["Account.Phone"], "SELECT Id FROM Account WHERE Phony = 5"),
        ("SELECT Id FROM Account ORDER BY Phone", &["Account.Phone"], "SELECT Id FROM Account ORDER BY Phony"),
        ("SELECT SUM(Phone) FROM Account", &["Account.Phone"], "SELECT SUM(Phony) FROM Account"),
        ("SELECT Account.Name FROM Contact", &["Contact.AccountId"], "SELECT Nothing.Name FROM Contact"),
        ("SELECT Account.Name FROM Contact", &["Account"], "SELECT Nothing.Name FROM Contact"),
        (
            "SELECT (SELECT Id FROM Contacts) FROM Account",
            &["Contact"],
            "SELECT (SELECT Id FROM Nothings) FROM Account",
        ),
        (
            "SELECT (SELECT Id FROM Contacts) FROM Account",
            &["Contact.AccountId"],
            "SELECT (SELECT Id FROM Nothings) FROM Account",
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact)",
            &["Contact"],
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Nothing)",
        ),
        (
            "SELECT TYPEOF What WHEN Account THEN Id END FROM Task",
            &["Account"],
            "SELECT TYPEOF What WHEN Nothing THEN Id END FROM Task",
        ),
        (
            "SELECT TYPEOF What WHEN Account THEN Phone END FROM Task",
            &["Account.Phone"],
            "SELECT TYPEOF What WHEN Account THEN Phony END FROM Task",
        ),
    ] {
        let expected = answer(missing, &[]).replace("Nothings", "Contacts").replace("Phony", "Phone");
        let of_contact = expected.replace("Nothing", "Contact");
        let of_account = expected.replace("Nothing", "Account");
        let answer = answer(text, hidden);
        assert!(answer == of_contact || answer == of_account, "{text}\n{answer}\n{expected}");
    }
}

#[test]
fn fields_leaves_out_what_is_hidden() {
    let plan = answer("SELECT FIELDS(ALL) FROM Phase__c LIMIT 5", &["Phase__c.Due__c", "Phase__c.CreatedDate"]);
    assert!(!plan.contains("Due__c") && !plan.contains("CreatedDate") && plan.contains("SystemModstamp"), "{plan}");
}

#[test]
fn a_name_field_leaves_out_the_objects_that_hide_it() {
    let plan = answer("SELECT Who.Email FROM Task", &["User.Email"]);
    assert!(plan.contains("Who.Email<Contact.Email User.none>"), "{plan}");
}
