//! Metadata in the words of the Metadata API: made, told back, changed, asked for, deleted.

use crate::world::{World, on_both_stores};
use model::{Error, ErrorCode, RecordId};
use platform::component::{Component, ComponentKind};
use platform::{Ctx, QueryOptions};
use serde_json::{Value as Json, json};

fn admin(world: &World) -> Ctx {
    world.ctx(world.admin)
}

fn made(world: &World, kind: ComponentKind, name: &str, metadata: &Json) -> Component {
    let id = admin(world).component_create(kind, name, metadata).unwrap_or_else(|error| panic!("{name}: {error}"));
    admin(world).component(kind, id).expect("it is there")
}

fn refused(world: &World, kind: ComponentKind, name: &str, metadata: &Json) -> Error {
    admin(world).component_create(kind, name, metadata).expect_err(&format!("{name}: {metadata}"))
}

/// A field of every type, in words that are told back as they were said.
fn fields() -> Vec<(&'static str, Json)> {
    let choices = json!({
        "restricted": true,
        "valueSetDefinition": {"sorted": false, "value": [
            {"valueName": "Red", "label": "Rot", "default": true},
            {"valueName": "Blue", "label": "Blue", "default": false, "isActive": false},
        ]},
    });
    let tree = json!({
        "restricted": true,
        "valueSetDefinition": {"sorted": false, "value": [
            {"valueName": "Crimson", "label": "Crimson", "default": false},
        ]},
        "controllingField": "Colour__c",
        "valueSettings": [{"controllingFieldValue": ["Red"], "valueName": "Crimson"}],
    });
    let digits = |kind: &str| json!({"type": kind, "label": "F", "precision": 10, "scale": 2, "required": false});
    vec![
        (
            "Text__c",
            json!({"type": "Text", "label": "Text", "length": 40, "required": false, "unique": true, "externalId": true,
                "caseSensitive": true, "defaultValue": "none", "description": "For us", "inlineHelpText": "For you",
                "trackHistory": true}),
        ),
        ("Area__c", json!({"type": "TextArea", "label": "Area", "required": false})),
        ("Long__c", json!({"type": "LongTextArea", "label": "Long", "length": 4000, "required": false})),
        ("Number__c", digits("Number")),
        ("Money__c", digits("Currency")),
        ("Share__c", digits("Percent")),
        ("Done__c", json!({"type": "Checkbox", "label": "Done", "defaultValue": true, "required": false})),
        ("Day__c", json!({"type": "Date", "label": "Day", "required": false, "defaultValue": "2026-11-21"})),
        ("When__c", json!({"type": "DateTime", "label": "When", "required": false})),
        ("Clock__c", json!({"type": "Time", "label": "Clock", "required": false})),
        ("Mail__c", json!({"type": "Email", "label": "Mail", "required": false})),
        ("Call__c", json!({"type": "Phone", "label": "Call", "required": false})),
        ("Site__c", json!({"type": "Url", "label": "Site", "required": false})),
        ("Colour__c", json!({"type": "Picklist", "label": "Colour", "required": false, "valueSet": choices})),
        ("Shade__c", json!({"type": "Picklist", "label": "Shade", "required": false, "valueSet": tree})),
        ("Tags__c", json!({"type": "MultiselectPicklist", "label": "Tags", "required": false, "valueSet": choices})),
        (
            "Ssn__c",
            json!({"type": "EncryptedText", "label": "Ssn", "length": 9, "maskType": "ssn", "maskChar": "X",
                "required": false}),
        ),
        ("Spot__c", json!({"type": "Location", "label": "Spot", "scale": 5, "required": false})),
        ("Count__c", json!({"type": "AutoNumber", "label": "Count", "displayFormat": "A-{0000}"})),
        (
            "Friend__c",
            json!({"type": "Lookup", "label": "Friend", "referenceTo": "Account", "relationshipName": "Friends",
                "deleteConstraint": "Restrict", "required": true, "defaultValue": null}),
        ),
        (
            "Twice__c",
            json!({"type": "Number", "label": "Twice", "formula": "Number__c * 2", "formulaTreatBlanksAs": "BlankAsBlank",
                "precision": 18, "scale": 2}),
        ),
        (
            "Words__c",
            json!({"type": "Text", "label": "Words", "formula": "UPPER(Name)", "formulaTreatBlanksAs": "BlankAsZero"}),
        ),
    ]
}

fn without_nulls(json: &Json) -> Json {
    let Json::Object(words) = json else { return json.clone() };
    Json::Object(words.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect())
}

