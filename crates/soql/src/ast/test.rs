//! Conditions: what WHERE and HAVING say.

use super::{Expr, Literal, Query};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cond {
    /// At least two conditions.
    And(Vec<Cond>),
    /// At least two conditions.
    Or(Vec<Cond>),
    Not(Box<Cond>),
    Test(Box<Test>),
}

/// One test of one expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    pub left: Expr,
    pub predicate: Predicate,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Predicate {
    Compare {
        op: CompareOp,
        value: Literal,
    },
    /// A pattern of [`model::text::like`]; a wildcard is taken literally behind a backslash.
    Like {
        pattern: String,
    },
    In {
        values: Vec<Literal>,
        negated: bool,
    },
    InQuery {
        query: Box<Query>,
        negated: bool,
    },
    /// INCLUDES, or EXCLUDES when negated. Each text may join several values by `;`.
    Includes {
        groups: Vec<Literal>,
        negated: bool,
    },
}

pub use crate::plan::CompareOp;

impl Cond {
    pub fn test(left: Expr, predicate: Predicate) -> Self {
        Cond::Test(Box::new(Test { left, predicate }))
    }

    pub fn compare(left: Expr, op: CompareOp, value: Literal) -> Self {
        Self::test(left, Predicate::Compare { op, value })
    }
}
