//! What an org deleted of its metadata and can still take back: declarations that nothing resolves any more, whose
//! tables and columns are still there.

use super::{FieldDef, ObjectDef, OrgSchema};
use crate::Instant;
use serde::{Deserialize, Serialize};

/// A field that is no longer one of its object's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetiredField {
    pub field: FieldDef,
    pub at: Instant,
    /// The values moved to another column when the field's type changed: this one only waits for its removal.
    #[serde(default)]
    pub replaced: bool,
}

/// That an object was deleted, and under which name it was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetiredObject {
    pub name: String,
    pub at: Instant,
}

impl FieldDef {
    /// The name of the field's column.
    pub fn column_name(&self) -> &str {
        if self.column.is_empty() { &self.name } else { &self.column }
    }

    /// What tells the field apart from all others of its object, whatever it is called and wherever its values stand.
    pub fn identity(&self) -> &str {
        if self.identity.is_empty() { self.column_name() } else { &self.identity }
    }
}

impl ObjectDef {
    /// The name of the object's table.
    pub fn table_name(&self) -> &str {
        if self.table.is_empty() { &self.name } else { &self.table }
    }

    /// Every column that the table has or may still have, in lower case: databases do not tell case apart.
    pub fn columns(&self) -> impl Iterator<Item = String> {
        let live = self.fields.iter().map(|field| field.column_name().to_ascii_lowercase());
        // Of a deleted location nothing but its own declaration says that its parts have columns.
        let retired = self.retired_fields.iter().flat_map(|retired| {
            let parts = retired.field.location_parts();
            std::iter::once(retired.field.column_name().to_ascii_lowercase())
                .chain(parts.into_iter().map(|part| part.column_name().to_ascii_lowercase()))
        });
        live.chain(retired)
    }

    /// A column name that no field of the object has or had, and that none is known by.
    pub fn fresh_column(&self, field: &str) -> String {
        let identities = self.fields.iter().map(|field| field.identity().to_ascii_lowercase());
        let taken: Vec<String> = self.columns().chain(identities).collect();
        fresh(field, &taken)
    }
}

impl OrgSchema {
    /// Objects that were deleted and can be taken back.
    pub fn retired_objects(&self) -> &[ObjectDef] {
        &self.retired
    }

    /// A table name that no object has or had.
    pub fn fresh_table(&self, object: &str) -> String {
        let live = self.objects.iter().map(|object| object.table.to_ascii_lowercase());
        let retired = self.retired.iter().map(|def| def.table_name().to_ascii_lowercase());
        fresh(object, &live.chain(retired).collect::<Vec<_>>())
    }
}

/// The name itself, or followed by a number: no API name can hold the sign between them.
fn fresh(name: &str, taken: &[String]) -> String {
    let free = |candidate: &String| !taken.contains(&candidate.to_ascii_lowercase());
    let numbered = (2_u32..).map(|number| format!("{name}~{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(free).unwrap_or_default()
}
