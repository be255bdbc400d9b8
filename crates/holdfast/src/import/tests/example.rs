//! The example mapping on the example's data set, compared with figures that Python works out from the same files.

use super::memory_sink::{MemorySink, Record};
use super::stand_in::stand_in;
use super::{NoteKind, Notebook, run};
use crate::import::{Options, Summary};
use model::Decimal;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) const MAPPING: &str = include_str!("../../../../../examples/crm-sales-opportunities/mapping.toml");

fn figures(dir: &Path) -> Json {
    let outcome = Command::new("python3")
        .args(["-c", include_str!("totals.py")])
        .arg(dir)
        .output()
        .expect("python3 is a required tool of the tests");
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
    serde_json::from_slice(&outcome.stdout).expect("figures")
}

/// Count and sum of amounts by a key, in the form of the Python figures.
fn totals(deals: &[&Record], key: impl Fn(&Record) -> String) -> Json {
    let mut out: BTreeMap<String, (u64, Decimal)> = BTreeMap::new();
    for deal in deals {
        let entry = out.entry(key(deal)).or_default();
        entry.0 += 1;
        entry.1 += deal.values.get("Amount").and_then(model::Value::as_decimal).unwrap_or_default();
    }
    let plain = out.into_iter().map(|(key, (count, sum))| {
        let sum: u64 = sum.normalize().to_string().parse().expect("whole amounts");
        (key, serde_json::json!([count, sum]))
    });
    Json::Object(plain.collect())
}

fn name_of(user: &Record) -> String {
    format!("{} {}", user.text("FirstName"), user.text("LastName"))
}

/// Compares an imported org with the figures, and returns them.
fn compare(sink: &MemorySink, dir: &Path) -> Json {
    let expected = figures(dir);
    let deals: Vec<&Record> = sink.records("Opportunity").iter().collect();
    let owner = |deal: &Record| sink.by_id("User", deal.reference("OwnerId").expect("an owner"));
    let stage = |deal: &Record| {
        let name = deal.text("StageName");
        match name.as_str() {
            "Closed Won" => "Won".to_owned(),
            "Closed Lost" => "Lost".to_owned(),
            "Qualification" => "Engaging".to_owned(),
            _ => name,
        }
    };
    assert_eq!(totals(&deals, stage), expected["stage"]);
    assert_eq!(totals(&deals, |deal| name_of(owner(deal))), expected["agent"]);
    let manager = |deal: &Record| name_of(sink.by_id("User", owner(deal).reference("ManagerId").expect("a manager")));
    assert_eq!(totals(&deals, manager), expected["manager"]);
    let product = |deal: &Record| sink.by_id("Product2", deal.reference("Product__c").expect("a product")).text("Name");
    assert_eq!(totals(&deals, product), expected["product"]);
    let account = |deal: &Record| {
        deal.reference("AccountId").map(|id| sink.by_id("Account", id).text("Name")).unwrap_or_default()
    };
    assert_eq!(totals(&deals, account), expected["account"]);
    let closed: Vec<&Record> =
        deals.iter().copied().filter(|deal| deal.text("StageName").starts_with("Closed")).collect();
    let quarter = |deal: &Record| {
        let day = deal.text("CloseDate");
        let month: u32 = day[5..7].parse().expect("a month");
        format!("{}-Q{} {}", &day[..4], month.div_ceil(3), stage(deal))
    };
    assert_eq!(totals(&closed, quarter), expected["quarter"]);

    let counts = &expected["counts"];
    let accounts = sink.records("Account");
    assert_eq!(counts["accounts"], accounts.len());
    let subsidiaries = accounts.iter().filter(|account| account.reference("ParentId").is_some()).count();
    assert_eq!(counts["subsidiaries"], subsidiaries);
    let revenue: Decimal = accounts.iter().filter_map(|account| account.values["AnnualRevenue"].as_decimal()).sum();
    let expected_revenue = Decimal::from(counts["revenue_cents"].as_i64().expect("a number")) * Decimal::from(10_000);
    assert_eq!(revenue, expected_revenue);
    assert!(accounts.iter().all(|account| account.text("Industry") != "technolgy"));
    assert_eq!(counts["products"], sink.records("Product2").len());
    assert_eq!(counts["products"], sink.records("PricebookEntry").len());
    let number = |name: &str| counts[name].as_u64().expect("a number");
    assert_eq!(sink.records("User").len() as u64, number("managers") + number("agents"));
    assert_eq!(sink.records("UserRole").len() as u64, 1 + number("regions") + 2 * number("managers"));
    expected
}

