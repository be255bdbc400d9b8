//! The pages where objects, fields and rules are made and changed.

use crate::visitor::Visitor;
use crate::world::World;
use http::StatusCode;

#[test]
fn a_field_is_made_shown_on_the_forms_of_its_object_changed_and_deleted() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    assert!(ada.get("/setup/objects").text.contains("/setup/objects/Account"));
    let types = ada.get("/setup/objects/Account/fields/new");
    assert!(types.text.contains("What does it hold?"), "{}", types.text);
    let form = ada.get("/setup/objects/Account/fields/new?type=Picklist");
    assert_eq!(form.status, StatusCode::OK);
    let sent =
        [("kind", "Picklist"), ("label", "Loading dock"), ("values", "Ground\n*Raised\n#Rail"), ("restricted", "true")];
    let made = ada.post("/setup/objects/Account/fields/new", &sent);
    assert_eq!(made.location(), "/setup/objects/Account", "{}", made.text);
    let page = ada.get("/setup/objects/Account").text;
    assert!(page.contains("Loading dock") && page.contains("Loading_dock__c"), "{page}");
    let record = ada.get("/new/Account").text;
    assert!(record.contains("Loading dock") && record.contains("Raised") && !record.contains("Rail"), "{record}");

    let address = "/setup/objects/Account/fields/Loading_dock__c";
    let edit = ada.get(address).text;
    assert!(edit.contains("Ground\n*Raised\n#Rail"), "{edit}");
    let changed = [
        ("kind", "Picklist"),
        ("label", "Dock"),
        ("FullName", "Dock__c"),
        ("values", "Ground\nRaised"),
        ("restricted", "true"),
    ];
    assert_eq!(ada.post(address, &changed).location(), "/setup/objects/Account");
    assert_eq!(ada.get(address).status, StatusCode::NOT_FOUND);
    assert_eq!(
        ada.post("/setup/objects/Account/fields/Dock__c", &[("delete", "true")]).location(),
        "/setup/objects/Account"
    );
    let page = ada.get("/setup/objects/Account").text;
    assert!(page.contains("Deleted fields") && page.contains("Take back"), "{page}");
    assert_eq!(ada.post("/setup/objects/Account", &[("undelete", "Dock__c")]).location(), "/setup/objects/Account");
    assert_eq!(ada.get("/setup/objects/Account/fields/Dock__c").status, StatusCode::OK);
}

#[test]
fn every_type_has_a_form_that_makes_a_field() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    let own: [(&str, &[(&str, &str)]); 22] = [
        ("Text", &[("length", "20"), ("unique", "true"), ("defaultValue", "")]),
        ("TextArea", &[]),
        ("LongTextArea", &[("length", "32768")]),
        ("Picklist", &[("values", "a\nb")]),
        ("MultiselectPicklist", &[("values", "a\nb")]),
        ("Checkbox", &[("defaultValue", "true")]),
        ("Number", &[("precision", "8"), ("scale", "2")]),
        ("Currency", &[("precision", "18"), ("scale", "2")]),
        ("Percent", &[("precision", "5"), ("scale", "2")]),
        ("Date", &[("defaultValue", "2026-11-22")]),
        ("DateTime", &[]),
        ("Time", &[]),
        ("Email", &[]),
        ("Phone", &[]),
        ("Url", &[]),
        ("Lookup", &[("referenceTo", "Contact"), ("deleteConstraint", "SetNull")]),
        ("MasterDetail", &[("referenceTo", "Account"), ("relationshipName", "Docks")]),
        (
            "Formula",
            &[
                ("formula", "LEN(Name)"),
                ("resultType", "Number"),
                ("precision", "18"),
                ("scale", "0"),
                ("formulaTreatBlanksAs", "BlankAsZero"),
            ],
        ),
        ("Summary", &[("summaryForeignKey", "Dock__c.F17__c"), ("summaryOperation", "count")]),
        ("AutoNumber", &[("displayFormat", "D-{000}")]),
        ("Location", &[("scale", "6")]),
        ("EncryptedText", &[("length", "20"), ("maskType", "lastFour"), ("maskChar", "X")]),
    ];
    let object = [("label", "Dock"), ("pluralLabel", "Docks"), ("sharingModel", "Private"), ("nameField", "Text")];
    assert_eq!(ada.post("/setup/objects/new", &object).location(), "/setup/objects/Dock__c");
    for (number, (kind, more)) in own.iter().enumerate() {
        let object = match *kind {
            "Summary" => "Account",
            _ => "Dock__c",
        };
        let address = format!("/setup/objects/{object}/fields/new");
        assert_eq!(ada.get(&format!("{address}?type={kind}")).status, StatusCode::OK, "{kind}");
        let label = format!("F{}", number + 1);
        let sent = [&[("kind", *kind), ("label", &label)][..], more].concat();
        let made = ada.post(&address, &sent);
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{kind}: {}", made.text);
        let field = format!("/setup/objects/{object}/fields/{label}__c");
        let shown = ada.get(&field);
        assert_eq!(shown.status, StatusCode::OK, "{kind}");
        let again = [&[("kind", *kind), ("label", "Renamed"), ("FullName", &label)][..], more].concat();
        let saved = ada.post(&field, &again);
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{kind} saved as it was shown: {}", saved.text);
    }
}

