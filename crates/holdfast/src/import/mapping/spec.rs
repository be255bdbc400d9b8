//! The top of the mapping format: sources and steps.

use super::{Condition, CustomField, CustomObject, Rule};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// A mapping file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::import) struct MappingSpec {
    /// The version of the mapping format.
    pub(in crate::import) format: Spanned<u32>,
    #[serde(default)]
    pub(in crate::import) custom_object: Vec<Spanned<CustomObject>>,
    #[serde(default)]
    pub(in crate::import) custom_field: Vec<Spanned<CustomField>>,
    #[serde(default)]
    pub(in crate::import) source: BTreeMap<String, Spanned<Source>>,
    #[serde(default)]
    pub(in crate::import) step: Vec<Spanned<Step>>,
}

/// Where rows come from: a file of the import's folder, or rows in the mapping itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub file: Option<String>,
    #[serde(default)]
    pub rows: Vec<Spanned<BTreeMap<String, String>>>,
    #[serde(default)]
    pub encoding: Encoding,
    /// One character between values; a comma when not given.
    #[serde(default)]
    pub delimiter: Delimiter,
    /// Words that mean "no value", compared without case; the empty text always does.
    #[serde(default)]
    pub blank_words: Vec<String>,
    /// Whether spaces around values are dropped.
    #[serde(default = "yes")]
    pub trim: bool,
}

fn yes() -> bool {
    true
}

/// The character encoding of a file. A byte-order mark is understood in all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "utf-16")]
    Utf16,
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// The character between values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Delimiter(pub u8);

impl Default for Delimiter {
    fn default() -> Self {
        Self(b',')
    }
}

impl TryFrom<String> for Delimiter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') && !byte.is_ascii_alphanumeric() => {
                Ok(Self(*byte))
            }
            _ => Err("delimiter is one character such as \",\", \";\", \"|\" or \"\\t\"".to_owned()),
        }
    }
}

/// One pass over a source that makes records of one object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub name: String,
    pub source: String,
    pub object: String,
    /// The field by which an existing record is recognised.
    pub key: Option<String>,
    #[serde(default)]
    pub existing: Existing,
    #[serde(default)]
    pub missing: Missing,
    #[serde(default)]
    pub blanks: Blanks,
    #[serde(default)]
    pub order: Order,
    #[serde(default)]
    pub duplicates: Duplicates,
    /// One record per combination of these columns instead of one per row.
    #[serde(default)]
    pub distinct: Vec<String>,
    /// Only rows that meet all of these.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// Rows in which one of these columns is blank are left out.
    #[serde(default)]
    pub skip_blank: Vec<String>,
    #[serde(default)]
    pub field: BTreeMap<String, Spanned<Rule>>,
}

/// What to do with a record that has the key already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Existing {
    #[default]
    Update,
    /// Leave it as it is.
    Keep,
}

/// What to do when no record has the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    #[default]
    Create,
    Refuse,
}

/// What a blank value does to a record that exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blanks {
    /// The field is not written.
    #[default]
    Leave,
    /// The field is emptied.
    Clear,
}

/// The order in which rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    #[default]
    File,
    /// A row after the row it refers to.
    ParentsFirst,
    /// First all rows without their references to the same object, then those references.
    SecondPass,
}

/// What to do with a key that stands twice in one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    #[default]
    Refuse,
    /// The later row is written over the earlier one, and reported.
    LastWins,
}
