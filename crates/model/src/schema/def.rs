//! Declarations: what a package ships, what an administrator creates, what the org's own metadata tables keep.

use super::kind::{AccessDefault, GrantRows, HistoryRows, Member, Opening, SharingKind};
use super::retired::{RetiredField, RetiredObject};
use super::sealing::{NextForm, Sealing};
use super::{
    Blanks, Compound, Dependency, FieldType, OnDelete, PicklistValue, RecordTypeChoices, Reference, RollUp,
    SharingRule, ValidWhen,
};
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
}

/// A save is refused while `condition` (a formula) is true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationRule {
    pub name: String,
    pub condition: String,
    pub message: String,
    /// The field the message stands beside; none for the page as a whole.
    pub field: Option<String>,
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

impl FieldDef {
    pub fn new(name: &str, label: &str, data_type: FieldType) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            data_type,
            required: false,
            unique: false,
            external_id: false,
            case_sensitive: false,
            default: Value::Null,
            help: String::new(),
            system: false,
            tracked: false,
            indexed: false,
            column: String::new(),
            sealed: Sealing::None,
            token_version: 0,
            sealing_next: None,
            value_set: None,
            dependency: None,
            converts_to: None,
        }
    }

    pub fn text(name: &str, label: &str, length: u32) -> Self {
        Self::new(name, label, FieldType::Text { length })
    }

    pub fn text_area(name: &str, label: &str, length: u32) -> Self {
        Self::new(name, label, FieldType::TextArea { length })
    }

    pub fn email(name: &str, label: &str) -> Self {
        Self::new(name, label, FieldType::Email)
    }

    pub fn phone(name: &str, label: &str) -> Self {
        Self::new(name, label, FieldType::Phone)
    }

    pub fn url(name: &str, label: &str) -> Self {
        Self::new(name, label, FieldType::Url)
    }

    pub fn boolean(name: &str, label: &str, default: bool) -> Self {
        let mut field = Self::new(name, label, FieldType::Boolean);
        field.default = Value::Bool(default);
        field
    }

    pub fn int(name: &str, label: &str) -> Self {
        Self::new(name, label, FieldType::Int)
    }

    pub fn number(name: &str, label: &str, precision: u8, scale: u8) -> Self {
        Self::new(name, label, FieldType::Number { precision, scale })
    }

    pub fn currency(name: &str, label: &str) -> Self {
        Self::new(name, label, FieldType::Currency { precision: 18, scale: 2 })
    }

    pub fn percent(name: &str, label: &str, precision: u8, scale: u8) -> Self {
        Self::new(name, label, FieldType::Percent { precision, scale })
    }

    pub fn date(name: &str, label: &str) -> Self {
        Self::new(name, label, FieldType::Date)
    }

    pub fn date_time(name: &str, label: &str) -> Self {
        Self::new(name, label, FieldType::DateTime)
    }

    /// An unrestricted picklist.
    pub fn picklist(name: &str, label: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|value| PicklistValue::plain(value)).collect();
        Self::new(name, label, FieldType::Picklist { values, restricted: false })
    }

    /// A lookup named after the field (`AccountId` → `Account`, `Parent__c` → `Parent__r`), cleared on delete.
    pub fn lookup(name: &str, label: &str, target: &str) -> Self {
        Self::reference(name, label, &[target], OnDelete::SetNull, false)
    }

    /// A reference to one of several objects.
    pub fn polymorphic(name: &str, label: &str, targets: &[&str]) -> Self {
        Self::reference(name, label, targets, OnDelete::SetNull, false)
    }

    /// A required reference whose children go with the parent.
    pub fn master(name: &str, label: &str, target: &str) -> Self {
        Self::reference(name, label, &[target], OnDelete::Cascade, true).required()
    }

    fn reference(name: &str, label: &str, targets: &[&str], on_delete: OnDelete, master_detail: bool) -> Self {
        let relationship = match name.strip_suffix("__c") {
            Some(stem) => Some(format!("{stem}__r")),
            None => name.strip_suffix("Id").map(str::to_owned),
        };
        let targets = targets.iter().map(|target| (*target).to_owned()).collect();
        let reference = Reference {
            targets,
            relationship,
            children: None,
            on_delete,
            master_detail,
            write_needs_read: false,
            reparentable: false,
        };
        Self::new(name, label, FieldType::Reference(reference))
    }

    pub fn auto_number(name: &str, label: &str, format: &str) -> Self {
        Self::new(name, label, FieldType::AutoNumber { format: format.to_owned() }).system()
    }

    pub fn formula(name: &str, label: &str, source: &str, returns: FieldType) -> Self {
        let data_type =
            FieldType::Formula { source: source.to_owned(), returns: Box::new(returns), blanks: Blanks::AsZero };
        Self::new(name, label, data_type).system()
    }

    pub fn roll_up(name: &str, label: &str, roll_up: RollUp) -> Self {
        Self::new(name, label, FieldType::RollUp(roll_up)).system()
    }

    pub fn address(name: &str, label: &str, prefix: &str) -> Self {
        Self::new(name, label, FieldType::Compound(Compound::Address { prefix: prefix.to_owned() })).system()
    }

    pub fn person_name(name: &str, label: &str) -> Self {
        Self::new(name, label, FieldType::Compound(Compound::PersonName)).system()
    }

    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    #[must_use]
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    #[must_use]
    pub fn external_id(mut self) -> Self {
        self.external_id = true;
        self
    }

    #[must_use]
    pub fn system(mut self) -> Self {
        self.system = true;
        self
    }

    #[must_use]
    pub fn tracked(mut self) -> Self {
        self.tracked = true;
        self
    }

    #[must_use]
    pub fn indexed(mut self) -> Self {
        self.indexed = true;
        self
    }

    /// Encrypted in the store. A token finds equal values as the field compares them.
    #[must_use]
    pub fn sealed(mut self, sealed: Sealing) -> Self {
        self.sealed = sealed;
        if let Sealing::Token { case_sensitive } = sealed {
            self.case_sensitive = case_sensitive;
        }
        self
    }

    #[must_use]
    pub fn default_value(mut self, value: impl Into<Value>) -> Self {
        self.default = value.into();
        self
    }

    #[must_use]
    pub fn help(mut self, help: &str) -> Self {
        help.clone_into(&mut self.help);
        self
    }

    /// The name of the list that this reference makes on its parent.
    #[must_use]
    pub fn children(mut self, name: &str) -> Self {
        if let FieldType::Reference(reference) = &mut self.data_type {
            reference.children = Some(name.to_owned());
        }
        self
    }

    /// Another name in a path up, or none.
    #[must_use]
    pub fn relationship(mut self, name: Option<&str>) -> Self {
        if let FieldType::Reference(reference) = &mut self.data_type {
            reference.relationship = name.map(str::to_owned);
        }
        self
    }

    #[must_use]
    pub fn on_delete(mut self, on_delete: OnDelete) -> Self {
        if let FieldType::Reference(reference) = &mut self.data_type {
            reference.on_delete = on_delete;
        }
        self
    }

    /// To change a detail, Read on this master is enough.
    #[must_use]
    pub fn write_needs_read(mut self) -> Self {
        if let FieldType::Reference(reference) = &mut self.data_type {
            reference.write_needs_read = true;
        }
        self
    }

    /// A detail may be moved to another master.
    #[must_use]
    pub fn reparentable(mut self) -> Self {
        if let FieldType::Reference(reference) = &mut self.data_type {
            reference.reparentable = true;
        }
        self
    }

    /// Its choices are those of a list that fields share.
    #[must_use]
    pub fn value_set(mut self, name: &str) -> Self {
        self.value_set = Some(name.to_owned());
        self
    }

    /// It offers each choice only while the controlling field has one of the values named beside it.
    #[must_use]
    pub fn depends_on(mut self, controller: &str, valid: &[(&str, &[&str])]) -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let valid = valid.iter().map(|(value, when)| ValidWhen { value: (*value).to_owned(), when: owned(when) });
        self.dependency = Some(Dependency { controller: controller.to_owned(), valid: valid.collect() });
        self
    }

    /// Only the listed values are accepted.
    #[must_use]
    pub fn restricted(mut self) -> Self {
        if let FieldType::Picklist { restricted, .. } | FieldType::MultiPicklist { restricted, .. } =
            &mut self.data_type
        {
            *restricted = true;
        }
        self
    }

    /// Made by the org: a field of its own, or a part of one.
    pub fn is_custom(&self) -> bool {
        self.name.ends_with("__c") || self.name.ends_with("__s")
    }
}
