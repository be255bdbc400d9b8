//! Long chains of tests made short: `x = 1 OR x = 2 OR …` is `x IN (1, 2, …)`, and `x != 1 AND x != 2 AND …` is
//! `x NOT IN (1, 2, …)`. A planner takes one list in its stride, and thousands of alternatives never.

use soql::plan::{CompareOp, Cond, Expr, Operand};
use std::borrow::Cow;

/// Chains up to this length are left as they were written.
const SHORT: usize = 8;

/// The parts of a disjunction (`any`) or a conjunction, with the tests of one expression for equality put together.
pub(super) fn merged(parts: &[Cond], any: bool) -> Cow<'_, [Cond]> {
    if parts.len() <= SHORT {
        return Cow::Borrowed(parts);
    }
    let mut lists: Vec<(&Expr, Vec<Operand>)> = Vec::new();
    let mut others = Vec::new();
    for part in parts {
        let Some((left, values)) = members(part, any) else {
            others.push(part.clone());
            continue;
        };
        let known = lists.iter().position(|(known, _)| known.is_same(left));
        match known {
            Some(at) => lists[at].1.extend_from_slice(values),
            // Every different expression is one more list to look through; a chain of many is left alone.
            None if lists.len() < SHORT => lists.push((left, values.to_vec())),
            None => others.push(part.clone()),
        }
    }
    let lists = lists.into_iter().map(|(left, values)| Cond::In { left: left.clone(), values, negated: !any });
    Cow::Owned(lists.chain(others).collect())
}

/// The expression that a part tests, and the values of which it equals one (`any`) or none.
fn members(part: &Cond, any: bool) -> Option<(&Expr, &[Operand])> {
    let wanted = if any { CompareOp::Eq } else { CompareOp::Ne };
    match part {
        Cond::Compare { left, op, right } if *op == wanted => Some((left, std::slice::from_ref(right))),
        Cond::In { left, values, negated } if *negated != any => Some((left, values)),
        // The complement of the one is the other, nulls included.
        Cond::Not(inner) => match &**inner {
            Cond::Compare { left, op, right } if matches!(op, CompareOp::Eq | CompareOp::Ne) && *op != wanted => {
                Some((left, std::slice::from_ref(right)))
            }
            _ => None,
        },
        _ => None,
    }
}
