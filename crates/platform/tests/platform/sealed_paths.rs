//! Every way that the values of sealed fields take beside plain queries: formulas, rules, roll-ups, sharing, merging,
//! bulk writes, moves of the org and backups.

use crate::sealed::places_with;
use crate::world::{World, draft, on_both_stores, on_each_store};
use model::schema::{
    FieldDef, FieldType, GrantLevel, ObjectDef, PicklistValue, RollUp, RollUpFunction, RuleSource, Sealing,
    SharingRule, ValidationRule,
};
use model::{ErrorCode, RecordId, Value};
use platform::{Cell, OrgBackend, QueryOptions, RecordDraft, RestorePoint, SaveOptions};
use store::Backed as _;

const TOKEN: Sealing = Sealing::Token { case_sensitive: false };
const CLOSED: Sealing = Sealing::Probabilistic;

/// The same fields twice: `…__c` sealed, `…_Open__c` not; with formulas over either.
fn twins(world: &World) {
    let mut fields = Vec::new();
    let moods =
        ["Good", "Bad"].map(|value| PicklistValue { label: format!("{value} mood"), ..PicklistValue::plain(value) });
    let mood = FieldType::Picklist { values: moods.to_vec(), restricted: false };
    for (suffix, token, closed) in [("__c", TOKEN, CLOSED), ("_Open__c", Sealing::None, Sealing::None)] {
        let name = |name: &str| format!("{name}{suffix}");
        fields.push(FieldDef::text(&name("Code"), "Code", 40).sealed(token));
        fields.push(FieldDef::number(&name("Salary"), "Salary", 18, 2).sealed(closed));
        fields.push(FieldDef::date(&name("Born"), "Born").sealed(closed));
        fields.push(FieldDef::boolean(&name("Vip"), "VIP", false).sealed(closed));
        fields.push(FieldDef::new(&name("Mood"), "Mood", mood.clone()).sealed(closed));
    }
    world.ctx(world.admin).fields_create("Account", fields).expect("fields");
    let number = || FieldType::Number { precision: 18, scale: 2 };
    let text = || FieldType::Text { length: 255 };
    let mut formulas = Vec::new();
    for suffix in ["__c", "_Open__c"] {
        for (name, source, returns) in FORMULAS {
            let returns = match returns {
                'n' => number(),
                'd' => FieldType::Date,
                'b' => FieldType::Boolean,
                _ => text(),
            };
            let source = source.replace("__c", suffix);
            formulas.push(FieldDef::formula(&format!("{name}{suffix}"), name, &source, returns));
        }
    }
    world.ctx(world.admin).fields_create("Account", formulas).expect("formulas");
}

/// Name, source, kind of the result. The last reads another formula.
const FORMULAS: [(&str, &str, char); 8] = [
    ("Third", "Salary__c / 3", 'n'),
    ("Words", "Name & ' ' & UPPER(Code__c) & IF(Vip__c, '!', '?')", 't'),
    ("Next", "Born__c + 1", 'd'),
    ("Rich", "Salary__c > 1000", 'b'),
    ("Feels", "TEXT(Mood__c)", 't'),
    ("Fails", "1 / (Salary__c - 900)", 'n'),
    ("Above", "Parent.Code__c & TEXT(Parent.Salary__c) & IF(Parent.Vip__c, 'v', 'n')", 't'),
    ("Twice", "Third__c * 2", 'n'),
];

fn named(world: &World, name: &str, parent: Option<RecordId>, values: &[(&str, Value)]) -> RecordId {
    let mut all: Vec<(String, Value)> = vec![("Name".to_owned(), name.into()), ("ParentId".to_owned(), parent.into())];
    for (field, value) in values {
        all.push((format!("{field}__c"), value.clone()));
        all.push((format!("{field}_Open__c"), value.clone()));
    }
    let all: Vec<(&str, Value)> = all.iter().map(|(field, value)| (field.as_str(), value.clone())).collect();
    world.create(world.admin, "Account", &all)
}

fn family(world: &World) -> RecordId {
    twins(world);
    let day = |text: &str| Value::Date(model::Date::parse(text).expect("a date"));
    let number = |text: &str| Value::Number(text.parse().expect("a number"));
    let top = named(
        world,
        "top",
        None,
        &[
            ("Code", "Größe".into()),
            ("Salary", number("1000.01")),
            ("Born", day("1999-12-31")),
            ("Vip", true.into()),
            ("Mood", "Bad".into()),
        ],
    );
    named(world, "below", Some(top), &[("Code", "b".into()), ("Salary", number("900")), ("Vip", false.into())]);
    named(world, "alone", None, &[]);
    top
}

