//! A custom object in the words of the Metadata API.

use super::{CustomField, needed, refuse};
use model::schema::{AccessDefault, FieldDef, ObjectDef, SharingKind};
use model::{OrgSchema, Result};
use serde::{Deserialize, Serialize};

/// An object of the org's own (`CustomObject`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CustomObject {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plural_label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_field: Option<NameField>,
    /// `Private`, `Read`, `ReadWrite` or `ControlledByParent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing_model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_search: Option<bool>,
    /// `Deployed`: objects are there as soon as they are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_status: Option<String>,
    /// Always so here; taken and not kept.
    #[serde(skip_serializing)]
    pub enable_bulk_api: Option<bool>,
    #[serde(skip_serializing)]
    pub enable_sharing: Option<bool>,
    #[serde(skip_serializing)]
    pub enable_streaming_api: Option<bool>,
    #[serde(skip_serializing)]
    pub enable_reports: Option<bool>,
    #[serde(skip_serializing)]
    pub enable_activities: Option<bool>,
    /// Each field says for itself whether its history is kept.
    #[serde(skip_serializing)]
    pub enable_history: Option<bool>,
}

/// What records are called by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct NameField {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// `Text` or `AutoNumber`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_format: Option<String>,
    #[serde(skip_serializing)]
    pub starting_number: Option<u32>,
    #[serde(skip_serializing)]
    pub track_history: Option<bool>,
}

const MODELS: [(&str, AccessDefault); 3] = [
    ("Private", AccessDefault::Private),
    ("Read", AccessDefault::PublicRead),
    ("ReadWrite", AccessDefault::PublicReadWrite),
];

impl CustomObject {
    /// The declaration of an object called `name` with the fields that it begins with, each under its name.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` naming the word at fault and its rule.
    pub fn declare(&self, name: &str, fields: &[(String, CustomField)], schema: &OrgSchema) -> Result<ObjectDef> {
        let label = needed("label", self.label.as_ref())?;
        let plural = needed("pluralLabel", self.plural_label.as_ref())?;
        if self.deployment_status.as_deref().is_some_and(|status| status != "Deployed") {
            return Err(refuse("deploymentStatus", "objects are there as soon as they are made: Deployed"));
        }
        // The prefix is given out when the object is made.
        let mut object = ObjectDef::new(name, label, plural, "a00").field(self.name_declared()?);
        object.description = self.description.clone().unwrap_or_default();
        object.searchable = self.enable_search != Some(false);
        for (name, field) in fields {
            object = object.field(field.declare(name, schema)?);
        }
        let masters: Vec<String> = masters_of(&object.fields).map(str::to_owned).collect();
        let model = self.sharing_model.as_deref().unwrap_or(if masters.is_empty() { "ReadWrite" } else { DETAIL });
        match (model, masters.is_empty()) {
            (DETAIL, true) => {
                return Err(refuse("sharingModel", "only an object with a MasterDetail field is ControlledByParent"));
            }
            (DETAIL, false) => object.sharing = SharingKind::Detail { masters },
            (_, false) => {
                return Err(refuse("sharingModel", "an object with a MasterDetail field is ControlledByParent"));
            }
            (model, true) => {
                let known = MODELS.iter().find(|(name, _)| *name == model);
                let rule = "it is Private, Read, ReadWrite or ControlledByParent";
                object.access_default = known.ok_or_else(|| refuse("sharingModel", rule))?.1;
            }
        }
        Ok(object)
    }

    fn name_declared(&self) -> Result<FieldDef> {
        let said = self.name_field.clone().unwrap_or_default();
        let label = said.label.as_deref().map(str::trim).filter(|label| !label.is_empty()).unwrap_or("Name");
        match said.kind.as_deref() {
            None | Some("Text") => Ok(FieldDef::text("Name", label, 80).required()),
            Some("AutoNumber") => {
                Ok(FieldDef::auto_number("Name", label, needed("displayFormat", said.display_format.as_ref())?))
            }
            Some(_) => Err(refuse("nameField", "its type is Text or AutoNumber")),
        }
    }

    /// As an object has it.
    pub fn of(object: &ObjectDef) -> Self {
        let name = object.fields.iter().find(|field| field.name == object.name_field);
        let name_field = name.and_then(CustomField::of).map(|field| NameField {
            label: field.label,
            kind: field.kind,
            display_format: field.display_format,
            ..NameField::default()
        });
        let model = match &object.sharing {
            SharingKind::Detail { .. } => DETAIL,
            _ => MODELS.iter().find(|(_, known)| *known == object.access_default).map_or(DETAIL, |(name, _)| *name),
        };
        Self {
            label: Some(object.label.clone()),
            plural_label: Some(object.label_plural.clone()),
            description: Some(object.description.clone()).filter(|text| !text.is_empty()),
            name_field,
            sharing_model: Some(model.to_owned()),
            enable_search: Some(object.searchable),
            deployment_status: Some("Deployed".to_owned()),
            ..Self::default()
        }
    }
}

const DETAIL: &str = "ControlledByParent";

fn masters_of(fields: &[FieldDef]) -> impl Iterator<Item = &str> {
    let is_master = |field: &&FieldDef| field.data_type.as_reference().is_some_and(|known| known.master_detail);
    fields.iter().filter(is_master).map(|field| field.name.as_str())
}
