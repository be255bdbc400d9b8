//! Objects and fields that change while people work.

use crate::world::{World, draft, on_both_stores};
use model::schema::{FieldDef, FieldType, ObjectDef, ValidationRule};
use model::{Decimal, ErrorCode, RecordId, Value};
use platform::{Ctx, QueryOptions};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const DAY_MS: i64 = 24 * 3_600_000;

fn parts(world: &World) {
    let part = ObjectDef::new("Part__c", "Part", "Parts", "a00")
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::text("Code__c", "Code", 40))
        .field(FieldDef::number("Count__c", "Count", 10, 0));
    world.ctx(world.admin).objects_create(vec![part]).expect("a custom object");
}

fn part(world: &World, values: &[(&str, Value)]) -> RecordId {
    world.create(world.admin, "Part__c", values)
}

fn change(world: &World, field: &str, to: FieldDef) -> Result<(), (ErrorCode, String)> {
    let outcome = world.ctx(world.admin).field_change("Part__c", field, to);
    outcome.map_err(|error| (error.code(), error.message().to_owned()))
}

#[test]
fn a_renamed_field_keeps_values_permissions_and_place() {
    on_both_stores(|world| {
        parts(world);
        part(world, &[("Code__c", "A-1".into())]);
        change(world, "Code__c", FieldDef::text("Serial__c", "Serial", 40).external_id()).expect("a rename");
        assert_eq!(world.column(world.admin, "SELECT Serial__c FROM Part__c WHERE Serial__c = 'a-1'"), ["A-1"]);
        assert!(world.error(world.admin, "SELECT Code__c FROM Part__c").contains("No such column"));
        // The old name is free for another field, which starts empty.
        world.ctx(world.admin).fields_create("Part__c", vec![FieldDef::int("Code__c", "Code")]).expect("a new field");
        assert_eq!(world.column(world.admin, "SELECT Code__c FROM Part__c"), [""]);
        part(world, &[("Code__c", Value::Int(7)), ("Serial__c", "B".into())]);
        assert_eq!(world.column(world.admin, "SELECT Serial__c FROM Part__c WHERE Code__c = 7"), ["B"]);
    });
}

#[test]
fn a_field_changes_its_type_when_every_value_survives_and_not_otherwise() {
    on_both_stores(|world| {
        parts(world);
        let first = part(world, &[("Code__c", "12.5".into()), ("Count__c", Value::Int(3))]);
        let weight = || FieldDef::number("Code__c", "Weight", 10, 2);
        change(world, "Code__c", weight()).expect("text to number");
        assert_eq!(world.column(world.admin, "SELECT Code__c FROM Part__c WHERE Code__c > 12"), ["12.5"]);
        let (code, message) = change(world, "Code__c", FieldDef::int("Code__c", "Weight")).expect_err("half a piece");
        assert_eq!(code, ErrorCode::FieldIntegrityException);
        assert!(message.contains("1 record holds a value") && message.contains(&first.to_string()), "{message}");
        change(world, "Count__c", FieldDef::text("Count__c", "Count", 5)).expect("number to text");
        assert_eq!(world.column(world.admin, "SELECT Count__c FROM Part__c WHERE Count__c = '3'"), ["3"]);
        change(world, "Code__c", FieldDef::text("Code__c", "Weight", 3)).expect_err("too long for it");
        assert_eq!(world.column(world.admin, "SELECT Code__c FROM Part__c"), ["12.5"]);
        let checkbox = FieldDef::boolean("Code__c", "Weight", false);
        assert!(
            change(world, "Code__c", checkbox).expect_err("never").1.contains("a checkbox is always true or false")
        );
    });
}

#[test]
fn a_field_becomes_unique_only_when_it_is() {
    on_both_stores(|world| {
        parts(world);
        let twice = [part(world, &[("Code__c", "x".into())]), part(world, &[("Code__c", "X".into())])];
        let unique = || FieldDef::text("Code__c", "Code", 40).unique();
        assert_eq!(change(world, "Code__c", unique()).expect_err("twice").0, ErrorCode::DuplicateValue);
        world.update(world.admin, "Part__c", twice[0], &[("Code__c", "y".into())]).expect("an update");
        change(world, "Code__c", unique()).expect("unique now");
        let error = world.update(world.admin, "Part__c", twice[0], &[("Code__c", "x".into())]).expect_err("taken");
        assert_eq!(error.code(), ErrorCode::DuplicateValue);
    });
}

#[test]
fn a_deleted_field_comes_back_with_its_values_for_fifteen_days() {
    on_both_stores(|world| {
        parts(world);
        part(world, &[("Code__c", "kept".into())]);
        let admin = || world.ctx(world.admin);
        admin().field_delete("Part__c", "Code__c").expect("a delete");
        assert!(world.error(world.admin, "SELECT Code__c FROM Part__c").contains("No such column"));
        part(world, &[("Name", "made meanwhile".into())]);
        assert_eq!(world.org.metadata_purge().expect("a purge"), 0);
        admin().field_undelete("Part__c", "Code__c").expect("an undelete");
        assert_eq!(world.column(world.admin, "SELECT Code__c FROM Part__c ORDER BY Id"), ["kept", ""]);
        admin().field_delete("Part__c", "Code__c").expect("a delete");
        world.clock.advance(15 * DAY_MS);
        assert_eq!(world.org.metadata_purge().expect("a purge"), 1);
        assert_eq!(admin().field_undelete("Part__c", "Code__c").expect_err("gone").code(), ErrorCode::InvalidField);
        admin().fields_create("Part__c", vec![FieldDef::text("Code__c", "Code", 10)]).expect("the name is free");
        assert_eq!(world.column(world.admin, "SELECT Code__c FROM Part__c"), ["", ""]);
    });
}

