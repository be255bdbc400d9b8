//! Formula fields: made, changed and deleted at run time; asked for in every clause; seen under their own permission.

use crate::world::{World, draft, on_both_stores};
use model::schema::{AccessDefault, FieldDef, ObjectDef, ValidationRule};
use model::{Date, Decimal, FieldType, Value, parse_decimal};
use platform::{Ctx, QueryOptions};
use store::Backed as _;

fn number(text: &str) -> Value {
    Value::Number(parse_decimal(text).expect("a number"))
}

fn formula(name: &str, source: &str, returns: FieldType) -> FieldDef {
    FieldDef::formula(name, name, source, returns)
}

fn currency() -> FieldType {
    FieldType::Currency { precision: 18, scale: 2 }
}

fn text() -> FieldType {
    FieldType::Text { length: 1300 }
}

fn admin(world: &World) -> Ctx {
    world.ctx(world.admin)
}

fn make(world: &World, object: &str, fields: Vec<FieldDef>) {
    admin(world).fields_create(object, fields).unwrap_or_else(|error| panic!("{error}"));
}

/// Two accounts of the rep, three opportunities with formulas about them.
fn seeded(world: &World) {
    make(
        world,
        "Account",
        vec![
            FieldDef::currency("Floor__c", "Floor"),
            formula("Size__c", "IF(AnnualRevenue > 1000000, 'Large', 'Small')", text()),
        ],
    );
    make(
        world,
        "Opportunity",
        vec![
            formula("Weighted__c", "Amount * Probability", currency()),
            formula("Owner_Role__c", "Account.Owner.Name & ' / ' & Account.Size__c", text()),
            formula("Per_Day__c", "Amount / (CloseDate - DATE(2026, 11, 1))", currency()),
            formula("Is_Late__c", "CloseDate < TODAY()", FieldType::Boolean),
            formula("Month_End__c", "ADDMONTHS(DATE(YEAR(CloseDate), MONTH(CloseDate), 1), 1) - 1", FieldType::Date),
        ],
    );
    let large = world.create(world.rep, "Account", &[("Name", "Große".into()), ("AnnualRevenue", number("2000000"))]);
    let small = world.create(world.rep, "Account", &[("Name", "Small".into())]);
    for (name, account, amount, close, stage) in [
        ("A", large, Some("1000"), "2026-11-11", "Prospecting"),
        ("B", small, Some("250.50"), "2026-11-01", "Prospecting"),
        ("C", large, None, "2027-02-10", "Prospecting"),
    ] {
        let amount = amount.map_or(Value::Null, number);
        world.create(
            world.rep,
            "Opportunity",
            &[
                ("Name", name.into()),
                ("AccountId", account.into()),
                ("Amount", amount),
                ("CloseDate", Date::parse(close).into()),
                ("StageName", stage.into()),
                ("Probability", number("10")),
            ],
        );
    }
}

fn rows(world: &World, soql: &str) -> Vec<String> {
    let (_, rows) = world
        .ctx(world.rep)
        .query_all_rows(soql, QueryOptions::default())
        .unwrap_or_else(|error| panic!("{soql}: {error}"));
    let plain = |row: &platform::RecordRow| -> String {
        row.cells.iter().map(|cell| cell.value().to_plain()).collect::<Vec<_>>().join(" | ")
    };
    rows.iter().map(plain).collect()
}

fn groups(world: &World, soql: &str) -> Vec<String> {
    let answer =
        world.ctx(world.rep).query(soql, QueryOptions::default()).unwrap_or_else(|error| panic!("{soql}: {error}"));
    let plain = |group: &Vec<Value>| group.iter().map(Value::to_plain).collect::<Vec<_>>().join(" | ");
    answer.groups().iter().map(plain).collect()
}

