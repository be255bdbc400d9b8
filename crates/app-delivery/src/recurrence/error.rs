//! Why a rule is refused, and which of its properties is at fault.

use model::{Error, ErrorCode};
use std::fmt;

/// A refusal that names the property, by its path in the rule: `on.window.from`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    property: String,
    reason: String,
}

impl RuleError {
    pub(super) fn new(property: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { property: property.into(), reason: reason.into() }
    }

    /// From what the JSON reader says: it names a missing property in its message alone, and adds a line and column that
    /// mean nothing to the reader of a form.
    pub(super) fn from_json(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let message = error.inner().to_string();
        let reason = message.split(" at line ").next().unwrap_or_default();
        let missing = reason.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
        let path = Some(error.path().to_string()).filter(|path| path != ".");
        match (path, missing) {
            (None, Some(name)) => Self::new(name, "is missing"),
            (Some(path), Some(name)) => Self::new(format!("{path}.{name}"), "is missing"),
            (path, None) => Self::new(path.unwrap_or_else(|| "rule".to_owned()), reason),
        }
    }

    /// The property at fault; `rule` when the rule as a whole cannot be read.
    pub fn property(&self) -> &str {
        &self.property
    }

    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.property, self.reason)
    }
}

impl std::error::Error for RuleError {}

impl From<RuleError> for Error {
    fn from(error: RuleError) -> Self {
        Self::new(ErrorCode::FieldIntegrityException, format!("Recurrence, {error}.")).with_field("Rule")
    }
}
