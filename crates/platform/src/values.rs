//! Outside forms of values → typed values of a field: JSON of the API, text of forms and files. Every refusal names
//! the field and the rule.

use model::schema::FieldType;
use model::{Date, Decimal, Error, ErrorCode, FieldSchema, Instant, RecordId, Result, TimeOfDay, Value, parse_decimal};
use serde_json::Value as Json;

/// A value of the JSON API for a field.
///
/// # Errors
/// `JSON_PARSER_ERROR` for a value of another type, `MALFORMED_ID` for a text that is no id,
/// `INVALID_FIELD_FOR_INSERT_UPDATE` for an address or a location.
pub fn from_json(field: &FieldSchema, json: &Json) -> Result<Value> {
    if field.data_type().is_shown_from_parts() {
        let message = format!(
            "Unable to create/update fields: {0}. {0} is put together from other fields; write those instead.",
            field.name()
        );
        return Err(Error::new(ErrorCode::InvalidFieldForInsertUpdate, message).with_field(field.name()));
    }
    match json {
        Json::Null => Ok(Value::Null),
        Json::Bool(flag) => match field.data_type() {
            FieldType::Boolean => Ok(Value::Bool(*flag)),
            _ => Err(wrong_json(field, "VALUE_BOOLEAN", json)),
        },
        Json::Number(number) => match field.data_type() {
            FieldType::Boolean
            | FieldType::Date
            | FieldType::DateTime
            | FieldType::Time
            | FieldType::Id
            | FieldType::Reference(_)
            | FieldType::Base64 => Err(wrong_json(field, "VALUE_NUMBER", json)),
            _ if field.data_type().is_number() => {
                number_value(field, &number.to_string()).ok_or_else(|| wrong_json(field, "VALUE_NUMBER", json))
            }
            _ => Ok(Value::Text(number.to_string())),
        },
        Json::String(text) => from_text(field, text).map_err(|error| match error.code() {
            ErrorCode::MalformedId => error,
            _ => wrong_json(field, "VALUE_STRING", json),
        }),
        Json::Array(_) | Json::Object(_) => Err(wrong_json(field, "START_OBJECT", json)),
    }
}

/// A neutral text form (ISO dates, plain numbers) for a field. Empty text is null.
///
/// # Errors
/// `INVALID_FIELD` with the rule, `MALFORMED_ID` for a text that is no id.
pub fn from_text(field: &FieldSchema, text: &str) -> Result<Value> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(Value::Null);
    }
    let refuse = |rule: &str| {
        Error::new(ErrorCode::InvalidField, format!("{}: {} {rule}", field.label(), field.told(&shown(trimmed))))
            .with_field(field.name())
    };
    match field.data_type() {
        FieldType::Id | FieldType::Reference(_) => RecordId::parse(trimmed).map(Value::Id).map_err(|error| {
            Error::new(
                ErrorCode::MalformedId,
                format!("{}: id value of incorrect type: {}", field.label(), shown(trimmed)),
            )
            .with_field(field.name())
            .with_internal(error)
        }),
        FieldType::Boolean => match trimmed.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(Value::Bool(true)),
            "false" | "0" | "no" | "off" => Ok(Value::Bool(false)),
            _ => Err(refuse("is neither true nor false.")),
        },
        FieldType::Date => {
            date_value(trimmed).map(Value::Date).ok_or_else(|| refuse("is not a date such as 2026-11-21."))
        }
        FieldType::DateTime => instant_value(trimmed)
            .map(Value::DateTime)
            .ok_or_else(|| refuse("is not an instant such as 2026-11-21T08:00:00Z.")),
        FieldType::Time => {
            TimeOfDay::parse(trimmed).map(Value::Time).ok_or_else(|| refuse("is not a time such as 08:00:00."))
        }
        data_type if data_type.is_number() => number_value(field, trimmed).ok_or_else(|| refuse("is not a number.")),
        // Lines inside stay; only the ends are trimmed.
        _ => Ok(Value::Text(trimmed.to_owned())),
    }
}

fn number_value(field: &FieldSchema, text: &str) -> Option<Value> {
    let number: Decimal = parse_decimal(text)?;
    if *field.data_type() == FieldType::Int {
        let whole = number.normalize();
        return (whole.scale() == 0).then(|| i64::try_from(whole).ok().map(Value::Int)).flatten();
    }
    Some(Value::Number(number))
}

/// A date, or the day of an instant at UTC, as the API takes it.
fn date_value(text: &str) -> Option<Date> {
    Date::parse(text).or_else(|| Instant::parse(text).map(|instant| instant.date_in(&model::Zone::UTC)))
}

/// An instant, or midnight UTC of a date.
fn instant_value(text: &str) -> Option<Instant> {
    Instant::parse(text).or_else(|| Date::parse(text).map(|date| date.start_in(&model::Zone::UTC)))
}

fn wrong_json(field: &FieldSchema, token: &str, json: &Json) -> Error {
    Error::new(
        ErrorCode::JsonParserError,
        format!(
            "Cannot deserialize instance of {} from {token} value {} for field {}",
            field.data_type().api_name(),
            field.told(&shown(&json.to_string())),
            field.name()
        ),
    )
    .with_field(field.name())
}

/// At most 80 characters of what was given.
fn shown(text: &str) -> String {
    let mut out: String = text.chars().take(80).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}