#[test]
fn a_formula_is_selected_filtered_sorted_grouped_and_summed() {
    on_both_stores(|world| {
        seeded(world);
        assert_eq!(
            rows(
                world,
                "SELECT Name, Weighted__c, Owner_Role__c, Per_Day__c, Is_Late__c, Month_End__c FROM Opportunity ORDER BY Name"
            ),
            [
                "A | 100 | rep / Large | 100 | true | 2026-11-30",
                // A division by zero is no value.
                "B | 25.05 | rep / Small |  | true | 2026-11-30",
                // A blank number counts as 0.
                "C | 0 | rep / Large | 0 | false | 2027-02-28",
            ]
        );
        assert_eq!(
            rows(world, "SELECT Name FROM Opportunity WHERE Weighted__c > 25.049 ORDER BY Weighted__c"),
            ["B", "A"]
        );
        assert_eq!(rows(world, "SELECT Name FROM Opportunity WHERE Per_Day__c = null"), ["B"]);
        assert_eq!(
            rows(world, "SELECT Name FROM Opportunity WHERE Account.Size__c = 'LARGE' ORDER BY Name DESC"),
            ["C", "A"]
        );
        assert_eq!(rows(world, "SELECT Name FROM Opportunity WHERE Owner_Role__c LIKE '%small'"), ["B"]);
        assert_eq!(rows(world, "SELECT Name FROM Opportunity WHERE Is_Late__c = false"), ["C"]);
        assert_eq!(
            rows(world, "SELECT Name FROM Opportunity WHERE Month_End__c IN (2026-11-30) ORDER BY Name"),
            ["A", "B"]
        );
        assert_eq!(
            rows(
                world,
                "SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Opportunity WHERE Weighted__c > 50)"
            ),
            ["Große"]
        );
        assert_eq!(
            groups(
                world,
                "SELECT Owner_Role__c, COUNT(Id), SUM(Weighted__c), MAX(Month_End__c) FROM Opportunity GROUP BY Owner_Role__c"
            ),
            ["rep / Large | 2 | 100 | 2027-02-28", "rep / Small | 1 | 25.05 | 2026-11-30"]
        );
        assert_eq!(
            groups(world, "SELECT Is_Late__c, COUNT(Id) FROM Opportunity GROUP BY Is_Late__c"),
            ["false | 1", "true | 2"]
        );
        let count = world
            .ctx(world.rep)
            .query("SELECT COUNT() FROM Opportunity WHERE Account.Size__c = 'Small'", QueryOptions::default());
        assert_eq!(count.expect("a count").total, 1);
    });
}

#[test]
fn an_instant_later_the_same_formula_says_something_else() {
    on_both_stores(|world| {
        seeded(world);
        assert_eq!(rows(world, "SELECT Name FROM Opportunity WHERE Is_Late__c = true ORDER BY Name"), ["A", "B"]);
        world.clock.advance(120 * 86_400_000);
        assert_eq!(rows(world, "SELECT Name FROM Opportunity WHERE Is_Late__c = true ORDER BY Name"), ["A", "B", "C"]);
    });
}

#[test]
fn a_formula_shows_its_value_by_its_own_permission() {
    on_both_stores(|world| {
        seeded(world);
        // Everybody sees opportunities by default, which opens no account.
        let open = |def: &mut ObjectDef| def.access_default = AccessDefault::PublicRead;
        world.org.store().write_metadata(|tx| tx.object_redeclare("Opportunity", open)).expect("redeclared");
        let account = world.column(world.rep, "SELECT Id FROM Account WHERE Name = 'Große'");
        let account = model::RecordId::parse(&account[0]).expect("an id");
        world
            .service()
            .record_create(
                "Opportunity",
                draft(
                    &world.service(),
                    "Opportunity",
                    None,
                    &[
                        ("Name", "Shown".into()),
                        ("AccountId", account.into()),
                        ("OwnerId", world.rep.into()),
                        ("CloseDate", Date::parse("2026-12-01").into()),
                        ("StageName", "Prospecting".into()),
                    ],
                ),
            )
            .expect("an opportunity");
        let soql =
            "SELECT Owner_Role__c, Account.Name FROM Opportunity WHERE Owner_Role__c LIKE 'rep%' AND Name = 'Shown'";
        let (_, rows) = world.ctx(world.peer).query_all_rows(soql, QueryOptions::default()).expect("rows");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].cells[0].value(), &Value::from("rep / Large"));
        assert_eq!(rows[0].cells[1].value(), &Value::Null, "the account itself is out of sight");
        // Why it is so would tell what the peer may not see.
        let explanation =
            world.ctx(world.peer).explain_formula("Opportunity", rows[0].id, "Owner_Role__c").expect("an explanation");
        assert!(explanation.is_partial);
        assert_eq!(explanation.steps.len(), 1);
        assert_eq!(explanation.steps[0].value, Ok(Value::from("rep / Large")));
    });
}

