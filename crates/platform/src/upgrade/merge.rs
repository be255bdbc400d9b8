//! Three-way merge of declarations: what the program shipped last, what the org made of it, what the program ships now.
//! It works on their JSON, so that an attribute added to a declaration one day is merged like all others.

use model::schema::ObjectDef;
use model::{Error, Result};
use serde_json::{Map, Value};

/// The org's declaration grown by what is new in the program's. What the org changed stays as the org has it.
///
/// # Errors
/// When program and org changed the same thing in ways that do not go together.
pub(super) fn merge_object(base: Option<&str>, ours: &ObjectDef, shipped: &ObjectDef) -> Result<ObjectDef> {
    let base: Value = base.map_or(Ok(Value::Null), serde_json::from_str).map_err(Error::internal)?;
    let ours_value = serde_json::to_value(ours).map_err(Error::internal)?;
    let shipped_value = serde_json::to_value(shipped).map_err(Error::internal)?;
    let merged = merge(&base, ours_value, shipped_value);
    serde_json::from_value(merged).map_err(|error| {
        Error::unavailable(
            format!(
                "{}: what this org changed of the object does not go together with what this version of Holdfast \
                 declares.",
                ours.name
            ),
            error,
        )
    })
}

fn merge(base: &Value, ours: Value, shipped: Value) -> Value {
    if ours == *base || ours == shipped {
        return shipped;
    }
    match (ours, shipped) {
        (Value::Object(ours), Value::Object(shipped)) => Value::Object(merge_attributes(base, ours, shipped)),
        (Value::Array(ours), Value::Array(shipped)) => Value::Array(merge_list(base, ours, shipped)),
        (ours, _) => ours,
    }
}

fn merge_attributes(base: &Value, mut ours: Map<String, Value>, shipped: Map<String, Value>) -> Map<String, Value> {
    let before = |name: &str| base.get(name).unwrap_or(&Value::Null);
    // An attribute that the program no longer writes, and that the org never changed, goes back to its default.
    ours.retain(|name, value| shipped.contains_key(name) || value != before(name));
    for (name, new) in shipped {
        match ours.remove(&name) {
            Some(old) => {
                let merged = merge(before(&name), old, new);
                ours.insert(name, merged);
            }
            // The org took it away; only what the program did not have before is new.
            None if !before(&name).is_null() => {}
            None => {
                ours.insert(name, new);
            }
        }
    }
    ours
}

/// Lists of named things: what is new comes behind the one it follows in the program's list; nothing is removed.
fn merge_list(base: &Value, mut ours: Vec<Value>, shipped: Vec<Value>) -> Vec<Value> {
    let base = base.as_array().map(Vec::as_slice).unwrap_or_default();
    let had_default = ours.iter().any(is_default);
    let mut previous: Option<usize> = None;
    for mut new in shipped {
        let known_before = base.iter().find(|known| same(known, &new));
        if let Some(at) = ours.iter().position(|have| same(have, &new)) {
            let old = std::mem::take(&mut ours[at]);
            ours[at] = merge(known_before.unwrap_or(&Value::Null), old, new);
            previous = Some(at);
        } else if known_before.is_none() {
            // A list of choices has one default, and the org has chosen it.
            if had_default && let Some(default) = new.get_mut("default").filter(|default| default.is_boolean()) {
                *default = Value::Bool(false);
            }
            let at = previous.map_or(0, |at| at + 1);
            ours.insert(at, new);
            previous = Some(at);
        }
    }
    ours
}

fn is_default(value: &Value) -> bool {
    value.get("value").is_some() && value.get("default") == Some(&Value::Bool(true))
}