#[test]
fn fields_of_every_type_are_told_back_as_they_were_said() {
    on_both_stores(|world| {
        let object = json!({"label": "Thing", "pluralLabel": "Things", "nameField": {"type": "Text", "label": "Called"},
            "sharingModel": "Private", "description": "What we own"});
        let thing = made(world, ComponentKind::CustomObject, "Thing__c", &object);
        let told = admin(world).component_told(&thing).expect("told");
        assert_eq!((&told["sharingModel"], &told["description"]), (&json!("Private"), &json!("What we own")));
        for (name, said) in fields() {
            // A required lookup cannot be added to an object whose records lack it, unless it is optional.
            let mut said = said;
            if name == "Friend__c" {
                said["required"] = json!(false);
            }
            let field = made(world, ComponentKind::CustomField, &format!("Thing__c.{name}"), &said);
            assert!(field.id.to_string().starts_with("00N"));
            let told = admin(world).component_told(&field).expect("told");
            assert_eq!(told, without_nulls(&said), "{name}");
        }
        let created = world.create(
            world.admin,
            "Thing__c",
            &[("Name", "One".into()), ("Number__c", model::Value::Int(21)), ("Text__c", "T".into())],
        );
        let text = format!(
            "SELECT Twice__c, Words__c, Colour__c, Done__c, Day__c, Count__c FROM Thing__c WHERE Id = '{created}'"
        );
        let answer = admin(world).query(&text, QueryOptions::default()).expect("a query");
        let cells = answer.records()[0].cells.iter().map(|cell| cell.value().to_plain());
        assert_eq!(cells.collect::<Vec<_>>(), ["42", "ONE", "Red", "true", "2026-11-21", "A-0001"]);
    });
}

#[test]
fn details_roll_up_into_their_master() {
    on_both_stores(|world| {
        made(world, ComponentKind::CustomObject, "Box__c", &json!({"label": "Box", "pluralLabel": "Boxes"}));
        let part = json!({"label": "Part", "pluralLabel": "Parts", "nameField": {"type": "AutoNumber", "label": "No", "displayFormat": "P{0}"}});
        made(world, ComponentKind::CustomObject, "Part__c", &part);
        let link = json!({"type": "MasterDetail", "label": "Box", "referenceTo": "Box__c", "relationshipName": "Parts",
            "writeRequiresMasterRead": true});
        made(world, ComponentKind::CustomField, "Part__c.Box__c", &link);
        let weight = json!({"type": "Number", "label": "Weight", "precision": 10, "scale": 1});
        made(world, ComponentKind::CustomField, "Part__c.Weight__c", &weight);
        let total = json!({"type": "Summary", "label": "Total", "summaryForeignKey": "Part__c.Box__c",
            "summaryOperation": "sum", "summarizedField": "Part__c.Weight__c",
            "summaryFilterItems": [{"field": "Part__c.Weight__c", "operation": "greaterThan", "value": "1"}]});
        let total_made = made(world, ComponentKind::CustomField, "Box__c.Total__c", &total);
        assert_eq!(admin(world).component_told(&total_made).expect("told"), total);
        let shared = made_named(world, ComponentKind::CustomObject, "Part__c");
        let told = admin(world).component_told(&shared).expect("told");
        assert_eq!(told["sharingModel"], "ControlledByParent");
        let first = world.create(world.admin, "Box__c", &[("Name", "B".into())]);
        for weight in [1, 2, 3] {
            world.create(world.admin, "Part__c", &[("Box__c", first.into()), ("Weight__c", model::Value::Int(weight))]);
        }
        assert_eq!(world.column(world.admin, "SELECT Total__c FROM Box__c"), ["5"]);
        let below = "SELECT (SELECT Name FROM Parts__r) FROM Box__c";
        assert!(admin(world).query(below, QueryOptions::default()).is_ok(), "the list has the name that was given");
    });
}

fn made_named(world: &World, kind: ComponentKind, name: &str) -> Component {
    let found = admin(world).components(kind).expect("the components");
    found.into_iter().find(|known| known.full_name() == name).expect("it is there")
}

