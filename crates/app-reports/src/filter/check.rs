//! What a filter asks of a value: as a condition of a query, and as a test made here. Both say the same of every value. A
//! blank fails what asks for something and passes what asks for its absence.

use crate::column::BoundColumn;
use crate::definition::Operator;
use crate::run::order::compare;
use model::schema::FieldType;
use model::{Date, Value, Zone, text};
use soql::ast::{CompareOp, Cond, Expr, Literal, LiteralValue, Predicate};
use std::cmp::Ordering;

#[derive(Clone, Debug)]
pub(crate) enum Check {
    /// Null among the values stands for a blank.
    OneOf {
        values: Vec<Value>,
        negated: bool,
    },
    /// Before or after at least one of the values.
    Order {
        op: CompareOp,
        values: Vec<Value>,
    },
    /// Patterns of [`text::like`].
    Like {
        patterns: Vec<String>,
        negated: bool,
    },
    /// Each text may join several choices by `;`.
    Includes {
        groups: Vec<String>,
        negated: bool,
    },
    Days {
        spans: Vec<DaySpan>,
        blank: bool,
        negated: bool,
    },
    /// Another column of the row.
    Column {
        op: Operator,
        other: BoundColumn,
    },
}

/// Days from `first` until before `after`; an end that is open is no condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DaySpan {
    pub(crate) first: Option<Date>,
    pub(crate) after: Option<Date>,
}

impl Check {
    /// Whether a value passes. A column beside another is judged by [`compares`].
    pub(crate) fn holds(&self, value: &Value, zone: &Zone) -> bool {
        let is_blank = is_blank(value);
        match self {
            Self::OneOf { values, negated } => {
                let found = values.iter().any(|wanted| match wanted {
                    Value::Null => is_blank,
                    wanted => !is_blank && is_same(value, wanted),
                });
                found != *negated
            }
            Self::Order { op, values } => {
                !is_blank && values.iter().any(|bound| is_ordered(*op, compare(value, bound)))
            }
            Self::Like { patterns, negated } => {
                let content = value.to_plain();
                let found = !is_blank && patterns.iter().any(|pattern| text::like(&content, pattern));
                found != *negated
            }
            Self::Includes { groups, negated } => {
                let content = value.to_plain();
                let has = |wanted: &str| content.split(';').any(|choice| text::eq_fold(choice, wanted));
                let found = !is_blank && groups.iter().any(|group| group.split(';').all(has));
                found != *negated
            }
            Self::Days { spans, blank, negated } => {
                let day = match value {
                    Value::Date(day) => Some(*day),
                    Value::DateTime(instant) => Some(instant.date_in(zone)),
                    _ => None,
                };
                let found = match day {
                    Some(day) => spans.iter().any(|span| span.holds(day)),
                    None => *blank,
                };
                found != *negated
            }
            Self::Column { .. } => false,
        }
    }

    /// The condition of a query on a path. None for what the store cannot answer.
    pub(crate) fn cond(&self, path: &str, data_type: &FieldType, zone: &Zone) -> Option<Cond> {
        let left = || Expr::field(path);
        let compare = |op: CompareOp, value: LiteralValue| Cond::compare(left(), op, Literal::new(value));
        Some(match self {
            Self::OneOf { values, negated } => {
                let conds = values.iter().map(|value| compare(CompareOp::Eq, literal(value))).collect();
                negate_if(*negated, any(conds))
            }
            Self::Order { op, values } => any(values.iter().map(|value| compare(*op, literal(value))).collect()),
            Self::Like { patterns, negated } => {
                let like = |pattern: &String| Cond::test(left(), Predicate::Like { pattern: pattern.clone() });
                negate_if(*negated, any(patterns.iter().map(like).collect()))
            }
            Self::Includes { groups, negated } => {
                let groups = groups.iter().map(Literal::text).collect();
                Cond::test(left(), Predicate::Includes { groups, negated: *negated })
            }
            Self::Days { spans, blank, negated } => {
                let mut conds: Vec<Cond> = spans.iter().map(|span| span.cond(path, data_type, zone)).collect();
                if *blank {
                    conds.push(compare(CompareOp::Eq, LiteralValue::Null));
                }
                negate_if(*negated, any(conds))
            }
            Self::Column { .. } => return None,
        })
    }
}

impl DaySpan {
    fn holds(self, day: Date) -> bool {
        self.first.is_none_or(|first| day >= first) && self.after.is_none_or(|after| day < after)
    }

    fn cond(self, path: &str, data_type: &FieldType, zone: &Zone) -> Cond {
        // The start of a day for a date, its first instant in the reader's zone for an instant.
        let edge = |day: Date| match data_type {
            FieldType::DateTime => LiteralValue::DateTime(day.start_in(zone)),
            _ => LiteralValue::Date(day),
        };
        let compare = |op, day| Cond::compare(Expr::field(path), op, Literal::new(edge(day)));
        let mut conds: Vec<Cond> = Vec::with_capacity(2);
        conds.extend(self.first.map(|day| compare(CompareOp::Ge, day)));
        conds.extend(self.after.map(|day| compare(CompareOp::Lt, day)));
        if conds.len() == 1 { conds.remove(0) } else { Cond::And(conds) }
    }
}

/// One column beside another: blanks are equal to each other and before or after nothing.
pub(super) fn compares(op: Operator, left: &Value, right: &Value) -> bool {
    let blanks = (is_blank(left), is_blank(right));
    let equal = match blanks {
        (true, true) => true,
        (false, false) => is_same(left, right),
        _ => false,
    };
    let order = || if blanks == (false, false) { Some(compare(left, right)) } else { None };
    match op {
        Operator::Equals => equal,
        Operator::NotEqual => !equal,
        Operator::LessThan => order().is_some_and(Ordering::is_lt),
        Operator::LessOrEqual => order().is_some_and(Ordering::is_le),
        Operator::GreaterThan => order().is_some_and(Ordering::is_gt),
        Operator::GreaterOrEqual => order().is_some_and(Ordering::is_ge),
        _ => false,
    }
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_text() == Some("")
}

fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => text::eq_fold(a, b),
        (a, b) if a.as_decimal().is_some() => a.as_decimal() == b.as_decimal(),
        (a, b) => a == b,
    }
}

fn is_ordered(op: CompareOp, ordering: Ordering) -> bool {
    match op {
        CompareOp::Lt => ordering.is_lt(),
        CompareOp::Le => ordering.is_le(),
        CompareOp::Gt => ordering.is_gt(),
        CompareOp::Ge => ordering.is_ge(),
        CompareOp::Eq => ordering.is_eq(),
        CompareOp::Ne => ordering.is_ne(),
    }
}

fn literal(value: &Value) -> LiteralValue {
    match value {
        Value::Null => LiteralValue::Null,
        Value::Bool(flag) => LiteralValue::Bool(*flag),
        Value::Int(_) | Value::Number(_) => LiteralValue::Number(value.as_decimal().unwrap_or_default()),
        Value::Date(day) => LiteralValue::Date(*day),
        Value::DateTime(instant) => LiteralValue::DateTime(*instant),
        Value::Time(time) => LiteralValue::Time(*time),
        other => LiteralValue::Text(other.to_plain()),
    }
}

/// At least one of these; the list is never empty, because a value always has an item.
fn any(mut conds: Vec<Cond>) -> Cond {
    if conds.len() == 1 { conds.remove(0) } else { Cond::Or(conds) }
}

fn negate_if(negated: bool, cond: Cond) -> Cond {
    if negated { Cond::Not(Box::new(cond)) } else { cond }
}
