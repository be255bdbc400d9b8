//! A custom field: its words, and the declaration that they come to.

use super::picklist::ValueSetUse;
use super::summary::{Said, SummaryFilter};
use super::{between, needed, refuse, said};
use model::schema::{Blanks, FieldDef, MAX_ENCRYPTED_LENGTH, Mask, MaskCharacter, MaskKind, OnDelete, Sealing};
use model::{Date, FieldType, MAX_PRECISION, OrgSchema, Result, Value, parse_decimal};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A field as the Metadata API speaks of it (`CustomField`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CustomField {
    /// `Text`, `Picklist`, `Lookup`…; of a formula the type of its result.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inline_help_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_sensitive: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_history: Option<bool>,
    /// A constant of the field's type, as a text, a number or a truth value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_value: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starting_number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_constraint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_requires_master_read: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reparentable_master_detail: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask_char: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula_treat_blanks_as: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary_foreign_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary_operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summarized_field: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub summary_filter_items: Vec<SummaryFilter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_set: Option<ValueSetUse>,
    /// What clients say about pages of theirs; taken and not kept.
    #[serde(skip_serializing)]
    pub visible_lines: Option<u32>,
    #[serde(skip_serializing)]
    pub display_location_in_decimal: Option<bool>,
    #[serde(skip_serializing)]
    pub relationship_label: Option<String>,
    #[serde(skip_serializing)]
    pub relationship_order: Option<u32>,
    #[serde(skip_serializing)]
    pub track_trending: Option<bool>,
    #[serde(skip_serializing)]
    pub track_feed_history: Option<bool>,
}

/// What a field of any type may say.
const EVERY: [&str; 4] = ["type", "label", "description", "inlineHelpText"];

/// The types, each with what else it may say.
const KINDS: [(&str, &[&str]); 19] = [
    ("AutoNumber", &["displayFormat", "startingNumber", "externalId"]),
    ("Checkbox", &["defaultValue", "trackHistory"]),
    ("Currency", &["precision", "scale", "required", "defaultValue", "trackHistory"]),
    ("Date", &["required", "defaultValue", "trackHistory"]),
    ("DateTime", &["required", "trackHistory"]),
    ("Email", &["required", "unique", "externalId", "caseSensitive", "defaultValue", "trackHistory"]),
    ("EncryptedText", &["length", "maskChar", "maskType", "required", "trackHistory"]),
    ("Location", &["scale", "required", "trackHistory"]),
    ("LongTextArea", &["length", "defaultValue", "trackHistory"]),
    ("Lookup", &["referenceTo", "relationshipName", "deleteConstraint", "required", "trackHistory"]),
    (
        "MasterDetail",
        &["referenceTo", "relationshipName", "writeRequiresMasterRead", "reparentableMasterDetail", "trackHistory"],
    ),
    ("MultiselectPicklist", &["valueSet", "required", "trackHistory"]),
    ("Number", &["precision", "scale", "required", "unique", "externalId", "defaultValue", "trackHistory"]),
    ("Percent", &["precision", "scale", "required", "defaultValue", "trackHistory"]),
    ("Phone", &["required", "defaultValue", "trackHistory"]),
    ("Picklist", &["valueSet", "required", "trackHistory"]),
    ("Summary", &["summaryForeignKey", "summaryOperation", "summarizedField", "summaryFilterItems"]),
    ("Text", &["length", "required", "unique", "externalId", "caseSensitive", "defaultValue", "trackHistory"]),
    ("TextArea", &["required", "defaultValue", "trackHistory"]),
];
/// Types whose names say what [`KINDS`] has no room for.
const MORE_KINDS: [(&str, &[&str]); 2] =
    [("Time", &["required", "trackHistory"]), ("Url", &["required", "defaultValue", "trackHistory"])];

/// What a formula says beside its type, and what types its result can have.
const OF_FORMULAS: [&str; 4] = ["formula", "formulaTreatBlanksAs", "precision", "scale"];
const RESULTS: [&str; 7] = ["Checkbox", "Currency", "Date", "DateTime", "Number", "Percent", "Text"];

/// As much text as a formula gives.
const FORMULA_TEXT: u32 = 1_300;
const LONG_TEXT: u32 = 131_072;

impl CustomField {
    /// The names of the types, for whoever chooses one.
    pub fn kinds() -> impl Iterator<Item = &'static str> {
        KINDS.iter().chain(&MORE_KINDS).map(|(name, _)| *name)
    }

    /// What a field of a type may say, beside name and label.
    pub fn words_of(kind: &str) -> &'static [&'static str] {
        let known = KINDS.iter().chain(&MORE_KINDS).find(|(name, _)| *name == kind);
        known.map(|(_, words)| *words).unwrap_or_default()
    }

    /// The declaration of a field called `name`.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` naming the word at fault and its rule.
    pub fn declare(&self, name: &str, schema: &OrgSchema) -> Result<FieldDef> {
        let kind = needed("type", self.kind.as_ref())?;
        self.check_words(kind)?;
        let label = needed("label", self.label.as_ref())?;
        if label.chars().count() > 80 {
            return Err(refuse("label", "at most 80 characters"));
        }
        let mut field = match kind {
            "Lookup" | "MasterDetail" => self.reference(kind, name, label, schema)?,
            "AutoNumber" => {
                if self.starting_number.is_some_and(|number| number > 1) {
                    return Err(refuse("startingNumber", "numbers begin at 1"));
                }
                FieldDef::auto_number(name, label, needed("displayFormat", self.display_format.as_ref())?)
            }
            _ => FieldDef::new(name, label, self.data_type(kind, schema)?),
        };
        field.description = self.description.clone().unwrap_or_default();
        field.help = self.inline_help_text.clone().unwrap_or_default();
        field.required |= self.required == Some(true);
        field.unique = self.unique == Some(true);
        field.external_id = self.external_id == Some(true);
        field.case_sensitive = self.case_sensitive == Some(true);
        field.tracked = self.track_history == Some(true);
        if field.data_type.mask().is_some() {
            field.sealed = Sealing::Probabilistic;
        }
        if let Some(choices) = &self.value_set {
            field.value_set.clone_from(&choices.value_set_name);
            field.dependency = choices.dependency()?;
            let first = field.data_type.picklist_values().iter().find(|value| value.default);
            field.default = first.map(|value| Value::from(value.value.as_str())).unwrap_or_default();
        }
        if let Some(constant) = &self.default_value {
            field.default = constant_of(&field.data_type, constant)?;
        }
        Ok(field)
    }

    /// Nothing is said that says nothing about a field of this type.
    fn check_words(&self, kind: &str) -> Result<()> {
        let is_known = CustomField::kinds().any(|known| known == kind);
        if !is_known {
            let names: Vec<&str> = CustomField::kinds().collect();
            return Err(refuse("type", format!("{kind} is none of {}", names.join(", "))));
        }
        let is_formula = self.formula.is_some();
        if is_formula && !RESULTS.contains(&kind) {
            return Err(refuse("type", format!("a formula gives one of {}", RESULTS.join(", "))));
        }
        let own = if is_formula { &OF_FORMULAS[..] } else { CustomField::words_of(kind) };
        let what = if is_formula { "a formula".to_owned() } else { format!("a field of type {kind}") };
        match said(self).iter().find(|word| !EVERY.contains(&word.as_str()) && !own.contains(&word.as_str())) {
            Some(word) => Err(refuse(word, format!("{what} has none"))),
            None => Ok(()),
        }
    }

    fn data_type(&self, kind: &str, schema: &OrgSchema) -> Result<FieldType> {
        if let Some(source) = &self.formula {
            if source.trim().is_empty() {
                return Err(refuse("formula", "a value is needed"));
            }
            let blanks = match self.formula_treat_blanks_as.as_deref() {
                None | Some("BlankAsZero") => Blanks::AsZero,
                Some("BlankAsBlank") => Blanks::AsNull,
                Some(_) => return Err(refuse("formulaTreatBlanksAs", "it is BlankAsZero or BlankAsBlank")),
            };
            let returns = match kind {
                "Text" => FieldType::Text { length: FORMULA_TEXT },
                _ => self.plain(kind, schema)?,
            };
            return Ok(FieldType::Formula { source: source.clone(), returns: Box::new(returns), blanks });
        }
        self.plain(kind, schema)
    }

    fn plain(&self, kind: &str, schema: &OrgSchema) -> Result<FieldType> {
        let (precision, scale) = match kind {
            "Number" | "Currency" | "Percent" => self.digits()?,
            _ => (0, 0),
        };
        Ok(match kind {
            "Checkbox" => FieldType::Boolean,
            "Currency" => FieldType::Currency { precision, scale },
            "Number" => FieldType::Number { precision, scale },
            "Percent" => FieldType::Percent { precision, scale },
            "Date" => FieldType::Date,
            "DateTime" => FieldType::DateTime,
            "Time" => FieldType::Time,
            "Email" => FieldType::Email,
            "Phone" => FieldType::Phone,
            "Url" => FieldType::Url,
            "Text" => FieldType::Text { length: between("length", self.length, 1, 255)? },
            "TextArea" => FieldType::TextArea { length: 255 },
            "LongTextArea" => FieldType::TextArea { length: between("length", self.length, 256, LONG_TEXT)? },
            "EncryptedText" => FieldType::EncryptedText {
                length: between("length", self.length, 1, MAX_ENCRYPTED_LENGTH)?,
                mask: self.mask()?,
            },
            "Location" => {
                let scale = between("scale", self.scale, 0, 15)?;
                return Ok(FieldDef::location("", "", u8::try_from(scale).unwrap_or_default()).data_type);
            }
            "Picklist" | "MultiselectPicklist" => {
                let choices = self.value_set.as_ref().ok_or_else(|| refuse("valueSet", "a value is needed"))?;
                let (values, restricted) = (choices.own_values()?, choices.restricted == Some(true));
                match kind {
                    "Picklist" => FieldType::Picklist { values, restricted },
                    _ => FieldType::MultiPicklist { values, restricted },
                }
            }
            "Summary" => {
                let said = Said {
                    foreign_key: self.summary_foreign_key.as_ref(),
                    operation: self.summary_operation.as_ref(),
                    field: self.summarized_field.as_ref(),
                    filters: &self.summary_filter_items,
                };
                FieldType::RollUp(said.roll_up(schema)?)
            }
            other => return Err(refuse("type", format!("{other} is no type of field here"))),
        })
    }

    fn digits(&self) -> Result<(u8, u8)> {
        let most = u32::from(MAX_PRECISION);
        let precision = between("precision", self.precision.or(Some(18)), 1, most)?;
        let scale = between("scale", self.scale.or(Some(0)), 0, precision)?;
        let small = |number: u32| u8::try_from(number).unwrap_or(MAX_PRECISION);
        Ok((small(precision), small(scale)))
    }

    fn mask(&self) -> Result<Mask> {
        let kinds =
            [MaskKind::All, MaskKind::CreditCard, MaskKind::Ssn, MaskKind::LastFour, MaskKind::Sin, MaskKind::Nino];
        let wanted = self.mask_type.as_deref().unwrap_or("all");
        let kind = kinds.into_iter().find(|known| known.name() == wanted);
        let kind =
            kind.ok_or_else(|| refuse("maskType", format!("it is one of {}", kinds.map(MaskKind::name).join(", "))))?;
        let character = match self.mask_char.as_deref() {
            None | Some("asterisk") => MaskCharacter::Asterisk,
            Some("X") => MaskCharacter::X,
            Some(_) => return Err(refuse("maskChar", "it is asterisk or X")),
        };
        Ok(Mask { kind, character })
    }

    fn reference(&self, kind: &str, name: &str, label: &str, schema: &OrgSchema) -> Result<FieldDef> {
        let target = needed("referenceTo", self.reference_to.as_ref())?;
        let target = schema.find_object(target).filter(|object| object.def.retired.is_none());
        let target = target.ok_or_else(|| refuse("referenceTo", "there is no such object"))?;
        let field = match kind {
            "MasterDetail" => {
                let mut field = FieldDef::master(name, label, target.name());
                if self.write_requires_master_read == Some(true) {
                    field = field.write_needs_read();
                }
                if self.reparentable_master_detail == Some(true) {
                    field = field.reparentable();
                }
                field
            }
            _ => {
                let on_delete = match self.delete_constraint.as_deref() {
                    None | Some("SetNull") => OnDelete::SetNull,
                    Some("Restrict") => OnDelete::Restrict,
                    Some("Cascade") => OnDelete::Cascade,
                    Some(_) => return Err(refuse("deleteConstraint", "it is SetNull, Restrict or Cascade")),
                };
                if self.required == Some(true) && on_delete == OnDelete::SetNull {
                    let rule = "a required lookup cannot be cleared; choose Restrict or Cascade";
                    return Err(refuse("deleteConstraint", rule));
                }
                FieldDef::lookup(name, label, target.name()).on_delete(on_delete)
            }
        };
        // The list is walked like the reference itself: under a name of the org's own.
        Ok(match &self.relationship_name {
            Some(list) => field.children(&format!("{}__r", list.strip_suffix("__r").unwrap_or(list))),
            None => field,
        })
    }
}

