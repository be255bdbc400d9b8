//! What is known of one aggregate over some rows. Parts are put together without loss: sums are exact, and averages, medians
//! and unique counts come from the rows themselves, never from figures of smaller groups.

use super::{BoundAggregate, Function};
use crate::run::order::compare;
use model::{Decimal, Error, ErrorCode, Result, Value, round_to_scale, text};
use std::cmp::Ordering;
use std::collections::HashSet;

#[derive(Clone, Debug, Default)]
pub(crate) struct Partial {
    /// Values that are not blank.
    count: u64,
    sum: Decimal,
    extreme: Value,
    seen: HashSet<Value>,
    /// Every value, where the one in the middle is asked for.
    all: Vec<Decimal>,
}

impl Partial {
    /// One row's value.
    pub(crate) fn of_value(function: Function, value: &Value) -> Self {
        let mut partial = Self::default();
        if value.is_null() || matches!(value, Value::Text(text) if text.is_empty()) {
            return partial;
        }
        partial.count = 1;
        match function {
            Function::RowCount | Function::Formula => {}
            Function::Median => partial.all.extend(value.as_decimal()),
            Function::Sum | Function::Average => partial.sum = value.as_decimal().unwrap_or_default(),
            Function::Minimum | Function::Maximum => partial.extreme = value.clone(),
            Function::Unique => {
                // Texts that a filter takes for equal are one.
                partial.seen.insert(match value {
                    Value::Text(content) => Value::Text(text::fold(content)),
                    other => other.clone(),
                });
            }
        }
        partial
    }

    /// The figures of one group, in the order of [`BoundAggregate::partials`].
    pub(crate) fn of_group(function: Function, figures: &[Value]) -> Self {
        let first = figures.first().cloned().unwrap_or_default();
        let mut partial = Self::default();
        match function {
            Function::Sum | Function::Average => {
                partial.sum = first.as_decimal().unwrap_or_default();
                partial.count =
                    figures.get(1).and_then(Value::as_decimal).and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
            }
            Function::Minimum | Function::Maximum => partial.extreme = first,
            Function::RowCount | Function::Unique | Function::Median | Function::Formula => {}
        }
        partial
    }

    /// Adds what is known of other rows.
    ///
    /// # Errors
    /// For a sum of more than 28 digits.
    pub(crate) fn add(&mut self, function: Function, other: &Self) -> Result<()> {
        self.count += other.count;
        self.sum = self.sum.checked_add(other.sum).ok_or_else(|| {
            Error::new(
                ErrorCode::NumberOutsideValidRange,
                "A total of the report has more than 28 digits. Narrow the report.",
            )
        })?;
        let wanted = match function {
            Function::Minimum => Ordering::Less,
            Function::Maximum => Ordering::Greater,
            _ => Ordering::Equal,
        };
        if !other.extreme.is_null() && (self.extreme.is_null() || compare(&other.extreme, &self.extreme) == wanted) {
            self.extreme = other.extreme.clone();
        }
        self.seen.extend(other.seen.iter().cloned());
        self.all.extend_from_slice(&other.all);
        Ok(())
    }

    /// The figure over `rows` rows.
    pub(crate) fn figure(&self, aggregate: &BoundAggregate, rows: u64) -> Value {
        match aggregate.function {
            Function::RowCount => whole(rows),
            Function::Sum => Value::Number(self.sum),
            Function::Average if self.count == 0 => Value::Null,
            Function::Average => {
                let average = self.sum / Decimal::from(self.count);
                Value::Number(round_to_scale(average, aggregate.kind.scale().unwrap_or(2)))
            }
            Function::Minimum | Function::Maximum => self.extreme.clone(),
            Function::Unique => whole(self.seen.len() as u64),
            Function::Median => median(self.all.clone(), aggregate.kind.scale().unwrap_or(2)),
            Function::Formula => Value::Null,
        }
    }
}

fn whole(number: u64) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// The value in the middle, or the mean of the two there.
fn median(mut all: Vec<Decimal>, scale: u8) -> Value {
    all.sort_unstable();
    let middle = all.len() / 2;
    let Some(upper) = all.get(middle).copied() else { return Value::Null };
    let found = match all.len() % 2 {
        1 => upper,
        // Half of each, so that no sum leaves the range of numbers.
        _ => all[middle - 1] / Decimal::TWO + upper / Decimal::TWO,
    };
    Value::Number(round_to_scale(found, scale))
}
