//! Functions of the query language, the same on both stores.

use crate::world::{World, draft, on_both_stores};
use model::schema::{FieldDef, FieldType, PicklistValue};
use model::{Decimal, Value};
use platform::{QueryOptions, SaveOptions};

fn number(text: &str) -> Value {
    Value::Number(model::parse_decimal(text).expect("a number"))
}

fn groups(world: &World, soql: &str) -> Vec<Vec<String>> {
    let ctx = world.ctx(world.rep);
    let answer = ctx.query(soql, QueryOptions::default()).unwrap_or_else(|error| panic!("{soql}: {error}"));
    answer.groups().iter().map(|group| group.iter().map(Value::to_plain).collect()).collect()
}

fn json(world: &World, soql: &str) -> serde_json::Value {
    let ctx = world.ctx(world.rep);
    let answer = ctx.query(soql, QueryOptions::default()).unwrap_or_else(|error| panic!("{soql}: {error}"));
    let text = platform::view::query_answer(&answer, platform::view::ApiBase { version: 60 }, None);
    serde_json::from_str(&text).expect("valid json")
}

fn deals(world: &World) {
    let ctx = world.ctx(world.rep);
    let drafts = [
        ("Web", "Prospecting", "10"),
        ("web", "Qualification", "20"),
        ("Web", "Prospecting", "5"),
        ("", "Prospecting", "1"),
        ("Partner", "Closed Won", "100"),
    ]
    .iter()
    .map(|(source, stage, amount)| {
        let values = [
            ("Name", "Deal".into()),
            ("StageName", (*stage).into()),
            ("CloseDate", Value::Date(model::Date::parse("2026-12-01").expect("a date"))),
            ("LeadSource", (*source).into()),
            ("Amount", number(amount)),
        ];
        draft(&ctx, "Opportunity", None, &values)
    })
    .collect();
    let results = ctx.records_create("Opportunity", drafts, SaveOptions::ALL).expect("results");
    assert!(results.iter().all(platform::RowResult::is_success), "{results:?}");
}

#[test]
fn rollup_adds_a_subtotal_behind_each_group() {
    on_both_stores(|world| {
        deals(world);
        let soql = "SELECT LeadSource, StageName, GROUPING(LeadSource) s, GROUPING(StageName) t, COUNT(Id) n, \
                    COUNT(LeadSource) sources, SUM(Amount) total \
                    FROM Opportunity GROUP BY ROLLUP(LeadSource, StageName)";
        assert_eq!(
            groups(world, soql),
            [
                ["", "Prospecting", "0", "0", "1", "0", "1"],
                ["", "", "0", "1", "1", "0", "1"],
                ["Web", "Prospecting", "0", "0", "2", "2", "15"],
                ["web", "Qualification", "0", "0", "1", "1", "20"],
                ["Web", "", "0", "1", "3", "3", "35"],
                ["Partner", "Closed Won", "0", "0", "1", "1", "100"],
                ["Partner", "", "0", "1", "1", "1", "100"],
                ["", "", "1", "1", "5", "4", "136"],
            ]
        );
    });
}

#[test]
fn cube_sums_over_every_set_of_keys_and_having_may_ask_for_one() {
    on_both_stores(|world| {
        deals(world);
        let soql = "SELECT LeadSource, StageName, COUNT(Id) n FROM Opportunity WHERE Amount > 1 \
                    GROUP BY CUBE(LeadSource, StageName) HAVING GROUPING(LeadSource) = 1 \
                    ORDER BY GROUPING(StageName) DESC, COUNT(Id) DESC, StageName";
        assert_eq!(
            groups(world, soql),
            [["", "", "4"], ["", "Prospecting", "2"], ["", "Qualification", "1"], ["", "Closed Won", "1"]]
        );
        let years = "SELECT CALENDAR_YEAR(CloseDate) y, COUNT(Id) n FROM Opportunity \
                     GROUP BY ROLLUP(CALENDAR_YEAR(CloseDate)) ORDER BY CALENDAR_YEAR(CloseDate) NULLS LAST";
        assert_eq!(groups(world, years), [["2026", "5"], ["", "5"]]);
    });
}

#[test]
fn the_first_of_a_picklist_is_the_first_of_its_list() {
    on_both_stores(|world| {
        deals(world);
        let soql = "SELECT MIN(StageName) a, MAX(StageName) z FROM Opportunity";
        assert_eq!(groups(world, soql), [["Prospecting", "Closed Won"]]);
        let having = "SELECT LeadSource FROM Opportunity GROUP BY LeadSource HAVING MAX(StageName) = 'qualification'";
        assert_eq!(groups(world, having), [["Web"]]);
        let order = "SELECT LeadSource FROM Opportunity GROUP BY LeadSource ORDER BY MAX(StageName) DESC, LeadSource";
        assert_eq!(groups(world, order), [["Partner"], ["Web"], [""]]);
    });
}

