//! The evaluated arguments of a call. Types were checked when the formula was compiled, so reading one is plain.

use super::{EvalContext, Patterns};
use model::{Date, Decimal, Instant, TimeOfDay, Value};
use rust_decimal::prelude::ToPrimitive;

pub(crate) struct Args<'a> {
    pub(crate) values: &'a [Value],
    pub(crate) context: &'a EvalContext<'a>,
    pub(crate) patterns: &'a Patterns,
}

impl Args<'_> {
    pub(crate) fn at(&self, at: usize) -> &Value {
        self.values.get(at).unwrap_or(&Value::Null)
    }

    /// A text; empty when blank.
    pub(crate) fn text(&self, at: usize) -> &str {
        self.at(at).as_text().unwrap_or_default()
    }

    /// A number; 0 when blank.
    pub(crate) fn number(&self, at: usize) -> Decimal {
        self.at(at).as_decimal().unwrap_or_default()
    }

    /// A number without its fraction, held within what an integer can be.
    pub(crate) fn whole(&self, at: usize) -> i64 {
        let number = self.number(at).trunc();
        number.to_i64().unwrap_or(if number.is_sign_negative() { i64::MIN } else { i64::MAX })
    }

    /// A number of characters: not below 0.
    pub(crate) fn count(&self, at: usize) -> usize {
        usize::try_from(self.whole(at).max(0)).unwrap_or(usize::MAX)
    }

    pub(crate) fn flag(&self, at: usize) -> bool {
        self.at(at).as_bool().unwrap_or_default()
    }

    pub(crate) fn date(&self, at: usize) -> Date {
        self.at(at).as_date().unwrap_or(Date::from_days(0))
    }

    pub(crate) fn instant(&self, at: usize) -> Instant {
        self.at(at).as_instant().unwrap_or(Instant::from_ms(0))
    }

    pub(crate) fn time(&self, at: usize) -> TimeOfDay {
        match self.at(at) {
            Value::Time(time) => *time,
            _ => TimeOfDay::from_ms(0),
        }
    }
}
