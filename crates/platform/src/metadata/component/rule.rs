//! Validation rules in the words of the Metadata API.

use super::{needed, refuse};
use model::Result;
use model::schema::ValidationRule;
use serde::{Deserialize, Serialize};

/// The longest message that a rule shows.
const LONGEST_MESSAGE: usize = 255;

/// A rule (`ValidationRule`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ValidationRuleComponent {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_condition_formula: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// The field beside which the message stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_display_field: Option<String>,
}

impl ValidationRuleComponent {
    /// The rule called `name`.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` naming the word at fault and its rule.
    pub fn declare(&self, name: &str) -> Result<ValidationRule> {
        let message = needed("errorMessage", self.error_message.as_ref())?;
        if message.chars().count() > LONGEST_MESSAGE {
            return Err(refuse("errorMessage", format!("at most {LONGEST_MESSAGE} characters")));
        }
        let well_formed = name.len() <= 40
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !well_formed {
            let rule = "it starts with a letter and holds letters, digits and _ only, 40 at most";
            return Err(refuse("fullName", rule));
        }
        Ok(ValidationRule {
            name: name.to_owned(),
            condition: needed("errorConditionFormula", self.error_condition_formula.as_ref())?.to_owned(),
            message: message.to_owned(),
            field: self.error_display_field.clone().filter(|field| !field.is_empty()),
            inactive: self.active == Some(false),
            description: self.description.clone().unwrap_or_default(),
        })
    }

    /// As a rule has it.
    pub fn of(rule: &ValidationRule) -> Self {
        Self {
            active: Some(!rule.inactive),
            description: Some(rule.description.clone()).filter(|text| !text.is_empty()),
            error_condition_formula: Some(rule.condition.clone()),
            error_message: Some(rule.message.clone()),
            error_display_field: rule.field.clone(),
        }
    }
}
