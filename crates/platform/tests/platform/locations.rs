//! Location fields: made, renamed, deleted and taken back at run time; written by halves that only go together; asked
//! for in every clause on both stores.

use crate::world::{World, on_both_stores};
use model::schema::{FieldDef, ObjectDef};
use model::{Decimal, ErrorCode, FieldType, RecordId, Value};
use platform::{QueryOptions, provision};

const DAY_MS: i64 = 24 * 3_600_000;

fn degrees(text: &str) -> Value {
    Value::Number(model::parse_decimal(text).expect("a number"))
}

fn sites(world: &World) {
    let site = ObjectDef::new("Site__c", "Site", "Sites", "a00")
        .field(FieldDef::text("Name", "Name", 80).required())
        .field(FieldDef::location("Spot__c", "Spot", 6).tracked());
    world.ctx(world.admin).objects_create(vec![site]).expect("a custom object");
}

fn site(world: &World, name: &str, latitude: &str, longitude: &str) -> RecordId {
    let values =
        [("Name", name.into()), ("Spot__Latitude__s", degrees(latitude)), ("Spot__Longitude__s", degrees(longitude))];
    world.create(world.admin, "Site__c", &values)
}

fn cities(world: &World) -> [RecordId; 2] {
    sites(world);
    world.create(world.admin, "Site__c", &[("Name", "Nowhere".into())]);
    [site(world, "Berlin", "52.520008", "13.404954"), site(world, "Hamburg", "53.551086", "9.993682")]
}

fn json(world: &World, soql: &str) -> serde_json::Value {
    let ctx = world.ctx(world.admin);
    let answer = ctx.query(soql, QueryOptions::default()).unwrap_or_else(|error| panic!("{soql}: {error}"));
    let text = platform::view::query_answer(&answer, platform::view::ApiBase { version: 60 }, None);
    serde_json::from_str(&text).expect("valid json")
}

#[test]
fn a_location_is_shown_whole_and_by_its_halves() {
    on_both_stores(|world| {
        let [berlin, _] = cities(world);
        let answer = json(world, "SELECT Name, Spot__c, Spot__Latitude__s FROM Site__c ORDER BY Name");
        let records = &answer["records"];
        assert_eq!(records[0]["Spot__c"], serde_json::json!({ "latitude": 52.520008, "longitude": 13.404954 }));
        assert_eq!(records[0]["Spot__Latitude__s"], serde_json::json!(52.520008));
        assert!(records[2]["Spot__c"].is_null(), "{answer}");
        let column = |soql: &str| world.column(world.admin, soql);
        assert_eq!(column("SELECT Name FROM Site__c WHERE Spot__Latitude__s = null"), ["Nowhere"]);
        assert_eq!(column("SELECT Name FROM Site__c WHERE Spot__Longitude__s > 10"), ["Berlin"]);
        for (clause, verb) in
            [("WHERE Spot__c = null", "filtered"), ("ORDER BY Spot__c", "sorted"), ("GROUP BY Spot__c", "")]
        {
            let select = if verb.is_empty() { "COUNT(Id)" } else { "Id" };
            let error = world.error(world.admin, &format!("SELECT {select} FROM Site__c {clause}"));
            assert!(error.contains("INVALID_FIELD") || error.contains("MALFORMED_QUERY"), "{error}");
            assert!(error.contains(verb), "{error}");
        }
        world.update(world.admin, "Site__c", berlin, &[("Spot__Latitude__s", degrees("52.5"))]).expect("an update");
        let kept = world.ctx(world.admin).record_history(berlin, 10).expect("a history");
        assert_eq!(kept.iter().map(|change| change.field.as_str()).collect::<Vec<_>>(), ["Spot__Latitude__s"]);
    });
}

