//! Metadata is true to what query and write accept.

use crate::world::World;
use model::schema::{FieldDef, Mask, MaskCharacter, MaskKind, ObjectDef};
use serde_json::{Value as Json, json};

const OBJECTS: &str = "/services/data/v60.0/sobjects";

fn field<'a>(described: &'a Json, name: &str) -> &'a Json {
    let fields = described["fields"].as_array().expect("fields");
    fields.iter().find(|field| field["name"] == name).unwrap_or_else(|| panic!("no field {name}"))
}

#[test]
fn only_readable_objects_are_listed() {
    let world = World::new();
    let names = |token: &str| -> Vec<String> {
        let list = world.get(token, OBJECTS).expect(200);
        assert_eq!((&list["encoding"], &list["maxBatchSize"]), (&json!("UTF-8"), &json!(200)));
        list["sobjects"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|entry| entry["name"].as_str().map(str::to_owned))
            .collect()
    };
    let admin = names(&world.token(world.admin));
    assert!(admin.contains(&"Account".to_owned()) && admin.contains(&"UpsertTable__c".to_owned()));
    let rep = names(&world.token(world.rep));
    assert!(rep.contains(&"Account".to_owned()) && !rep.contains(&"UpsertTable__c".to_owned()));
    assert_eq!(names(&world.token(world.nobody)), ["UserRecordAccess"], "anybody may ask what they may do themselves");
    assert_eq!(world.get(&world.token(world.nobody), &format!("{OBJECTS}/Account/describe")).error(404).0, "NOT_FOUND");
}

#[test]
fn every_described_field_can_be_selected_together() {
    let world = World::new();
    let token = world.token(world.admin);
    let list = world.get(&token, OBJECTS).expect(200);
    for object in list["sobjects"].as_array().expect("a list") {
        let name = object["name"].as_str().expect("a name");
        let described = world.get(&token, &format!("{OBJECTS}/{name}/describe")).expect(200);
        let fields: Vec<_> =
            described["fields"].as_array().expect("fields").iter().filter_map(|field| field["name"].as_str()).collect();
        // It answers for one user and given records alone.
        let filter = if name == "UserRecordAccess" {
            format!("WHERE UserId = '{0}' AND RecordId = '{0}'", world.admin)
        } else {
            String::new()
        };
        let answer = world.query(&token, &format!("SELECT {} FROM {name} {filter} LIMIT 1", fields.join(",")));
        let expected = if described["queryable"] == true { 200 } else { 400 };
        assert_eq!(answer.status, expected, "{name}: {}", answer.text);
    }
}

#[test]
fn flags_of_filtering_sorting_and_grouping_hold() {
    let world = World::new();
    let token = world.token(world.admin);
    for object in ["Account", "Opportunity", "Case", "UpsertTable__c"] {
        let described = world.get(&token, &format!("{OBJECTS}/{object}/describe")).expect(200);
        for field in described["fields"].as_array().expect("fields") {
            let name = field["name"].as_str().expect("a name");
            let accepts = |soql: String| world.query(&token, &soql).status == 200;
            let sorts = accepts(format!("SELECT Id FROM {object} ORDER BY {name} LIMIT 1"));
            assert_eq!(field["sortable"], sorts, "{object}.{name} sortable");
            let groups = accepts(format!("SELECT {name}, COUNT(Id) n FROM {object} GROUP BY {name}"));
            assert_eq!(field["groupable"], groups, "{object}.{name} groupable");
            if field["type"] != "address" {
                let filters = accepts(format!("SELECT Id FROM {object} WHERE {name} = null"));
                assert_eq!(field["filterable"], filters, "{object}.{name} filterable");
            }
        }
    }
}