/// A constant that new records start with.
fn constant_of(data_type: &FieldType, constant: &Json) -> Result<Value> {
    let refused = |rule: &str| refuse("defaultValue", rule);
    let text = match constant {
        Json::String(text) => text.trim().to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.to_string(),
        _ => return Err(refused("it is a constant: a text, a number, true or false")),
    };
    let quoted = |mark: char| text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    let unquoted = quoted('"').or_else(|| quoted('\'')).unwrap_or(&text);
    if unquoted.is_empty() {
        return Ok(Value::Null);
    }
    match data_type {
        FieldType::Boolean => match unquoted {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(refused("it is true or false")),
        },
        FieldType::Date => Date::parse(unquoted).map(Value::Date).ok_or_else(|| refused("a date such as 2026-11-21")),
        other if other.is_number() => {
            let number = parse_decimal(unquoted).ok_or_else(|| refused("it is no number"))?;
            match number.normalize().scale() > u32::from(other.scale()) {
                true => Err(refused(&format!("at most {} digits after the point", other.scale()))),
                false => Ok(Value::Number(number)),
            }
        }
        other => {
            let most = usize::try_from(other.length()).unwrap_or(usize::MAX);
            match most > 0 && unquoted.chars().count() > most {
                true => Err(refused(&format!("at most {most} characters"))),
                false => Ok(Value::from(unquoted)),
            }
        }
    }
}
