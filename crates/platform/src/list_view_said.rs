//! A saved list taken apart: its columns, condition and order, for programs that show the list themselves.

use crate::list_view::ListView;
use model::Result;
use soql::ast::{CompareOp, Cond, Literal, NullsOrder, Predicate};

/// What a saved list asks on behalf of one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListViewSaid {
    pub view: ListView,
    /// The whole of it as a query.
    pub query: String,
    /// The columns that the reader may see.
    pub columns: Vec<String>,
    /// What the query selects behind them.
    pub hidden: Vec<String>,
    pub condition: Option<ListCondition>,
    pub order: Vec<ListOrder>,
}

/// One step of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListOrder {
    pub path: String,
    pub descending: bool,
    pub nulls_last: bool,
}

/// A condition as a tree of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListCondition {
    All(Vec<ListCondition>),
    Any(Vec<ListCondition>),
    Not(Box<ListCondition>),
    /// `values` are written as in a query.
    Test {
        field: String,
        operator: &'static str,
        values: Vec<String>,
    },
    /// Records that a second query finds, or does not.
    Found {
        field: String,
        operator: &'static str,
        query: String,
    },
}

impl ListViewSaid {
    /// Reads the query of a list.
    pub(crate) fn read(query: String, columns: Vec<String>, hidden: Vec<String>, view: ListView) -> Result<Self> {
        let tree = soql::parse(&query)?;
        let order = tree.order_by.iter().map(|sort| ListOrder {
            path: sort.expr.to_string(),
            descending: sort.descending,
            nulls_last: sort.nulls == Some(NullsOrder::Last),
        });
        let (order, condition) = (order.collect(), tree.filter.as_ref().map(condition));
        Ok(Self { view, query, columns, hidden, condition, order })
    }
}

fn condition(cond: &Cond) -> ListCondition {
    match cond {
        Cond::And(parts) => ListCondition::All(parts.iter().map(condition).collect()),
        Cond::Or(parts) => ListCondition::Any(parts.iter().map(condition).collect()),
        Cond::Not(inner) => ListCondition::Not(Box::new(condition(inner))),
        Cond::Test(test) => {
            let field = test.left.to_string();
            let (operator, values) = match &test.predicate {
                Predicate::Compare { op, value } => (operator_name(*op), vec![value.to_string()]),
                // A pattern has escapes of its own, which the test as a whole writes.
                Predicate::Like { .. } => {
                    let whole = test.to_string();
                    ("like", vec![whole.strip_prefix(&format!("{field} LIKE ")).unwrap_or(&whole).to_owned()])
                }
                Predicate::In { values, negated } => {
                    (if *negated { "notIn" } else { "in" }, values.iter().map(Literal::to_string).collect())
                }
                Predicate::Includes { groups, negated } => {
                    (if *negated { "excludes" } else { "includes" }, groups.iter().map(Literal::to_string).collect())
                }
                Predicate::InQuery { query, negated } => {
                    let operator = if *negated { "notIn" } else { "in" };
                    return ListCondition::Found { field, operator, query: query.to_string() };
                }
            };
            ListCondition::Test { field, operator, values }
        }
    }
}

fn operator_name(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "equals",
        CompareOp::Ne => "notEquals",
        CompareOp::Lt => "lessThan",
        CompareOp::Le => "lessThanOrEqualTo",
        CompareOp::Gt => "greaterThan",
        CompareOp::Ge => "greaterThanOrEqualTo",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(query: &str) -> ListViewSaid {
        let view = ListView::of_texts(["Account", "Everything", "Name", "", ""].map(str::to_owned));
        ListViewSaid::read(query.to_owned(), vec!["Name".to_owned()], Vec::new(), view).expect("a query")
    }

    #[test]
    fn a_condition_is_told_as_a_tree_with_its_values_as_written() {
        let said = said(
            "SELECT Name FROM Account WHERE (Name LIKE 'A%' OR NOT Rating IN ('Hot', 'Warm')) AND AnnualRevenue > 5 \
             ORDER BY Owner.Name DESC NULLS LAST, Name",
        );
        let test = |field: &str, operator, values: &[&str]| ListCondition::Test {
            field: field.to_owned(),
            operator,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        let rating = test("Rating", "in", &["'Hot'", "'Warm'"]);
        let any = ListCondition::Any(vec![test("Name", "like", &["'A%'"]), ListCondition::Not(Box::new(rating))]);
        assert_eq!(said.condition, Some(ListCondition::All(vec![any, test("AnnualRevenue", "greaterThan", &["5"])])));
        assert_eq!(
            said.order,
            [
                ListOrder { path: "Owner.Name".to_owned(), descending: true, nulls_last: true },
                ListOrder { path: "Name".to_owned(), descending: false, nulls_last: false },
            ]
        );
    }
}
