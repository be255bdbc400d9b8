//! Conditions of WHERE and HAVING.

use super::Resolver;
use super::function::Clause;
use super::path::Level;
use super::typed::{Typed, ValueKind};
use crate::ast::{self, CompareOp, Literal, LiteralValue, Predicate};
use crate::plan::{Cond, Expr, Operand, SourceIx, Target};
use model::{ObjectIx, Result, Value};

impl<'a> Resolver<'a> {
    pub(super) fn cond(&mut self, level: &mut Level<'a>, cond: &ast::Cond, clause: Clause) -> Result<Cond> {
        self.nested_cond(level, cond, clause, false)
    }

    /// `nested` inside OR and NOT, where semi-joins have no place.
    fn nested_cond(&mut self, level: &mut Level<'a>, cond: &ast::Cond, clause: Clause, nested: bool) -> Result<Cond> {
        match cond {
            ast::Cond::And(parts) => self.parts(level, parts, clause, nested).map(Cond::And),
            ast::Cond::Or(parts) => self.parts(level, parts, clause, true).map(Cond::Or),
            ast::Cond::Not(inner) => self.nested_cond(level, inner, clause, true).map(negate),
            ast::Cond::Test(test) => self.test(level, test, clause, nested),
        }
    }

    fn parts(&mut self, level: &mut Level<'a>, parts: &[ast::Cond], clause: Clause, nested: bool) -> Result<Vec<Cond>> {
        parts.iter().map(|part| self.nested_cond(level, part, clause, nested)).collect()
    }

    fn test(&mut self, level: &mut Level<'a>, test: &ast::Test, clause: Clause, nested: bool) -> Result<Cond> {
        if let Predicate::InQuery { query, negated } = &test.predicate {
            return self.semi_join(level, &test.left, query, *negated, clause, nested);
        }
        let left = self.expr(level, &test.left, clause)?;
        if clause == Clause::Having && !self.is_grouped_or_aggregated(level, &left.expr) {
            let message = format!("HAVING field must be grouped or aggregated: {}", left.name);
            return Err(self.malformed(left.position, &message));
        }
        self.check_sealed_test(&left, &test.predicate)?;
        if let Expr::TypeName { source, .. } = left.expr {
            return self.type_test(level, &left, source, &test.predicate);
        }
        match &test.predicate {
            Predicate::Compare { op, value } => self.compare(left, *op, value),
            Predicate::Like { pattern } => {
                if left.kind != ValueKind::Text {
                    return Err(self.wrong_operator(&left, operator(&test.predicate)));
                }
                Ok(Cond::Like { left: left.expr, pattern: pattern.clone(), negated: false })
            }
            Predicate::In { values, negated } => {
                if matches!(left.expr, Expr::Distance { .. }) {
                    return Err(self.wrong_operator(&left, operator(&test.predicate)));
                }
                let values = values.iter().map(|value| self.operand(&left, value)).collect::<Result<_>>()?;
                Ok(Cond::In { left: left.expr, values, negated: *negated })
            }
            Predicate::Includes { groups, negated } => self.includes(left, groups, *negated),
            // Handled above, before the left side is read as a plain expression.
            Predicate::InQuery { .. } => Err(self.wrong_operator(&left, operator(&test.predicate))),
        }
    }

    fn compare(&self, left: Typed<'a>, op: CompareOp, value: &Literal) -> Result<Cond> {
        let is_order = !matches!(op, CompareOp::Eq | CompareOp::Ne);
        let no_order = matches!(left.kind, ValueKind::Bool | ValueKind::MultiPicklist);
        let is_distance = matches!(left.expr, Expr::Distance { .. });
        if (is_order && no_order) || (is_distance && !matches!(op, CompareOp::Lt | CompareOp::Gt)) {
            return Err(self.wrong_operator(&left, op.symbol()));
        }
        let right = self.operand(&left, value)?;
        Ok(Cond::Compare { left: left.expr, op, right })
    }