#[test]
fn an_object_tells_types_keys_and_relationships() {
    let world = World::new();
    let token = world.token(world.admin);
    let account = world.get(&token, &format!("{OBJECTS}/account/describe")).expect(200);
    assert_eq!(
        (&account["name"], &account["keyPrefix"], &account["custom"]),
        (&json!("Account"), &json!("001"), &json!(false))
    );
    assert_eq!(account["urls"]["rowTemplate"], "/services/data/v60.0/sobjects/Account/{ID}");
    let contacts = account["childRelationships"]
        .as_array()
        .expect("children")
        .iter()
        .find(|child| child["relationshipName"] == "Contacts");
    assert_eq!(
        contacts.map(|child| (&child["childSObject"], &child["field"])),
        Some((&json!("Contact"), &json!("AccountId")))
    );
    assert!(
        account["recordTypeInfos"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|info| info["recordTypeId"] == "012000000000000AAA" && info["master"] == true)
    );
    assert_eq!(account["supportedScopes"][1]["name"], "mine");
    let name = field(&account, "Name");
    assert_eq!(
        (&name["nillable"], &name["nameField"], &name["length"], &name["soapType"]),
        (&json!(false), &json!(true), &json!(255), &json!("xsd:string"))
    );
    assert_eq!(field(&account, "BillingCity")["compoundFieldName"], "BillingAddress");
    assert_eq!(field(&account, "BillingAddress")["type"], "address");
    assert_eq!(
        (&field(&account, "Id")["idLookup"], &field(&account, "Id")["createable"]),
        (&json!(true), &json!(false))
    );
    let parent = field(&account, "ParentId");
    assert_eq!((&parent["referenceTo"], &parent["relationshipName"]), (&json!(["Account"]), &json!("Parent")));
    assert!(!field(&account, "Industry")["picklistValues"].as_array().expect("values").is_empty());

    let custom = world.get(&token, &format!("{OBJECTS}/UpsertTable__c/describe")).expect(200);
    let key = field(&custom, "Key__c");
    assert_eq!(
        (&key["externalId"], &key["unique"], &key["idLookup"], &key["custom"]),
        (&json!(true), &json!(true), &json!(true), &json!(true))
    );
    assert_eq!(field(&custom, "Number__c")["type"], "double");
}

#[test]
fn create_and_update_flags_follow_the_callers_rights() {
    let world = World::new();
    let described = |user| world.get(&world.token(user), &format!("{OBJECTS}/Product2/describe")).expect(200);
    let (admin, rep) = (described(world.admin), described(world.rep));
    assert_eq!((&admin["createable"], &field(&admin, "Name")["createable"]), (&json!(true), &json!(true)));
    assert_eq!(
        (&rep["createable"], &field(&rep, "Name")["createable"], &rep["deletable"]),
        (&json!(false), &json!(false), &json!(false))
    );
}

#[test]
fn an_object_of_eight_hundred_fields_is_described_and_filled_and_two_thousand_keys_are_refused() {
    let world = World::new();
    let fields = (0..800).map(|n| FieldDef::text(&format!("F{n}__c"), "Field", 40));
    let wide = ObjectDef::new("Wide__c", "Wide", "Wides", "a70").field(FieldDef::text("Name", "Name", 80));
    let admin = platform::Ctx::for_user(&world.org, world.admin).expect("the administrator");
    admin.objects_create(vec![wide.fields(fields)]).expect("a wide object");
    let token = world.token(world.admin);
    let described = world.get(&token, &format!("{OBJECTS}/Wide__c/describe")).expect(200);
    let custom = described["fields"].as_array().expect("fields").iter().filter(|field| field["custom"] == true);
    assert_eq!(custom.count(), 800);

    let keys = |count: usize| -> Json { (0..count).map(|n| (format!("F{n}__c"), json!(format!("v{n}")))).collect() };
    let id = world.create("Wide__c", &keys(800));
    let read = world.get(&token, &format!("{OBJECTS}/Wide__c/{id}")).expect(200);
    assert_eq!((&read["F0__c"], &read["F799__c"]), (&json!("v0"), &json!("v799")));

    let refused = world.call(&token, "POST", &format!("{OBJECTS}/Wide__c"), Some(&keys(2_000)));
    let no_column = "No such column 'F800__c' on sobject of type Wide__c".to_owned();
    assert_eq!(refused.error(400), ("INVALID_FIELD".to_owned(), no_column));
    // 200 records of 2,000 keys each, none of which the object has.
    let mut record = (0..2_000).map(|n| (format!("G{n}__c"), json!(n))).collect::<serde_json::Map<_, _>>();
    record.insert("attributes".to_owned(), json!({"type": "Wide__c"}));
    let batch = json!({"allOrNone": false, "records": vec![Json::Object(record); 200]});
    let answer = world.call(&token, "POST", "/services/data/v60.0/composite/sobjects", Some(&batch));
    let answer = answer.expect(200);
    let results = answer.as_array().expect("a result for each");
    assert_eq!(results.len(), 200);
    assert!(results.iter().all(|result| result["errors"][0]["statusCode"] == "INVALID_FIELD"));
    assert_eq!(world.query(&token, "SELECT COUNT() FROM Wide__c").expect(200)["totalSize"], 1);
}

