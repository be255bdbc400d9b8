//! What narrows the choices of a picklist beside its own list: the type of the record, the value of another field. And
//! lists that several fields share.

use super::{FieldDef, FieldType, ObjectDef, PicklistValue};
use crate::{RecordId, Value};
use serde::{Deserialize, Serialize};

/// The id under which clients know the type of records that have none.
pub const MASTER_RECORD_TYPE: &str = "012000000000000AAA";

/// A list of choices that fields of any object share. Each such field carries a copy, which every change of the list
/// renews in the same transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueSet {
    pub name: String,
    pub label: String,
    #[serde(default)]
    pub description: String,
    pub values: Vec<PicklistValue>,
}

/// The choices of records of one type. Fields without an entry offer their whole list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordTypeChoices {
    pub record_type: RecordId,
    pub fields: Vec<FieldChoices>,
}

/// What one field offers to records of one type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChoices {
    pub field: String,
    pub values: Vec<String>,
    /// What a new record starts with; none for a blank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// That a picklist offers only what goes with the value of another field of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// A picklist or a checkbox.
    pub controller: String,
    /// For each choice the controlling values it goes with (`true`, `false` of a checkbox); a choice that is not listed
    /// goes with none.
    pub valid: Vec<ValidWhen>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidWhen {
    pub value: String,
    pub when: Vec<String>,
}

impl FieldChoices {
    pub fn offers(&self, value: &str) -> bool {
        self.values.iter().any(|known| known.eq_ignore_ascii_case(value))
    }
}

impl Dependency {
    /// Whether a choice goes with the value that the controlling field has. A blank goes with no choice.
    pub fn allows(&self, choice: &str, controlling: &Value) -> bool {
        let controlling = match controlling {
            Value::Null => return false,
            other => other.to_plain(),
        };
        let entry = self.valid.iter().find(|known| known.value.eq_ignore_ascii_case(choice));
        entry.is_some_and(|entry| entry.when.iter().any(|known| known.eq_ignore_ascii_case(&controlling)))
    }
}

/// The values that a controlling field can have, in the order in which describe counts them.
pub fn controlling_values(controller: &FieldType) -> Option<Vec<&str>> {
    match controller {
        FieldType::Boolean => Some(vec!["false", "true"]),
        FieldType::Picklist { values, .. } => Some(values.iter().map(|value| value.value.as_str()).collect()),
        _ => None,
    }
}

impl FieldType {
    /// The list of a picklist, to be changed; none of any other type.
    pub fn picklist_values_mut(&mut self) -> Option<&mut Vec<PicklistValue>> {
        match self {
            FieldType::Picklist { values, .. } | FieldType::MultiPicklist { values, .. } => Some(values),
            _ => None,
        }
    }

    /// Whether the list takes no other values.
    pub fn is_restricted(&self) -> bool {
        matches!(self, FieldType::Picklist { restricted: true, .. } | FieldType::MultiPicklist { restricted: true, .. })
    }
}

impl ObjectDef {
    /// What a field offers to records of a type, where that is narrower than its list.
    pub fn choices_of(&self, record_type: RecordId, field: &str) -> Option<&FieldChoices> {
        let of_type = self.record_types.iter().find(|choices| choices.record_type == record_type)?;
        of_type.fields.iter().find(|choices| choices.field.eq_ignore_ascii_case(field))
    }

