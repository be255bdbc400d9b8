//! Report types of several objects, and filters judged here and by the store.

use crate::world::{World, on_both_stores};
use app_reports::{ReportMetadata, ReportRun, RunOptions, run};
use model::{RecordId, Result};
use serde_json::{Value as Json, json};

/// Acme with two contacts, one of the peer's; Bolt without any.
fn fill(world: &World) {
    let acme = account(world, world.rep, "Acme", "Energy");
    account(world, world.rep, "Bolt", "Media");
    contact(world, world.rep, "Doe", acme);
    contact(world, world.rep, "Roe", acme);
    let theirs = account(world, world.peer, "Core", "Energy");
    contact(world, world.peer, "Poe", theirs);
}

fn account(world: &World, owner: RecordId, name: &str, industry: &str) -> RecordId {
    world.create(owner, "Account", &[("Name", name.into()), ("Industry", industry.into())])
}

fn contact(world: &World, owner: RecordId, name: &str, account: RecordId) -> RecordId {
    world.create(owner, "Contact", &[("LastName", name.into()), ("AccountId", account.into())])
}

fn definition(type_name: &str, parts: &Json) -> ReportMetadata {
    let mut whole = json!({"reportType": {"type": type_name}, "detailColumns": ["Account.Name", "Contact.LastName"]});
    let (Some(into), Some(from)) = (whole.as_object_mut(), parts.as_object()) else { panic!("objects") };
    into.extend(from.clone());
    ReportMetadata::parse(&whole.to_string()).expect("a definition")
}

fn ask(world: &World, user: RecordId, type_name: &str, parts: &Json) -> Result<ReportRun> {
    run(&world.ctx(user), &definition(type_name, parts), &RunOptions::default())
}

fn rows(world: &World, user: RecordId, type_name: &str, parts: &Json) -> Vec<String> {
    let run = ask(world, user, type_name, parts).unwrap_or_else(|error| panic!("{type_name} {parts}: {error}"));
    run.rows.iter().map(|row| row.cells.iter().map(model::Value::to_plain).collect::<Vec<_>>().join("/")).collect()
}

#[test]
fn a_row_is_a_child_beside_its_parent() {
    on_both_stores(|world| {
        fill(world);
        let sorted = json!({"sortBy": [{"sortColumn": "Contact.LastName"}]});
        assert_eq!(rows(world, world.manager, "Account$Contacts", &sorted), ["Acme/Doe", "Core/Poe", "Acme/Roe"]);
        assert_eq!(
            rows(world, world.rep, "Account$Contacts", &sorted),
            ["Acme/Doe", "Acme/Roe"],
            "and what one may see"
        );
    });
}

#[test]
fn parents_without_children_are_rows_where_the_type_says_so() {
    on_both_stores(|world| {
        fill(world);
        let with = |parts: Json| rows(world, world.manager, "Account$~Contacts", &parts);
        let sorted = |filters: Json| json!({"sortBy": [{"sortColumn": "Account.Name"}], "reportFilters": filters});
        assert_eq!(with(sorted(json!([]))), ["Acme/Doe", "Acme/Roe", "Bolt/", "Core/Poe"]);
        let filter =
            |operator: &str, value: &str| json!([{"column": "Contact.LastName", "operator": operator, "value": value}]);
        assert_eq!(with(sorted(filter("startsWith", "d"))), ["Acme/Doe"], "a blank fails what asks for something");
        assert_eq!(with(sorted(filter("notEqual", "Doe"))), ["Acme/Roe", "Bolt/", "Core/Poe"]);
        assert_eq!(with(sorted(filter("equals", ""))), ["Bolt/"]);
        let either = json!({"sortBy": [{"sortColumn": "Account.Name"}], "reportBooleanFilter": "1 OR 2", "reportFilters": [
            {"column": "Account.Industry", "operator": "equals", "value": "Media"},
            {"column": "Contact.LastName", "operator": "equals", "value": "Poe"}]});
        assert_eq!(with(either), ["Bolt/", "Core/Poe"]);
        let grouped = json!({"reportFormat": "SUMMARY", "groupingsDown": [{"name": "Account.Industry"}],
            "aggregates": ["RowCount", "u!Account.Id", "u!Contact.Id"], "hasDetailRows": false});
        let run = ask(world, world.manager, "Account$~Contacts", &grouped).expect("a run");
        let figures: Vec<Vec<String>> =
            run.groups.iter().map(|group| group.aggregates.iter().map(model::Value::to_plain).collect()).collect();
        assert_eq!(figures, [["3", "2", "3"], ["1", "1", "0"]]);
    });
}