#[test]
fn record_types_are_told_as_each_caller_has_them() {
    let world = World::new();
    let ctx = platform::Ctx::for_user(&world.org, world.admin).expect("the administrator");
    let new = platform::NewRecordType {
        developer_name: "Partner".to_owned(),
        label: "Partner accounts".to_owned(),
        description: String::new(),
        active: true,
    };
    let id = ctx.record_type_create("Account", new).expect("a record type");
    let address = format!("{OBJECTS}/Account/describe");
    let told = |user| world.get(&world.token(user), &address).expect(200)["recordTypeInfos"].clone();
    let info = |id: &str, name: &str, developer: &str, available: bool, by_default: bool| {
        json!({
            "active": true, "available": available, "defaultRecordTypeMapping": by_default, "developerName": developer,
            "master": developer == "Master", "name": name, "recordTypeId": id,
            "urls": {"layout": format!("{OBJECTS}/Account/describe/layouts/{id}")},
        })
    };
    let (own, master) = (id.to_string(), "012000000000000AAA");
    let partner = |available, by_default| info(&own, "Partner accounts", "Partner", available, by_default);
    let none = |by_default| info(master, "Master", "Master", true, by_default);
    assert_eq!(told(world.admin), json!([partner(true, false), none(true)]));
    assert_eq!(told(world.rep), json!([partner(false, false), none(true)]));

    let admin = world.token(world.admin);
    let refused = world.call(
        &world.token(world.rep),
        "POST",
        &format!("{OBJECTS}/Account"),
        Some(&json!({"Name": "A", "RecordTypeId": own})),
    );
    let words = format!("Record Type ID: this ID value isn't valid for the user: {own}");
    assert_eq!(refused.error(400), ("INVALID_CROSS_REFERENCE_KEY".to_owned(), words));

    let sets = world.query(&admin, "SELECT Id FROM PermissionSet WHERE Profile.Name = 'Standard User'").expect(200);
    let row = json!({"ParentId": sets["records"][0]["Id"], "TypeId": own, "IsDefault": true});
    world.call(&admin, "POST", &format!("{OBJECTS}/RecordTypeVisibility"), Some(&row)).expect(201);
    assert_eq!(told(world.rep), json!([partner(true, true), none(false)]));
    let made = world.call(&world.token(world.rep), "POST", &format!("{OBJECTS}/Account"), Some(&json!({"Name": "A"})));
    let made = format!("{OBJECTS}/Account/{}", made.expect(201)["id"].as_str().expect("an id"));
    assert_eq!(world.get(&world.token(world.rep), &made).expect(200)["RecordTypeId"], own);
}