#[test]
fn labels_are_shown_and_compared() {
    on_both_stores(|world| {
        let value = |value: &str, label: &str| PicklistValue {
            value: value.to_owned(),
            label: label.to_owned(),
            active: true,
            default: false,
        };
        let values = vec![value("r", "Red"), value("g", "Green"), value("blue", "blue")];
        let admin = world.ctx(world.admin);
        admin
            .fields_create(
                "Account",
                vec![
                    FieldDef::new(
                        "Color__c",
                        "Colour",
                        FieldType::Picklist { values: values.clone(), restricted: false },
                    ),
                    FieldDef::new("Colors__c", "Colours", FieldType::MultiPicklist { values, restricted: false }),
                ],
            )
            .expect("fields");
        for (name, one, many) in [("a", "R", "r;blue"), ("b", "g", "x;g"), ("c", "blue", ""), ("d", "", "")] {
            let values = [("Name", name.into()), ("Color__c", one.into()), ("Colors__c", many.into())];
            world.create(world.admin, "Account", &values);
        }
        let column = |soql: &str| world.column(world.admin, soql);
        assert_eq!(column("SELECT toLabel(Color__c) FROM Account ORDER BY Name"), ["Red", "Green", "blue", ""]);
        assert_eq!(column("SELECT toLabel(Colors__c) FROM Account ORDER BY Name"), ["Red;blue", "x;Green", "", ""]);
        assert_eq!(column("SELECT Name FROM Account WHERE toLabel(Color__c) = 'red'"), ["a"]);
        assert_eq!(column("SELECT Name FROM Account WHERE toLabel(Color__c) != 'red' ORDER BY Name"), ["b", "c", "d"]);
        assert_eq!(column("SELECT Name FROM Account WHERE toLabel(Color__c) LIKE '%ee%'"), ["b"]);
        assert_eq!(column("SELECT Name FROM Account WHERE toLabel(Colors__c) = 'RED;BLUE'"), ["a"]);
        assert_eq!(column("SELECT Name FROM Account ORDER BY Color__c NULLS LAST"), ["a", "b", "c", "d"]);
    });
}

#[test]
fn format_speaks_the_readers_language() {
    on_both_stores(|world| {
        deals(world);
        let records = json(
            world,
            "SELECT FORMAT(Amount), FORMAT(CloseDate) day, FORMAT(CreatedDate) made, Amount raw FROM Opportunity \
             WHERE Amount = 100"
                .replace(", Amount raw", "")
                .as_str(),
        );
        let record = &records["records"][0];
        assert_eq!(record["Amount"], "EUR 100.00");
        assert_eq!(record["day"], "01/12/2026");
        assert_eq!(record["made"], "21/11/2026 09:21");
        let soql = "SELECT FORMAT(SUM(Amount)) total, FORMAT(convertCurrency(MAX(Amount))) most, FORMAT(COUNT(Id)) n \
                    FROM Opportunity";
        assert_eq!(groups(world, soql), [["EUR 136.00", "EUR 100.00", "5"]]);
    });
}

#[test]
fn distances_are_the_same_on_both_stores() {
    on_both_stores(|world| {
        for (name, latitude, longitude) in [
            ("Berlin", Some("52.520008"), Some("13.404954")),
            ("Hamburg", Some("53.551086"), Some("9.993682")),
            ("Nowhere", None, Some("1")),
        ] {
            let place = |text: Option<&str>| text.map(number).unwrap_or_default();
            let values =
                [("Name", name.into()), ("BillingLatitude", place(latitude)), ("BillingLongitude", place(longitude))];
            world.create(world.rep, "Account", &values);
        }
        let from = "DISTANCE(BillingAddress, GEOLOCATION(48.137154, 11.576124), 'km')";
        let column = |soql: &str| world.column(world.rep, soql);
        assert_eq!(column(&format!("SELECT Name FROM Account ORDER BY {from}")), ["Nowhere", "Berlin", "Hamburg"]);
        assert_eq!(column(&format!("SELECT Name FROM Account WHERE {from} < 550")), ["Berlin"]);
        assert_eq!(column(&format!("SELECT Name FROM Account WHERE {from} > 550")), ["Hamburg"]);
        assert_eq!(column(&format!("SELECT {from} FROM Account ORDER BY Name")), ["504.301526", "612.127917", ""]);
        let miles = from.replace("km", "mi");
        assert_eq!(column(&format!("SELECT {miles} FROM Account WHERE Name = 'Berlin'")), ["313.35844"]);
    });
}

#[test]
fn typeof_shows_other_fields_for_each_object() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into()), ("BillingCity", "Ulm".into())]);
        let deal = world.create(
            world.rep,
            "Opportunity",
            &[
                ("Name", "Big".into()),
                ("StageName", "Prospecting".into()),
                ("CloseDate", Value::Date(model::Date::parse("2026-12-01").expect("a date"))),
                ("Amount", Value::Number(Decimal::from(5))),
            ],
        );
        let hidden = world.create(world.chief, "Account", &[("Name", "Hidden".into())]);
        let case = world.create(world.rep, "Case", &[("Subject", "Broken".into())]);
        for (subject, what) in [("a", Some(account)), ("b", Some(deal)), ("c", Some(case)), ("d", None)] {
            world.create(world.rep, "Task", &[("Subject", subject.into()), ("WhatId", what.into())]);
        }
        let theirs = world.create(world.chief, "Task", &[("Subject", "e".into()), ("WhatId", hidden.into())]);
        world.update(world.chief, "Task", theirs, &[("OwnerId", world.rep.into())]).expect("a transfer");
        let soql = "SELECT Subject, TYPEOF What WHEN Account THEN Name, BillingAddress WHEN Opportunity THEN Amount \
                    ELSE Name END FROM Task ORDER BY Subject";
        let answer = json(world, soql);
        let what = |at: usize| &answer["records"][at]["What"];
        assert_eq!(what(0)["attributes"]["type"], "Account");
        assert_eq!(what(0)["Name"], "Acme");
        assert_eq!(what(0)["BillingAddress"]["city"], "Ulm");
        assert_eq!((&what(1)["Amount"], what(1).get("Name")), (&serde_json::json!(5.0), None));
        assert_eq!(what(2)["attributes"]["type"], "Case");
        assert!(what(2)["Name"].is_string());
        assert!(what(3).is_null());
        assert!(what(4).is_null(), "an account that the rep may not see");
        let without_else = json(world, "SELECT TYPEOF What WHEN Account THEN Name END FROM Task ORDER BY Subject");
        assert!(without_else["records"][1]["What"].is_null());
    });
}