fn rows(world: &World, soql: &str) -> Vec<Vec<Cell>> {
    let answer = world.ctx(world.admin).query_all_rows(soql, QueryOptions::default());
    let (_, rows) = answer.unwrap_or_else(|error| panic!("{soql}: {error}"));
    rows.into_iter().map(|row| row.cells).collect()
}

#[test]
fn formulas_over_sealed_fields_show_what_they_show_over_open_ones() {
    on_both_stores(|world| {
        let top = family(world);
        world.create(world.admin, "Task", &[("Subject", "t".into()), ("WhatId", top.into())]);
        world.create(world.admin, "Contact", &[("LastName", "c".into()), ("AccountId", top.into())]);
        world.create(world.admin, "Contact", &[("LastName", "d".into())]);
        let shown: Vec<String> = FORMULAS.iter().map(|(name, ..)| format!("{name}__c")).collect();
        for (from, prefix) in [
            ("FROM Account ORDER BY Name", ""),
            ("FROM Contact ORDER BY LastName", "Account."),
            ("FROM Contact ORDER BY LastName", "Account.Parent."),
        ] {
            let select = |suffix: &str| {
                let fields = shown.iter().map(|field| format!("{prefix}{}", field.replace("__c", suffix)));
                rows(world, &format!("SELECT {} {from}", fields.collect::<Vec<_>>().join(", ")))
            };
            let sealed = select("__c");
            assert!(!sealed.is_empty());
            assert_eq!(sealed, select("_Open__c"), "{from}");
        }
        let lists = |suffix: &str| {
            let list = format!("SELECT Words{suffix}, Above{suffix} FROM ChildAccounts ORDER BY Name LIMIT 1");
            rows(world, &format!("SELECT ({list}) FROM Account ORDER BY Name"))
        };
        let text = |rows: Vec<Vec<Cell>>| format!("{rows:?}");
        assert_eq!(text(lists("__c")), text(lists("_Open__c")));
        let types = |suffix: &str| {
            rows(world, &format!("SELECT TYPEOF What WHEN Account THEN Third{suffix}, Code{suffix} END FROM Task"))
        };
        assert_eq!(text(types("__c")), text(types("_Open__c")).replace("_Open__c", "__c"));
        for call in ["format(Salary__c)", "format(Third__c)", "toLabel(Mood__c)", "format(Born__c)"] {
            let select = |call: &str| rows(world, &format!("SELECT {call} x FROM Account ORDER BY Name"));
            assert_eq!(select(call), select(&call.replace("__c", "_Open__c")), "{call}");
        }
        assert_eq!(world.column(world.admin, "SELECT toLabel(Mood__c) FROM Account WHERE Name = 'top'"), ["Bad mood"]);
        let explained = world.ctx(world.admin).explain_formula("Account", top, "Twice__c").expect("steps");
        assert!(!explained.is_partial);
        assert_eq!(explained.steps[0].value, Ok(Value::Number("666.68".parse().expect("a number"))));
    });
}

#[test]
fn what_no_store_can_compute_is_refused_by_name_before_it_is_asked() {
    on_both_stores(|world| {
        family(world);
        for (clause, operator) in [
            ("WHERE Rich__c = true", "="),
            ("WHERE Third__c = null", "="),
            ("WHERE Third__c > 5", ">"),
            ("WHERE Words__c LIKE 'x%'", "LIKE"),
            ("WHERE Twice__c IN (1)", "IN"),
            ("ORDER BY Words__c", "ORDER BY"),
        ] {
            let field = clause.split(' ').find(|word| word.ends_with("__c")).expect("a field");
            let refused = |clause: &str| world.error(world.admin, &format!("SELECT Id FROM Account {clause}"));
            let rule = format!(
                "field '{field}' is computed from encrypted fields and does not support the operator {operator}"
            );
            let words = refused(clause);
            assert!(words.starts_with("INVALID_FIELD") && words.ends_with(&rule), "{words}");
            let open = format!("SELECT Id FROM Account {}", clause.replace("__c", "_Open__c"));
            rows(world, &open);
        }
        for select in ["Words__c, COUNT(Id) FROM Account GROUP BY Words__c", "SUM(Third__c) FROM Account"] {
            let words = world.error(world.admin, &format!("SELECT {select}"));
            assert!(words.contains("is computed from encrypted fields and does not support the operator"), "{words}");
        }
    });
}

