//! What can be asked of sealed fields: whether they are empty; with a token also equality and groups. Everything else is
//! refused, naming field and operator.

use super::Resolver;
use super::typed::{Typed, ValueKind};
use crate::ast::{CompareOp, LiteralValue, Position, Predicate};
use crate::plan::{Aggregate, Expr};
use model::schema::Sealing;
use model::{Error, Result};

impl<'a> Resolver<'a> {
    /// How the values of an expression stand in the store. A name field of a polymorphic reference is as closed as the
    /// most closed of the fields behind it, for which there is no one token.
    pub(super) fn sealing(&self, typed: &Typed<'a>) -> Sealing {
        match (&typed.expr, typed.field) {
            _ if typed.from_sealed => Sealing::Probabilistic,
            (Expr::Field(_), Some(field)) => field.sealing(),
            (Expr::NameField { fields, .. }, _) => {
                let sealed = fields
                    .iter()
                    .filter_map(|(object, field)| Some(self.schema.object(*object).field((*field)?)))
                    .any(model::FieldSchema::is_sealed);
                if sealed { Sealing::Probabilistic } else { Sealing::None }
            }
            _ => Sealing::None,
        }
    }

    /// Refuses the tests that the store cannot answer without opening every value.
    pub(super) fn check_sealed_test(&self, left: &Typed<'a>, predicate: &Predicate) -> Result<()> {
        let sealing = self.sealing(left);
        let by_equality = match predicate {
            _ if !sealing.is_sealed() => return Ok(()),
            Predicate::Compare { op: CompareOp::Eq | CompareOp::Ne, value } => {
                // A sealed boolean is false or true, and the store knows neither.
                let is_empty_test = value.value == LiteralValue::Null && left.kind != ValueKind::Bool;
                if is_empty_test && matches!(left.expr, Expr::Field(_)) && !left.from_sealed {
                    return Ok(());
                }
                true
            }
            Predicate::In { .. } => true,
            _ => false,
        };
        if by_equality && sealing.has_token() {
            return Ok(());
        }
        Err(self.sealed(left, super::cond::operator(predicate)))
    }

    /// Refuses aggregates that compute with sealed values.
    pub(super) fn check_sealed_aggregate(&self, argument: &Typed<'a>, function: Aggregate, name: &str) -> Result<()> {
        let sealing = self.sealing(argument);
        let allowed = match function {
            _ if !sealing.is_sealed() => true,
            Aggregate::Count => matches!(argument.expr, Expr::Field(_)) && !argument.from_sealed,
            Aggregate::CountDistinct => sealing.has_token(),
            _ => false,
        };
        if allowed { Ok(()) } else { Err(self.sealed(argument, name)) }
    }

    /// Refuses `operator` over a sealed field.
    pub(super) fn refuse_sealed(&self, typed: &Typed<'a>, operator: &str) -> Result<()> {
        if self.sealing(typed).is_sealed() {
            return Err(self.sealed(typed, operator));
        }
        Ok(())
    }

    fn sealed(&self, typed: &Typed<'a>, operator: &str) -> Error {
        let why = if typed.from_sealed { "computed from encrypted fields" } else { "encrypted" };
        self.not_over_sealed(typed.name, why, operator, typed.position)
    }

    pub(super) fn not_over_sealed(&self, field: &str, why: &str, operator: &str, position: Position) -> Error {
        let message = format!("field '{field}' is {why} and does not support the operator {operator}");
        self.invalid_field(position, &message).with_field(field)
    }
}