#[test]
fn what_does_not_go_together_is_refused_with_the_word_at_fault() {
    on_both_stores(|world| {
        let field = |said: Json| refused(world, ComponentKind::CustomField, "Account.X__c", &said);
        for (said, word) in [
            (json!({"label": "X"}), "type"),
            (json!({"type": "Blob", "label": "X"}), "type"),
            (json!({"type": "Text", "label": " ", "length": 5}), "label"),
            (json!({"type": "Text", "label": "X"}), "length"),
            (json!({"type": "Text", "label": "X", "length": 256}), "length"),
            (json!({"type": "Checkbox", "label": "X", "length": 5}), "length"),
            (json!({"type": "Number", "label": "X", "precision": 3, "scale": 4}), "scale"),
            (json!({"type": "Number", "label": "X", "scale": 2, "defaultValue": "1.234"}), "defaultValue"),
            (json!({"type": "Date", "label": "X", "defaultValue": "tomorrow"}), "defaultValue"),
            (json!({"type": "Lookup", "label": "X", "referenceTo": "Nothing__c"}), "referenceTo"),
            (
                json!({"type": "Lookup", "label": "X", "referenceTo": "Account", "deleteConstraint": "Never"}),
                "deleteConstraint",
            ),
            (json!({"type": "Lookup", "label": "X", "referenceTo": "Account", "required": true}), "deleteConstraint"),
            (json!({"type": "Picklist", "label": "X"}), "valueSet"),
            (json!({"type": "Picklist", "label": "X", "valueSet": {"valueSetDefinition": {"value": []}}}), "valueSet"),
            (json!({"type": "EncryptedText", "label": "X", "length": 5, "maskType": "none"}), "maskType"),
            (json!({"type": "Phone", "label": "X", "formula": "1"}), "type"),
            (json!({"type": "Text", "label": "X", "formula": "'a'", "length": 5}), "length"),
            (
                json!({"type": "AutoNumber", "label": "X", "displayFormat": "{0}", "startingNumber": 7}),
                "startingNumber",
            ),
            (
                json!({"type": "Summary", "label": "X", "summaryForeignKey": "Contact", "summaryOperation": "count"}),
                "summaryForeignKey",
            ),
        ] {
            let error = field(said.clone());
            assert_eq!(error.code(), ErrorCode::FieldIntegrityException, "{said}: {error}");
            assert_eq!(error.fields(), [word], "{said}: {error}");
        }
        let unknown = field(json!({"type": "Phone", "label": "X", "colour": "red"}));
        assert_eq!(unknown.code(), ErrorCode::JsonParserError);
        assert!(unknown.message().contains("colour"), "{unknown}");
        let formula = field(json!({"type": "Number", "label": "X", "formula": "Nowhere__c + 1"}));
        assert!(formula.message().contains("Nowhere__c"), "{formula}");
        let nowhere = refused(world, ComponentKind::CustomField, "X__c", &json!({"type": "Phone", "label": "X"}));
        assert_eq!(nowhere.fields(), ["FullName"]);
        let detail = json!({"label": "A", "pluralLabel": "As", "sharingModel": "ControlledByParent"});
        assert_eq!(refused(world, ComponentKind::CustomObject, "A__c", &detail).fields(), ["sharingModel"]);
        assert!(
            admin(world).components(ComponentKind::CustomObject).expect("asked").is_empty(),
            "nothing is half made"
        );
    });
}

#[test]
fn a_component_keeps_its_id_when_it_is_renamed_and_its_name_is_taken_once() {
    on_both_stores(|world| {
        let text = json!({"type": "Text", "label": "Code", "length": 10});
        let field = made(world, ComponentKind::CustomField, "Account.Code__c", &text);
        let again = refused(world, ComponentKind::CustomField, "account.code__C", &text);
        assert_eq!(again.code(), ErrorCode::DuplicateDeveloperName);
        let longer = json!({"type": "Text", "label": "Serial", "length": 20});
        admin(world).component_change(&field, Some("Account.Serial__c"), &longer).expect("changed");
        let now = admin(world).component(ComponentKind::CustomField, field.id).expect("the same id");
        assert_eq!(now.full_name(), "Account.Serial__c");
        let moved =
            admin(world).component_change(&now, Some("Contact.Serial__c"), &longer).expect_err("another object");
        assert_eq!(moved.fields(), ["FullName"]);
        admin(world).component_delete(&now).expect("deleted");
        let gone = admin(world).component(ComponentKind::CustomField, field.id).expect_err("gone");
        assert_eq!(gone.code(), ErrorCode::NotFound);
    });
}

#[test]
fn a_refused_change_of_an_object_opens_nothing() {
    on_both_stores(|world| {
        let said = |model: &str| json!({"label": "Box", "pluralLabel": "Boxes", "sharingModel": model});
        let boxes = made(world, ComponentKind::CustomObject, "Box__c", &said("Private"));
        made(world, ComponentKind::CustomObject, "Taken__c", &said("Private"));
        for name in ["Taken__c", "NoSuffix"] {
            admin(world).component_change(&boxes, Some(name), &said("ReadWrite")).expect_err(name);
            let told = admin(world).component_told(&boxes).expect("told");
            assert_eq!(told["sharingModel"], "Private", "{name}");
        }
        admin(world).component_change(&boxes, Some("Crate__c"), &said("ReadWrite")).expect("changed");
        let now = admin(world).component(ComponentKind::CustomObject, boxes.id).expect("the same id");
        assert_eq!(admin(world).component_told(&now).expect("told")["sharingModel"], "ReadWrite");
    });
}