#[test]
fn rules_judge_by_sealed_values() {
    on_both_stores(|world| {
        twins(world);
        let rule = ValidationRule {
            name: "Paid".to_owned(),
            condition: "Twice__c > 1000 && Parent.Code__c = 'X'".to_owned(),
            message: "Too much below X.".to_owned(),
            field: None,
            ..ValidationRule::default()
        };
        world.ctx(world.admin).validation_rule_put("Account", rule).expect("a rule");
        let parent = named(world, "parent", None, &[("Code", "X".into())]);
        let salary = |n: i64| [("Salary__c", Value::Number(n.into()))];
        let child = named(world, "child", Some(parent), &[("Salary", Value::Number(10.into()))]);
        let error = world.update(world.admin, "Account", child, &salary(2000)).expect_err("refused");
        assert_eq!(error.to_string(), "FIELD_CUSTOM_VALIDATION_EXCEPTION: Too much below X.");
        world.update(world.admin, "Account", child, &salary(1000)).expect("a change");
        assert_eq!(world.column(world.admin, "SELECT Salary__c FROM Account WHERE Name = 'child'"), ["1000"]);
    });
}

#[test]
fn a_field_that_a_roll_up_or_a_sharing_rule_reads_is_not_sealed() {
    on_both_stores(|world| {
        let project = ObjectDef::new("Project__c", "Project", "Projects", "a00").field(FieldDef::text("Name", "N", 80));
        let line = ObjectDef::new("Line__c", "Line", "Lines", "a01")
            .detail_of("Project__c")
            .field(FieldDef::text("Name", "N", 80))
            .field(FieldDef::master("Project__c", "Project", "Project__c").children("Lines__r"))
            .field(FieldDef::currency("Price__c", "Price"))
            .field(FieldDef::formula(
                "Net__c",
                "Net",
                "Price__c * 0.8",
                FieldType::Currency { precision: 18, scale: 2 },
            ));
        let ctx = world.ctx(world.admin);
        ctx.objects_create(vec![project, line]).expect("objects");
        let sum = |field: &str| {
            let roll_up = RollUp {
                function: RollUpFunction::Sum,
                child: "Line__c".to_owned(),
                master: "Project__c".to_owned(),
                field: Some(field.to_owned()),
                filter: Vec::new(),
                returns: Box::new(FieldType::Currency { precision: 18, scale: 2 }),
            };
            FieldDef::roll_up("Total__c", "Total", roll_up)
        };
        let ctx = || world.ctx(world.admin);
        ctx().fields_create("Project__c", vec![sum("Net__c")]).expect("a roll-up");
        let error = ctx().field_seal("Line__c", "Price__c", CLOSED).expect_err("the sum reads it");
        assert_eq!(error.code(), ErrorCode::FieldIntegrityException);
        assert!(error.message().contains("Net__c is computed from Price__c, which is encrypted"), "{error}");
        ctx().field_delete("Project__c", "Total__c").expect("deleted");
        ctx().field_seal("Line__c", "Price__c", CLOSED).expect("sealed");
        let error = ctx().field_undelete("Project__c", "Total__c").expect_err("it would read it again");
        assert_eq!(error.code(), ErrorCode::FieldIntegrityException);

        let target = world.column(world.admin, "SELECT Id FROM Group WHERE Type = 'Organization'");
        let target = RecordId::parse(&target[0]).expect("an id");
        let source = RuleSource::Criteria("Site = 'Berlin'".to_owned());
        let rule = SharingRule::new("Berlin", source, target, GrantLevel::Read);
        ctx().sharing_rule_put("Account", rule.clone()).expect("a rule");
        let error = ctx().field_seal("Account", "Site", TOKEN).expect_err("the rule reads it");
        assert!(
            error.message().ends_with("field 'Site' is encrypted and does not support sharing criteria"),
            "{error}"
        );
        ctx().sharing_rule_delete("Account", "Berlin").expect("gone");
        ctx().field_seal("Account", "Site", TOKEN).expect("sealed");
        let error = ctx().sharing_rule_put("Account", rule).expect_err("it is sealed");
        assert!(
            error.message().ends_with("field 'Site' is encrypted and does not support sharing criteria"),
            "{error}"
        );
    });
}

