//! The operators between two values.

use super::{Fault, settle};
use crate::decimal;
use crate::functions::{MS_PER_DAY, checked_date, checked_instant};
use crate::{Operator, Type};
use model::{Decimal, RecordId, TimeOfDay, Value, round_to_scale};
use rust_decimal::prelude::ToPrimitive;
use std::cmp::Ordering;

/// Applies an operator to operands whose left one is of type `ty`.
pub(crate) fn apply(operator: Operator, ty: Type, left: Value, right: Value) -> Result<Value, Fault> {
    match operator {
        Operator::Concat => concat(left, right),
        Operator::Equal => Ok(equal(ty, &left, &right).into()),
        Operator::NotEqual => Ok(equal(ty, &left, &right).map(|equal| !equal).into()),
        Operator::Less => Ok(ordered(&left, &right, Ordering::is_lt)),
        Operator::LessOrEqual => Ok(ordered(&left, &right, Ordering::is_le)),
        Operator::Greater => Ok(ordered(&left, &right, Ordering::is_gt)),
        Operator::GreaterOrEqual => Ok(ordered(&left, &right, Ordering::is_ge)),
        _ if left.is_null() || right.is_null() => Ok(Value::Null),
        Operator::Add => shift(left, right, 1),
        Operator::Subtract => subtract(left, right),
        Operator::Multiply => numbers(left, right, |a, b| decimal::multiply(a, b).ok_or(Fault::TooBig)),
        Operator::Divide => numbers(left, right, |a, b| {
            if b.is_zero() { Err(Fault::DivisionByZero) } else { decimal::divide(a, b).ok_or(Fault::TooBig) }
        }),
        Operator::Power => numbers(left, right, decimal::power),
    }
}

/// Whether two values of a type are equal. Among texts, ids and flags blank equals blank alone; a blank number, date or
/// time is neither equal nor unequal to anything.
pub(crate) fn equal(ty: Type, left: &Value, right: &Value) -> Option<bool> {
    let undecided = matches!(ty, Type::Number | Type::Date | Type::DateTime | Type::Time);
    if undecided && (left.is_null() || right.is_null()) { None } else { Some(same(left, right)) }
}

/// Whether two values are the same, blank being one of them; an id is the same as each of its text forms.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Id(id), Value::Text(text)) | (Value::Text(text), Value::Id(id)) => {
            RecordId::parse(text).is_ok_and(|other| other == *id)
        }
        _ => left == right,
    }
}

fn ordered(left: &Value, right: &Value, test: fn(Ordering) -> bool) -> Value {
    let order = match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::DateTime(a), Value::DateTime(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) => a.cmp(b),
        _ => return Value::Null,
    };
    Value::Bool(test(order))
}

fn concat(left: Value, right: Value) -> Result<Value, Fault> {
    let joined = match (left, right) {
        (Value::Text(left), Value::Text(right)) => Value::Text(left + &right),
        (text @ Value::Text(_), _) | (_, text @ Value::Text(_)) => text,
        _ => Value::Null,
    };
    settle(joined)
}

fn numbers(left: Value, right: Value, combine: fn(Decimal, Decimal) -> Result<Decimal, Fault>) -> Result<Value, Fault> {
    match (left.as_decimal(), right.as_decimal()) {
        (Some(a), Some(b)) => combine(a, b).map(Value::Number),
        _ => Ok(Value::Null),
    }
}

/// A number, date, date-time or time plus (or minus, when `sign` is −1) a number.
fn shift(left: Value, right: Value, sign: i64) -> Result<Value, Fault> {
    let Some(amount) = right.as_decimal() else { return Ok(Value::Null) };
    let amount = amount * Decimal::from(sign);
    match left {
        Value::Number(number) => decimal::add(number, amount).map(Value::Number).ok_or(Fault::TooBig),
        Value::Date(date) => {
            // A date has no time of day: parts of a day do not count.
            let days = amount.trunc().to_i64().ok_or(Fault::NoSuchDate)?;
            checked_date(i64::from(date.days()).checked_add(days)).map(Value::Date)
        }
        Value::DateTime(instant) => {
            // To the nearest second: a part of a day such as 1/24 has no exact decimal.
            let seconds = decimal::multiply(amount, Decimal::from(MS_PER_DAY / 1000))
                .and_then(|seconds| round_to_scale(seconds, 0).to_i64());
            let ms = seconds.and_then(|seconds| seconds.checked_mul(1000)).and_then(|ms| instant.ms().checked_add(ms));
            checked_instant(ms).map(Value::DateTime)
        }
        Value::Time(time) => {
            let ms = (amount.trunc() % Decimal::from(MS_PER_DAY)).to_i64().ok_or(Fault::TooBig)?;
            Ok(Value::Time(clock(i64::from(time.ms()) + ms)))
        }
        _ => Ok(Value::Null),
    }
}

fn subtract(left: Value, right: Value) -> Result<Value, Fault> {
    match (&left, &right) {
        (Value::Date(a), Value::Date(b)) => Ok(number(i64::from(a.days()) - i64::from(b.days()))),
        (Value::DateTime(a), Value::DateTime(b)) => {
            let ms = Decimal::from(a.ms()) - Decimal::from(b.ms());
            decimal::divide(ms, Decimal::from(MS_PER_DAY)).map(Value::Number).ok_or(Fault::TooBig)
        }
        (Value::Time(a), Value::Time(b)) => Ok(number(i64::from(clock(i64::from(a.ms()) - i64::from(b.ms())).ms()))),
        _ => shift(left, right, -1),
    }
}

fn number(number: i64) -> Value {
    Value::Number(Decimal::from(number))
}

/// The clock goes round at midnight.
fn clock(ms: i64) -> TimeOfDay {
    TimeOfDay::from_ms(i32::try_from(ms.rem_euclid(MS_PER_DAY)).unwrap_or_default())
}
