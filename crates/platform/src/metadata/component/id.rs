//! Ids of components. Fields, objects and rules are no records: the ids of objects and fields are worked out of what
//! stays the same when they are renamed, so that they are stable without being kept; those of rules and shared lists
//! of their names.

use model::{Error, ErrorCode, KeyPrefix, RecordId, Result};
use sha2::{Digest as _, Sha256};

/// The kinds of component that have ids of their own, with the prefixes that clients know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComponentKind {
    CustomObject,
    CustomField,
    ValidationRule,
    GlobalValueSet,
}

impl ComponentKind {
    pub const ALL: [Self; 4] = [Self::CustomField, Self::CustomObject, Self::GlobalValueSet, Self::ValidationRule];

    pub const fn name(self) -> &'static str {
        match self {
            ComponentKind::CustomObject => "CustomObject",
            ComponentKind::CustomField => "CustomField",
            ComponentKind::ValidationRule => "ValidationRule",
            ComponentKind::GlobalValueSet => "GlobalValueSet",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            ComponentKind::CustomObject => "Custom Object",
            ComponentKind::CustomField => "Custom Field",
            ComponentKind::ValidationRule => "Validation Rule",
            ComponentKind::GlobalValueSet => "Global Value Set",
        }
    }

    /// The kind of a name, which ignores case.
    ///
    /// # Errors
    /// `INVALID_TYPE` for any other name.
    pub fn named(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name)).ok_or_else(|| {
            let shown: String = name.chars().take(80).collect();
            let message = format!("sObject type '{shown}' is not supported: it is no component of this org.");
            Error::new(ErrorCode::InvalidType, message)
        })
    }

    pub const fn prefix(self) -> KeyPrefix {
        match self {
            ComponentKind::CustomObject => KeyPrefix::known("01I"),
            ComponentKind::CustomField => KeyPrefix::known("00N"),
            ComponentKind::ValidationRule => KeyPrefix::known("03d"),
            ComponentKind::GlobalValueSet => KeyPrefix::known("0Nt"),
        }
    }

    /// The id of the component that `key` names among those of its kind. Two of them share one with a likelihood of one
    /// in billions, for the thousands that an org may have.
    pub fn id(self, key: &str) -> RecordId {
        let hash = Sha256::digest(key.as_bytes());
        let number = hash.iter().take(8).fold(0u64, |number, byte| (number << 8) | u64::from(*byte));
        RecordId::new(self.prefix(), number & RecordId::MAX_SEQUENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_its_kind_and_stays_the_same() {
        let id = ComponentKind::CustomField.id("001/Colour__c");
        assert_eq!(id.to_string(), ComponentKind::CustomField.id("001/Colour__c").to_string());
        assert!(id.to_string().starts_with("00N"));
        assert_ne!(id, ComponentKind::CustomField.id("001/Color__c"));
    }
}