#[test]
fn distances_to_a_location_are_the_same_on_both_stores() {
    on_both_stores(|world| {
        cities(world);
        let from = "DISTANCE(Spot__c, GEOLOCATION(48.137154, 11.576124), 'km')";
        let column = |soql: &str| world.column(world.admin, soql);
        assert_eq!(column(&format!("SELECT Name FROM Site__c ORDER BY {from}")), ["Nowhere", "Berlin", "Hamburg"]);
        assert_eq!(column(&format!("SELECT Name FROM Site__c WHERE {from} < 550")), ["Berlin"]);
        assert_eq!(column(&format!("SELECT Name FROM Site__c WHERE {from} > 550")), ["Hamburg"]);
        assert_eq!(column(&format!("SELECT {from} FROM Site__c ORDER BY Name")), ["504.301526", "612.127917", ""]);
        let way = FieldDef::formula(
            "Way__c",
            "Way",
            "ROUND(DISTANCE(Spot__c, GEOLOCATION(48.137154, 11.576124), 'km'), 1)",
            FieldType::Number { precision: 18, scale: 1 },
        );
        world.ctx(world.admin).fields_create("Site__c", vec![way]).expect("a formula");
        assert_eq!(column("SELECT Way__c FROM Site__c ORDER BY Name"), ["504.3", "612.1", ""]);
        assert_eq!(column("SELECT Name FROM Site__c WHERE Way__c > 600"), ["Hamburg"]);
    });
}

#[test]
fn half_a_location_and_degrees_that_are_nowhere_are_refused() {
    on_both_stores(|world| {
        let [berlin, _] = cities(world);
        let refused = |values: &[(&str, Value)]| {
            let error = world.try_create(world.admin, "Site__c", values).expect_err("refused");
            (error.code(), error.fields().to_vec())
        };
        let half = [("Name", "Half".into()), ("Spot__Latitude__s", degrees("1"))];
        assert_eq!(refused(&half), (ErrorCode::FieldIntegrityException, vec!["Spot__Longitude__s".to_owned()]));
        for (field, text) in [("Spot__Latitude__s", "90.000001"), ("Spot__Longitude__s", "-180.5")] {
            let values = [("Name", "Far".into()), (field, degrees(text))];
            assert_eq!(refused(&values), (ErrorCode::NumberOutsideValidRange, vec![field.to_owned()]));
        }
        site(world, "Pole", "-90", "180");
        let error = world.update(world.admin, "Site__c", berlin, &[("Spot__Latitude__s", Value::Null)]);
        assert_eq!(error.expect_err("half").code(), ErrorCode::FieldIntegrityException);
        let neither = [("Spot__Latitude__s", Value::Null), ("Spot__Longitude__s", Value::Null)];
        world.update(world.admin, "Site__c", berlin, &neither).expect("neither is fine");
        let whole = platform::RecordDraft::of(berlin);
        let ctx = world.ctx(world.admin);
        let object = ctx.object("Site__c").expect("the object");
        assert!(ctx.record_update("Site__c", whole.set(object, "Spot__c", "52,13").expect("a field")).is_err());
    });
}

#[test]
fn a_location_comes_and_goes_with_its_parts() {
    on_both_stores(|world| {
        cities(world);
        let admin = || world.ctx(world.admin);
        let column = |soql: &str| world.column(world.admin, soql);
        admin().field_change("Site__c", "Spot__c", FieldDef::location("Place__c", "Place", 6)).expect("a rename");
        assert_eq!(column("SELECT Place__Latitude__s FROM Site__c WHERE Name = 'Berlin'"), ["52.520008"]);
        assert!(world.error(world.admin, "SELECT Spot__Latitude__s FROM Site__c").contains("No such column"));
        // The old name is free for another one, whose parts are empty.
        admin().fields_create("Site__c", vec![FieldDef::location("Spot__c", "Spot", 2)]).expect("a new location");
        assert_eq!(column("SELECT Spot__Latitude__s FROM Site__c"), ["", "", ""]);
        let error = admin().field_change("Site__c", "Place__c", FieldDef::location("Place__c", "Place", 3));
        assert_eq!(error.expect_err("other places").code(), ErrorCode::FieldIntegrityException);
        let part = admin().field_delete("Site__c", "Place__Latitude__s").expect_err("half of it");
        assert!(part.message().contains("is a part of Place__c"), "{part}");
        admin().field_delete("Site__c", "Place__c").expect("a delete");
        assert!(world.error(world.admin, "SELECT Place__Longitude__s FROM Site__c").contains("No such column"));
        admin().field_undelete("Site__c", "Place__c").expect("taken back");
        assert_eq!(column("SELECT Place__Longitude__s FROM Site__c WHERE Name = 'Hamburg'"), ["9.993682"]);
        admin().field_delete("Site__c", "Place__c").expect("a delete");
        world.clock.advance(16 * DAY_MS);
        assert_eq!(world.org.metadata_purge().expect("a purge"), 1);
        admin().fields_create("Site__c", vec![FieldDef::location("Place__c", "Place", 6)]).expect("the name is free");
        assert_eq!(column("SELECT Place__Longitude__s FROM Site__c"), ["", "", ""]);
    });
}

