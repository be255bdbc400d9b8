//! Roll-up summaries: right after every kind of change, also of many writers at once; a master's rules apply to them.

use crate::world::{World, draft, on_both_stores};
use model::schema::{FieldDef, ObjectDef, RollUp, RollUpFilter, RollUpFunction, RollUpOperator, ValidationRule};
use model::{Date, FieldType, RecordId, Value, parse_decimal};
use platform::{QueryOptions, SaveOptions};

fn number(text: &str) -> Value {
    Value::Number(parse_decimal(text).expect("a number"))
}

fn currency() -> FieldType {
    FieldType::Currency { precision: 18, scale: 2 }
}

fn roll_up(child: &str, master: &str, function: RollUpFunction, field: Option<&str>, returns: FieldType) -> RollUp {
    RollUp {
        function,
        child: child.to_owned(),
        master: master.to_owned(),
        field: field.map(str::to_owned),
        filter: Vec::new(),
        returns: Box::new(returns),
    }
}

fn filtered(mut roll_up: RollUp, field: &str, operator: RollUpOperator, value: &str) -> RollUp {
    roll_up.filter.push(RollUpFilter { field: field.to_owned(), operator, value: value.to_owned() });
    roll_up
}

fn count() -> FieldType {
    FieldType::Number { precision: 18, scale: 0 }
}

/// Projects with lines; lines with parts.
fn objects(world: &World) {
    let project = ObjectDef {
        validation_rules: vec![ValidationRule {
            name: "Within_budget".to_owned(),
            condition: "Budget__c > 0 && Total__c > Budget__c".to_owned(),
            message: "The lines cost more than the budget.".to_owned(),
            field: Some("Budget__c".to_owned()),
            ..ValidationRule::default()
        }],
        ..ObjectDef::new("Project__c", "Project", "Projects", "a00")
    };
    let project = project
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::currency("Budget__c", "Budget"))
        .field(FieldDef::roll_up(
            "Lines__c",
            "Lines",
            roll_up("Line__c", "Project__c", RollUpFunction::Count, None, count()),
        ))
        .field(
            FieldDef::roll_up(
                "Total__c",
                "Total",
                roll_up("Line__c", "Project__c", RollUpFunction::Sum, Some("Net__c"), currency()),
            )
            .tracked(),
        )
        .field(FieldDef::roll_up(
            "Open_Total__c",
            "Open total",
            filtered(
                roll_up("Line__c", "Project__c", RollUpFunction::Sum, Some("Price__c"), currency()),
                "Status__c",
                RollUpOperator::Equals,
                "Open",
            ),
        ))
        .field(FieldDef::roll_up(
            "First_Day__c",
            "First day",
            roll_up("Line__c", "Project__c", RollUpFunction::Min, Some("Day__c"), FieldType::Date),
        ))
        .field(FieldDef::roll_up(
            "Most__c",
            "Most",
            roll_up("Line__c", "Project__c", RollUpFunction::Max, Some("Price__c"), currency()),
        ))
        .field(FieldDef::roll_up(
            "Parts__c",
            "Parts",
            roll_up("Line__c", "Project__c", RollUpFunction::Sum, Some("Parts__c"), count()),
        ))
        .field(FieldDef::formula("Average__c", "Average", "Total__c / Lines__c", currency()));
    let line = ObjectDef::new("Line__c", "Line", "Lines", "a01")
        .detail_of("Project__c")
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::master("Project__c", "Project", "Project__c").children("Lines__r").reparentable())
        .field(FieldDef::currency("Price__c", "Price"))
        .field(FieldDef::percent("Discount__c", "Discount", 5, 2))
        .field(FieldDef::date("Day__c", "Day"))
        .field(FieldDef::picklist("Status__c", "Status", &["Open", "Done"]))
        .field(FieldDef::formula("Net__c", "Net", "Price__c * (1 - Discount__c)", currency()))
        .field(FieldDef::roll_up(
            "Parts__c",
            "Parts",
            roll_up("Part__c", "Line__c", RollUpFunction::Count, None, count()),
        ));
    let part = ObjectDef::new("Part__c", "Part", "Parts", "a02")
        .detail_of("Line__c")
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::master("Line__c", "Line", "Line__c").children("Parts__r").reparentable());
    world.ctx(world.admin).objects_create(vec![project, line, part]).unwrap_or_else(|error| panic!("{error}"));
}

fn project(world: &World, name: &str) -> RecordId {
    world.create(world.admin, "Project__c", &[("Name", name.into())])
}