#[test]
fn values_that_begin_like_a_mark_stay_what_they_are() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    let address = "/setup/objects/Account/fields/new";
    let values = "\\#1 priority\n*#Lapsed\n\\*Starred\n\\\\Slash";
    let sent = [("kind", "Picklist"), ("label", "Rank"), ("values", values)];
    assert_eq!(ada.post(address, &sent).status, StatusCode::SEE_OTHER);
    let field = "/setup/objects/Account/fields/Rank__c";
    assert!(ada.get(field).text.contains(values), "{}", ada.get(field).text);
    let again = [("kind", "Picklist"), ("label", "Rank of it"), ("FullName", "Rank__c"), ("values", values)];
    assert_eq!(ada.post(field, &again).status, StatusCode::SEE_OTHER);
    assert!(ada.get(field).text.contains(values));
    assert!(ada.get("/new/Account").text.contains("#1 priority"));
}

#[test]
fn what_is_wrong_is_said_beside_its_input_and_nothing_is_made() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    let address = "/setup/objects/Account/fields/new";
    for (sent, words) in [
        (&[("kind", "Text"), ("label", ""), ("length", "20")][..], "A value is needed"),
        (&[("kind", "Text"), ("label", "A"), ("length", "999")], "999 is not between 1 and 255"),
        (&[("kind", "Picklist"), ("label", "A"), ("values", "x\nX")], "stands in the list twice"),
        (&[("kind", "Formula"), ("label", "A"), ("resultType", "Number"), ("formula", "Nothing__c + 1")], "Nothing__c"),
        (&[("kind", "Lookup"), ("label", "A"), ("referenceTo", "")], "A value is needed"),
    ] {
        let answer = ada.post(address, sent);
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{sent:?}");
        assert!(answer.text.contains(words), "{words}: {}", answer.text);
    }
    assert!(!ada.get("/setup/objects/Account").text.contains("A__c"));
}

#[test]
fn a_rule_refuses_saves_until_it_is_turned_off() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    let rule = [
        ("fullName", "No_test"),
        ("errorConditionFormula", "CONTAINS(Name, 'Test')"),
        ("errorMessage", "No tests here"),
        ("errorDisplayField", "Name"),
        ("active", "true"),
    ];
    assert_eq!(ada.post("/setup/objects/Account/rules/new", &rule).location(), "/setup/objects/Account");
    let refused = ada.post("/new/Account", &[("Name", "Test")]);
    assert!(refused.text.contains("No tests here"), "{}", refused.text);
    let broken = ada.post(
        "/setup/objects/Account/rules/No_test",
        &[("errorConditionFormula", "CONTAINS("), ("errorMessage", "x"), ("fullName", "No_test")],
    );
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ada.post("/setup/objects/Account/rules/No_test", &rule[..4]).location(), "/setup/objects/Account");
    assert_eq!(ada.post("/new/Account", &[("Name", "Test")]).status, StatusCode::SEE_OTHER);
    assert_eq!(
        ada.post("/setup/objects/Account/rules/No_test", &[("delete", "true")]).location(),
        "/setup/objects/Account"
    );
    assert_eq!(ada.get("/setup/objects/Account/rules/No_test").status, StatusCode::NOT_FOUND);
}

