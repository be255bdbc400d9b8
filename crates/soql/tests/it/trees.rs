//! Trees made in code, and what a query takes from its context.

use crate::compact::compact;
use crate::world::{context, plan, schema};
use soql::ResolveContext;
use soql::ast::{CompareOp, Cond, Expr, Item, Literal, LiteralValue, Query, RowCount};
use soql::dates::DateLiteral;
use soql::plan::RowScope;

fn tree(field: &str) -> Query {
    let this_year = DateLiteral::parse("THIS_YEAR", None).expect("a literal");
    let recent =
        Cond::compare(Expr::field("CreatedDate"), CompareOp::Ge, Literal::new(LiteralValue::DateRange(this_year)));
    let named = Cond::compare(Expr::field("Name"), CompareOp::Ne, Literal::text("it's"));
    Query {
        filter: Some(Cond::And(vec![recent, named])),
        limit: Some(RowCount::new(5)),
        ..Query::new(vec![Item::field(field), Item::field("Owner.Name")], "Account")
    }
}

#[test]
fn a_tree_made_in_code_resolves_as_the_same_text() {
    let query = tree("Name");
    let text = query.to_string();
    assert_eq!(
        text,
        "SELECT Name, Owner.Name FROM Account WHERE CreatedDate >= THIS_YEAR AND Name != 'it\\'s' LIMIT 5"
    );
    let made = soql::resolve(&query, "", schema(), &context()).expect("resolves");
    let without_positions =
        |plan: &str| plan.lines().filter(|line| !line.contains("source ")).collect::<Vec<_>>().join("\n");
    assert_eq!(without_positions(&compact(&made)), without_positions(&compact(&plan(&text))));
}

#[test]
fn a_mistake_in_a_tree_made_in_code_points_nowhere() {
    let refusal = soql::resolve(&tree("Foo"), "", schema(), &context()).map(|_| ()).expect_err("no such field");
    assert!(refusal.message().starts_with("No such column 'Foo' on entity 'Account'."), "{refusal}");
}

#[test]
fn a_tree_without_an_object_is_refused() {
    let refusal = soql::resolve(&Query::default(), "", schema(), &context()).map(|_| ()).expect_err("no object");
    assert_eq!(refusal.to_string(), "MALFORMED_QUERY: A query needs an object after FROM.");
}

#[test]
fn deleted_rows_take_part_on_every_level() {
    let all = ResolveContext { rows: RowScope::WithDeleted, ..context() };
    let text = "SELECT Id, (SELECT Id FROM Contacts) FROM Account WHERE Id IN (SELECT AccountId FROM Opportunity)";
    let plan = compact(&soql::plan(text, schema(), &all).expect("a plan"));
    assert_eq!(plan.matches(" with deleted").count(), 3, "{plan}");
}

#[test]
fn a_currency_literal_needs_the_currency_of_the_org() {
    let text = "SELECT Id FROM Opportunity WHERE Amount > eur1500.50";
    assert!(compact(&plan(text)).contains("Amount > Number 1500.5"));
    let unknown = ResolveContext { currency: None, ..context() };
    let refusal = soql::plan(text, schema(), &unknown).map(|_| ()).expect_err("no currency is known");
    assert!(refusal.to_string().starts_with("FUNCTIONALITY_NOT_ENABLED: "), "{refusal}");
}