fn line(world: &World, project: RecordId, price: &str, day: &str, status: &str) -> RecordId {
    world.create(
        world.admin,
        "Line__c",
        &[
            ("Project__c", project.into()),
            ("Price__c", number(price)),
            ("Day__c", Date::parse(day).into()),
            ("Status__c", status.into()),
        ],
    )
}

/// Count, total, open total, first day, highest price, parts, average.
fn summary(world: &World, project: RecordId) -> String {
    let soql = format!(
        "SELECT Lines__c, Total__c, Open_Total__c, First_Day__c, Most__c, Parts__c, Average__c FROM Project__c WHERE Id = '{project}'"
    );
    let answer = world.ctx(world.admin).query(&soql, QueryOptions::default()).expect("a project");
    answer.records()[0].cells.iter().map(|cell| cell.value().to_plain()).collect::<Vec<_>>().join(" ")
}

#[test]
fn summaries_follow_every_kind_of_change() {
    on_both_stores(|world| {
        objects(world);
        let (one, two) = (project(world, "One"), project(world, "Two"));
        assert_eq!(summary(world, one), "0 0 0   0 ", "a project without lines");
        let a = line(world, one, "100", "2026-02-28", "Open");
        let b = line(world, one, "50.5", "2024-02-29", "Done");
        assert_eq!(summary(world, one), "2 150.5 100 2024-02-29 100 0 75.25");
        let change = |id: RecordId, field: &str, value: Value| {
            world.update(world.admin, "Line__c", id, &[(field, value)]).expect("a change");
        };
        change(a, "Discount__c", number("50"));
        assert_eq!(summary(world, one), "2 100.5 100 2024-02-29 100 0 50.25", "a formula of the detail is summed up");
        change(b, "Status__c", "Open".into());
        assert_eq!(summary(world, one), "2 100.5 150.5 2024-02-29 100 0 50.25");
        change(b, "Project__c", two.into());
        assert_eq!(summary(world, one), "1 50 100 2026-02-28 100 0 50");
        assert_eq!(summary(world, two), "1 50.5 50.5 2024-02-29 50.5 0 50.5");
        change(b, "Price__c", Value::Null);
        assert_eq!(summary(world, two), "1 0 0 2024-02-29  0 0");
        let admin = world.ctx(world.admin);
        admin.record_delete("Line__c", a).expect("deleted");
        assert_eq!(summary(world, one), "0 0 0   0 ");
        admin.record_undelete("Line__c", a).expect("back");
        assert_eq!(summary(world, one), "1 50 100 2026-02-28 100 0 50");
        let filtered = "SELECT Name FROM Project__c WHERE Total__c > 10 AND Average__c = 50";
        assert_eq!(world.column(world.admin, filtered), ["One"]);
        // Each change of the master is in its audit and its history.
        let history = admin.record_history(one, 50).expect("a history");
        assert!(history.iter().any(|row| row.field == "Total__c" && row.new_value == "50"), "{history:?}");
    });
}

#[test]
fn summaries_of_summaries_and_cascades_stay_right() {
    on_both_stores(|world| {
        objects(world);
        let one = project(world, "One");
        let a = line(world, one, "1", "2026-01-01", "Open");
        let b = line(world, one, "2", "2026-01-02", "Open");
        let part =
            |line: RecordId| world.create(world.admin, "Part__c", &[("Name", "p".into()), ("Line__c", line.into())]);
        let first = part(a);
        part(a);
        part(b);
        assert_eq!(summary(world, one), "2 3 3 2026-01-01 2 3 1.5");
        world.update(world.admin, "Part__c", first, &[("Line__c", b.into())]).expect("moved");
        assert_eq!(summary(world, one), "2 3 3 2026-01-01 2 3 1.5");
        let admin = world.ctx(world.admin);
        admin.record_delete("Line__c", b).expect("a line with its parts");
        assert_eq!(summary(world, one), "1 1 1 2026-01-01 1 1 1");
        admin.record_undelete("Line__c", b).expect("back with its parts");
        assert_eq!(summary(world, one), "2 3 3 2026-01-01 2 3 1.5");
        admin.record_delete("Project__c", one).expect("all of it");
        admin.record_undelete("Project__c", one).expect("all of it back");
        assert_eq!(summary(world, one), "2 3 3 2026-01-01 2 3 1.5");
    });
}

