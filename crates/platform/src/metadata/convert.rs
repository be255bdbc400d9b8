//! Whether a field may become another one, and what becomes of its values. A change that would lose or bend a value is
//! refused and says how many records stand in its way: nothing is cut, rounded or dropped in silence.

use crate::record::settle;
use crate::values;
use model::schema::FieldType;
use model::{Error, ErrorCode, FieldSchema, ObjectSchema, OrgSchema, RecordId, Result, Value};

/// Refuses changes of type that no value could survive or that change what the object is.
///
/// # Errors
/// `FIELD_INTEGRITY_EXCEPTION` with the reason.
pub(super) fn check_types(field: &FieldSchema, to: &FieldType) -> Result<()> {
    let from = field.data_type();
    let refuse = |why: &str| {
        let message = format!("{}: {} cannot become {}: {why}", field.name(), from.api_name(), to.api_name());
        Err(Error::new(ErrorCode::FieldIntegrityException, message).with_field(field.name()))
    };
    if std::mem::discriminant(from) == std::mem::discriminant(to) {
        return match (from, to) {
            (FieldType::Compound(old), FieldType::Compound(new)) if old != new => {
                refuse("its parts keep their decimal places; make a new field instead")
            }
            (FieldType::Reference(old), FieldType::Reference(new)) if old.targets != new.targets => {
                refuse("a relationship keeps what it points to; make a new field instead")
            }
            _ => Ok(()),
        };
    }
    let computed = |data_type: &FieldType| data_type.is_calculated() || !data_type.is_stored();
    match (from, to) {
        (from, to) if computed(from) || computed(to) => {
            refuse("a computed field stays one, and a stored one too; make a new field instead")
        }
        (FieldType::EncryptedText { .. }, _) | (_, FieldType::EncryptedText { .. }) => {
            refuse("what is encrypted text stays so; make a new field instead")
        }
        (FieldType::Id | FieldType::Compound(_), _) | (_, FieldType::Id | FieldType::Compound(_)) => {
            refuse("this field is the platform's own")
        }
        (FieldType::Reference(_), _) | (_, FieldType::Reference(_)) => {
            refuse("a relationship is made and deleted, not converted")
        }
        (FieldType::Boolean, _) | (_, FieldType::Boolean) => {
            refuse("a checkbox is always true or false, other fields can be empty")
        }
        (_, FieldType::AutoNumber { .. }) => refuse("numbers are given when records are made"),
        (FieldType::DateTime, FieldType::Date | FieldType::Time) | (FieldType::Time, FieldType::DateTime) => {
            refuse("which day it is depends on who looks")
        }
        (FieldType::Date | FieldType::Time, FieldType::Date | FieldType::Time) => refuse("a day is no time of day"),
        _ => Ok(()),
    }
}

/// One value as the changed field would hold it; `None` when it would not be the same value any more.
pub(super) fn convert(schema: &OrgSchema, object: &ObjectSchema, to: &FieldSchema, value: &Value) -> Option<Value> {
    let text = value.to_plain();
    if keeps_choices(to, &text) {
        return Some(value.clone());
    }
    let read = values::from_text(to, &text).and_then(|value| settle(schema, object, to, value)).ok()?;
    let same = match (value.as_decimal(), read.as_decimal()) {
        (Some(before), Some(after)) => before == after,
        // A day becomes its first instant.
        _ if *to.data_type() == FieldType::DateTime => true,
        // Text that reads as a number, a date or a time.
        (None, Some(_)) => true,
        _ if !to.data_type().is_text() => true,
        _ => read.to_plain() == text,
    };
    same.then_some(read)
}

/// Whether a picklist knows every choice of a text, those that are no longer offered included: records keep them.
fn keeps_choices(to: &FieldSchema, text: &str) -> bool {
    let knows = |choice: &str| to.data_type().picklist_values().iter().any(|known| known.value == choice);
    match to.data_type() {
        FieldType::Picklist { .. } => knows(text),
        FieldType::MultiPicklist { .. } => text.split(';').all(knows),
        _ => false,
    }
}

/// What stands in the way of a change of type.
pub(super) fn does_not_fit(field: &str, count: usize, first: RecordId) -> Error {
    let records = if count == 1 { "1 record holds a value".to_owned() } else { format!("{count} records hold values") };
    Error::new(
        ErrorCode::FieldIntegrityException,
        format!(
            "{field}: {records} that the changed field could not hold as it is, the first is {first}. Change these \
             values, then change the field."
        ),
    )
    .with_field(field)
}