#[test]
fn rules_and_shared_lists_are_components_too() {
    on_both_stores(|world| {
        let rule = json!({"active": true, "errorConditionFormula": "Name = 'No'", "errorMessage": "Not this name",
            "errorDisplayField": "Name"});
        let rule_made = made(world, ComponentKind::ValidationRule, "Account.No_No", &rule);
        assert_eq!(admin(world).component_told(&rule_made).expect("told"), rule);
        let refused_row = |name: &str| world.try_create(world.admin, "Account", &[("Name", name.into())]).is_err();
        assert!(refused_row("No"));
        let mut off = rule.clone();
        off["active"] = json!(false);
        admin(world).component_change(&rule_made, None, &off).expect("turned off");
        assert!(!refused_row("No"), "an inactive rule refuses nothing");
        let broken = json!({"errorConditionFormula": "Nom = 'No'", "errorMessage": "x"});
        assert!(refused(world, ComponentKind::ValidationRule, "Account.Broken", &broken).message().contains("Nom"));

        let other = made(world, ComponentKind::ValidationRule, "Account.Other", &rule);
        let taken = admin(world).component_change(&other, Some("Account.no_NO"), &rule).expect_err("the other's name");
        assert_eq!(taken.code(), ErrorCode::DuplicateDeveloperName);
        admin(world).component_delete(&other).expect("deleted");
        let gone = admin(world).component_change(&other, None, &rule).expect_err("it is gone");
        assert_eq!(gone.code(), ErrorCode::NotFound);

        let list = json!({"masterLabel": "Sizes", "sorted": false, "customValue": [
            {"valueName": "S", "label": "Small", "default": false},
            {"valueName": "L", "label": "Large", "default": true},
        ]});
        let sizes = made(world, ComponentKind::GlobalValueSet, "Sizes", &list);
        assert_eq!(admin(world).component_told(&sizes).expect("told"), list);
        let field =
            json!({"type": "Picklist", "label": "Size", "valueSet": {"restricted": true, "valueSetName": "Sizes"}});
        made(world, ComponentKind::CustomField, "Account.Size__c", &field);
        world.create(world.admin, "Account", &[("Name", "A".into()), ("Size__c", "S".into())]);
        let in_use = admin(world).component_delete(&sizes).expect_err("offered by a field");
        assert!(in_use.message().contains("Account.Size__c"), "{in_use}");
    });
}

#[test]
fn components_are_found_by_queries_and_shown_to_whoever_may_see_the_setup() {
    on_both_stores(|world| {
        for (name, label) in [("Alpha__c", "Alpha"), ("Beta__c", "Beta"), ("Gamma__c", "Gamma")] {
            made(
                world,
                ComponentKind::CustomField,
                &format!("Account.{name}"),
                &json!({"type": "Date", "label": label}),
            );
        }
        let found = |text: &str| {
            let answer = admin(world).components_query(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let rows = answer.rows.into_iter().flatten();
            (answer.total, rows.map(|(component, _)| component.name).collect::<Vec<_>>())
        };
        let all = "SELECT Id, DeveloperName FROM CustomField";
        assert_eq!(
            found(&format!("{all} ORDER BY DeveloperName DESC LIMIT 2")),
            (2, vec!["Gamma__c".into(), "Beta__c".into()])
        );
        assert_eq!(
            found(&format!("{all} WHERE DeveloperName LIKE '%a' AND NOT (DeveloperName IN ('alpha', 'Beta'))")).1,
            ["Gamma__c"]
        );
        assert_eq!(found(&format!("{all} WHERE TableEnumOrId = 'Contact' OR DeveloperName = 'Beta'")).1, ["Beta__c"]);
        assert_eq!(found("SELECT COUNT() FROM CustomField").0, 3);
        let error = |text: &str| admin(world).components_query(text).expect_err(text).code();
        assert_eq!(error("SELECT Id FROM ApexClass"), ErrorCode::InvalidType);
        assert_eq!(error("SELECT Colour FROM CustomField"), ErrorCode::InvalidField);
        assert_eq!(error("SELECT Id FROM CustomField WHERE Colour = 'x' OR Id = 'y'"), ErrorCode::InvalidField);
        assert_eq!(error("SELECT Id FROM CustomObject WHERE Colour = 'x'"), ErrorCode::InvalidField);
        assert_eq!(error("SELECT Metadata FROM CustomField"), ErrorCode::MalformedQuery);
        assert_eq!(error("SELECT MAX(Id) FROM CustomField"), ErrorCode::MalformedQuery);
        let rep = world.ctx(world.rep).components(ComponentKind::CustomField).expect_err("no setup for a rep");
        assert_eq!(rep.code(), ErrorCode::InsufficientAccessOrReadonly);
        let id: RecordId = ComponentKind::CustomField.id("nothing");
        assert_eq!(
            admin(world).component(ComponentKind::CustomField, id).expect_err("none").code(),
            ErrorCode::NotFound
        );
    });
}