fn check_summary(summary: &Summary, notebook: &Notebook, expected: &Json) {
    let counts = &expected["counts"];
    let step = |name: &str| summary.steps.iter().find(|step| step.name == name).expect("a step");
    assert_eq!(summary.refused(), 0, "{:?}", notebook.lines(NoteKind::Refused));
    assert_eq!(summary.exit_code(), 0);
    assert_eq!(counts["deals"], step("opportunities").created);
    assert_eq!(counts["to_repair"], step("opportunities").repaired);
    assert_eq!(counts["misspelt"], step("accounts").repaired);
    assert_eq!(notebook.notes.len() as u64, summary.repaired(), "one line per repaired row");
    assert_eq!(notebook.advanced, notebook.announced, "progress reaches its end");
}

fn import_and_compare(dir: &Path) {
    let mut org = MemorySink::standard();
    let (dry, dry_notes) = run(MAPPING, dir, &mut org, Options { check: true, ..Options::default() });
    assert_eq!(org.writes, 0);
    let (summary, notebook) = run(MAPPING, dir, &mut org, Options { atomic: true, ..Options::default() });
    let expected = compare(&org, dir);
    check_summary(&summary, &notebook, &expected);
    assert_eq!(dry.steps, summary.steps, "a dry run foretells the run");
    assert_eq!(dry_notes.notes, notebook.notes);

    let (again, _) = run(MAPPING, dir, &mut org, Options { again: true, ..Options::default() });
    assert_eq!((again.written(), again.refused()), (0, 0), "the same files again change nothing");
    compare(&org, dir);
}

#[test]
fn the_stand_in_data_set_is_imported_to_the_last_figure() {
    import_and_compare(stand_in(700).path());
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says why")]
fn the_real_data_set_is_imported_to_the_last_figure() {
    let dir: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/crm-sales-opportunities");
    if !dir.join("sales_pipeline.csv").exists() {
        eprintln!("skipped: the CRM sales opportunities data set is not in ../shared/data beside the project");
        return;
    }
    import_and_compare(&dir);
}

#[test]
fn roles_form_a_tree_from_sales_to_the_agents() {
    let mut org = MemorySink::standard();
    run(MAPPING, stand_in(20).path(), &mut org, Options::default());
    let agent = org.one("User", "Username", "ann-a.agent0@sales.example");
    let mut chain = Vec::new();
    let mut role = agent.reference("UserRoleId");
    while let Some(id) = role {
        let record = org.by_id("UserRole", id);
        chain.push(record.text("Name"));
        role = record.reference("ParentRoleId");
    }
    assert_eq!(chain, ["Team Mia van Boss0", "Manager Mia van Boss0", "Sales North", "Sales"]);
    assert_eq!(org.one("User", "LastName", "van Boss0").text("FirstName"), "Mia");
}

#[test]
fn repairs_are_told_in_one_line_with_file_line_field_and_reason() {
    let dir = super::fixture::folder(&[]);
    let source = stand_in(1);
    for name in ["accounts.csv", "products.csv", "sales_teams.csv"] {
        std::fs::copy(source.path().join(name), dir.path().join(name)).expect("copied");
    }
    let deal = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n\
        A1,Ann-A Agent0,GTXPro,,Engaging,11/3/2016,,\n";
    super::fixture::write(dir.path(), "sales_pipeline.csv", deal.as_bytes());
    let mut org = MemorySink::standard();
    let (_, notebook) = run(MAPPING, dir.path(), &mut org, Options::default());
    assert_eq!(
        notebook.lines(NoteKind::Repaired).last().map(String::as_str),
        Some(
            "sales_pipeline.csv line 2, opportunities: repaired: CloseDate (column engage_date): open deal without a \
             close date: expected 180 days after engagement; Product__c (column product): \"GTXPro\" read as \"GTX Pro\""
        )
    );
    let deal = org.one("Opportunity", "Opportunity_ID__c", "A1");
    assert_eq!((deal.text("Name"), deal.text("CloseDate")), ("GTX Pro A1".to_owned(), "2017-05-02".to_owned()));
}