#[test]
fn values_written_in_bulk_and_merged_stand_sealed() {
    on_both_stores(|world| {
        let fields = vec![
            FieldDef::text("Ssn__c", "Number", 40).external_id().unique().sealed(TOKEN),
            FieldDef::text("Secret__c", "Secret", 100).tracked().sealed(CLOSED),
        ];
        world.ctx(world.admin).fields_create("Account", fields).expect("fields");
        let ctx = world.ctx(world.admin);
        let drafts: Vec<RecordDraft> = (0..450)
            .map(|n| {
                let values = [
                    ("Name", format!("n{n:03}").as_str().into()),
                    ("Ssn__c", format!("CANARY-{n:03}").as_str().into()),
                    ("Secret__c", format!("CANARY secret {n:03}").as_str().into()),
                ];
                draft(&ctx, "Account", None, &values)
            })
            .collect();
        let made = ctx.records_create("Account", drafts, SaveOptions::default()).expect("results");
        assert!(made.iter().all(|row| row.errors.is_empty()));
        let ids: Vec<RecordId> = made.iter().filter_map(|row| row.id).collect();
        let secret =
            |id: RecordId| world.column(world.admin, &format!("SELECT Secret__c FROM Account WHERE Id = '{id}'"));
        assert_eq!(secret(ids[449]), ["CANARY secret 449"]);
        // One set holds each unique value once, whatever its case.
        let twice =
            ["new-1", "NEW-1"].map(|ssn| draft(&ctx, "Account", None, &[("Name", "x".into()), ("Ssn__c", ssn.into())]));
        let results = ctx.records_create("Account", twice.to_vec(), SaveOptions::default()).expect("results");
        assert!(results.iter().any(|row| row.errors.iter().any(|error| error.code == ErrorCode::DuplicateValue)));

        let changed =
            ids.iter().take(300).map(|id| draft(&ctx, "Account", Some(*id), &[("Secret__c", "CANARY anew".into())]));
        ctx.records_update("Account", changed.collect(), SaveOptions::default()).expect("results");
        assert_eq!(secret(ids[7]), ["CANARY anew"]);
        // The winner takes a value that the loser held until now.
        let winner = draft(&ctx, "Account", Some(ids[0]), &[("Ssn__c", "CANARY-001".into())]);
        ctx.records_merge("Account", winner, &ids[1..3]).expect("merged");
        assert_eq!(
            world.column(world.admin, "SELECT Id FROM Account WHERE Ssn__c = 'canary-001'"),
            [ids[0].to_string()]
        );
        // A loser cannot come back with the value that is held now.
        let back = ctx.records_undelete("Account", &ids[1..2], SaveOptions::default()).expect("results");
        assert!(!back[0].errors.is_empty(), "{back:?}");
        let (kept, lost) = (ids[2], ids[3]);
        ctx.record_delete("Account", lost).expect("deleted");
        ctx.records_undelete("Account", &[lost], SaveOptions::default()).expect("results");
        assert_eq!(secret(lost), ["CANARY anew"]);
        assert!(world.column(world.admin, &format!("SELECT Id FROM Account WHERE Id = '{kept}'")).is_empty());
        assert_eq!(places_with(world, "CANARY"), Vec::<String>::new());
    });
}

#[test]
fn a_moved_or_restored_org_opens_its_sealed_values() {
    on_each_store(|world| {
        let fields = vec![
            FieldDef::text("Ssn__c", "Number", 40).external_id().unique().tracked().sealed(TOKEN),
            FieldDef::currency("Salary__c", "Salary").sealed(CLOSED),
        ];
        world.ctx(world.admin).fields_create("Account", fields).expect("fields");
        let values = |n: i64| {
            [
                ("Name", Value::from("a")),
                ("Ssn__c", format!("CANARY-{n}").into()),
                ("Salary__c", Value::Number(n.into())),
            ]
        };
        let id = world.create(world.admin, "Account", &values(4711));
        world.update(world.admin, "Account", id, &[("Ssn__c", "CANARY-1".into())]).expect("a change");
        // Half of what stands there is under another key than the rest.
        world.platform.key_rotate(world.org.id(), store::Purpose::Field).expect("a version");
        world.platform.key_rotate(world.org.id(), store::Purpose::Token).expect("a version");
        world.create(world.admin, "Account", &values(4712));
        let seen = |world: &World| {
            let rows =
                world.column(world.admin, "SELECT Salary__c FROM Account WHERE Ssn__c IN ('canary-1', 'canary-4712')");
            let history = world.ctx(world.admin).record_history(id, 10).expect("history");
            (rows.len(), history[0].old_value.clone(), history[0].new_value.clone())
        };
        let expected = (2, "CANARY-4711".to_owned(), "CANARY-1".to_owned());
        assert_eq!(seen(&world), expected);

        let dir = tempfile::tempdir().expect("a folder");
        world.platform.backup_make(world.org.id(), dir.path()).expect("a backup");
        assert_eq!(crate::sealed::files_with(dir.path(), "CANARY"), Vec::<String>::new());
        world.update(world.admin, "Account", id, &[("Ssn__c", "CANARY-2".into())]).expect("a change");
        let force = world.platform.backup_restore(world.org.id(), dir.path(), RestorePoint::Newest, true, None);
        force.expect("restored");
        let world = world.again();
        assert_eq!(seen(&world), expected);
        while world.org.store().reseal(64).expect("a batch") == store::ResealOutcome::Moved {}
        assert_eq!(seen(&world), expected);

        let world = match world.database.is_some() {
            true => {
                world.platform.org_move(world.org.id(), OrgBackend::Embedded, &mut |_| Ok(())).expect("a move");
                world.again()
            }
            false => world,
        };
        assert_eq!(seen(&world), expected);
        assert_eq!(places_with(&world, "CANARY"), Vec::<String>::new());
    });
}

