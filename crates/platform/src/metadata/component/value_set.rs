//! Shared lists of choices in the words of the Metadata API.

use super::needed;
use super::picklist::{CustomValue, told, values};
use model::Result;
use model::schema::ValueSet;
use serde::{Deserialize, Serialize};

/// A list that fields share (`GlobalValueSet`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct GlobalValueSet {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub master_label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub sorted: bool,
    pub custom_value: Vec<CustomValue>,
}

impl GlobalValueSet {
    /// The list called `name`.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` naming the word at fault and its rule.
    pub fn declare(&self, name: &str) -> Result<ValueSet> {
        Ok(ValueSet {
            name: name.to_owned(),
            label: needed("masterLabel", self.master_label.as_ref())?.to_owned(),
            description: self.description.clone().unwrap_or_default(),
            values: values("customValue", &self.custom_value, self.sorted)?,
        })
    }

    /// As a list has it.
    pub fn of(set: &ValueSet) -> Self {
        Self {
            master_label: Some(set.label.clone()),
            description: Some(set.description.clone()).filter(|text| !text.is_empty()),
            sorted: false,
            custom_value: told(&set.values),
        }
    }
}