#[test]
fn a_dependent_picklist_says_in_bits_what_goes_with_what() {
    let world = World::new();
    let ctx = platform::Ctx::for_user(&world.org, world.admin).expect("the administrator");
    let many: Vec<String> = (0..26).map(|at| format!("v{at}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let size = FieldDef::picklist("Size__c", "Size", &["S", "M", "L"]).restricted();
    let fields = vec![
        FieldDef::picklist("Kind__c", "Kind", &["Nut", "Bolt", "Screw"]),
        size.depends_on("Kind__c", &[("S", &["Nut"]), ("M", &["Nut", "Screw"])]),
        FieldDef::boolean("Spare__c", "Spare", false),
        FieldDef::picklist("Shelf__c", "Shelf", &["A", "B"])
            .depends_on("Spare__c", &[("A", &["true"]), ("B", &["false"])]),
        FieldDef::picklist("Many__c", "Many", &many),
        FieldDef::picklist("Late__c", "Late", &["x"]).depends_on("Many__c", &[("x", &["v9", "v25"])]),
    ];
    ctx.fields_create("Account", fields).expect("custom fields");
    let described = world.get(&world.token(world.admin), &format!("{OBJECTS}/Account/describe")).expect(200);
    let bits = |name: &str| -> Vec<Json> {
        let values = field(&described, name)["picklistValues"].as_array().expect("values");
        values.iter().map(|value| value["validFor"].clone()).collect()
    };
    assert_eq!(bits("Kind__c"), [Json::Null, Json::Null, Json::Null]);
    // The first bit, the first and third, none.
    assert_eq!(bits("Size__c"), ["gAAA", "oAAA", "AAAA"]);
    // A checkbox counts as a list of false and true.
    assert_eq!(bits("Shelf__c"), ["QAAA", "gAAA"]);
    // Bit 9 and bit 25, in six bytes.
    assert_eq!(bits("Late__c"), ["AEAAQAAA"]);
    let of = |name: &str| {
        (field(&described, name)["controllerName"].clone(), field(&described, name)["dependentPicklist"].clone())
    };
    assert_eq!(of("Size__c"), (json!("Kind__c"), json!(true)));
    assert_eq!(of("Kind__c"), (Json::Null, json!(false)));
}

#[test]
fn a_location_is_described_as_clients_know_it_and_shown_as_a_pair() {
    let world = World::new();
    let ctx = platform::Ctx::for_user(&world.org, world.admin).expect("the administrator");
    ctx.fields_create("Account", vec![FieldDef::location("Spot__c", "Spot", 4)]).expect("a location");
    let token = world.token(world.admin);
    let described = world.get(&token, &format!("{OBJECTS}/Account/describe")).expect(200);
    let whole = field(&described, "Spot__c");
    assert_eq!((&whole["type"], &whole["soapType"]), (&json!("location"), &json!("urn:location")));
    for flag in ["filterable", "sortable", "groupable", "aggregatable", "createable", "updateable"] {
        assert_eq!(whole[flag], false, "{flag}");
    }
    assert_eq!((&whole["queryByDistance"], &whole["permissionable"]), (&json!(true), &json!(true)));
    let half = field(&described, "Spot__Latitude__s");
    assert_eq!((&half["type"], &half["compoundFieldName"]), (&json!("double"), &json!("Spot__c")));
    assert_eq!((&half["precision"], &half["scale"]), (&json!(7), &json!(4)));
    assert_eq!(
        (&half["createable"], &half["custom"], &half["permissionable"]),
        (&json!(true), &json!(true), &json!(false))
    );

    let row = json!({ "Name": "Acme", "Spot__Latitude__s": 48.13715, "Spot__Longitude__s": -11.5 });
    let made = world.call(&token, "POST", &format!("{OBJECTS}/Account"), Some(&row)).expect(201);
    let path = format!("{OBJECTS}/Account/{}", made["id"].as_str().expect("an id"));
    assert_eq!(world.get(&token, &path).expect(200)["Spot__c"], json!({ "latitude": 48.1372, "longitude": -11.5 }));
    let half = json!({ "Spot__Latitude__s": null });
    assert_eq!(world.call(&token, "PATCH", &path, Some(&half)).error(400).0, "FIELD_INTEGRITY_EXCEPTION");
    let whole = json!({ "Spot__c": { "latitude": 1, "longitude": 2 } });
    assert_eq!(world.call(&token, "PATCH", &path, Some(&whole)).error(400).0, "INVALID_FIELD_FOR_INSERT_UPDATE");
}

#[test]
fn encrypted_text_is_described_with_its_mask_and_shown_masked() {
    let world = World::new();
    let ctx = platform::Ctx::for_user(&world.org, world.admin).expect("the administrator");
    let mask = Mask::new(MaskKind::CreditCard, MaskCharacter::Asterisk);
    ctx.fields_create("Account", vec![FieldDef::encrypted_text("Card__c", "Card", 30, mask)]).expect("a field");
    let token = world.token(world.admin);
    let described = world.get(&token, &format!("{OBJECTS}/Account/describe")).expect(200);
    let card = field(&described, "Card__c");
    assert_eq!((&card["type"], &card["soapType"]), (&json!("encryptedstring"), &json!("xsd:string")));
    assert_eq!((&card["mask"], &card["maskType"], &card["length"]), (&json!("*"), &json!("creditCard"), &json!(30)));
    for flag in ["filterable", "sortable", "groupable", "aggregatable", "unique", "externalId"] {
        assert_eq!(card[flag], false, "{flag}");
    }
    assert_eq!((&card["createable"], &card["updateable"]), (&json!(true), &json!(true)));
    assert_eq!(field(&described, "Name")["maskType"], Json::Null);

    let row = json!({ "Name": "Acme", "Card__c": "4111111111111234" });
    let made = world.call(&token, "POST", &format!("{OBJECTS}/Account"), Some(&row)).expect(201);
    let path = format!("{OBJECTS}/Account/{}", made["id"].as_str().expect("an id"));
    let shown = world.get(&token, &path);
    assert_eq!(shown.expect(200)["Card__c"], "****-****-****-1234");
    // A client that writes back the whole record it read changes nothing, and learns nothing.
    world.call(&token, "PATCH", &path, Some(&json!({ "Card__c": "****-****-****-1234" }))).expect(204);
    let sets =
        world.query(&token, "SELECT Id FROM PermissionSet WHERE Profile.Name = 'System Administrator'").expect(200);
    let set = format!("{OBJECTS}/PermissionSet/{}", sets["records"][0]["Id"].as_str().expect("an id"));
    world.call(&token, "PATCH", &set, Some(&json!({ "PermissionsViewEncryptedData": true }))).expect(204);
    assert_eq!(world.get(&token, &path).expect(200)["Card__c"], "4111111111111234");
}