#[test]
fn a_batch_is_summed_once_and_refused_by_the_row_that_its_master_refuses() {
    on_both_stores(|world| {
        objects(world);
        let free = project(world, "Free");
        let tight = world.create(world.admin, "Project__c", &[("Name", "Tight".into()), ("Budget__c", number("10"))]);
        let ctx = world.ctx(world.admin);
        let lines = |ctx: &platform::Ctx| -> Vec<platform::RecordDraft> {
            (0..40)
                .map(|at| {
                    let project = if at % 2 == 0 { free } else { tight };
                    draft(ctx, "Line__c", None, &[("Project__c", project.into()), ("Price__c", number("1"))])
                })
                .collect()
        };
        let results = ctx.records_create("Line__c", lines(&ctx), SaveOptions::default()).expect("a batch");
        let failed: Vec<usize> = (0..40).filter(|at| !results[*at].is_success()).collect();
        assert_eq!(failed, (21..40).step_by(2).collect::<Vec<_>>(), "the first ten fit the budget");
        assert_eq!(results[39].errors[0].message, "The lines cost more than the budget.");
        assert_eq!(results[39].errors[0].code, model::ErrorCode::FieldCustomValidationException);
        assert_eq!(summary(world, free), "20 20 0  1 0 1");
        assert_eq!(summary(world, tight), "10 10 0  1 0 1");
        // All or none: one refusal, and nothing of the batch is there.
        let results = ctx.records_create("Line__c", lines(&ctx), SaveOptions::ALL).expect("a batch");
        assert!(results.iter().all(|result| !result.is_success()));
        assert_eq!(summary(world, free), "20 20 0  1 0 1");
    });
}

#[test]
fn a_lone_row_that_its_master_refuses_leaves_nothing_behind() {
    on_both_stores(|world| {
        objects(world);
        let tight = world.create(world.admin, "Project__c", &[("Name", "Tight".into()), ("Budget__c", number("10"))]);
        let line = |price: &str| {
            let values = [("Project__c", tight.into()), ("Price__c", number(price))];
            draft(&world.ctx(world.admin), "Line__c", None, &values)
        };
        let create = |rows: Vec<platform::RecordDraft>| {
            world.ctx(world.admin).records_create("Line__c", rows, SaveOptions::default()).expect("a batch")
        };
        assert!(create(vec![line("4")])[0].is_success());
        let nowhere = draft(&world.ctx(world.admin), "Line__c", None, &[("Price__c", number("1"))]);
        for rows in [vec![line("7")], vec![nowhere, line("7")]] {
            let results = create(rows);
            let last = results.last().expect("a result");
            assert_eq!(last.errors[0].code, model::ErrorCode::FieldCustomValidationException, "{results:?}");
            assert!(results.iter().all(|result| !result.is_success()));
        }
        assert_eq!(world.column(world.admin, "SELECT Price__c FROM Line__c"), ["4"]);
        assert_eq!(summary(world, tight), "1 4 0  4 0 4");
    });
}

#[test]
fn writers_at_the_same_instant_lose_nothing() {
    on_both_stores(|world| {
        objects(world);
        let (one, two) = (project(world, "One"), project(world, "Two"));
        let (writers, each) = (6, 12);
        std::thread::scope(|scope| {
            for writer in 0..writers {
                scope.spawn(move || {
                    for at in 0..each {
                        // Each waits for the others where it must; a deadlock that the server ends is tried again.
                        let ctx = world.ctx(world.admin);
                        let project = if (writer + at) % 2 == 0 { one } else { two };
                        let drafts = || {
                            vec![draft(
                                &ctx,
                                "Line__c",
                                None,
                                &[
                                    ("Project__c", project.into()),
                                    ("Price__c", number("1")),
                                    ("Status__c", "Open".into()),
                                ],
                            )]
                        };
                        let id = loop {
                            let result = ctx.records_create("Line__c", drafts(), SaveOptions::ALL);
                            match result.and_then(|mut results| results.remove(0).into_id()) {
                                Ok(id) => break id,
                                Err(error) => assert_eq!(error.code(), model::ErrorCode::UnableToLockRow, "{error}"),
                            }
                        };
                        let other = if project == one { two } else { one };
                        let work = |at: usize| match at % 3 {
                            0 => world.update(world.admin, "Line__c", id, &[("Project__c", other.into())]),
                            1 => world.ctx(world.admin).record_delete("Line__c", id),
                            _ => world.update(world.admin, "Line__c", id, &[("Price__c", number("2"))]),
                        };
                        while let Err(error) = work(at) {
                            assert_eq!(error.code(), model::ErrorCode::UnableToLockRow, "{error}");
                        }
                    }
                });
            }
        });
        for project in [one, two] {
            let soql = format!("SELECT COUNT(Id), SUM(Price__c) FROM Line__c WHERE Project__c = '{project}'");
            let answer = world.ctx(world.admin).query(&soql, QueryOptions::default()).expect("groups");
            let expected = &answer.groups()[0];
            let found = summary(world, project);
            let [lines, total] = [0, 1].map(|at| found.split(' ').nth(at).unwrap_or_default().to_owned());
            assert_eq!([lines, total], [expected[0].to_plain(), expected[1].to_plain()], "{found}");
        }
    });
}