    /// `INCLUDES('A;B', 'C')`: A and B, or C.
    fn includes(&self, left: Typed<'a>, groups: &[Literal], negated: bool) -> Result<Cond> {
        let position = left.position;
        match left.expr {
            Expr::Field(field) if left.kind == ValueKind::MultiPicklist => {
                let groups = groups.iter().map(|group| self.chosen_values(left.name, group)).collect::<Result<_>>()?;
                Ok(Cond::Includes { left: field, groups, negated })
            }
            _ => {
                let message = "includes or excludes operator only valid on multipicklist field";
                Err(self.invalid_operator(position, message))
            }
        }
    }

    fn chosen_values(&self, field: &str, group: &Literal) -> Result<Vec<String>> {
        let LiteralValue::Text(text) = &group.value else {
            let message = format!(
                "value of filter criterion for field '{field}' must be of type multipicklist and should be enclosed in quotes"
            );
            return Err(self.invalid_field(group.position, &message));
        };
        let values: Vec<String> =
            text.split(';').map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect();
        // No value is named: a group of one empty value, which nobody chose, is never included.
        Ok(if values.is_empty() { vec![String::new()] } else { values })
    }

    /// `Who.Type = 'Contact'`: `=`, `!=` and IN over names of objects. Names of no possible object match nothing.
    fn type_test(&self, level: &Level<'a>, left: &Typed<'a>, source: SourceIx, predicate: &Predicate) -> Result<Cond> {
        let (values, negated) = match predicate {
            Predicate::Compare { op: CompareOp::Eq, value } => (std::slice::from_ref(value), false),
            Predicate::Compare { op: CompareOp::Ne, value } => (std::slice::from_ref(value), true),
            Predicate::In { values, negated } => (values.as_slice(), *negated),
            other => return Err(self.wrong_operator(left, operator(other))),
        };
        let possible: &[ObjectIx] = match &level.sources[source.index()].target {
            Target::AnyOf(objects) => objects,
            Target::Object(object) => std::slice::from_ref(object),
        };
        let mut objects = Vec::new();
        let mut with_null = false;
        for value in values {
            match self.operand(left, value)? {
                Operand::Value(Value::Text(name)) if !name.is_empty() => {
                    let found = self.find_object(&name).filter(|object| possible.contains(&object.ix));
                    objects.extend(found.map(|object| object.ix));
                }
                _ => with_null = true,
            }
        }
        let is_type = Cond::TypeIs { source, objects, negated };
        if !with_null {
            return Ok(is_type);
        }
        let op = if negated { CompareOp::Ne } else { CompareOp::Eq };
        let is_null = Cond::Compare { left: left.expr.clone(), op, right: Operand::Value(Value::Null) };
        Ok(match (values.len(), negated) {
            (1, _) => is_null,
            (_, false) => Cond::Or(vec![is_type, is_null]),
            (_, true) => Cond::And(vec![is_type, is_null]),
        })
    }

    fn wrong_operator(&self, left: &Typed<'a>, operator: &str) -> model::Error {
        let message = format!("invalid operator on {} field '{}': {operator}", left.type_name(), left.name);
        self.invalid_operator(left.position, &message)
    }
}

/// The operator of a test as it stands in a query.
pub(super) fn operator(predicate: &Predicate) -> &'static str {
    match predicate {
        Predicate::Compare { op, .. } => op.symbol(),
        Predicate::Like { .. } => "LIKE",
        Predicate::In { negated: false, .. } | Predicate::InQuery { negated: false, .. } => "IN",
        Predicate::In { negated: true, .. } | Predicate::InQuery { negated: true, .. } => "NOT IN",
        Predicate::Includes { negated: false, .. } => "INCLUDES",
        Predicate::Includes { negated: true, .. } => "EXCLUDES",
    }
}

/// The complement, inside the test where it has a negated form.
fn negate(cond: Cond) -> Cond {
    match cond {
        Cond::Not(inner) => *inner,
        Cond::Like { left, pattern, negated } => Cond::Like { left, pattern, negated: !negated },
        Cond::In { left, values, negated } => Cond::In { left, values, negated: !negated },
        Cond::Includes { left, groups, negated } => Cond::Includes { left, groups, negated: !negated },
        Cond::TypeIs { source, objects, negated } => Cond::TypeIs { source, objects, negated: !negated },
        other => Cond::Not(Box::new(other)),
    }
}