#[test]
fn the_way_to_a_value_is_told_step_by_step() {
    on_both_stores(|world| {
        seeded(world);
        let found = world.column(world.rep, "SELECT Id FROM Opportunity WHERE Name = 'A'");
        let id = model::RecordId::parse(&found[0]).expect("an id");
        let explanation =
            world.ctx(world.rep).explain_formula("Opportunity", id, "Owner_Role__c").expect("an explanation");
        let lines: Vec<String> = explanation
            .steps
            .iter()
            .map(|step| {
                let value = step.value.as_ref().map_or_else(Clone::clone, Value::to_plain);
                format!("{}{} → {value}", "  ".repeat(step.depth), step.text)
            })
            .collect();
        assert_eq!(
            lines,
            [
                "Account.Owner.Name & ' / ' & Account.Size__c → rep / Large",
                "  Account.Owner.Name & ' / ' → rep / ",
                "    Account.Owner.Name → rep",
                "    ' / ' →  / ",
                "  Account.Size__c → Large",
                "    IF(AnnualRevenue > 1000000, 'Large', 'Small') → Large",
                "      AnnualRevenue > 1000000 → true",
                "        AnnualRevenue → 2000000",
                "        1000000 → 1000000",
                "      'Large' → Large",
            ]
        );
        let error = world.ctx(world.rep).explain_formula("Opportunity", id, "Amount").expect_err("no formula");
        assert!(error.message().contains("not a formula field"));
    });
}

#[test]
fn validation_rules_read_formulas_and_other_records() {
    on_both_stores(|world| {
        seeded(world);
        let part = ObjectDef {
            validation_rules: vec![ValidationRule {
                name: "Not_below_the_floor".to_owned(),
                condition: "Price__c < Account__r.Floor__c || (ISCHANGED(Price__c) && Doubled__c > 1000)".to_owned(),
                message: "The price is out of bounds.".to_owned(),
                field: Some("Price__c".to_owned()),
                ..ValidationRule::default()
            }],
            ..ObjectDef::new("Part__c", "Part", "Parts", "a00")
        };
        let part = part
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::currency("Price__c", "Price"))
            .field(FieldDef::lookup("Account__c", "Account", "Account"))
            .field(formula("Doubled__c", "Price__c * 2", currency()));
        admin(world).objects_create(vec![part]).expect("an object");
        let account = world.create(world.admin, "Account", &[("Name", "X".into()), ("Floor__c", number("5"))]);
        let with =
            |price: &str| [("Name", Value::from("p")), ("Price__c", number(price)), ("Account__c", account.into())];
        let error = world.try_create(world.admin, "Part__c", &with("4.99")).expect_err("below the floor");
        assert_eq!(error.message(), "The price is out of bounds.");
        let id = world.create(world.admin, "Part__c", &with("600"));
        assert!(
            world.update(world.admin, "Part__c", id, &[("Price__c", number("501"))]).is_err(),
            "twice that is too much"
        );
        world.update(world.admin, "Part__c", id, &[("Price__c", number("500"))]).expect("within bounds");
    });
}

