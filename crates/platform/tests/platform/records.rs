//! Creating, changing, deleting and taking back, with everything that happens beside the row.

use crate::world::{World, draft, on_both_stores};
use model::{Date, Decimal, ErrorCode, Value};
use platform::{QueryOptions, SaveOptions, UpsertKey};

fn date(text: &str) -> Value {
    Value::Date(Date::parse(text).expect("a date"))
}

fn deal(world: &World, name: &str, amount: i64, stage: &str) -> model::RecordId {
    world.create(
        world.rep,
        "Opportunity",
        &[
            ("Name", name.into()),
            ("StageName", stage.into()),
            ("CloseDate", date("2026-12-15")),
            ("Amount", Value::Number(Decimal::from(amount))),
        ],
    )
}

#[test]
fn a_record_is_read_back_as_it_was_written() {
    on_both_stores(|world| {
        let account = world.create(
            world.rep,
            "Account",
            &[
                ("Name", "  Zürcher Käse GmbH ".into()),
                ("AnnualRevenue", Value::Number(Decimal::new(123_456_789, 0))),
                ("NumberOfEmployees", Value::Int(42)),
                ("BillingCity", "Zürich".into()),
            ],
        );
        let answer = world.ctx(world.rep).record_get("Account", account, None).expect("a record");
        let json = platform::view::single_record(&answer, platform::view::ApiBase { version: 60 }).expect("json");
        let record: serde_json::Value = serde_json::from_str(&json).expect("valid json");
        assert_eq!(record["Id"], account.to_string());
        assert_eq!(record["Name"], "Zürcher Käse GmbH");
        assert_eq!(record["AnnualRevenue"].to_string(), "123456789.0");
        assert_eq!(record["NumberOfEmployees"].to_string(), "42");
        assert_eq!(record["BillingAddress"]["city"], "Zürich");
        assert_eq!(record["OwnerId"], world.rep.to_string());
        assert_eq!(record["CreatedDate"], "2026-11-21T08:21:19.000+0000");
        assert_eq!(record["IsDeleted"], false);
        assert_eq!(record["attributes"]["url"], format!("/services/data/v60.0/sobjects/Account/{account}"));
    });
}

#[test]
fn the_stage_decides_probability_forecast_and_expected_amount() {
    on_both_stores(|world| {
        let id = deal(world, "Deal", 1000, "Proposal/Price Quote");
        let row = |soql: &str| world.ctx(world.rep).query_all_rows(soql, QueryOptions::default()).expect("rows").1;
        let soql = format!(
            "SELECT Probability, ExpectedRevenue, IsClosed, ForecastCategoryName, FiscalQuarter, Fiscal FROM Opportunity WHERE Id = '{id}'"
        );
        let cells: Vec<_> = row(&soql)[0].cells.iter().map(|cell| cell.value().to_plain()).collect();
        assert_eq!(cells, ["75", "750", "false", "Best Case", "4", "2026 4"]);
        world.update(world.rep, "Opportunity", id, &[("StageName", "Closed Won".into())]).expect("an update");
        let cells: Vec<_> = row(&soql)[0].cells.iter().map(|cell| cell.value().to_plain()).collect();
        assert_eq!(cells, ["100", "1000", "true", "Closed", "4", "2026 4"]);
    });
}

#[test]
fn bad_values_name_the_field_and_the_rule_and_nothing_is_written() {
    on_both_stores(|world| {
        let refuse = |object: &str, values: &[(&str, Value)]| {
            let error = world.try_create(world.rep, object, values).expect_err("refused");
            (error.code(), error.fields().join(","))
        };
        assert_eq!(refuse("Account", &[]), (ErrorCode::RequiredFieldMissing, "Name".into()));
        assert_eq!(refuse("Account", &[("Name", "   ".into())]), (ErrorCode::RequiredFieldMissing, "Name".into()));
        assert_eq!(refuse("Account", &[("Name", "x".repeat(256).into())]), (ErrorCode::StringTooLong, "Name".into()));
        assert_eq!(
            refuse("Contact", &[("LastName", "X".into()), ("Email", "nobody".into())]),
            (ErrorCode::InvalidEmailAddress, "Email".into())
        );
        assert_eq!(
            refuse("Contact", &[("LastName", "X".into()), ("AccountId", Value::Id(world.rep))]),
            (ErrorCode::FieldIntegrityException, "AccountId".into())
        );
        let nowhere = model::RecordId::parse("001000000000zzz").expect("an id");
        assert_eq!(
            refuse("Contact", &[("LastName", "X".into()), ("AccountId", Value::Id(nowhere))]),
            (ErrorCode::InvalidCrossReferenceKey, "AccountId".into())
        );
        assert_eq!(
            refuse("Account", &[("Name", "X".into()), ("AnnualRevenue", Value::Number(Decimal::MAX))]),
            (ErrorCode::NumberOutsideValidRange, "AnnualRevenue".into())
        );
        assert_eq!(
            refuse("Opportunity", &[("Name", "X".into()), ("IsWon", true.into())]),
            (ErrorCode::InvalidFieldForInsertUpdate, "IsWon".into())
        );
        assert!(world.column(world.admin, "SELECT Id FROM Account").is_empty());
        assert!(world.column(world.admin, "SELECT Id FROM Contact").is_empty());
    });
}

