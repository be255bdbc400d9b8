//! How an org opens records beyond their owner and the hierarchy: sharing rules, and the objects whose rows are shares.

use super::{AccessDefault, FieldDef, FieldType, GrantRows, ObjectDef, OnDelete, SharingKind};
use crate::{KeyPrefix, RecordId};
use serde::{Deserialize, Serialize};

/// What a rule, a share or a team gives on a record. Nobody gives more than Edit; All is the owner's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum GrantLevel {
    #[default]
    None,
    Read,
    Edit,
}

impl GrantLevel {
    pub const fn as_str(self) -> &'static str {
        match self {
            GrantLevel::None => "None",
            GrantLevel::Read => "Read",
            GrantLevel::Edit => "Edit",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [GrantLevel::None, GrantLevel::Read, GrantLevel::Edit]
            .into_iter()
            .find(|level| level.as_str().eq_ignore_ascii_case(text))
    }
}

/// Opens an object's records, those of a source or those that meet criteria, to whoever the target reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingRule {
    /// Unique on its object, letters, digits and underscores.
    pub name: String,
    pub source: RuleSource,
    /// A user or a group (of any type).
    pub target: RecordId,
    pub level: GrantLevel,
    /// On accounts: what the rule gives on the account's contacts, opportunities and cases.
    #[serde(default)]
    pub contacts: GrantLevel,
    #[serde(default)]
    pub opportunities: GrantLevel,
    #[serde(default)]
    pub cases: GrantLevel,
}

/// Which records a sharing rule opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleSource {
    /// Those whose owner is a member of this user or group, or is this queue.
    Owner(RecordId),
    /// Those that meet this condition over their own stored fields, written as in a query.
    Criteria(String),
}

impl SharingRule {
    /// A rule without levels on the children of accounts.
    pub fn new(name: &str, source: RuleSource, target: RecordId, level: GrantLevel) -> Self {
        Self {
            name: name.to_owned(),
            source,
            target,
            level,
            contacts: GrantLevel::None,
            opportunities: GrantLevel::None,
            cases: GrantLevel::None,
        }
    }
}

/// Standard objects with shares, and the key prefix of those.
const STANDARD: [(&str, &str); 7] = [
    ("Account", "00r"),
    ("Contact", "03s"),
    ("Opportunity", "00t"),
    ("Case", "01n"),
    ("Lead", "01o"),
    ("Campaign", "08s"),
    ("Folder", "0FS"),
];

const ROW_CAUSES: &[&str] = &["Owner", "Manual", "Rule", "Team", "ImplicitParent", "ImplicitChild"];

/// The object whose rows are the shares of `object`'s records: for the standard sales objects and for every custom
/// object that has owners.
pub fn share_of(object: &ObjectDef) -> Option<ObjectDef> {
    if object.sharing != SharingKind::Owned {
        return None;
    }
    let standard = STANDARD.iter().find(|(name, _)| *name == object.name);
    let (name, prefix, record, level) = match (standard, object.name.strip_suffix("__c")) {
        (Some((name, prefix)), _) => {
            let prefix = KeyPrefix::parse(prefix)?;
            (format!("{name}Share"), prefix, format!("{name}Id"), format!("{name}AccessLevel"))
        }
        (None, Some(stem)) => {
            let prefix = object.key_prefix.of_custom_share()?;
            (format!("{stem}__Share"), prefix, "ParentId".to_owned(), "AccessLevel".to_owned())
        }
        (None, None) => return None,
    };
    let label = format!("{} share", object.label);
    let mut share = ObjectDef::new(&name, &label, &format!("{label}s"), "000")
        .grant_on(&record, GrantRows::Share)
        .access(AccessDefault::Private)
        .package(&object.package)
        .name_field("Id")
        .field(
            FieldDef::lookup(&record, &object.label, &object.name)
                .children("Shares")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(
            FieldDef::polymorphic("UserOrGroupId", "User or group", &["User", "Group"])
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(levels(&level, &format!("{} access", object.label)).required());
    if object.name == "Account" {
        for child in ["Contact", "Opportunity", "Case"] {
            share = share.field(levels(&format!("{child}AccessLevel"), &format!("{child} access")));
        }
    }
    share.key_prefix = prefix;
    Some(share.field(row_cause()))
}

fn row_cause() -> FieldDef {
    let mut cause = FieldDef::picklist("RowCause", "Row cause", ROW_CAUSES).restricted().default_value("Manual");
    if let FieldType::Picklist { values, .. } = &mut cause.data_type {
        values.iter_mut().for_each(|value| value.default = value.value == "Manual");
    }
    cause
}

fn levels(name: &str, label: &str) -> FieldDef {
    FieldDef::picklist(name, label, &["None", "Read", "Edit", "All"]).restricted()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owned_standard_and_custom_objects_have_shares_and_others_have_none() {
        let account = share_of(&ObjectDef::new("Account", "Account", "Accounts", "001")).expect("shares");
        assert_eq!((account.name.as_str(), account.key_prefix.as_string().as_str()), ("AccountShare", "00r"));
        let names: Vec<_> = account.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "AccountId",
                "UserOrGroupId",
                "AccountAccessLevel",
                "ContactAccessLevel",
                "OpportunityAccessLevel",
                "CaseAccessLevel",
                "RowCause"
            ]
        );
        let custom = share_of(&ObjectDef::new("Site__c", "Site", "Sites", "a01")).expect("shares");
        assert_eq!((custom.name.as_str(), custom.key_prefix.as_string().as_str()), ("Site__Share", "A01"));
        assert!(share_of(&ObjectDef::new("Report", "Report", "Reports", "00O")).is_none());
        assert!(share_of(&ObjectDef::new("Line__c", "Line", "Lines", "a02").detail_of("Site__c")).is_none());
    }
}
