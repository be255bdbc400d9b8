//! Values as written in a query.

use super::Position;
use crate::dates::DateLiteral;
use model::{Date, Decimal, Instant, TimeOfDay};

/// A value with the place where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    pub value: LiteralValue,
    pub position: Position,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiteralValue {
    Null,
    Bool(bool),
    Number(Decimal),
    /// An amount in a currency, by ISO code in capital letters.
    Currency {
        code: String,
        amount: Decimal,
    },
    Text(String),
    Date(Date),
    DateTime(Instant),
    Time(TimeOfDay),
    /// A named range: `LAST_N_DAYS:30`.
    DateRange(DateLiteral),
}

impl Literal {
    pub fn new(value: LiteralValue) -> Self {
        Self { value, position: Position::default() }
    }

    pub fn text(text: impl Into<String>) -> Self {
        Self::new(LiteralValue::Text(text.into()))
    }
}