#[test]
fn a_child_of_somebody_else_does_not_make_its_parent_have_one() {
    on_both_stores(|world| {
        fill(world);
        let all = rows(world, world.rep, "Account$~Contacts", &json!({"sortBy": [{"sortColumn": "Account.Name"}]}));
        assert_eq!(all, ["Acme/Doe", "Acme/Roe", "Bolt/"], "the account of the peer is no row either");
    });
}

#[test]
fn report_types_that_are_not_there_are_refused() {
    on_both_stores(|world| {
        let message =
            |type_name: &str| ask(world, world.rep, type_name, &json!({})).expect_err("a refusal").message().to_owned();
        assert_eq!(message("Account$Nothing"), "reportType.type: \"Nothing\" is no list of children of Accounts.");
        assert_eq!(
            message("Account$~Opportunities$OpportunityLineItems"),
            "reportType.type: below \"with or without\" every level is \"with or without\": write $~."
        );
    });
}

/// Every operator over every type, answered by the store and by the engine: `NOT NOT` around a comparison of a column with
/// itself keeps the store from answering.
#[test]
fn filters_say_the_same_in_the_store_and_here() {
    on_both_stores(|world| {
        let deals = [
            ("Älpha, one", "Prospecting", Some(10_000), "2026-11-21"),
            ("beta_1", "Closed Won", None, "2026-10-31"),
            ("BETA%2", "closed won", Some(-550), "2025-01-01"),
            ("Gamma", "Negotiation/Review", Some(0), "2026-11-30"),
        ];
        for (at, (name, stage, cents, close)) in deals.into_iter().enumerate() {
            let id = world.deal(world.rep, name, stage, cents, close);
            if at % 2 == 0 {
                let ctx = world.ctx(world.rep);
                let object = ctx.object("Opportunity").expect("it");
                let draft =
                    platform::RecordDraft::of(id).set(object, "NextStep", "call, then \"write\"").expect("a field");
                ctx.record_update("Opportunity", draft).expect("an update");
            }
        }
        let columns: [(&str, &[&str], &[&str]); 6] = [
            (
                "Name",
                &["equals", "notEqual", "contains", "notContain", "startsWith", "lessThan", "greaterOrEqual"],
                &["BETA", "beta_", "\"älpha, one\",gamma", "%"],
            ),
            (
                "NextStep",
                &["equals", "notEqual", "contains", "notContain", "startsWith"],
                &["", "call", "\"call, then \"\"write\"\"\""],
            ),
            ("StageName", &["equals", "notEqual", "contains"], &["Closed Won", "prospecting,Gone"]),
            ("Amount", &["equals", "notEqual"], &["", "100", "0,-5.5"]),
            ("Amount", &["lessThan", "greaterThan", "lessOrEqual", "greaterOrEqual"], &["0", "1,000", "-5.50"]),
            (
                "CloseDate",
                &["equals", "notEqual", "lessThan", "greaterThan", "lessOrEqual", "greaterOrEqual"],
                &["THIS_MONTH", "2026-11-21", "LAST_N_DAYS:30"],
            ),
        ];
        let names = |filters: &Json, logic: &str| {
            let parts = json!({"detailColumns": ["Name"], "reportFilters": filters, "reportBooleanFilter": logic});
            let mut names = rows(world, world.rep, "Opportunity", &parts);
            names.sort();
            names
        };
        for (column, operators, values) in columns {
            for operator in operators {
                for value in values {
                    let filter = json!({"column": column, "operator": operator, "value": value});
                    let itself =
                        json!({"column": "Id", "operator": "equals", "value": "Id", "filterType": "fieldToField"});
                    let filters = json!([filter, itself]);
                    for (store, here) in [("1 AND 2", "NOT (NOT (1 AND 2))"), ("2 AND NOT 1", "2 AND NOT (1 AND 2)")] {
                        assert_eq!(
                            names(&filters, store),
                            names(&filters, here),
                            "{column} {operator} {value}: {store}"
                        );
                    }
                }
            }
        }
        let later = json!([{"column": "Amount", "operator": "greaterThan", "value": "ExpectedRevenue", "filterType": "fieldToField"}]);
        assert_eq!(names(&later, ""), ["Älpha, one"], "blanks are above nothing");
    });
}
