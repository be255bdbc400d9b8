//! A declared field in the words of the Metadata API.

use super::picklist::ValueSetUse;
use super::{CustomField, summary};
use model::schema::{Blanks, Compound, FieldDef, MaskCharacter, OnDelete, Reference};
use model::{FieldType, Value};
use serde_json::Value as Json;

impl CustomField {
    /// The component that a declaration is; none of a field that the platform alone can have.
    pub fn of(field: &FieldDef) -> Option<Self> {
        let mut told = Self {
            kind: Some(kind_of(&field.data_type)?.to_owned()),
            label: Some(field.label.clone()),
            description: some_text(&field.description),
            inline_help_text: some_text(&field.help),
            track_history: Some(field.tracked).filter(|tracked| *tracked),
            ..Self::default()
        };
        if !field.data_type.is_calculated() {
            told.required = Some(field.required);
            told.default_value = constant(&field.default);
        }
        if field.unique || field.external_id {
            told.unique = Some(field.unique);
            told.external_id = Some(field.external_id);
            told.case_sensitive = Some(field.case_sensitive);
        }
        told.tell_type(field);
        Some(told)
    }

    fn tell_type(&mut self, field: &FieldDef) {
        let data_type = &field.data_type;
        match data_type {
            FieldType::Text { length } => self.length = Some(*length),
            FieldType::TextArea { length } => self.length = Some(*length).filter(|length| *length > 255),
            FieldType::EncryptedText { length, mask } => {
                self.length = Some(*length);
                self.mask_type = Some(mask.kind.name().to_owned());
                let character = match mask.character {
                    MaskCharacter::Asterisk => "asterisk",
                    MaskCharacter::X => "X",
                };
                self.mask_char = Some(character.to_owned());
            }
            FieldType::Number { precision, scale }
            | FieldType::Currency { precision, scale }
            | FieldType::Percent { precision, scale } => {
                self.precision = Some((*precision).into());
                self.scale = Some((*scale).into());
            }
            FieldType::Int => (self.precision, self.scale) = (Some(18), Some(0)),
            FieldType::Compound(Compound::Location { scale }) => self.scale = Some((*scale).into()),
            FieldType::AutoNumber { format } => {
                self.display_format = Some(format.clone());
                self.required = None;
            }
            FieldType::Picklist { .. } | FieldType::MultiPicklist { .. } => {
                self.value_set = Some(ValueSetUse::of(field));
                // The default is marked in the list.
                self.default_value = None;
            }
            FieldType::Reference(reference) => self.tell_reference(reference),
            FieldType::Formula { source, returns, blanks } => {
                self.formula = Some(source.clone());
                let blanks = match blanks {
                    Blanks::AsZero => "BlankAsZero",
                    Blanks::AsNull => "BlankAsBlank",
                };
                self.formula_treat_blanks_as = Some(blanks.to_owned());
                if returns.is_number() {
                    self.precision = Some(returns.precision().into());
                    self.scale = Some(returns.scale().into());
                }
            }
            FieldType::RollUp(roll_up) => summary::tell(roll_up, self),
            _ => {}
        }
    }

    fn tell_reference(&mut self, reference: &Reference) {
        self.reference_to = reference.targets.first().cloned();
        self.relationship_name =
            reference.children.as_deref().map(|list| list.strip_suffix("__r").unwrap_or(list).to_owned());
        if reference.master_detail {
            self.write_requires_master_read = Some(reference.write_needs_read);
            self.reparentable_master_detail = Some(reference.reparentable);
            self.required = None;
        } else {
            let on_delete = match reference.on_delete {
                OnDelete::SetNull => "SetNull",
                OnDelete::Restrict => "Restrict",
                OnDelete::Cascade => "Cascade",
            };
            self.delete_constraint = Some(on_delete.to_owned());
        }
    }
}

fn some_text(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn constant(value: &Value) -> Option<Json> {
    match value {
        Value::Null => None,
        Value::Bool(flag) => Some(Json::Bool(*flag)),
        other => Some(Json::String(other.to_plain())),
    }
}

/// What the Metadata API calls a type.
fn kind_of(data_type: &FieldType) -> Option<&'static str> {
    Some(match data_type {
        FieldType::Text { .. } => "Text",
        FieldType::TextArea { length } if *length > 255 => "LongTextArea",
        FieldType::TextArea { .. } => "TextArea",
        FieldType::EncryptedText { .. } => "EncryptedText",
        FieldType::Email => "Email",
        FieldType::Phone => "Phone",
        FieldType::Url => "Url",
        FieldType::Picklist { .. } => "Picklist",
        FieldType::MultiPicklist { .. } => "MultiselectPicklist",
        FieldType::Boolean => "Checkbox",
        FieldType::Int | FieldType::Number { .. } => "Number",
        FieldType::Currency { .. } => "Currency",
        FieldType::Percent { .. } => "Percent",
        FieldType::Date => "Date",
        FieldType::DateTime => "DateTime",
        FieldType::Time => "Time",
        FieldType::Reference(reference) if reference.master_detail => "MasterDetail",
        FieldType::Reference(_) => "Lookup",
        FieldType::AutoNumber { .. } => "AutoNumber",
        FieldType::Formula { returns, .. } => kind_of(returns)?,
        FieldType::RollUp(_) => "Summary",
        FieldType::Compound(Compound::Location { .. }) => "Location",
        FieldType::Id | FieldType::Base64 | FieldType::Compound(_) => return None,
    })
}