#[test]
fn search_reads_no_sealed_field_and_forgets_one_that_is_sealed() {
    on_both_stores(|world| {
        let field = FieldDef::text("Motto__c", "Motto", 100);
        world.ctx(world.admin).fields_create("Account", vec![field]).expect("fields");
        let id = named_plain(world, &[("Name", "Ada".into()), ("Motto__c", "Perseverance".into())]);
        let found = || {
            let ctx = world.ctx(world.admin);
            let answer = ctx.search("FIND {persever*} IN ALL FIELDS RETURNING Account", QueryOptions::default());
            answer.expect("an answer").iter().map(|part| part.rows.len()).sum::<usize>()
        };
        assert_eq!(found(), 1);
        world.ctx(world.admin).field_seal("Account", "Motto__c", CLOSED).expect("sealed");
        while world.org.store().reseal(64).expect("a batch") == store::ResealOutcome::Moved {}
        world.org.forget_permissions();
        assert_eq!(found(), 0);
        world.update(world.admin, "Account", id, &[("Motto__c", "Perseverance again".into())]).expect("a change");
        assert_eq!(found(), 0);
        // The audit log says for ever what was done when the field was open.
        let audit = if world.database.is_some() { vec!["hf_audit"] } else { Vec::new() };
        assert_eq!(places_with(world, "erseverance"), audit);
    });
}

fn named_plain(world: &World, values: &[(&str, Value)]) -> RecordId {
    world.create(world.admin, "Account", values)
}

#[test]
fn the_history_object_shows_what_sealed_fields_were_and_nothing_else_can_be_asked_of_it() {
    on_both_stores(|world| {
        let field = FieldDef::text("Secret__c", "Secret", 100).tracked().sealed(CLOSED);
        world.ctx(world.admin).fields_create("Account", vec![field]).expect("fields");
        let id = named_plain(world, &[("Name", "Ada".into()), ("Secret__c", "CANARY-one".into())]);
        world.update(world.admin, "Account", id, &[("Secret__c", "CANARY-two".into())]).expect("a change");
        let of = |column: &str, filter: &str| {
            world.column(world.admin, &format!("SELECT {column} FROM AccountHistory WHERE Field = 'Secret__c'{filter}"))
        };
        assert_eq!(
            (of("OldValue", ""), of("NewValue", "")),
            (vec!["CANARY-one".to_owned()], vec!["CANARY-two".to_owned()])
        );
        let below = rows(world, "SELECT (SELECT NewValue FROM Histories WHERE Field = 'Secret__c') FROM Account");
        assert!(format!("{below:?}").contains("CANARY-two"), "{below:?}");
        // No filter, order or group sees more than that something is there.
        assert!(of("Id", " AND NewValue LIKE '%'").is_empty());
        assert_eq!(of("Id", " AND NewValue = null").len(), 1);
        world.platform.key_rotate(world.org.id(), store::Purpose::Field).expect("a version");
        while world.org.store().reseal(64).expect("a batch") == store::ResealOutcome::Moved {}
        assert_eq!(of("NewValue", ""), ["CANARY-two"]);
        world.key_destroy(store::Purpose::Field, 1, false).expect("nothing is under it");
        assert_eq!(of("OldValue", ""), ["CANARY-one"]);
        assert_eq!(places_with(world, "CANARY"), Vec::<String>::new());
        // The stage history would keep copies in the open.
        let error = world.ctx(world.admin).field_seal("Opportunity", "Amount", CLOSED).expect_err("refused");
        assert!(error.message().ends_with("Amount cannot be sealed: OpportunityHistory keeps what it was"), "{error}");
    });
}
