//! How a field is declared, step by step.

use super::sealing::Sealing;
use super::{Blanks, Compound, Dependency, FieldDef, FieldType, OnDelete, PicklistValue, Reference, RollUp, ValidWhen};
use crate::Value;

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
            description: String::new(),
            system: false,
            tracked: false,
            indexed: false,
            column: String::new(),
            identity: String::new(),
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
