//! Metadata in the words of the Metadata API: what clients and setup pages send and read, turned into declarations and
//! back. Each kind of component says which of its words go together; the schema's own rules come after.

mod catalogue;
mod field;
mod field_told;
mod id;
mod object;
mod picklist;
mod query;
mod rows;
mod rule;
mod summary;
mod value_set;

pub use catalogue::Component;
pub use field::CustomField;
pub use id::ComponentKind;
pub use object::{CustomObject, NameField};
pub use picklist::{CustomValue, ValueSetDefinition, ValueSetUse, ValueSetting};
pub use query::ComponentAnswer;
pub use rule::ValidationRuleComponent;
pub use summary::SummaryFilter;
pub use value_set::GlobalValueSet;

use model::{Error, ErrorCode, Result};
use serde::Serialize;
use serde_json::Value as Json;

/// A component is refused: `word` is the property at fault.
fn refuse(word: &str, rule: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::FieldIntegrityException, format!("{word}: {rule}")).with_field(word)
}

/// The words that a component says something with: neither blank nor `false`.
fn said(component: &impl Serialize) -> Vec<String> {
    let Ok(Json::Object(words)) = serde_json::to_value(component) else { return Vec::new() };
    let says = |value: &Json| !matches!(value, Json::Null | Json::Bool(false)) && *value != Json::Array(Vec::new());
    words.into_iter().filter(|(_, value)| says(value)).map(|(word, _)| word).collect()
}

/// A text that must be there.
fn needed<'a>(word: &str, text: Option<&'a String>) -> Result<&'a str> {
    let text = text.map(|text| text.trim()).filter(|text| !text.is_empty());
    text.ok_or_else(|| refuse(word, "a value is needed"))
}

/// A number between two, which must be there.
fn between(word: &str, number: Option<u32>, least: u32, most: u32) -> Result<u32> {
    let number = number.ok_or_else(|| refuse(word, format!("a number from {least} to {most} is needed")))?;
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    Err(refuse(word, format!("{number} is not between {least} and {most}")))
}