#[test]
fn what_a_rule_speaks_of_is_neither_renamed_nor_deleted() {
    on_both_stores(|world| {
        parts(world);
        let admin = || world.ctx(world.admin);
        let rule = |condition: &str| ValidationRule {
            name: "Not_negative".to_owned(),
            condition: condition.to_owned(),
            message: "Count what is there.".to_owned(),
            field: Some("Count__c".to_owned()),
            ..ValidationRule::default()
        };
        assert!(admin().validation_rule_put("Part__c", rule("Nothing__c < 0")).is_err());
        admin().validation_rule_put("Part__c", rule("Count__c < 0")).expect("a rule");
        let error = world.try_create(world.admin, "Part__c", &[("Count__c", Value::Int(-1))]).expect_err("refused");
        assert_eq!((error.message(), error.fields()), ("Count what is there.", &["Count__c".to_owned()][..]));
        let error = admin().field_delete("Part__c", "Count__c").expect_err("in use");
        assert!(error.message().contains("Part__c.Not_negative"), "{error}");
        let (_, message) = change(world, "Count__c", FieldDef::number("Total__c", "Total", 10, 0)).expect_err("in use");
        assert!(message.contains("Part__c.Not_negative"), "{message}");
        admin().validation_rule_delete("Part__c", "Not_negative").expect("a delete");
        part(world, &[("Count__c", Value::Int(-1))]);
        admin().field_delete("Part__c", "Count__c").expect("free now");
    });
}

#[test]
fn an_object_is_renamed_deleted_and_taken_back_with_its_records() {
    on_both_stores(|world| {
        parts(world);
        let id = part(world, &[("Name", "P".into())]);
        let link = FieldDef::lookup("Part__c", "Part", "Part__c").children("Cases");
        world.ctx(world.admin).fields_create("Case", vec![link]).expect("a lookup");
        let case = world.create(world.admin, "Case", &[("Subject", "Broken".into()), ("Part__c", id.into())]);
        world.ctx(world.admin).object_rename("Part__c", "Piece__c", "Piece", "Pieces", "").expect("a rename");
        assert_eq!(world.column(world.admin, "SELECT Name FROM Piece__c"), ["P"]);
        assert_eq!(world.column(world.admin, "SELECT Part__r.Name FROM Case"), ["P"]);
        assert!(world.error(world.admin, "SELECT Id FROM Part__c").contains("INVALID_TYPE"));
        let error = world.ctx(world.admin).object_delete("Piece__c").expect_err("a lookup points to it");
        assert!(error.message().contains("Case.Part__c"), "{error}");
        world.ctx(world.admin).field_delete("Case", "Part__c").expect("a delete");
        world.ctx(world.admin).object_delete("Piece__c").expect("a delete");
        assert!(world.error(world.admin, "SELECT Id FROM Piece__c").contains("INVALID_TYPE"));
        let error = world.ctx(world.admin).record_get("Case", id, None).expect_err("another object");
        assert_eq!(error.code(), ErrorCode::NotFound);
        // Its key prefix stays its own.
        let other = ObjectDef::new("Other__c", "Other", "Others", "a00").field(FieldDef::text("Name", "Name", 80));
        world.ctx(world.admin).objects_create(vec![other]).expect("another object");
        assert_ne!(world.create(world.admin, "Other__c", &[("Name", "O".into())]).prefix(), id.prefix());
        world.ctx(world.admin).object_undelete("Piece__c").expect("an undelete");
        assert_eq!(world.column(world.admin, "SELECT Name FROM Piece__c"), ["P"]);
        world.ctx(world.admin).field_undelete("Case", "Part__c").expect("an undelete");
        assert_eq!(world.column(world.admin, "SELECT Part__r.Name FROM Case"), ["P"]);
        world.ctx(world.admin).field_delete("Case", "Part__c").expect("a delete");
        world.ctx(world.admin).object_delete("Piece__c").expect("a delete");
        world.clock.advance(15 * DAY_MS);
        assert_eq!(world.org.metadata_purge().expect("a purge"), 3, "the object, its shares, the field");
        assert!(world.ctx(world.admin).object_undelete("Piece__c").is_err());
        world.update(world.admin, "Case", case, &[("Subject", "Mended".into())]).expect("an update");
    });
}

