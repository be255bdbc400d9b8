//! How values stand in columns, the same on both stores: ids, numbers, dates and instants as integers, the rest as
//! text. A number is scaled by its field's decimal places, a date counts days, an instant milliseconds since 1970.

use crate::driver::{Param, RowView};
use model::schema::{Compound, FieldType, RollUp};
use model::{Date, Error, ErrorCode, FieldSchema, Instant, RecordId, Result, TimeOfDay, Value, from_scaled, to_scaled};

/// How a column is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    Id,
    Bool,
    Int,
    Scaled(u8),
    Date,
    Instant,
    Time,
    Text,
}

impl Codec {
    pub(crate) fn of(data_type: &FieldType) -> Result<Self> {
        Ok(match data_type {
            FieldType::Id | FieldType::Reference(_) => Codec::Id,
            FieldType::Boolean => Codec::Bool,
            FieldType::Int | FieldType::Base64 => Codec::Int,
            FieldType::Number { scale, .. } | FieldType::Currency { scale, .. } | FieldType::Percent { scale, .. } => {
                Codec::Scaled(*scale)
            }
            FieldType::Date => Codec::Date,
            FieldType::DateTime => Codec::Instant,
            FieldType::Time => Codec::Time,
            FieldType::Text { .. }
            | FieldType::TextArea { .. }
            | FieldType::EncryptedText { .. }
            | FieldType::Email
            | FieldType::Phone
            | FieldType::Url
            | FieldType::Picklist { .. }
            | FieldType::MultiPicklist { .. }
            | FieldType::AutoNumber { .. }
            | FieldType::Compound(Compound::PersonName) => Codec::Text,
            FieldType::Formula { returns, .. } | FieldType::RollUp(RollUp { returns, .. }) => return Self::of(returns),
            FieldType::Compound(Compound::Address { .. } | Compound::Location { .. }) => {
                return Err(Error::internal("a field without a column was read as one"));
            }
        })
    }

    pub(crate) fn is_text(self) -> bool {
        self == Codec::Text
    }

    pub(crate) fn read(self, row: &dyn RowView, at: usize) -> Result<Value> {
        if self == Codec::Text {
            return Ok(row.text(at)?.map_or(Value::Null, Value::from));
        }
        let Some(raw) = row.int(at)? else { return Ok(Value::Null) };
        Ok(match self {
            Codec::Id => Value::Id(RecordId::from_i64(raw)),
            Codec::Bool => Value::Bool(raw != 0),
            Codec::Int => Value::Int(raw),
            Codec::Scaled(scale) => Value::Number(from_scaled(raw, scale)),
            Codec::Date => Value::Date(Date::from_days(i32::try_from(raw).map_err(Error::internal)?)),
            Codec::Instant => Value::DateTime(Instant::from_ms(raw)),
            Codec::Time => Value::Time(TimeOfDay::from_ms(i32::try_from(raw).map_err(Error::internal)?)),
            Codec::Text => Value::Null,
        })
    }

    /// A value as it would come back from a column of this kind.
    ///
    /// # Errors
    /// As [`Codec::write`].
    pub(crate) fn settled(self, value: &Value) -> Result<Value> {
        match self.write(value)? {
            Param::Int(number) => self.read(&Bare::Int(number), 0),
            Param::Text(text) => self.read(&Bare::Text(&text), 0),
            _ => Ok(Value::Null),
        }
    }

    /// The parameter for a value that a column of this kind can hold exactly.
    pub(crate) fn write(self, value: &Value) -> Result<Param> {
        Ok(match (self, value) {
            (Codec::Bool, Value::Null) => Param::Int(0),
            (_, Value::Null) => Param::Null,
            (Codec::Id, Value::Id(id)) => Param::Int(id.as_i64()),
            (Codec::Bool, Value::Bool(flag)) => Param::Int(i64::from(*flag)),
            (Codec::Int, Value::Int(number)) => Param::Int(*number),
            (Codec::Scaled(scale), number) if number.as_decimal().is_some() => {
                let number = number.as_decimal().unwrap_or_default();
                Param::Int(to_scaled(number, scale).ok_or_else(|| {
                    Error::new(ErrorCode::NumberOutsideValidRange, format!("value outside of valid range: {number}"))
                })?)
            }
            (Codec::Date, Value::Date(date)) => Param::Int(i64::from(date.days())),
            (Codec::Instant, Value::DateTime(instant)) => Param::Int(instant.ms()),
            (Codec::Time, Value::Time(time)) => Param::Int(i64::from(time.ms())),
            (Codec::Text, Value::Text(text)) => Param::Text(text.clone()),
            (codec, value) => return Err(Error::internal(format!("{value:?} cannot stand in a column of {codec:?}"))),
        })
    }
}

/// A value outside of a row, in the form that a column would have it.
pub(crate) enum Bare<'a> {
    Int(i64),
    Text(&'a str),
}

impl RowView for Bare<'_> {
    fn int(&self, _: usize) -> Result<Option<i64>> {
        match self {
            Bare::Int(number) => Ok(Some(*number)),
            Bare::Text(_) => Err(Error::internal("a text was read as a number")),
        }
    }

    fn text(&self, _: usize) -> Result<Option<&str>> {
        match self {
            Bare::Text(text) => Ok(Some(text)),
            Bare::Int(_) => Err(Error::internal("a number was read as text")),
        }
    }

    fn blob(&self, _: usize) -> Result<Option<&[u8]>> {
        Err(Error::internal("a value was read as bytes"))
    }
}

/// The codec of a field that has a value of its own.
pub(crate) fn codec_of(field: &FieldSchema) -> Result<Codec> {
    Codec::of(field.data_type()).map_err(|error| error.with_field(field.name()))
}
