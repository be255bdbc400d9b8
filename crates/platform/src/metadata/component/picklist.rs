//! Choices of a picklist: its own, or those of a shared list; and what they depend on.

use super::{needed, refuse};
use crate::metadata::value_set::wrong_values;
use model::Result;
use model::schema::{Dependency, FieldDef, PicklistValue, ValidWhen};
use serde::{Deserialize, Serialize};

/// Where the choices of a field come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ValueSetUse {
    /// Whether other values are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restricted: Option<bool>,
    /// The shared list, in place of choices of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_set_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_set_definition: Option<ValueSetDefinition>,
    /// The field that the choices depend on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controlling_field: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub value_settings: Vec<ValueSetting>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ValueSetDefinition {
    /// Sorts the choices by label, once.
    pub sorted: bool,
    pub value: Vec<CustomValue>,
}

/// One choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CustomValue {
    #[serde(alias = "fullName")]
    pub value_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    pub default: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// Said by clients about charts and about the choice; not kept.
    #[serde(skip_serializing)]
    pub color: Option<String>,
    #[serde(skip_serializing)]
    pub description: Option<String>,
}

/// With which values of the controlling field a choice goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ValueSetting {
    pub controlling_field_value: Vec<String>,
    pub value_name: String,
}

/// The choices of a list as a declaration keeps them.
pub(super) fn values(word: &str, said: &[CustomValue], sorted: bool) -> Result<Vec<PicklistValue>> {
    let one = |value: &CustomValue| {
        let label = value.label.as_deref().map(str::trim).filter(|label| !label.is_empty());
        PicklistValue {
            value: value.value_name.clone(),
            label: label.unwrap_or(&value.value_name).to_owned(),
            active: value.is_active != Some(false),
            default: value.default,
        }
    };
    let mut values: Vec<PicklistValue> = said.iter().map(one).collect();
    if sorted {
        values.sort_by_key(|value| value.label.to_lowercase());
    }
    match wrong_values(&values) {
        Some(rule) => Err(refuse(word, rule)),
        None => Ok(values),
    }
}

/// The choices of a list as clients read them.
pub(super) fn told(values: &[PicklistValue]) -> Vec<CustomValue> {
    let one = |value: &PicklistValue| CustomValue {
        value_name: value.value.clone(),
        label: Some(value.label.clone()),
        default: value.default,
        is_active: (!value.active).then_some(false),
        color: None,
        description: None,
    };
    values.iter().map(one).collect()
}

impl ValueSetUse {
    /// Its own choices; none of a field that offers a shared list.
    pub(super) fn own_values(&self) -> Result<Vec<PicklistValue>> {
        match (&self.value_set_definition, &self.value_set_name) {
            (Some(_), Some(_)) => Err(refuse("valueSet", "choices of its own or a shared list, not both")),
            (Some(own), None) => values("valueSet", &own.value, own.sorted),
            (None, name) => needed("valueSet", name.as_ref()).map(|_| Vec::new()),
        }
    }

    /// What the choices depend on.
    pub(super) fn dependency(&self) -> Result<Option<Dependency>> {
        let Some(controller) = &self.controlling_field else {
            return match self.value_settings.is_empty() {
                true => Ok(None),
                false => Err(refuse("valueSettings", "they need a controllingField")),
            };
        };
        let valid = self.value_settings.iter().map(|setting| ValidWhen {
            value: setting.value_name.clone(),
            when: setting.controlling_field_value.clone(),
        });
        Ok(Some(Dependency { controller: controller.clone(), valid: valid.collect() }))
    }

    /// As a field has it.
    pub(super) fn of(field: &FieldDef) -> Self {
        let definition = ValueSetDefinition { sorted: false, value: told(field.data_type.picklist_values()) };
        let setting = |valid: &ValidWhen| ValueSetting {
            controlling_field_value: valid.when.clone(),
            value_name: valid.value.clone(),
        };
        Self {
            restricted: Some(field.data_type.is_restricted()),
            value_set_definition: field.value_set.is_none().then_some(definition),
            value_set_name: field.value_set.clone(),
            controlling_field: field.dependency.as_ref().map(|known| known.controller.clone()),
            value_settings: field.dependency.iter().flat_map(|known| &known.valid).map(setting).collect(),
        }
    }
}