#[test]
fn one_bad_row_undoes_all_only_when_asked() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.rep);
        let rows = || vec![draft(&ctx, "Account", None, &[("Name", "Good".into())]), draft(&ctx, "Account", None, &[])];
        let results = ctx.records_create("Account", rows(), SaveOptions::ALL).expect("results");
        assert_eq!(results[0].errors[0].code, ErrorCode::AllOrNoneOperationRolledBack);
        assert_eq!(results[1].errors[0].code, ErrorCode::RequiredFieldMissing);
        assert!(world.column(world.rep, "SELECT Name FROM Account").is_empty());
        let results = ctx.records_create("Account", rows(), SaveOptions::default()).expect("results");
        assert!(results[0].is_success() && !results[1].is_success());
        assert_eq!(world.column(world.rep, "SELECT Name FROM Account"), ["Good"]);
    });
}

#[test]
fn unique_values_are_unique_without_regard_to_case() {
    on_both_stores(|world| {
        let error = world
            .try_create(
                world.admin,
                "User",
                &[
                    ("Username", "REP@test.example".into()),
                    ("Email", "x@test.example".into()),
                    ("LastName", "X".into()),
                    ("Alias", "x".into()),
                    ("TimeZoneSidKey", "UTC".into()),
                    ("LocaleSidKey", "en_US".into()),
                    ("LanguageLocaleKey", "en_US".into()),
                    ("EmailEncodingKey", "UTF-8".into()),
                    ("ProfileId", world.ctx(world.rep).user().profile_id.into()),
                ],
            )
            .expect_err("a duplicate");
        assert_eq!(error.code(), ErrorCode::DuplicateValue);
        assert!(error.message().contains(&world.rep.to_string()), "{error}");
    });
}

#[test]
fn a_deleted_account_takes_its_deals_along_and_brings_them_back() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let deal = deal(world, "Deal", 10, "Prospecting");
        let contact =
            world.create(world.rep, "Contact", &[("LastName", "Lookup".into()), ("AccountId", account.into())]);
        world.update(world.rep, "Opportunity", deal, &[("AccountId", account.into())]).expect("an update");
        world.ctx(world.rep).record_delete("Account", account).expect("a delete");
        assert!(world.column(world.rep, "SELECT Id FROM Opportunity").is_empty());
        let error = world.ctx(world.rep).record_get("Account", account, None).expect_err("deleted");
        assert_eq!(error.code(), ErrorCode::EntityIsDeleted);
        world.ctx(world.rep).record_undelete("Account", account).expect("an undelete");
        assert_eq!(world.column(world.rep, "SELECT Id FROM Opportunity"), [deal.to_string()]);
        let _ = contact;
    });
}

#[test]
fn products_on_a_deal_add_up_to_its_amount() {
    on_both_stores(|world| {
        let id = deal(world, "Deal", 10, "Prospecting");
        let product = world.create(world.admin, "Product2", &[("Name", "Probe".into()), ("IsActive", true.into())]);
        let book = world.column(world.admin, "SELECT Id FROM Pricebook2")[0].clone();
        let book = model::RecordId::parse(&book).expect("an id");
        let entry = world.create(
            world.admin,
            "PricebookEntry",
            &[
                ("Pricebook2Id", book.into()),
                ("Product2Id", product.into()),
                ("UnitPrice", Value::Number(Decimal::new(1999, 2))),
                ("IsActive", true.into()),
            ],
        );
        let line = world.create(
            world.rep,
            "OpportunityLineItem",
            &[
                ("OpportunityId", id.into()),
                ("PricebookEntryId", entry.into()),
                ("Quantity", Value::Number(Decimal::from(3))),
            ],
        );
        assert_eq!(world.column(world.rep, "SELECT Amount FROM Opportunity"), ["59.97"]);
        world.update(world.rep, "Opportunity", id, &[("Amount", Value::Number(Decimal::from(77)))]).expect("ignored");
        assert_eq!(world.column(world.rep, "SELECT Amount FROM Opportunity"), ["59.97"], "the sum of its products");
        assert_eq!(world.column(world.rep, "SELECT Product2.Name FROM OpportunityLineItem"), ["Probe"]);
        world.ctx(world.rep).record_delete("OpportunityLineItem", line).expect("a delete");
        assert_eq!(world.column(world.rep, "SELECT HasOpportunityLineItem FROM Opportunity"), ["false"]);
    });
}

#[test]
fn an_upsert_finds_by_external_id_and_creates_what_it_does_not_find() {
    on_both_stores(|world| {
        let part = model::schema::ObjectDef::new("Part__c", "Part", "Parts", "a00")
            .field(model::schema::FieldDef::text("Name", "Name", 80))
            .field(model::schema::FieldDef::text("Key__c", "Key", 50).external_id());
        assert!(world.ctx(world.rep).objects_create(vec![part.clone()]).is_err(), "without the permission");
        world.ctx(world.admin).objects_create(vec![part]).expect("a custom object");
        let ctx = world.ctx(world.admin);
        let key = |value: &str| UpsertKey { field: "Key__c".into(), values: vec![value.into()] };
        let row = |name: &str| vec![draft(&ctx, "Part__c", None, &[("Name", name.into())])];
        let made = ctx.records_upsert("Part__c", &key("K1"), row("First"), SaveOptions::ALL).expect("results");
        assert!(made[0].created && made[0].is_success(), "{made:?}");
        let changed = ctx.records_upsert("Part__c", &key("k1"), row("Second"), SaveOptions::ALL).expect("results");
        assert!(!changed[0].created && changed[0].id == made[0].id);
        assert_eq!(world.column(world.admin, "SELECT Name FROM Part__c"), ["Second"]);
    });
}
