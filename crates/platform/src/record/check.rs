//! What a value must be before it may stand in a field: length, digits, list, address form, kind of record.

use model::schema::FieldType;
use model::{
    Error, ErrorCode, FieldSchema, ObjectSchema, OrgSchema, Result, Value, parse_decimal, round_to_scale, to_scaled,
};

/// The value as it will be stored: trimmed, empty text as null, numbers rounded to the field's places.
///
/// # Errors
/// The rule that it breaks, naming the field.
pub(crate) fn settle(schema: &OrgSchema, object: &ObjectSchema, field: &FieldSchema, value: Value) -> Result<Value> {
    let value = match value {
        Value::Text(text) => {
            let trimmed = text.trim();
            match trimmed {
                "" => Value::Null,
                same if same.len() == text.len() => Value::Text(text),
                shorter => Value::Text(shorter.to_owned()),
            }
        }
        other => other,
    };
    if value.is_null() {
        return if *field.data_type() == FieldType::Boolean { Ok(Value::Bool(false)) } else { Ok(Value::Null) };
    }
    match (field.data_type(), value) {
        (FieldType::Id, Value::Id(id)) => Ok(Value::Id(id)),
        (FieldType::Boolean, Value::Bool(flag)) => Ok(Value::Bool(flag)),
        (FieldType::Date, Value::Date(date)) => Ok(Value::Date(date)),
        (FieldType::DateTime, Value::DateTime(instant)) => Ok(Value::DateTime(instant)),
        (FieldType::Time, Value::Time(time)) => Ok(Value::Time(time)),
        // Base64 text, or the number of a staged content: both are taken in before anything else is judged.
        (FieldType::Base64, content @ (Value::Text(_) | Value::Int(_))) => Ok(content),
        (FieldType::Reference(_), Value::Id(id)) => reference(schema, field, id),
        (data_type, number @ (Value::Int(_) | Value::Number(_))) if data_type.is_number() => {
            check_degrees(object, field, &number)?;
            settle_number(field, &number)
        }
        (data_type, Value::Text(text)) if data_type.is_text() => settle_text(field, text),
        (data_type, other) => Err(Error::new(
            ErrorCode::InvalidField,
            format!(
                "{}.{}: {} is no value of type {}",
                object.name(),
                field.name(),
                field.told(&other.to_plain()),
                data_type.api_name()
            ),
        )
        .with_field(field.name())),
    }
}

fn reference(schema: &OrgSchema, field: &FieldSchema, id: model::RecordId) -> Result<Value> {
    let fits = field.targets.iter().any(|target| schema.object(*target).key_prefix() == id.prefix());
    if fits {
        return Ok(Value::Id(id));
    }
    Err(Error::new(ErrorCode::FieldIntegrityException, format!("{}: id value of incorrect type: {id}", field.label()))
        .with_field(field.name()))
}

fn settle_number(field: &FieldSchema, value: &Value) -> Result<Value> {
    let out_of_range = |number: &str| {
        Error::new(
            ErrorCode::NumberOutsideValidRange,
            format!("{}: value outside of valid range on numeric field: {}", field.label(), field.told(number)),
        )
        .with_field(field.name())
    };
    let number = value.as_decimal().unwrap_or_default();
    if *field.data_type() == FieldType::Int {
        let whole = round_to_scale(number, 0);
        return i32::try_from(whole)
            .map(|whole| Value::Int(i64::from(whole)))
            .map_err(|_| out_of_range(&number.to_string()));
    }
    let (precision, scale) = (field.data_type().precision(), field.data_type().scale());
    let limit = 10_i64.checked_pow(u32::from(precision)).unwrap_or(i64::MAX);
    match to_scaled(number, scale) {
        Some(raw) if raw.abs() < limit => Ok(Value::Number(round_to_scale(number, scale))),
        _ => Err(out_of_range(&number.to_string())),
    }
}

/// A coordinate is a place on the globe.
fn check_degrees(object: &ObjectSchema, field: &FieldSchema, value: &Value) -> Result<()> {
    let Some(most) = object.most_degrees(field) else { return Ok(()) };
    let degrees = value.as_decimal().unwrap_or_default();
    if degrees.abs() <= model::Decimal::from(most) {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::NumberOutsideValidRange,
        format!("{}: {degrees} is outside of the valid range, which is from -{most} to {most} degrees", field.label()),
    )
    .with_field(field.name()))
}

fn settle_text(field: &FieldSchema, text: String) -> Result<Value> {
    let length = field.data_type().length();
    let characters = text.chars().count();
    if characters > length as usize {
        let shown: String = text.chars().take(80).collect();
        return Err(Error::new(
            ErrorCode::StringTooLong,
            format!("{}: data value too large: {} (max length={length})", field.label(), field.told(&shown)),
        )
        .with_field(field.name()));
    }
    if let Some(control) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Error::new(
            ErrorCode::InvalidField,
            format!("{}: the control character U+{:04X} is not allowed in text", field.label(), u32::from(control)),
        )
        .with_field(field.name()));
    }
    match field.data_type() {
        FieldType::Email if !is_email(&text) => {
            let message = format!("{}: invalid email address: {}", field.label(), field.told(&text));
            Err(Error::new(ErrorCode::InvalidEmailAddress, message).with_field(field.name()))
        }
        FieldType::Picklist { values, restricted: true } => {
            match values.iter().find(|known| known.active && known.value.eq_ignore_ascii_case(&text)) {
                Some(known) => Ok(Value::Text(known.value.clone())),
                None => Err(bad_choice(field, &text)),
            }
        }
        FieldType::MultiPicklist { values, restricted } => {
            let chosen: Vec<&str> = text.split(';').map(str::trim).filter(|part| !part.is_empty()).collect();
            if !restricted {
                return Ok(Value::Text(chosen.join(";")));
            }
            let own = |part: &&str| {
                let known = values.iter().find(|known| known.active && known.value.eq_ignore_ascii_case(part));
                known.map(|known| known.value.as_str()).ok_or_else(|| bad_choice(field, part))
            };
            let chosen = chosen.iter().map(own).collect::<Result<Vec<&str>>>()?;
            Ok(Value::Text(chosen.join(";")))
        }
        _ => Ok(Value::Text(text)),
    }
}

pub(super) fn bad_choice(field: &FieldSchema, text: &str) -> Error {
    Error::new(
        ErrorCode::InvalidOrNullForRestrictedPicklist,
        format!("{}: bad value for restricted picklist field: {}", field.label(), field.told(text)),
    )
    .with_field(field.name())
}

/// One @, something on each side, a domain with a dot or a plain host, no spaces.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let good_local = !local.is_empty()
        && local.len() <= 64
        && !local.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | ',' | ';' | '@'));
    let good_domain = !domain.is_empty()
        && domain.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
    good_local && good_domain && domain.contains('.') && parse_decimal(domain).is_none()
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn addresses_are_told_from_other_text() {
        for good in ["a@b.co", "first.last+tag@example.com", "ü@exämple.org"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "a@b", "@b.co", "a@", "a b@c.de", "a@b..de", "a@-b.de", "<a@b.de>", "a,b@c.de"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
