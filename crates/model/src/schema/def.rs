//! Declarations: what a package ships, what an administrator creates, what the org's own metadata tables keep.

use super::kind::{AccessDefault, GrantRows, HistoryRows, Member, Opening, SharingKind};
use super::retired::{RetiredField, RetiredObject};
use super::sealing::{NextForm, Sealing};
use super::{Dependency, FieldType, RecordTypeChoices, SharingRule};
use crate::{KeyPrefix, Value};
use serde::{Deserialize, Serialize};

/// One object as declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectDef {
    pub name: String,
    pub label: String,
    pub label_plural: String,
    pub key_prefix: KeyPrefix,
    pub sharing: SharingKind,
    pub access_default: AccessDefault,
    /// Whether the role hierarchy opens records to managers; always so for standard objects.
    pub uses_hierarchy: bool,
    /// The field shown as a record's name.
    pub name_field: String,
    pub fields: Vec<FieldDef>,
    /// The package it came with: `platform`, an app's name, or `org` for what the org made itself.
    pub package: String,
    /// Rows come and go by the platform's own doing; the record API only reads them.
    #[serde(default)]
    pub read_only: bool,
    /// Found by search.
    #[serde(default)]
    pub searchable: bool,
    /// The field by which lists of its records mostly come, newest first. Indexes of what they are narrowed by, the
    /// owner and indexed picklists, are in its order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed_by: Option<String>,
    /// The amount that reports of its records mostly add up; the same indexes carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totalled_by: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validation_rules: Vec<ValidationRule>,
    /// The table, where it is not named like the object: a rename moves no rows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub table: String,
    /// Fields that were deleted and can be taken back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retired_fields: Vec<RetiredField>,
    /// The object itself was deleted and can be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<RetiredObject>,
    /// Its rows are worked out for each question; none is stored.
    #[serde(default)]
    pub computed: bool,
    /// Records may belong to a queue.
    #[serde(default)]
    pub queueable: bool,
    /// The checkbox that keeps a record from everybody but its owner and those who may change all records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_by: Option<String>,
    /// The field that names an object of which the record tells: who may not read that object does not see the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about_objects: Option<String>,
    /// Records come by the platform's own doing, and people change and delete them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub made_by_platform: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sharing_rules: Vec<SharingRule>,
    /// What records of a type may choose from, where that is less than all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub record_types: Vec<RecordTypeChoices>,
    /// Records with owners may be filed: who reads the folder that this field points to reads them, and who may change
    /// the folder changes and deletes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed_in: Option<String>,
    /// Records with owners may be open to everybody who may use the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<Opening>,
    /// For administrators.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// A save is refused while `condition` (a formula) is true.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationRule {
    pub name: String,
    pub condition: String,
    pub message: String,
    /// The field the message stands beside; none for the page as a whole.
    pub field: Option<String>,
    /// It is kept and refuses nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inactive: bool,
    /// For administrators.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// One field as declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDef {
    pub name: String,
    pub label: String,
    pub data_type: FieldType,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub unique: bool,
    #[serde(default)]
    pub external_id: bool,
    #[serde(default)]
    pub case_sensitive: bool,
    #[serde(default)]
    pub default: Value,
    #[serde(default)]
    pub help: String,
    /// For administrators; people who work with records read `help`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Set by the platform, never by a write.
    #[serde(default)]
    pub system: bool,
    /// Changes are kept in the field history.
    #[serde(default)]
    pub tracked: bool,
    /// An index beside those that references, unique and external-id fields have anyway.
    #[serde(default)]
    pub indexed: bool,
    /// The column, where it is not named like the field: a rename moves no values.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub column: String,
    /// What it goes by for as long as it lives, where that is not its column: a change of its type moved it to another.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub identity: String,
    /// Whether its values are encrypted in the store.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sealed: Sealing,
    /// Version of the key its tokens are made with; 0 without tokens. The store sets it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub token_version: u32,
    /// The form that its values are being brought into. The store sets and clears it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sealing_next: Option<NextForm>,
    /// The shared list that its choices are a copy of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_set: Option<String>,
    /// Its choices depend on another field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dependency: Option<Dependency>,
    /// On a lead's own field: where its value goes when the lead is converted, as `Object.Field`. Without a word of it, to
    /// the fields of the same name and type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub converts_to: Option<Vec<String>>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl ObjectDef {
    /// An owned object with a text name field, private, searchable, in package `platform`.
    pub fn new(name: &str, label: &str, label_plural: &str, key_prefix: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            label_plural: label_plural.to_owned(),
            key_prefix: KeyPrefix::known(key_prefix),
            sharing: SharingKind::Owned,
            access_default: AccessDefault::Private,
            uses_hierarchy: true,
            name_field: "Name".to_owned(),
            fields: Vec::new(),
            package: "platform".to_owned(),
            read_only: false,
            searchable: true,
            listed_by: None,
            totalled_by: None,
            validation_rules: Vec::new(),
            table: String::new(),
            retired_fields: Vec::new(),
            retired: None,
            computed: false,
            queueable: false,
            private_by: None,
            about_objects: None,
            made_by_platform: false,
            sharing_rules: Vec::new(),
            record_types: Vec::new(),
            filed_in: None,
            opened_by: None,
            description: String::new(),
        }
    }

    #[must_use]
    pub fn field(mut self, field: FieldDef) -> Self {
        self.fields.push(field);
        self
    }

    #[must_use]
    pub fn fields(mut self, fields: impl IntoIterator<Item = FieldDef>) -> Self {
        self.fields.extend(fields);
        self
    }

    #[must_use]
    pub fn name_field(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name_field);
        self
    }

    /// A detail of the record that `master` points to.
    #[must_use]
    pub fn detail_of(mut self, master: &str) -> Self {
        match &mut self.sharing {
            SharingKind::Detail { masters } => masters.push(master.to_owned()),
            other => *other = SharingKind::Detail { masters: vec![master.to_owned()] },
        }
        self
    }

    /// Rows that give access to the record that `record` points to.
    #[must_use]
    pub fn grant_on(mut self, record: &str, rows: GrantRows) -> Self {
        self.sharing = SharingKind::Grant { record: record.to_owned(), rows };
        self.searchable = false;
        self
    }

    /// What happened to the record that `record` points to.
    #[must_use]
    pub fn history_of(mut self, record: &str, rows: HistoryRows) -> Self {
        self.sharing = SharingKind::History { record: record.to_owned(), rows };
        self.searchable = false;
        self.read_only = true;
        self
    }

    /// What happened in the org; `of` names the user that it happened to.
    #[must_use]
    pub fn log_of(mut self, of: Option<&str>) -> Self {
        self.sharing = SharingKind::Log { of: of.map(str::to_owned) };
        self.searchable = false;
        self.read_only = true;
        self
    }

    /// Records of other objects, shown together.
    #[must_use]
    pub fn union_of(mut self, members: Vec<Member>) -> Self {
        self.sharing = SharingKind::Union { members };
        self.searchable = false;
        self.computed()
    }

    /// Its rows are worked out for each question.
    #[must_use]
    pub fn computed(mut self) -> Self {
        self.computed = true;
        self.read_only = true;
        self
    }

    /// Records may belong to a queue.
    #[must_use]
    pub fn queueable(mut self) -> Self {
        self.queueable = true;
        self
    }

    /// Seen by everybody with the object permission, changed as `default` says.
    #[must_use]
    pub fn setting(mut self, default: AccessDefault) -> Self {
        self.sharing = SharingKind::Setting;
        self.access_default = default;
        self.searchable = false;
        self
    }

    /// Who reads or changes the folder that `field` points to does so with the records in it.
    #[must_use]
    pub fn filed_in(mut self, field: &str) -> Self {
        self.filed_in = Some(field.to_owned());
        self
    }

    /// Read by everybody while `field` holds one of `values`.
    #[must_use]
    pub fn opened_by(mut self, field: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        self.opened_by = Some(Opening { field: field.to_owned(), values });
        self
    }

    #[must_use]
    pub fn activity(mut self) -> Self {
        self.sharing = SharingKind::Activity;
        self
    }

    #[must_use]
    pub fn access(mut self, default: AccessDefault) -> Self {
        self.access_default = default;
        self
    }

    #[must_use]
    pub fn package(mut self, package: &str) -> Self {
        package.clone_into(&mut self.package);
        self
    }

    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    #[must_use]
    pub fn listed_by(mut self, field: &str) -> Self {
        self.listed_by = Some(field.to_owned());
        self
    }

    #[must_use]
    pub fn totalled_by(mut self, field: &str) -> Self {
        self.totalled_by = Some(field.to_owned());
        self
    }

    #[must_use]
    pub fn not_searchable(mut self) -> Self {
        self.searchable = false;
        self
    }

    pub fn is_custom(&self) -> bool {
        self.name.ends_with("__c")
    }

    /// Whether its records are a view of what the platform keeps anyway, and stand in no table of their own.
    pub fn is_view(&self) -> bool {
        matches!(
            self.sharing,
            SharingKind::Log { .. }
                | SharingKind::Union { .. }
                | SharingKind::History { rows: HistoryRows::Changes, .. }
        )
    }
}