#[test]
fn an_object_is_made_has_a_place_in_the_rail_is_changed_and_deleted() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    let sent = [
        ("label", "Machine"),
        ("pluralLabel", "Machines"),
        ("description", "What customers bought"),
        ("sharingModel", "Read"),
        ("nameField", "AutoNumber"),
        ("displayFormat", "M-{0000}"),
    ];
    assert_eq!(ada.post("/setup/objects/new", &sent).location(), "/setup/objects/Machine__c");
    let page = ada.get("/setup/objects/Machine__c").text;
    assert!(page.contains("/o/Machine__c") && page.contains("What customers bought"), "{page}");
    let again = ada.post("/setup/objects/new", &sent);
    assert!(again.text.contains("already a component named Machine__c"), "{}", again.text);
    assert!(ada.get("/setup/objects/Machine__c/edit").text.contains("What customers bought"));
    let to = [("label", "Engine"), ("pluralLabel", "Engines"), ("FullName", "Engine__c"), ("sharingModel", "Private")];
    assert_eq!(ada.post("/setup/objects/Machine__c/edit", &to).location(), "/setup/objects/Engine__c");
    assert_eq!(
        ada.get("/setup/objects/Account/edit").status,
        StatusCode::NOT_FOUND,
        "it is not the organization's own"
    );
    assert_eq!(ada.post("/setup/objects/Engine__c", &[("delete", "true")]).location(), "/setup/objects");
    assert_eq!(ada.get("/setup/objects/Engine__c").status, StatusCode::NOT_FOUND);
}

#[test]
fn the_default_and_rules_of_sharing_are_set_and_count_at_once() {
    let world = World::new();
    let (ada, maya) = (Visitor::signed_in(&world, world.admin), Visitor::signed_in(&world, world.rep));
    let page = "/setup/objects/Account/sharing";
    assert_eq!(ada.get(page).status, StatusCode::OK);
    assert_eq!(ada.post(page, &[("default", "Private")]).location(), "/setup/objects/Account");
    let hidden =
        world.create(world.admin, "Account", &[("Name", "Hidden Harbour".into()), ("Industry", "Energy".into())]);
    let record = format!("/r/{hidden}");
    assert_eq!(maya.get(&record).status, StatusCode::NOT_FOUND);

    let group = world.create(world.admin, "Group", &[("Name", "Energy desk".into()), ("Type", "Regular".into())]);
    world.create(world.admin, "GroupMember", &[("GroupId", group.into()), ("UserOrGroupId", world.rep.into())]);
    let target = group.to_string();
    let rule = [
        ("name", "Energy to the desk"),
        ("source", "criteria"),
        ("criteria", "Industry = 'Energy'"),
        ("target", target.as_str()),
        ("level", "Read"),
    ];
    let new = format!("{page}/new");
    assert!(ada.get(&new).text.contains("Energy desk"));
    for (at, value, words) in [
        (0, "", "A value is needed"),
        (2, "Industry =", "Industry"),
        (2, "Owner.Name = 'x'", "own fields"),
        (3, "", "A value is needed"),
    ] {
        let mut wrong = rule;
        wrong[at].1 = value;
        let refused = ada.post(&new, &wrong);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }
    assert_eq!(maya.get(&record).status, StatusCode::NOT_FOUND, "nothing was made");
    assert_eq!(ada.post(&new, &rule).location(), page);
    assert_eq!(maya.get(&record).status, StatusCode::OK);
    let listed = ada.get(page).text;
    assert!(listed.contains("Energy_to_the_desk") && listed.contains("Energy desk"), "{listed}");
    assert_eq!(ada.post(page, &[("delete", "Energy_to_the_desk")]).location(), page);
    assert_eq!(maya.get(&record).status, StatusCode::NOT_FOUND);
    assert_eq!(ada.post(page, &[("default", "ReadWriteTransfer")]).status, StatusCode::NOT_FOUND, "of leads and cases");
    assert_eq!(ada.get("/setup/objects/OpportunityLineItem/sharing").status, StatusCode::NOT_FOUND, "it has no owners");
}