#[test]
fn a_roll_up_defined_over_records_starts_with_their_sum_while_others_write() {
    on_both_stores(|world| {
        objects(world);
        let one = project(world, "One");
        for at in 0..5 {
            line(world, one, &at.to_string(), "2026-01-01", "Done");
        }
        let done = filtered(
            roll_up("Line__c", "Project__c", RollUpFunction::Sum, Some("Price__c"), currency()),
            "Status__c",
            RollUpOperator::Equals,
            "Done",
        );
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..3)
                .map(|_| {
                    scope.spawn(|| {
                        for _ in 0..8 {
                            // Refused and tried again under the new metadata, never lost.
                            while world
                                .try_create(
                                    world.admin,
                                    "Line__c",
                                    &[
                                        ("Project__c", one.into()),
                                        ("Price__c", number("1")),
                                        ("Status__c", "Done".into()),
                                    ],
                                )
                                .is_err()
                            {}
                        }
                    })
                })
                .collect();
            let ctx = world.ctx(world.admin);
            ctx.fields_create("Project__c", vec![FieldDef::roll_up("Done_Total__c", "Done", done.clone())])
                .expect("a roll-up");
            writers.into_iter().for_each(|writer| writer.join().expect("a writer"));
        });
        let soql = format!("SELECT Done_Total__c FROM Project__c WHERE Id = '{one}'");
        assert_eq!(world.column(world.admin, &soql), ["34"], "0 + 1 + 2 + 3 + 4 and 24 ones");
        let changed = FieldDef::roll_up("Done_Total__c", "Done", RollUp { function: RollUpFunction::Max, ..done });
        world.ctx(world.admin).field_change("Project__c", &changed.name.clone(), changed).expect("another summary");
        assert_eq!(world.column(world.admin, &soql), ["4"]);
    });
}

#[test]
fn a_roll_up_that_could_not_be_kept_right_is_refused() {
    on_both_stores(|world| {
        objects(world);
        let ctx = || world.ctx(world.admin);
        let late = FieldDef::formula("Late__c", "Late", "IF(Day__c < TODAY(), 1, 0)", count());
        let far = FieldDef::formula("Far__c", "Far", "Project__r.Budget__c", currency());
        ctx().fields_create("Line__c", vec![late, far]).expect("formulas");
        let sum = |field: &str| roll_up("Line__c", "Project__c", RollUpFunction::Sum, Some(field), currency());
        for (bad, message) in [
            (sum("Late__c"), "as time passes"),
            (sum("Far__c"), "changes with other records"),
            (sum("Name"), "SUM of Name, a field of type string, is not possible"),
            (sum("Day__c"), "SUM of Day__c, a field of type date, is not possible"),
            (sum("Nothing__c"), "Line__c has no field Nothing__c"),
            (
                roll_up("Contact", "AccountId", RollUpFunction::Count, None, count()),
                "is no master-detail relationship to Project__c",
            ),
            (
                roll_up("Line__c", "Project__c", RollUpFunction::Sum, Some("Price__c"), count()),
                "decimal places of Price__c",
            ),
            (
                filtered(sum("Price__c"), "Price__c", RollUpOperator::Equals, "1 OR Price__c = 2"),
                "is no value of the field",
            ),
            (filtered(sum("Price__c"), "Day__c", RollUpOperator::GreaterThan, "someday"), "Day__c"),
        ] {
            let field = FieldDef::roll_up("Bad__c", "Bad", bad);
            let error = ctx().fields_create("Project__c", vec![field]).expect_err(message);
            assert!(error.message().contains(message), "{message}: {error}");
        }
        let error = ctx().field_delete("Line__c", "Status__c").expect_err("in use");
        assert!(error.message().contains("used by Project__c.Open_Total__c"), "{error}");
        let error = ctx().field_delete("Project__c", "Total__c").expect_err("in use");
        assert!(error.message().contains("used by Project__c."), "{error}");
    });
}
