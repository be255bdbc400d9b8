//! Refusals of the platform in plain words: the field, the rule, and what to do.

use crate::pages::list::lower;
use crate::server::failure::sentence;
use model::{ErrorCode, FieldSchema, ObjectSchema};
use platform::RowError;

pub(super) fn required(field: &FieldSchema) -> String {
    format!("{} must be filled in.", field.label())
}

/// An error beside its field.
pub(super) fn of_field(field: &FieldSchema, error: &RowError) -> String {
    let label = field.label();
    match error.code {
        ErrorCode::RequiredFieldMissing => required(field),
        ErrorCode::StringTooLong => {
            format!("{label} takes at most {} characters. Shorten it.", field.data_type().length())
        }
        ErrorCode::InvalidEmailAddress => format!("{label} must be a mail address such as name@example.com."),
        ErrorCode::NumberOutsideValidRange => {
            let digits = field.data_type().precision().saturating_sub(field.data_type().scale());
            format!("{label} takes at most {digits} digits before the decimal mark.")
        }
        ErrorCode::InvalidOrNullForRestrictedPicklist => {
            format!("{label} takes only the values of its list. Choose one of them.")
        }
        ErrorCode::DuplicateValue => format!("{label} must be unique, and another record already has this value."),
        ErrorCode::InvalidCrossReferenceKey => {
            format!("{label} points to a record that is not there or that you cannot see. Choose another.")
        }
        ErrorCode::InsufficientAccessOrReadonly | ErrorCode::InvalidFieldForInsertUpdate => {
            format!("You may not change {}. An administrator can grant it.", lower(label))
        }
        _ => without_label(label, &error.message),
    }
}

/// An error of the record as a whole.
pub(super) fn of_record(object: &ObjectSchema, error: &RowError) -> String {
    match error.code {
        ErrorCode::InsufficientAccessOrReadonly => {
            format!(
                "You can see this {} but not change it. Its owner, or somebody above them, can give you access.",
                lower(object.label())
            )
        }
        ErrorCode::NotFound | ErrorCode::EntityIsDeleted => {
            "The record was deleted while the form was open, or you can no longer see it.".to_owned()
        }
        ErrorCode::RequiredFieldMissing => {
            let names: Vec<&str> = error
                .fields
                .iter()
                .map(|name| object.find_field(name).map_or(name.as_str(), |field| field.label()))
                .collect();
            format!("{} must be filled in, and you may not edit it here. Ask an administrator.", names.join(", "))
        }
        _ => sentence(&error.message),
    }
}

/// Messages often begin with the label that already stands over the control.
fn without_label(label: &str, message: &str) -> String {
    let rest = message.strip_prefix(label).and_then(|rest| rest.strip_prefix(':')).unwrap_or(message);
    sentence(rest)
}
