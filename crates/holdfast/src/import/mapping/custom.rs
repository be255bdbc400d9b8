//! Custom objects and fields that a mapping asks the org to have.

use model::KeyPrefix;
use model::schema::{FieldDef, FieldType, ObjectDef, PicklistValue};
use serde::Deserialize;

/// A custom object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomObject {
    /// Ends in `__c`.
    pub name: String,
    pub label: String,
    /// The label with an s when not given.
    pub label_plural: Option<String>,
    /// The label of its `Name` field; "Name" when not given.
    pub name_label: Option<String>,
}

/// A custom field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomField {
    pub object: String,
    /// Ends in `__c`.
    pub name: String,
    pub label: String,
    #[serde(rename = "type")]
    pub kind: CustomFieldType,
    pub length: Option<u32>,
    pub precision: Option<u8>,
    pub scale: Option<u8>,
    #[serde(default)]
    pub values: Vec<String>,
    #[serde(default)]
    pub restricted: bool,
    /// The object that a lookup points to.
    pub target: Option<String>,
    /// The name of the list that a lookup makes on its target.
    pub children: Option<String>,
    #[serde(default)]
    pub external_id: bool,
    #[serde(default)]
    pub unique: bool,
    #[serde(default)]
    pub help: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomFieldType {
    Text,
    TextArea,
    Email,
    Phone,
    Url,
    Picklist,
    MultiPicklist,
    Boolean,
    Int,
    Number,
    Currency,
    Percent,
    Date,
    DateTime,
    Lookup,
}

impl CustomObject {
    /// The declaration, owned and with a text name. The org may choose another key prefix.
    pub fn def(&self, key_prefix: KeyPrefix) -> ObjectDef {
        let plural = self.label_plural.clone().unwrap_or_else(|| format!("{}s", self.label));
        let mut def = ObjectDef::new(&self.name, &self.label, &plural, "a00").package("org");
        def.key_prefix = key_prefix;
        let name_label = self.name_label.as_deref().unwrap_or("Name");
        def.field(FieldDef::text("Name", name_label, 80).required())
    }
}

impl CustomField {
    /// The declaration.
    pub fn def(&self) -> FieldDef {
        let (name, label) = (self.name.as_str(), self.label.as_str());
        let values = || self.values.iter().map(|value| PicklistValue::plain(value)).collect();
        let (precision, scale) = (self.precision.unwrap_or(18), self.scale.unwrap_or(2));
        let mut def = match self.kind {
            CustomFieldType::Text => FieldDef::text(name, label, self.length.unwrap_or(255)),
            CustomFieldType::TextArea => FieldDef::text_area(name, label, self.length.unwrap_or(32_768)),
            CustomFieldType::Email => FieldDef::email(name, label),
            CustomFieldType::Phone => FieldDef::phone(name, label),
            CustomFieldType::Url => FieldDef::url(name, label),
            CustomFieldType::Picklist => {
                FieldDef::new(name, label, FieldType::Picklist { values: values(), restricted: self.restricted })
            }
            CustomFieldType::MultiPicklist => {
                FieldDef::new(name, label, FieldType::MultiPicklist { values: values(), restricted: self.restricted })
            }
            CustomFieldType::Boolean => FieldDef::boolean(name, label, false),
            CustomFieldType::Int => FieldDef::int(name, label),
            CustomFieldType::Number => FieldDef::number(name, label, precision, self.scale.unwrap_or(0)),
            CustomFieldType::Currency => FieldDef::new(name, label, FieldType::Currency { precision, scale }),
            CustomFieldType::Percent => FieldDef::percent(name, label, precision, scale),
            CustomFieldType::Date => FieldDef::date(name, label),
            CustomFieldType::DateTime => FieldDef::date_time(name, label),
            CustomFieldType::Lookup => FieldDef::lookup(name, label, self.target.as_deref().unwrap_or_default()),
        };
        if let Some(children) = &self.children {
            def = def.children(children);
        }
        def.external_id = self.external_id;
        def.unique = self.unique || self.external_id;
        def.help(&self.help)
    }

    /// What does not fit together in this declaration.
    pub(super) fn problems(&self) -> Vec<String> {
        use CustomFieldType as Kind;
        let mut out = Vec::new();
        let mut allow = |given: bool, key: &str, kinds: &[CustomFieldType]| {
            if given && !kinds.contains(&self.kind) {
                out.push(format!("{}: {key} does not go with this type", self.name));
            }
        };
        let numbers = [Kind::Number, Kind::Currency, Kind::Percent];
        allow(self.length.is_some(), "length", &[Kind::Text, Kind::TextArea]);
        allow(self.precision.is_some(), "precision", &numbers);
        allow(self.scale.is_some(), "scale", &numbers);
        allow(!self.values.is_empty() || self.restricted, "values", &[Kind::Picklist, Kind::MultiPicklist]);
        allow(self.target.is_some() || self.children.is_some(), "target", &[Kind::Lookup]);
        allow(self.external_id || self.unique, "external_id", &[Kind::Text, Kind::Email, Kind::Int, Kind::Number]);
        if self.kind == Kind::Lookup && self.target.is_none() {
            out.push(format!("{}: a lookup needs target, the object it points to", self.name));
        }
        if !self.name.ends_with("__c") {
            out.push(format!("{}: the name of a custom field ends in __c", self.name));
        }
        out
    }
}