#[test]
fn what_a_rule_says_of_half_a_location_keeps_it_in_place() {
    on_both_stores(|world| {
        cities(world);
        let rule = model::schema::ValidationRule {
            name: "North".to_owned(),
            condition: "Spot__Latitude__s < 0".to_owned(),
            message: "North of the equator only.".to_owned(),
            field: None,
            ..model::schema::ValidationRule::default()
        };
        world.ctx(world.admin).validation_rule_put("Site__c", rule).expect("a rule");
        let error = world.ctx(world.admin).field_delete("Site__c", "Spot__c").expect_err("in use");
        assert!(error.message().contains("Spot__Latitude__s is used by Site__c.North"), "{error}");
        let south = [
            ("Name", "South".into()),
            ("Spot__Latitude__s", degrees("-1")),
            ("Spot__Longitude__s", Value::Number(Decimal::ZERO)),
        ];
        let error = world.try_create(world.admin, "Site__c", &south).expect_err("a rule");
        assert_eq!(error.message(), "North of the equator only.");
    });
}

#[test]
fn one_permission_opens_a_location_and_its_parts() {
    on_both_stores(|world| {
        let account = FieldDef::location("Spot__c", "Spot", 6);
        world.ctx(world.admin).fields_create("Account", vec![account]).expect("a location");
        let values =
            [("Name", "Acme".into()), ("Spot__Latitude__s", degrees("1.5")), ("Spot__Longitude__s", degrees("2.5"))];
        let id = world.create(world.admin, "Account", &values);
        world.update(world.admin, "Account", id, &[("OwnerId", world.rep.into())]).expect("a transfer");
        let set = provision::profile_set(&world.service(), "Standard User").expect("a set");
        let rows = format!("SELECT Id FROM FieldPermissions WHERE ParentId = '{set}' AND SobjectType = 'Account'");
        for row in world.column(world.admin, &rows) {
            let id = RecordId::parse(&row).expect("an id");
            world.ctx(world.admin).record_delete("FieldPermissions", id).expect("a delete");
        }
        let permit = |field: &str| {
            let values = [
                ("ParentId", set.into()),
                ("SobjectType", "Account".into()),
                ("Field", field.into()),
                ("PermissionsRead", true.into()),
            ];
            world.create(world.admin, "FieldPermissions", &values);
        };
        // A row that names a part opens nothing.
        permit("Account.Spot__Latitude__s");
        for soql in ["SELECT Spot__c FROM Account", "SELECT Spot__Latitude__s FROM Account"] {
            assert!(world.error(world.rep, soql).contains("No such column"), "{soql}");
        }
        let near = "SELECT Id FROM Account WHERE DISTANCE(Spot__c, GEOLOCATION(0, 0), 'km') < 9000";
        assert!(world.error(world.rep, near).contains("No such column"));
        permit("Account.Spot__c");
        assert_eq!(world.column(world.rep, "SELECT Spot__Longitude__s FROM Account"), ["2.5"]);
        assert_eq!(world.column(world.rep, near), [id.to_string()]);
        let refused = world.update(world.rep, "Account", id, &[("Spot__Latitude__s", degrees("3"))]);
        assert_eq!(refused.expect_err("read only").code(), ErrorCode::InvalidFieldForInsertUpdate);
    });
}
