//! Components as rows: the fields that each kind has in queries.

use super::{Component, ComponentKind};
use crate::ctx::Ctx;
use model::Result;
use serde_json::{Map, Value as Json, json};

/// The fields of a kind, in the order in which they are told.
pub(super) const fn fields(kind: ComponentKind) -> &'static [&'static str] {
    match kind {
        ComponentKind::CustomObject => &["Id", "FullName", "DeveloperName", "NamespacePrefix", "Description"],
        ComponentKind::CustomField => &[
            "Id",
            "FullName",
            "DeveloperName",
            "NamespacePrefix",
            "TableEnumOrId",
            "EntityDefinitionId",
            "Description",
        ],
        ComponentKind::ValidationRule => &[
            "Id",
            "FullName",
            "ValidationName",
            "NamespacePrefix",
            "EntityDefinitionId",
            "Active",
            "ErrorDisplayField",
            "ErrorMessage",
            "Description",
        ],
        ComponentKind::GlobalValueSet => {
            &["Id", "FullName", "DeveloperName", "NamespacePrefix", "MasterLabel", "Description"]
        }
    }
}

impl Ctx {
    /// The fields of one component with their values.
    ///
    /// # Errors
    /// As [`Ctx::component_told`].
    pub fn component_row(&self, component: &Component) -> Result<Map<String, Json>> {
        let said = self.component_told(component)?;
        let object = component.object.as_deref();
        let of_object = || -> Result<Json> {
            // Other objects than those of the org's own go by their names.
            let Some(name) = object else { return Ok(Json::Null) };
            let owns = self.components(ComponentKind::CustomObject)?.into_iter().find(|known| known.name == name);
            Ok(Json::String(owns.map_or_else(|| name.to_owned(), |known| known.id.to_string())))
        };
        let mut row = Map::new();
        for field in fields(component.kind) {
            let value = match *field {
                "Id" => json!(component.id.to_string()),
                "FullName" => json!(component.full_name()),
                "DeveloperName" => json!(component.developer_name()),
                "ValidationName" => json!(component.name),
                "TableEnumOrId" | "EntityDefinitionId" => of_object()?,
                "Active" => said["active"].clone(),
                "ErrorDisplayField" => said["errorDisplayField"].clone(),
                "ErrorMessage" => said["errorMessage"].clone(),
                "MasterLabel" => said["masterLabel"].clone(),
                "Description" => said["description"].clone(),
                // No package has a namespace here.
                _ => Json::Null,
            };
            row.insert((*field).to_owned(), value);
        }
        Ok(row)
    }
}
