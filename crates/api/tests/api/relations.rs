//! The way from a record to its parent and to its children.

use crate::world::World;
use serde_json::json;

const OBJECTS: &str = "/services/data/v60.0/sobjects";

#[test]
fn children_and_parents_are_reached_from_a_record() {
    let world = World::new();
    let token = world.token(world.admin);
    let account = world.create("Account", &json!({"Name": "Acme"}));
    let contact = world.create("Contact", &json!({"LastName": "Lang", "AccountId": account}));
    world.create("Contact", &json!({"LastName": "Else"}));
    let children = format!("{OBJECTS}/Account/{account}/Contacts");
    let list = world.get(&token, &children).expect(200);
    assert_eq!((&list["totalSize"], &list["done"]), (&json!(1), &json!(true)));
    assert_eq!((&list["records"][0]["Id"], &list["records"][0]["LastName"]), (&json!(contact), &json!("Lang")));
    let names = world.get(&token, &format!("{children}?fields=LastName")).expect(200);
    assert!(names["records"][0].get("Email").is_none() && names["records"][0]["LastName"] == "Lang", "{names}");

    let parent = format!("{OBJECTS}/Contact/{contact}/account");
    assert_eq!(world.get(&token, &format!("{parent}?fields=Name")).expect(200)["Name"], "Acme");
    world.call(&token, "PATCH", &parent, Some(&json!({"Name": "Renamed"}))).expect(204);
    assert_eq!(world.get(&token, &format!("{OBJECTS}/Account/{account}")).expect(200)["Name"], "Renamed");
    for path in [format!("{OBJECTS}/Contact/{contact}/ReportsTo"), format!("{OBJECTS}/Contact/{contact}/Nothing")] {
        assert_eq!(world.get(&token, &path).error(404).0, "NOT_FOUND", "{path}");
    }
    assert_eq!(world.call(&token, "DELETE", &parent, None).status, 204);
    assert_eq!(world.get(&token, &children).error(404).0, "ENTITY_IS_DELETED");
}

#[test]
fn a_way_leads_nowhere_from_or_to_what_one_may_not_see() {
    let world = World::new();
    let account = world.create("Account", &json!({"Name": "theirs"}));
    let contact = world.create("Contact", &json!({"LastName": "Lang", "AccountId": account}));
    let rep = world.token(world.rep);
    for path in [format!("{OBJECTS}/Account/{account}/Contacts"), format!("{OBJECTS}/Contact/{contact}/Account")] {
        assert_eq!(world.get(&rep, &path).error(404).0, "NOT_FOUND", "{path}");
    }
    let mine = world.call(&rep, "POST", &format!("{OBJECTS}/Account"), Some(&json!({"Name": "mine"}))).expect(201);
    let mine = mine["id"].as_str().expect("an id");
    world.create("Contact", &json!({"LastName": "hidden", "AccountId": mine}));
    let seen = world.get(&rep, &format!("{OBJECTS}/Account/{mine}/Contacts")).expect(200);
    let asked = world.query(&rep, &format!("SELECT Id FROM Contact WHERE AccountId = '{mine}'")).expect(200);
    assert_eq!(seen["totalSize"], asked["totalSize"], "as many as a query shows");
    world.show_only("Contact", &["LastName", "Name"]);
    let rep = world.token(world.rep);
    let hidden = world.get(&rep, &format!("{OBJECTS}/Account/{mine}/Contacts"));
    assert_eq!(hidden.error(404).0, "NOT_FOUND", "the reference may not be read");
}
