//! One field's value, typed.

use crate::{Date, Decimal, Instant, RecordId, TimeOfDay, format_decimal};
use serde::{Deserialize, Serialize};

/// A value of a field, a literal or a parameter. Numbers are exact.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Value {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Number(Decimal),
    Text(String),
    Date(Date),
    DateTime(Instant),
    Time(TimeOfDay),
    Id(RecordId),
}

impl Value {
    pub const fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub const fn as_id(&self) -> Option<RecordId> {
        match self {
            Value::Id(id) => Some(*id),
            _ => None,
        }
    }

    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The number behind `Int` and `Number`.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Value::Int(number) => Some(Decimal::from(*number)),
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub const fn as_date(&self) -> Option<Date> {
        match self {
            Value::Date(date) => Some(*date),
            _ => None,
        }
    }

    pub const fn as_instant(&self) -> Option<Instant> {
        match self {
            Value::DateTime(instant) => Some(*instant),
            _ => None,
        }
    }

    /// A neutral text form: the one of logs, audit rows and CSV, not of any locale.
    pub fn to_plain(&self) -> String {
        match self {
            Value::Null => String::new(),
            Value::Bool(flag) => flag.to_string(),
            Value::Int(number) => number.to_string(),
            Value::Number(number) => format_decimal(*number, None),
            Value::Text(text) => text.clone(),
            Value::Date(date) => date.to_string(),
            Value::DateTime(instant) => instant.to_string(),
            Value::Time(time) => format!("{time}Z"),
            Value::Id(id) => id.to_string(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Bool(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Value::Number(number)
    }
}

impl From<Date> for Value {
    fn from(date: Date) -> Self {
        Value::Date(date)
    }
}

impl From<Instant> for Value {
    fn from(instant: Instant) -> Self {
        Value::DateTime(instant)
    }
}

impl From<RecordId> for Value {
    fn from(id: RecordId) -> Self {
        Value::Id(id)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}