    /// Takes out of record types and dependencies what the fields no longer offer.
    pub fn prune_choices(&mut self) {
        let lists: Vec<(String, FieldType)> =
            self.fields.iter().map(|field| (field.name.clone(), field.data_type.clone())).collect();
        let find = |name: &str| lists.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, list)| list);
        let offers = |list: &FieldType, value: &str| list.picklist_values().iter().any(|known| known.value == value);
        for choices in &mut self.record_types {
            choices
                .fields
                .retain(|narrowed| find(&narrowed.field).is_some_and(|list| !list.picklist_values().is_empty()));
            for narrowed in &mut choices.fields {
                let Some(list) = find(&narrowed.field) else { continue };
                narrowed.values.retain(|value| offers(list, value));
                narrowed.default = narrowed.default.take().filter(|value| offers(list, value));
            }
        }
        self.record_types.retain(|choices| !choices.fields.is_empty());
        for field in &mut self.fields {
            let Some(dependency) = &mut field.dependency else { continue };
            let Some(controlling) = find(&dependency.controller).and_then(controlling_values) else {
                field.dependency = None;
                continue;
            };
            dependency.valid.retain(|entry| offers(&field.data_type, &entry.value));
            for entry in &mut dependency.valid {
                entry.when.retain(|value| controlling.contains(&value.as_str()));
            }
        }
    }

    /// Puts another name in place of a field's wherever choices speak of it.
    pub fn rename_in_choices(&mut self, from: &str, to: &str) {
        let named =
            self.record_types.iter_mut().flat_map(|choices| &mut choices.fields).map(|choices| &mut choices.field);
        let controllers =
            self.fields.iter_mut().filter_map(|field| field.dependency.as_mut()).map(|known| &mut known.controller);
        for name in named.chain(controllers).filter(|name| name.eq_ignore_ascii_case(from)) {
            to.clone_into(name);
        }
    }

    /// Puts another value in place of one wherever choices of a field speak of it; what the other already has stays.
    pub fn replace_in_choices(&mut self, field: &str, from: &str, to: &str) {
        let replace = |values: &mut Vec<String>| {
            if values.iter().any(|value| value == from) && !values.iter().any(|value| value == to) {
                values.push(to.to_owned());
            }
        };
        for narrowed in self.record_types.iter_mut().flat_map(|choices| &mut choices.fields) {
            if narrowed.field.eq_ignore_ascii_case(field) {
                replace(&mut narrowed.values);
                if narrowed.default.as_deref() == Some(from) {
                    narrowed.default = Some(to.to_owned());
                }
            }
        }
        for other in &mut self.fields {
            let is_own = other.name.eq_ignore_ascii_case(field);
            if is_own && other.default == Value::from(from) {
                other.default = to.into();
            }
            let Some(dependency) = &mut other.dependency else { continue };
            if dependency.controller.eq_ignore_ascii_case(field) {
                dependency.valid.iter_mut().for_each(|entry| replace(&mut entry.when));
            }
            if is_own && let Some(old) = dependency.valid.iter().find(|entry| entry.value == from).cloned() {
                match dependency.valid.iter_mut().find(|entry| entry.value == to) {
                    Some(known) => {
                        let more = old.when.into_iter().filter(|value| !known.when.contains(value)).collect::<Vec<_>>();
                        known.when.extend(more);
                    }
                    None => dependency.valid.push(ValidWhen { value: to.to_owned(), when: old.when }),
                }
            }
        }
    }

    /// What is wrong with the choices of record types and dependent fields, if anything is.
    pub(super) fn unsound_choices(&self) -> Option<String> {
        let find = |name: &str| self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        for narrowed in self.record_types.iter().flat_map(|choices| &choices.fields) {
            let Some(field) = find(&narrowed.field).filter(|field| !field.data_type.picklist_values().is_empty())
            else {
                return Some(format!("a record type narrows {}, which is no picklist here", narrowed.field));
            };
            let known = |value: &&String| !field.data_type.picklist_values().iter().any(|known| known.value == **value);
            if let Some(value) = narrowed.values.iter().find(known) {
                return Some(format!("{}: {value} is none of its values", field.name));
            }
            if let Some(default) = narrowed.default.as_ref().filter(|default| !narrowed.values.contains(default)) {
                return Some(format!("{}: the default {default} is none of the values of its record type", field.name));
            }
        }
        self.fields.iter().find_map(|field| self.unsound_dependency(field, field.dependency.as_ref()?))
    }

    fn unsound_dependency(&self, field: &FieldDef, dependency: &Dependency) -> Option<String> {
        let find = |name: &str| self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        if !matches!(field.data_type, FieldType::Picklist { .. } | FieldType::MultiPicklist { .. }) {
            return Some(format!("{}: only a picklist depends on another field", field.name));
        }
        let controlling = find(&dependency.controller).and_then(|field| controlling_values(&field.data_type));
        let Some(controlling) = controlling else {
            return Some(format!("{}: {} is no picklist or checkbox here", field.name, dependency.controller));
        };
        for entry in &dependency.valid {
            if !field.data_type.picklist_values().iter().any(|known| known.value == entry.value) {
                return Some(format!("{}: {} is none of its values", field.name, entry.value));
            }
            if let Some(value) = entry.when.iter().find(|value| !controlling.contains(&value.as_str())) {
                return Some(format!("{}: {value} is no value of {}", field.name, dependency.controller));
            }
        }
        let mut at = find(&dependency.controller);
        for _ in 0..self.fields.len() {
            match at {
                Some(above) if above.name == field.name => {
                    return Some(format!("{}: it would depend on itself, directly or through others", field.name));
                }
                Some(above) => at = above.dependency.as_ref().and_then(|above| find(&above.controller)),
                None => break,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OrgSchema;
    use crate::schema::AccessDefault;

    fn object(controller: &str, valid: &[(&str, &[&str])]) -> ObjectDef {
        ObjectDef::new("Part__c", "Part", "Parts", "a00")
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::boolean("Spare__c", "Spare", false))
            .field(FieldDef::picklist("Kind__c", "Kind", &["Nut", "Bolt"]))
            .field(FieldDef::picklist("Size__c", "Size", &["S", "L"]).depends_on(controller, valid))
    }

    fn build(def: ObjectDef) -> Result<OrgSchema, String> {
        let user = ObjectDef::new("User", "User", "Users", "005")
            .setting(AccessDefault::PublicRead)
            .field(FieldDef::text("Name", "Name", 80));
        OrgSchema::build(1, [user, def]).map_err(|error| error.to_string())
    }

    #[test]
    fn a_dependency_names_values_that_are_there_and_no_circle() {
        assert!(build(object("Kind__c", &[("S", &["Nut"])])).is_ok());
        assert!(build(object("Spare__c", &[("S", &["true"])])).is_ok());
        let refused =
            |controller: &str, valid: &[(&str, &[&str])]| build(object(controller, valid)).expect_err("unsound");
        assert!(refused("Kind__c", &[("XL", &["Nut"])]).contains("XL is none of its values"));
        assert!(refused("Kind__c", &[("S", &["Screw"])]).contains("Screw is no value of Kind__c"));
        assert!(refused("Name", &[]).contains("Name is no picklist or checkbox"));
        assert!(refused("Size__c", &[]).contains("depend on itself"));
    }

    #[test]
    fn pruning_takes_out_what_a_list_no_longer_offers() {
        let mut def = object("Kind__c", &[("S", &["Nut", "Bolt"]), ("L", &["Bolt"])]);
        let record_type = RecordId::parse("012000000000001").expect("an id");
        let fields = vec![FieldChoices {
            field: "Kind__c".to_owned(),
            values: vec!["Nut".to_owned(), "Bolt".to_owned()],
            default: Some("Bolt".to_owned()),
        }];
        def.record_types = vec![RecordTypeChoices { record_type, fields }];
        let kind = def.fields.iter_mut().find(|field| field.name == "Kind__c").expect("the field");
        kind.data_type.picklist_values_mut().expect("a list").retain(|value| value.value == "Nut");
        assert!(build(def.clone()).is_err());
        def.prune_choices();
        assert!(build(def.clone()).is_ok());
        assert_eq!(def.choices_of(record_type, "kind__c").expect("narrowed").values, ["Nut"]);
        assert_eq!(def.choices_of(record_type, "kind__c").expect("narrowed").default, None);
        let size = def.fields.iter().find(|field| field.name == "Size__c").expect("the field");
        let dependency = size.dependency.as_ref().expect("it depends");
        assert!(dependency.allows("s", &"nut".into()) && !dependency.allows("L", &"Bolt".into()));
        assert!(!dependency.allows("S", &Value::Null), "a blank goes with no choice");
    }
}
