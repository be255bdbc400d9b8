//! One part of a report for each value of a column, each sent to whom the part belongs to.

use model::{Error, ErrorCode, Result};
use serde::{Deserialize, Serialize};

/// How a schedule parts its report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bursting {
    /// The column whose values are the parts.
    pub key_column: String,
    pub address: PartAddress,
    #[serde(default)]
    pub on_unassigned: OnUnassigned,
}

/// Whom a part goes to: what this column says in its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PartAddress {
    /// A column that shows the name of a user, a contact or a lead: `Owner.Name`.
    Person(String),
    /// A column of e-mail addresses.
    Column(String),
}

impl PartAddress {
    pub(crate) fn column(&self) -> &str {
        match self {
            Self::Person(column) | Self::Column(column) => column,
        }
    }
}

/// What becomes of rows without a key or without an address. They are sent to nobody either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OnUnassigned {
    /// The run says how many there were.
    #[default]
    Report,
    /// Nothing goes out.
    Fail,
}

impl Bursting {
    /// Reads what is saved; none for an empty text.
    ///
    /// # Errors
    /// For text that is none.
    pub fn parse(json: &str) -> Result<Option<Self>> {
        if json.trim().is_empty() {
            return Ok(None);
        }
        let refused = |words: &str| {
            Error::new(ErrorCode::FieldIntegrityException, format!("One part for each: {words}")).with_field("Bursting")
        };
        let found: Self = serde_json::from_str(json).map_err(|error| {
            let words = error.to_string();
            refused(words.split(" at line ").next().unwrap_or_default())
        })?;
        if found.key_column.trim().is_empty() || found.address.column().trim().is_empty() {
            return Err(refused("name the column of the parts and the column of whom they go to."));
        }
        Ok(Some(found))
    }

    pub(crate) fn writes_addresses(&self) -> bool {
        matches!(self.address, PartAddress::Column(_))
    }
}
