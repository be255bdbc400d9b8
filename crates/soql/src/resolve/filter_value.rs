//! Literals → values of the type they are compared with.

use super::Resolver;
use super::typed::{Typed, ValueKind};
use crate::ast::{Literal, LiteralValue, Position};
use crate::dates::DateLiteral;
use crate::error;
use crate::plan::Operand;
use model::{Decimal, Error, ErrorCode, RecordId, Result, Value};

impl<'a> Resolver<'a> {
    /// What `left` is compared with.
    pub(super) fn operand(&self, left: &Typed<'a>, literal: &Literal) -> Result<Operand> {
        let value = match (left.kind, &literal.value) {
            // A boolean is never null: null says false.
            (ValueKind::Bool, LiteralValue::Null) => Value::Bool(false),
            (_, LiteralValue::Null) => Value::Null,
            (ValueKind::Bool, LiteralValue::Bool(flag)) => Value::Bool(*flag),
            (ValueKind::Text | ValueKind::MultiPicklist, LiteralValue::Text(text)) => Value::Text(text.clone()),
            // Empty text equals null.
            (ValueKind::Id, LiteralValue::Text(text)) if text.is_empty() => Value::Null,
            (ValueKind::Id, LiteralValue::Text(text)) => self.id(text, literal.position)?,
            (ValueKind::Int, LiteralValue::Number(number)) => self.whole(left, *number, literal.position)?,
            (ValueKind::Number, LiteralValue::Number(number)) => Value::Number(*number),
            (ValueKind::Int | ValueKind::Number, LiteralValue::Currency { code, amount }) => {
                self.own_currency(left, code, *amount)?
            }
            (ValueKind::Date, LiteralValue::Date(date)) => Value::Date(*date),
            (ValueKind::DateTime, LiteralValue::DateTime(instant)) => Value::DateTime(*instant),
            (ValueKind::Time, LiteralValue::Time(time)) => Value::Time(*time),
            (ValueKind::Date | ValueKind::DateTime, LiteralValue::DateRange(range)) => {
                return self.range(left.kind, *range, literal.position);
            }
            _ => return Err(self.wrong_type(left)),
        };
        Ok(Operand::Value(value))
    }

    fn id(&self, text: &str, position: Position) -> Result<Value> {
        RecordId::parse(text).map(Value::Id).map_err(|_| {
            let shown: String = text.chars().take(40).collect();
            self.invalid_operator(position, &format!("invalid ID field: {shown}"))
        })
    }

    fn whole(&self, left: &Typed<'a>, number: Decimal, position: Position) -> Result<Value> {
        if !number.fract().is_zero() {
            return Err(self.wrong_type(left));
        }
        i64::try_from(number.trunc()).map(Value::Int).map_err(|_| {
            let message = format!("value of filter criterion for field '{}' is out of range", left.name);
            error::at(ErrorCode::NumberOutsideValidRange, self.text, position.0, &message)
        })
    }

    /// An amount in the org's own currency is that amount; there is no rate to any other.
    fn own_currency(&self, left: &Typed<'a>, code: &str, amount: Decimal) -> Result<Value> {
        if left.type_name() != "currency" {
            return Err(self.wrong_type(left));
        }
        match &self.ctx.currency {
            Some(own) if own.eq_ignore_ascii_case(code) => Ok(Value::Number(amount)),
            _ => Err(error::not_enabled(&format!("Filtering by amounts in {code}"))),
        }
    }

    fn range(&self, kind: ValueKind, literal: DateLiteral, position: Position) -> Result<Operand> {
        let Some((start, end)) = literal.range(self.today(), &self.calendar) else {
            let message = format!("{literal} reaches beyond the years 1700 to 4000.");
            return Err(error::at(ErrorCode::NumberOutsideValidRange, self.text, position.0, &message));
        };
        Ok(match kind {
            ValueKind::DateTime => Operand::Range {
                start: Value::DateTime(start.start_in(&self.ctx.zone)),
                end: Value::DateTime(end.start_in(&self.ctx.zone)),
            },
            _ => Operand::Range { start: Value::Date(start), end: Value::Date(end) },
        })
    }

    fn wrong_type(&self, left: &Typed<'a>) -> Error {
        let not = if left.kind.is_quoted() { "" } else { "not " };
        let message = format!(
            "value of filter criterion for field '{}' must be of type {} and should {not}be enclosed in quotes",
            left.name,
            left.type_name()
        );
        self.invalid_field(left.position, &message)
    }
}