#[test]
fn what_a_formula_uses_stays_and_what_is_wrong_is_told_to_its_maker() {
    on_both_stores(|world| {
        let ctx = || admin(world);
        make(
            world,
            "Account",
            vec![FieldDef::currency("Cost__c", "Cost"), formula("Margin__c", "AnnualRevenue - Cost__c", currency())],
        );
        make(
            world,
            "Account",
            vec![formula("Share__c", "Margin__c / AnnualRevenue", FieldType::Percent { precision: 16, scale: 2 })],
        );
        for (field, message) in [
            (
                formula("Bad__c", "Cost__c + Nmae", currency()),
                "Account.Bad__c: Field Nmae does not exist. Check spelling.",
            ),
            (formula("Bad__c", "Cost__c & 'x'", text()), "Expected Text, received Number"),
            (
                formula("Bad__c", "Name", currency()),
                "Formula result is data type (Text), incompatible with expected data type (Number).",
            ),
            (
                formula("Bad__c", "Bad__c + 1", currency()),
                "Formula field Account.Bad__c refers to itself: Account.Bad__c → Account.Bad__c",
            ),
            (formula("Bad__c", "Parent.Bad__c + 1", currency()), "refers to itself"),
            (
                formula("Bad__c", "REGEX(Name, 'a')", FieldType::Boolean),
                "Function REGEX may not be used in this type of formula",
            ),
            (
                formula("Bad__c", &format!("'{}'", "x".repeat(3900)), text()),
                "Formula is too long (3902 characters). Maximum length is 3900 characters",
            ),
            (
                formula("Bad__c", "Name", FieldType::Picklist { values: Vec::new(), restricted: false }),
                "a formula returns a plain value",
            ),
        ] {
            let error = ctx().fields_create("Account", vec![field]).expect_err(message);
            assert!(error.message().contains(message), "{error}");
        }
        let error = ctx().field_delete("Account", "Cost__c").expect_err("it is in use");
        assert!(error.message().contains("used by Account.Margin__c"), "{error}");
        // Margin → Share → Margin would be a circle.
        let circle = formula("Margin__c", "Share__c * 2", currency());
        let error = ctx().field_change("Account", "Margin__c", circle).expect_err("a circle");
        assert!(error.message().contains("refers to itself"), "{error}");
        let error =
            ctx().field_change("Account", "Cost__c", FieldDef::text("Cost__c", "Cost", 20)).expect_err("another type");
        assert!(error.message().contains("used by the field Account.Margin__c"), "{error}");

        let id = world.create(
            world.admin,
            "Account",
            &[("Name", "X".into()), ("AnnualRevenue", number("200")), ("Cost__c", number("50"))],
        );
        let soql = format!("SELECT Share__c FROM Account WHERE Id = '{id}'");
        assert_eq!(world.column(world.admin, &soql), ["75"]);
        ctx()
            .field_change("Account", "Margin__c", formula("Margin__c", "AnnualRevenue - Cost__c * 2", currency()))
            .expect("changed");
        assert_eq!(world.column(world.admin, &soql), ["50"]);
        ctx().field_delete("Account", "Share__c").expect("deleted");
        assert!(world.error(world.admin, &soql).contains("No such column 'Share__c'"));
        for field in ["Margin__c", "Cost__c"] {
            ctx().field_delete("Account", field).expect("nobody uses it any more");
        }
        assert_eq!(world.column(world.admin, "SELECT Name FROM Account"), ["X"]);
    });
}

#[test]
fn formulas_in_a_row_and_their_text_together_are_limited() {
    on_both_stores(|world| {
        make(world, "Account", vec![formula("F0__c", "AnnualRevenue + 1", currency())]);
        for at in 1..10 {
            make(world, "Account", vec![formula(&format!("F{at}__c"), &format!("F{}__c + 1", at - 1), currency())]);
        }
        let error = admin(world)
            .fields_create("Account", vec![formula("F10__c", "F9__c + 1", currency())])
            .expect_err("one too many");
        assert!(error.message().contains("more than 10 in a row"), "{error}");
        let long = format!("LEN('{}')", "x".repeat(2600));
        make(world, "Account", vec![formula("Long__c", &long, FieldType::Number { precision: 18, scale: 0 })]);
        let twice = admin(world)
            .fields_create("Account", vec![formula("Twice__c", "Long__c + Long__c", currency())])
            .expect_err("too long");
        assert!(
            twice.message().contains("Compiled formula is too big to execute") && twice.message().contains("5000"),
            "{twice}"
        );
        let id = world.create(
            world.rep,
            "Account",
            &[("Name", "X".into()), ("AnnualRevenue", Value::Number(Decimal::from(5)))],
        );
        assert_eq!(world.column(world.rep, &format!("SELECT F9__c FROM Account WHERE Id = '{id}'")), ["15"]);
    });
}

#[test]
fn a_formula_is_written_by_nobody() {
    on_both_stores(|world| {
        seeded(world);
        let error = world
            .try_create(world.admin, "Account", &[("Name", "X".into()), ("Size__c", "Huge".into())])
            .expect_err("computed");
        assert_eq!(error.code(), model::ErrorCode::InvalidFieldForInsertUpdate);
    });
}
