//! Who speaks of a field or an object by its name: formulas, rules, filters. A name is not taken away under them.

use super::lead_map::is_path;
use model::schema::ObjectDef;
use model::{Error, Result};
use serde_json::Value as Json;

/// The first thing in these declarations that names `word`, beside the field `own` of `owner` itself.
///
/// # Errors
/// An internal error for a declaration that cannot be written.
pub(super) fn mentioned_in(defs: &[ObjectDef], owner: &str, own: &str, word: &str) -> Result<Option<String>> {
    for def in defs.iter().filter(|def| def.retired.is_none()) {
        let goes = |path: &String| is_path(path, owner, word);
        if let Some(field) = def.fields.iter().find(|field| field.converts_to.iter().flatten().any(goes)) {
            return Ok(Some(format!("{}.{}", def.name, field.name)));
        }
        let json = serde_json::to_value(def).map_err(Error::internal)?;
        let Json::Object(parts) = json else { continue };
        for (part, value) in parts {
            // What was deleted speaks of nothing any more.
            if part == "retired_fields" {
                continue;
            }
            for item in value.as_array().into_iter().flatten() {
                let name = item.get("name").and_then(Json::as_str).unwrap_or(&part);
                let is_own = def.name == owner && part == "fields" && name.eq_ignore_ascii_case(own);
                if !is_own && names(item, word, "") {
                    return Ok(Some(format!("{}.{name}", def.name)));
                }
            }
        }
        let details = serde_json::to_value(&def.sharing).map_err(Error::internal)?;
        if def.name == owner && (names(&details, word, "") || def.name_field.eq_ignore_ascii_case(word)) {
            return Ok(Some(format!("{} itself", def.name)));
        }
    }
    Ok(None)
}

/// Texts for people; a name in them binds nothing.
const PROSE: [&str; 5] = ["label", "help", "message", "name", "description"];
/// Where a lead's field goes names one field of one object, and is judged as that; a column keeps the first name of its
/// field and names nothing else.
const APART: [&str; 2] = ["converts_to", "column"];

fn names(value: &Json, word: &str, attribute: &str) -> bool {
    match value {
        Json::String(text) => !PROSE.contains(&attribute) && !APART.contains(&attribute) && has_word(text, word),
        Json::Array(items) => items.iter().any(|item| names(item, word, attribute)),
        Json::Object(parts) => parts.iter().any(|(name, part)| names(part, word, name)),
        _ => false,
    }
}

/// Whether the text holds the word, not as a part of a longer name.
fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|part| part.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::mentioned_in;
    use model::schema::{FieldDef, ObjectDef, ValidationRule};

    #[test]
    fn rules_and_formulas_speak_of_a_field_and_labels_do_not() {
        let mut part = ObjectDef::new("Part__c", "Part", "Parts", "a00")
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::int("Size__c", "Size__c"))
            .field(FieldDef::int("Size2__c", "Size__c and more").help("See Size__c."));
        let found = |part: &ObjectDef| {
            mentioned_in(std::slice::from_ref(part), "Part__c", "Size__c", "Size__c").expect("readable")
        };
        assert_eq!(found(&part), None);
        part.validation_rules.push(ValidationRule {
            name: "Small".to_owned(),
            condition: "size__c > 3".to_owned(),
            message: "Too large".to_owned(),
            field: None,
            ..ValidationRule::default()
        });
        assert_eq!(found(&part).as_deref(), Some("Part__c.Small"));
    }
}
