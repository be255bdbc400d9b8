//! A formula that is sound but has no value for this record.

use crate::Span;
use std::fmt;

/// Why a formula has no value, and which part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvalError {
    pub fault: Fault,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    DivisionByZero,
    /// More digits than a number or a field can hold.
    TooBig,
    /// A number that the named function or operator has no result for.
    OutOfDomain(&'static str),
    NotANumber(String),
    NotADate(String),
    NotADateTime(String),
    NotATime(String),
    NotAnId(String),
    /// A day that no calendar has, or one outside the years 1 to 9999.
    NoSuchDate,
    /// A regular expression that cannot be read.
    BadPattern(String),
    /// A text of more characters than a step, or the field, can hold.
    TextTooLong(usize),
    /// An address that is neither of the web nor a mail or telephone address.
    RefusedLink(String),
    UnknownUnit(String),
    /// A field that holds another type of value than it declares: a fault of ours.
    FieldType {
        field: String,
        expected: &'static str,
    },
}

impl EvalError {
    /// What stands in place of the value.
    pub fn marker(&self) -> &'static str {
        if self.fault == Fault::TooBig { "#Too Big!" } else { "#Error!" }
    }
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::error::Error for EvalError {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::DivisionByZero => f.write_str("Division by zero"),
            Fault::TooBig => f.write_str("The number is too big"),
            Fault::OutOfDomain(name) => write!(f, "{name} has no result for this number"),
            Fault::NotANumber(text) => write!(f, "The value '{}' is not a valid number", shown(text)),
            Fault::NotADate(text) => write!(f, "The value '{}' is not a date. Write YYYY-MM-DD", shown(text)),
            Fault::NotADateTime(text) => {
                write!(f, "The value '{}' is not a date and time. Write YYYY-MM-DD HH:MM:SS", shown(text))
            }
            Fault::NotATime(text) => write!(f, "The value '{}' is not a time. Write HH:MM:SS.MS", shown(text)),
            Fault::NotAnId(text) => write!(f, "The value '{}' is not a record id", shown(text)),
            Fault::NoSuchDate => f.write_str("There is no such date. Years go from 1 to 9999"),
            Fault::BadPattern(reason) => f.write_str(reason),
            Fault::TextTooLong(most) => {
                write!(f, "The text is too long. A formula yields at most {most} characters")
            }
            Fault::RefusedLink(url) => {
                write!(f, "The address '{}' is not allowed. Use http, https, mailto, tel or a path", shown(url))
            }
            Fault::UnknownUnit(unit) => write!(f, "The unit '{}' is not known. Use 'mi' or 'km'", shown(unit)),
            Fault::FieldType { field, expected } => write!(f, "Field {field} does not hold a value of type {expected}"),
        }
    }
}

/// The beginning of a text, for a message of one line.
fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}