/// Whether two elements of a list are the same thing: fields and rules by name, choices by value, texts by themselves.
fn same(a: &Value, b: &Value) -> bool {
    let name = |value: &Value| value.get("name").and_then(Value::as_str).map(str::to_ascii_lowercase);
    match (name(a), name(b)) {
        (Some(a), Some(b)) => a == b,
        _ => match (a.get("value"), b.get("value")) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::FieldType;
    use model::schema::{FieldDef, PicklistValue};

    fn account(fields: impl IntoIterator<Item = FieldDef>) -> ObjectDef {
        ObjectDef::new("Account", "Account", "Accounts", "001").field(FieldDef::text("Name", "Name", 80)).fields(fields)
    }

    fn rating(values: &[&str]) -> FieldDef {
        let values = values.iter().map(|value| PicklistValue::plain(value)).collect();
        FieldDef::new("Rating", "Rating", FieldType::Picklist { values, restricted: false })
    }

    fn merged(base: &ObjectDef, ours: &ObjectDef, shipped: &ObjectDef) -> ObjectDef {
        let base = serde_json::to_string(base).expect("JSON");
        merge_object(Some(&base), ours, shipped).expect("they go together")
    }

    fn values(def: &ObjectDef) -> Vec<&str> {
        let field = def.fields.iter().find(|field| field.name == "Rating").expect("the field");
        field.data_type.picklist_values().iter().map(|value| value.value.as_str()).collect()
    }

    #[test]
    fn what_the_org_never_touched_follows_the_program() {
        let base = account([]);
        let mut shipped = account([FieldDef::text("Site", "Site", 40)]);
        shipped.label = "Customer".to_owned();
        assert_eq!(merged(&base, &base, &shipped), shipped);
    }

    #[test]
    fn what_the_org_made_stays_and_what_is_new_is_added() {
        let base = account([]);
        let mut ours = account([FieldDef::text("Own__c", "Own", 10)]);
        ours.label = "Client".to_owned();
        let shipped = account([FieldDef::text("Site", "Site", 40)]);
        let merged = merged(&base, &ours, &shipped);
        let names: Vec<_> = merged.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["Name", "Site", "Own__c"]);
        assert_eq!(merged.label, "Client");
    }

    #[test]
    fn a_new_choice_takes_its_place_and_one_that_the_org_removed_stays_away() {
        let base = account([rating(&["Hot", "Warm", "Cold"])]);
        let ours = account([rating(&["Hot", "Cold", "Frozen"])]);
        let shipped = account([rating(&["Hot", "Tepid", "Warm", "Cold", "Icy"])]);
        assert_eq!(values(&merged(&base, &ours, &shipped)), ["Hot", "Tepid", "Cold", "Icy", "Frozen"]);
    }

    #[test]
    fn without_an_ancestor_only_what_is_absent_is_added() {
        let mut ours = account([rating(&["Hot"])]);
        ours.label = "Client".to_owned();
        let shipped = account([rating(&["Hot", "Cold"]), FieldDef::text("Site", "Site", 40)]);
        let merged = merge_object(None, &ours, &shipped).expect("they go together");
        assert_eq!(merged.label, "Client");
        assert_eq!(values(&merged), ["Hot", "Cold"]);
        assert!(merged.fields.iter().any(|field| field.name == "Site"));
    }

    #[test]
    fn the_default_that_the_org_chose_stays_the_only_one() {
        let with_default = |values: &[&str], default: &str| {
            let values = values
                .iter()
                .map(|value| PicklistValue { default: *value == default, ..PicklistValue::plain(value) })
                .collect();
            account([FieldDef::new("Rating", "Rating", FieldType::Picklist { values, restricted: false })])
        };
        let base = with_default(&["Hot", "Cold"], "");
        let ours = with_default(&["Hot", "Cold"], "Cold");
        let shipped = with_default(&["Hot", "Cold", "Tepid"], "Tepid");
        let merged = merged(&base, &ours, &shipped);
        let field = merged.fields.iter().find(|field| field.name == "Rating").expect("the field");
        let defaults: Vec<_> =
            field.data_type.picklist_values().iter().filter(|value| value.default).map(|value| &value.value).collect();
        assert_eq!(defaults, ["Cold"]);
    }
}
