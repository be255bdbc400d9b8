//! How an org shows its records, as programs read it: layouts, saved lists, places, quick actions.

use crate::world::World;
use model::schema::FieldDef;
use platform::Ctx;
use serde_json::{Value as Json, json};

const BASE: &str = "/services/data/v60.0";
const ACCOUNT: &str = "/services/data/v60.0/sobjects/Account";

/// The names of the fields in the sections of a layout.
fn fields_of(sections: &Json) -> Vec<&str> {
    let rows = sections
        .as_array()
        .expect("sections")
        .iter()
        .flat_map(|section| section["layoutRows"].as_array().expect("rows"));
    let items = rows.flat_map(|row| row["layoutItems"].as_array().expect("items"));
    items.filter_map(|item| item["layoutComponents"][0]["value"].as_str()).collect()
}

#[test]
fn a_layout_has_the_sections_of_the_page_for_what_the_caller_may_see_and_change() {
    let world = World::new();
    let token = world.token(world.rep);
    let all = world.get(&token, &format!("{ACCOUNT}/describe/layouts")).expect(200);
    let layout = &all["layouts"][0];
    assert!(layout["id"].is_null() && layout["relatedLists"].is_array(), "{layout}");
    let shown = fields_of(&layout["detailLayoutSections"]);
    assert_eq!(shown.first(), Some(&"Name"));
    assert!(shown.contains(&"BillingCity") && shown.contains(&"LastActivityDate"), "{shown:?}");
    let edited = fields_of(&layout["editLayoutSections"]);
    assert!(edited.contains(&"BillingCity") && !edited.contains(&"LastActivityDate"), "{edited:?}");
    let related: Vec<_> = layout["relatedLists"].as_array().expect("lists").iter().map(|list| &list["name"]).collect();
    assert!(related.contains(&&json!("Contacts")), "{related:?}");
    let buttons = |layout: &Json| -> Vec<String> {
        let buttons = layout["buttonLayoutSection"]["detailButtons"].as_array().expect("buttons");
        buttons.iter().filter_map(|button| button["name"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(buttons(layout), ["Edit", "Delete"]);
    let master = &all["recordTypeMappings"][0];
    assert_eq!((&master["recordTypeId"], &master["master"]), (&json!("012000000000000AAA"), &json!(true)));
    let address = master["urls"]["layout"].as_str().expect("an address");
    assert_eq!(world.get(&token, address).expect(200), *layout);
    assert_eq!(
        world.get(&token, &address.replace("012000000000000AAA", "012000000000009AAA")).error(404).0,
        "NOT_FOUND"
    );
    assert_eq!(all["recordTypeSelectorRequired"], json!([false]));

    world.show_only("Account", &["Name", "Phone"]);
    let token = world.token(world.rep);
    let text = world.get(&token, &format!("{ACCOUNT}/describe/layouts")).text;
    assert!(!text.contains("Industry"), "a field one may not read stands in no layout");
    let text = world.get(&token, &format!("{ACCOUNT}/describe/compactLayouts")).text;
    assert!(!text.contains("Industry"), "nor in what a record shows in brief");
}

#[test]
fn named_compact_and_approval_layouts_are_those_there_are() {
    let world = World::new();
    let token = world.token(world.admin);
    let users = format!("{BASE}/sobjects/User/describe");
    let described = world.get(&token, &users).expect(200);
    assert_eq!(described["namedLayoutInfos"][0]["name"], "UserAlt");
    let named =
        world.get(&token, described["namedLayoutInfos"][0]["urls"]["layout"].as_str().expect("one")).expect(200);
    assert_eq!(named, world.get(&token, &format!("{users}/layouts")).expect(200));
    assert_eq!(world.get(&token, &format!("{ACCOUNT}/describe/namedLayouts/UserAlt")).error(404).0, "NOT_FOUND");

    let compact = world.get(&token, &format!("{ACCOUNT}/describe/compactLayouts")).expect(200);
    let brief = &compact["compactLayouts"][0];
    assert_eq!((&brief["objectType"], &brief["name"]), (&json!("Account"), &json!("SYSTEM")));
    assert_eq!(brief["fieldItems"][0]["layoutComponents"][0]["value"], "Name");
    let primary = compact["urls"]["primary"].as_str().expect("an address");
    assert_eq!(world.get(&token, primary).expect(200), *brief);
    let several = world.get(&token, &format!("{BASE}/compactLayouts?q=account,Contact")).expect(200);
    assert_eq!(several["Account"], *brief);
    assert!(several["Contact"]["fieldItems"].is_array());
    assert_eq!(world.get(&token, &format!("{BASE}/compactLayouts?q=Nothing")).error(400).0, "INVALID_TYPE");
    let approvals = world.get(&token, &format!("{ACCOUNT}/describe/approvalLayouts")).expect(200);
    assert_eq!(approvals, json!({"approvalLayouts": []}));
}

#[test]
fn a_layout_that_is_known_is_not_sent_again() {
    let world = World::new();
    let token = world.token(world.rep);
    let path = format!("{ACCOUNT}/describe/layouts");
    let tag = world.get(&token, &path).header("etag").to_owned();
    assert_eq!(world.ask(&token, "GET", &path, &[("if-none-match", &tag)]).status, 304);
    let ctx = Ctx::for_user(&world.org, world.admin).expect("the administrator");
    ctx.fields_create("Account", vec![FieldDef::text("Colour__c", "Colour", 20)]).expect("a field");
    world.show_only("Account", &["Name", "Colour__c"]);
    let token = world.token(world.rep);
    let renewed = world.ask(&token, "GET", &path, &[("if-none-match", &tag)]);
    assert!(renewed.status == 200 && renewed.text.contains("Colour__c"), "{}", renewed.status);
}

#[test]
fn a_saved_list_is_told_taken_apart_and_shows_each_caller_their_own_records() {
    let world = World::new();
    let admin = world.token(world.admin);
    for (name, revenue) in [("Large", 500), ("Larger", 900), ("Small", 1)] {
        world.create("Account", &json!({"Name": name, "AnnualRevenue": revenue}));
    }
    let view = world.create(
        "ListView",
        &json!({"Name": "Large ones", "DeveloperName": "LargeOnes", "SobjectType": "Account", "Scope": "Everything",
                "Columns": "Name, Owner.Name, AnnualRevenue", "Filter": "AnnualRevenue > 100 AND Name LIKE 'L%'",
                "OrderBy": "AnnualRevenue DESC NULLS LAST", "Visibility": "All"}),
    );
    let lists = world.get(&admin, &format!("{ACCOUNT}/listviews")).expect(200);
    let all = lists["listviews"].as_array().expect("lists");
    assert_eq!((lists["size"].as_u64(), &lists["done"]), (Some(all.len() as u64), &json!(true)));
    let found = all.iter().find(|list| list["id"] == view.as_str()).expect("the list");
    assert_eq!((&found["label"], &found["developerName"]), (&json!("Large ones"), &json!("LargeOnes")));
    assert_eq!(world.get(&admin, found["url"].as_str().expect("an address")).expect(200), *found);

    let described = world.get(&admin, found["describeUrl"].as_str().expect("an address")).expect(200);
    assert_eq!(
        described["query"],
        "SELECT Name, Owner.Name, AnnualRevenue, Id, CreatedDate, LastModifiedDate, SystemModstamp FROM Account WHERE \
         (AnnualRevenue > 100 AND Name LIKE 'L%') ORDER BY AnnualRevenue DESC NULLS LAST"
    );
    assert_eq!(described["scope"], "everything");
    assert_eq!(
        described["whereCondition"],
        json!({"conjunction": "and", "conditions": [
            {"field": "AnnualRevenue", "operator": "greaterThan", "values": ["100"]},
            {"field": "Name", "operator": "like", "values": ["'L%'"]},
        ]})
    );
    assert_eq!(
        described["orderBy"],
        json!([{"fieldNameOrPath": "AnnualRevenue", "nullsPosition": "last", "sortDirection": "descending"}])
    );
    let column = |at: usize, part: &str| described["columns"][at][part].clone();
    assert_eq!(
        (column(2, "type"), column(2, "sortIndex"), column(2, "sortable")),
        (json!("currency"), json!(0), json!(true))
    );
    assert_eq!((column(1, "fieldNameOrPath"), column(1, "hidden")), (json!("Owner.Name"), json!(false)));
    assert_eq!((column(3, "fieldNameOrPath"), column(3, "hidden")), (json!("Id"), json!(true)));

    let results =
        |token: &str, more: &str| world.get(token, &format!("{ACCOUNT}/listviews/{view}/results{more}")).expect(200);
    let names = |results: &Json| -> Vec<String> {
        let records = results["records"].as_array().expect("records");
        records.iter().filter_map(|record| record["columns"][0]["value"].as_str().map(str::to_owned)).collect()
    };
    let rows = results(&admin, "");
    assert_eq!(
        (names(&rows), &rows["size"], &rows["done"]),
        (vec!["Larger".to_owned(), "Large".to_owned()], &json!(2), &json!(true))
    );
    assert_eq!(rows["records"][0]["columns"][2], json!({"fieldNameOrPath": "AnnualRevenue", "value": "900.0"}));
    let (first, second) = (results(&admin, "?limit=1"), results(&admin, "?limit=1&offset=1"));
    assert_eq!((names(&first), &first["done"]), (vec!["Larger".to_owned()], &json!(false)));
    assert_eq!((names(&second), &second["done"]), (vec!["Large".to_owned()], &json!(true)));
    assert_eq!(
        world.get(&admin, &format!("{ACCOUNT}/listviews/{view}/results?limit=0")).error(400).0,
        "NUMBER_OUTSIDE_VALID_RANGE"
    );
    // Accounts are private: the rep sees the list and none of the administrator's records in it.
    let rep = world.token(world.rep);
    assert_eq!(names(&results(&rep, "")), Vec::<String>::new());

    let explained = world.get(&admin, &format!("{BASE}/query?explain={view}")).expect(200);
    assert_eq!(explained["plans"][0]["sobjectType"], "Account");
    assert_eq!(explained["plans"][0]["cardinality"], 2);

    world.show_only("Account", &["Name"]);
    let rep = world.token(world.rep);
    let refused = world.get(&rep, &format!("{ACCOUNT}/listviews/{view}/describe"));
    assert_eq!(refused.error(400).0, "INVALID_FIELD", "a condition on a field one may not read");
    for path in [format!("{BASE}/sobjects/Contact/listviews/{view}"), format!("{ACCOUNT}/listviews/00B000000000999AAA")]
    {
        assert_eq!(world.get(&admin, &path).error(404).0, "NOT_FOUND", "{path}");
    }
}

#[test]
fn tabs_and_theme_name_what_the_caller_can_open() {
    let world = World::new();
    let tabs = world.get(&world.token(world.rep), &format!("{BASE}/tabs")).expect(200);
    let names: Vec<_> = tabs.as_array().expect("tabs").iter().filter_map(|tab| tab["name"].as_str()).collect();
    assert!(names.contains(&"standard-Account") && !names.contains(&"UpsertTable__c"), "{names:?}");
    assert_eq!(tabs[0]["url"], format!("{}/o/Account", crate::world::PUBLIC_URL));
    let theme = world.get(&world.token(world.admin), &format!("{BASE}/theme")).expect(200);
    let items: Vec<_> =
        theme["themeItems"].as_array().expect("items").iter().filter_map(|item| item["name"].as_str()).collect();
    assert!(items.contains(&"Account") && items.contains(&"UpsertTable__c"), "{items:?}");
    assert_eq!(world.get(&world.token(world.nobody), &format!("{BASE}/tabs")).expect(200), json!([]));
}

#[test]
fn a_quick_action_makes_a_record_about_the_one_in_view() {
    let world = World::new();
    let token = world.token(world.rep);
    let account = world.call(&token, "POST", ACCOUNT, Some(&json!({"Name": "Acme"}))).expect(201)["id"].clone();
    let account = account.as_str().expect("an id");
    let list = world.get(&token, &format!("{BASE}/quickActions")).expect(200);
    let call =
        list.as_array().expect("actions").iter().find(|action| action["name"] == "LogACall").expect("the action");
    let path = call["urls"]["quickAction"].as_str().expect("an address");
    let described = world.get(&token, &format!("{path}/describe")).expect(200);
    assert_eq!((&described["targetSobjectType"], &described["type"]), (&json!("Task"), &json!("LogACall")));
    let plain = world.get(&token, &format!("{path}/defaultValues")).expect(200);
    assert_eq!((&plain["Subject"], &plain["WhatId"]), (&json!("Call"), &Json::Null));
    let about = world.get(&token, &format!("{path}/defaultValues/{account}")).expect(200);
    assert_eq!((&about["WhatId"], &about["WhoId"]), (&json!(account), &Json::Null));
    let body = json!({"contextId": account, "record": {"Subject": "Price", "Description": "x"}});
    let made = world.call(&token, "POST", path, Some(&body)).expect(201);
    assert_eq!((&made["success"], &made["created"], &made["contextId"]), (&json!(true), &json!(true), &json!(account)));
    let task = format!("{BASE}/sobjects/Task/{}", made["id"].as_str().expect("an id"));
    let task = world.get(&token, &task).expect(200);
    assert_eq!(
        (&task["Subject"], &task["Status"], &task["WhatId"], &task["IsClosed"]),
        (&json!("Price"), &json!("Completed"), &json!(account), &json!(true))
    );
    // Whoever may not make such records has no such action, and nobody writes about what they do not see.
    let nobody = world.token(world.nobody);
    assert_eq!(world.get(&nobody, &format!("{BASE}/quickActions")).expect(200), json!([]));
    assert_eq!(world.call(&nobody, "POST", path, Some(&body)).error(404).0, "NOT_FOUND");
    let theirs = world.create("Account", &json!({"Name": "theirs"}));
    assert_eq!(world.get(&token, &format!("{path}/defaultValues/{theirs}")).error(404).0, "NOT_FOUND");
    let refused = world.call(&token, "POST", path, Some(&json!({"contextId": theirs, "record": {}})));
    assert_eq!(refused.error(400).0, "INVALID_CROSS_REFERENCE_KEY");
}

#[test]
fn objects_without_pages_have_no_layouts() {
    let world = World::new();
    let token = world.token(world.admin);
    for object in ["UserRecordAccess", "AccountHistory"] {
        let path = format!("{BASE}/sobjects/{object}");
        assert_eq!(world.get(&token, &format!("{path}/describe")).expect(200)["layoutable"], false);
        assert_eq!(world.get(&token, &format!("{path}/describe/layouts")).error(404).0, "NOT_FOUND");
    }
}