#[test]
fn only_who_customizes_the_application_changes_it() {
    let world = World::embedded();
    parts(&world);
    let ctx = world.ctx(world.rep);
    let refused = [
        ctx.field_change("Account", "Name", FieldDef::text("Name", "Name", 9)),
        ctx.field_delete("Account", "Name"),
        ctx.field_undelete("Account", "Name"),
        ctx.object_rename("Account", "Firm__c", "Firm", "Firms", ""),
        ctx.object_delete("Account"),
        ctx.object_undelete("Account"),
        ctx.validation_rule_delete("Account", "x"),
    ];
    for outcome in refused {
        assert_eq!(outcome.expect_err("refused").code(), ErrorCode::InsufficientAccessOrReadonly);
    }
    // Nor may anybody change what is not the org's own.
    let admin = world.ctx(world.admin);
    assert!(admin.field_delete("Account", "Industry").expect_err("standard").message().contains("only custom fields"));
    assert!(admin.object_delete("Account").expect_err("standard").message().contains("only custom objects"));
}

/// What a request may be told while the object it names changes under it.
fn is_clear(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::UnableToLockRow | ErrorCode::NotFound | ErrorCode::InvalidType | ErrorCode::InvalidField)
}

/// The names under which the object is known while it is renamed to and fro.
fn current(ctx: &Ctx) -> Option<&'static str> {
    ["Part__c", "Piece__c"].into_iter().find(|name| ctx.object(name).is_ok())
}

#[test]
fn metadata_changes_under_load_lose_no_row_and_no_value() {
    on_both_stores(|world| {
        parts(world);
        let counters: Vec<RecordId> = (0..2).map(|n| part(world, &[("Name", format!("counter {n}").into())])).collect();
        let (made, done) = (AtomicUsize::new(0), AtomicBool::new(false));
        let mut counted = vec![0_i64; counters.len()];
        std::thread::scope(|scope| {
            for (counter, counted) in counters.iter().zip(&mut counted) {
                let (made, done) = (&made, &done);
                scope.spawn(move || {
                    while !done.load(Ordering::SeqCst) {
                        let ctx = world.ctx(world.admin);
                        let Some(object) = current(&ctx) else { continue };
                        let next = *counted + 1;
                        let schema = ctx.object(object).expect("just found");
                        let count = match schema.find_field("Count__c").expect("always there").data_type() {
                            FieldType::Text { .. } => Value::from(next.to_string()),
                            _ => Value::Number(Decimal::from(next)),
                        };
                        match ctx.record_update(object, draft(&ctx, object, Some(*counter), &[("Count__c", count)])) {
                            Ok(()) => *counted = next,
                            Err(error) => assert!(is_clear(error.code()), "{error} {:?}", error.internal_cause()),
                        }
                        match ctx.record_create(object, draft(&ctx, object, None, &[("Name", "row".into())])) {
                            Ok(_) => drop(made.fetch_add(1, Ordering::SeqCst)),
                            Err(error) => assert!(is_clear(error.code()), "{error} {:?}", error.internal_cause()),
                        }
                    }
                });
            }
            let done = &done;
            scope.spawn(move || {
                let mut most = 0;
                while !done.load(Ordering::SeqCst) {
                    let ctx = world.ctx(world.admin);
                    let Some(object) = current(&ctx) else { continue };
                    let text = format!("SELECT Id, Name, Count__c FROM {object} LIMIT 2000");
                    match ctx.query(&text, QueryOptions::default()) {
                        Ok(answer) => {
                            let rows = answer.records().len();
                            assert!(rows >= most, "{rows} rows where {most} were");
                            most = rows;
                        }
                        Err(error) => assert!(is_clear(error.code()), "{error} {:?}", error.internal_cause()),
                    }
                }
            });
            let admin = || world.ctx(world.admin);
            for round in 0..3 {
                let spare = format!("Spare{round}__c");
                admin().fields_create("Part__c", vec![FieldDef::text(&spare, "Spare", 40)]).expect("a field");
                let text = FieldDef::text("Count__c", "Count", 20);
                admin().field_change("Part__c", "Count__c", text).expect("number to text");
                let other = FieldDef::picklist(&format!("Kind{round}__c"), "Kind", &["a"]);
                admin().field_change("Part__c", &spare, other).expect("a rename");
                admin().object_rename("Part__c", "Piece__c", "Piece", "Pieces", "").expect("a rename");
                let number = FieldDef::number("Count__c", "Count", 10, 0);
                admin().field_change("Piece__c", "Count__c", number).expect("text to number");
                admin().field_delete("Piece__c", &format!("Kind{round}__c")).expect("a delete");
                admin().object_rename("Piece__c", "Part__c", "Part", "Parts", "").expect("a rename");
            }
            done.store(true, Ordering::SeqCst);
        });
        let rows = world.column(world.admin, "SELECT Id FROM Part__c WHERE Name = 'row'").len();
        assert_eq!(rows, made.load(Ordering::SeqCst));
        for (counter, counted) in counters.iter().zip(counted) {
            let stored = world.column(world.admin, &format!("SELECT Count__c FROM Part__c WHERE Id = '{counter}'"));
            assert_eq!(stored, [counted.to_string()], "a change of the counter is lost");
            assert!(counted > 0, "the load never got through");
        }
    });
}
