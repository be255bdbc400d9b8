//! The words of every refusal, with the place in the text it speaks of.
//!
//! `policy` answers for an unreadable object or field with the same functions, so that it answers exactly as for a
//! missing one.

use model::{Error, ErrorCode};
use std::fmt::Write as _;

/// Longest piece of a query line that a message shows; the piece is cut around the place it speaks of.
const SHOWN: usize = 160;

/// A field that does not exist, or that the asker may not know of.
pub fn no_such_column(text: &str, position: u32, field: &str, entity: &str) -> Error {
    let field = as_typed(text, position, field);
    let message = format!(
        "No such column '{field}' on entity '{entity}'. If you are attempting to use a custom field, be sure to append \
         the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate \
         names."
    );
    at(ErrorCode::InvalidField, text, position, &message)
}

/// A step of a path, or a list of children, that does not exist or that the asker may not know of.
pub fn no_such_relationship(text: &str, position: u32, relationship: &str, entity: &str) -> Error {
    let relationship = as_typed(text, position, relationship);
    let message = format!(
        "Didn't understand relationship '{relationship}' on entity '{entity}'. If you are attempting to use a custom \
         relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or \
         the describe call for the appropriate names."
    );
    at(ErrorCode::InvalidField, text, position, &message)
}

/// An object that does not exist, or that the asker may not know of.
pub fn unsupported_object(name: &str) -> Error {
    let message = format!(
        "sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the \
         '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names."
    );
    Error::new(ErrorCode::InvalidType, message)
}

/// [`unsupported_object`] for the object named at a place in the text, in the letters it was typed in.
pub fn unsupported_object_at(text: &str, position: u32, name: &str) -> Error {
    unsupported_object(as_typed(text, position, name))
}

/// A message with its line, a caret under the place, and row and column. Without a text the message stands alone.
pub(crate) fn at(code: ErrorCode, text: &str, position: u32, message: &str) -> Error {
    Error::new(code, format!("{}{message}", pointer(text, position)))
}

pub(crate) fn invalid_field(text: &str, position: u32, message: &str) -> Error {
    at(ErrorCode::InvalidField, text, position, message)
}

pub(crate) fn invalid_operator(text: &str, position: u32, message: &str) -> Error {
    at(ErrorCode::InvalidQueryFilterOperator, text, position, message)
}

/// A clause that the language has and the product has not.
pub(crate) fn not_enabled(what: &str) -> Error {
    Error::new(ErrorCode::FunctionalityNotEnabled, format!("{what} is not enabled for this organization."))
}

fn pointer(text: &str, position: u32) -> String {
    if text.is_empty() {
        return String::new();
    }
    let position = floor_boundary(text, position as usize);
    let line_start = text[..position].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[position..].find(['\n', '\r']).map_or(text.len(), |end| position + end);
    let row = text[..line_start].bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = text[line_start..position].chars().count() + 1;

    let (mut from, mut to) = (line_start, line_end);
    if line_end - line_start > SHOWN {
        from = floor_boundary(text, position.saturating_sub(SHOWN / 2).max(line_start));
        to = floor_boundary(text, (position + SHOWN / 2).min(line_end));
    }
    let before = if from > line_start { "…" } else { "" };
    let after = if to < line_end { "…" } else { "" };
    let indent = before.chars().count() + text[from..position].chars().count();
    let mut out = format!("\n{before}{}{after}\n", &text[from..to]);
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{:indent$}^\nERROR at Row:{row}:Column:{column}", "");
    out
}

fn floor_boundary(text: &str, mut position: usize) -> usize {
    position = position.min(text.len());
    while !text.is_char_boundary(position) {
        position -= 1;
    }
    position
}

/// The name as it stands in the path at `position`. A caller that knows a name in schema case alone then says the same
/// as one that found no such name at all.
fn as_typed<'t>(text: &'t str, position: u32, name: &'t str) -> &'t str {
    let Some(rest) = text.get(position as usize..) else { return name };
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(rest.len());
    rest[..end].split('.').rfind(|step| step.eq_ignore_ascii_case(name)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn malformed(text: &str, position: u32, message: &str) -> Error {
        at(ErrorCode::MalformedQuery, text, position, message)
    }

    #[test]
    fn a_message_points_at_row_and_column() {
        let outcome = no_such_column("SELECT Foo FROM Account", 7, "Foo", "Account");
        assert_eq!(
            outcome.message(),
            "\nSELECT Foo FROM Account\n       ^\nERROR at Row:1:Column:8\nNo such column 'Foo' on entity 'Account'. If \
             you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please \
             reference your WSDL or the describe call for the appropriate names."
        );
        let outcome = malformed("SELECT Id\nFROM 'é", 15, "no");
        assert_eq!(outcome.message(), "\nFROM 'é\n     ^\nERROR at Row:2:Column:6\nno");
    }

    #[test]
    fn a_name_known_in_schema_case_is_shown_as_typed() {
        let text = "SELECT account.foo FROM Contact";
        assert_eq!(
            no_such_column(text, 7, "Foo", "Account").message(),
            no_such_column(text, 7, "foo", "Account").message()
        );
        assert_eq!(unsupported_object_at("SELECT Id FROM acCOUNT", 15, "Account").message().find("acCOUNT"), Some(14));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("SELECT {} FROM Account", "Name, ".repeat(100));
        let message = malformed(&text, 300, "no").message().to_owned();
        assert!(message.starts_with("\n…") && message.contains("…\n"), "{message}");
        assert!(message.contains("Row:1:Column:301"), "{message}");
    }
}
