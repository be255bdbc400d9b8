//! The columns a report names: fields of its objects and of what they point to, buckets, formulas; tied to the schema and
//! to what the reader may see.

mod alias;
mod base;
mod bucket;
mod field;
mod formula;

pub(crate) use base::{Author, Base, ColumnAt, Derived};

use model::Value;
use model::schema::{FieldType, Sealing};
use render::ColumnKind;

/// A column tied to the schema.
#[derive(Clone, Debug)]
pub(crate) struct BoundColumn {
    /// As the definition names it.
    pub(crate) name: String,
    /// From the object whose records are the rows, in the schema's own case: `Account.Name`.
    pub(crate) path: String,
    pub(crate) label: String,
    pub(crate) data_type: FieldType,
    /// How the store keeps its values: encrypted ones cannot be compared at will.
    pub(crate) sealing: Sealing,
    /// Whether the reader may see every field on the way.
    pub(crate) is_readable: bool,
    /// Whether it is what its record is called.
    pub(crate) is_name: bool,
    /// The input that holds the id of the record it names, where that is asked for.
    pub(crate) names: Option<usize>,
    pub(crate) at: ColumnAt,
}

impl BoundColumn {
    pub(crate) fn is_filterable(&self) -> bool {
        self.data_type.is_filterable() && self.sealing != Sealing::Probabilistic
    }

    pub(crate) fn is_sortable(&self) -> bool {
        self.data_type.is_sortable() && !self.sealing.is_sealed()
    }

    pub(crate) fn is_groupable(&self) -> bool {
        self.data_type.is_groupable() && self.sealing != Sealing::Probabilistic
    }

    /// Whether rows can be grouped by it, by the store or here.
    pub(crate) fn can_group(&self) -> bool {
        self.data_type.is_sortable() && self.sealing != Sealing::Probabilistic
    }

    /// How its cells are typed and shown.
    pub(crate) fn kind(&self, surroundings: &Surroundings) -> ColumnKind {
        match &self.data_type {
            FieldType::Id | FieldType::Reference(_) => ColumnKind::Id,
            FieldType::Boolean => ColumnKind::Boolean,
            FieldType::Int => ColumnKind::Number { scale: 0 },
            FieldType::Number { scale, .. } => ColumnKind::Number { scale: *scale },
            FieldType::Currency { .. } => ColumnKind::Currency { code: surroundings.currency.clone() },
            FieldType::Percent { scale, .. } => ColumnKind::Percent { scale: *scale },
            FieldType::Date => ColumnKind::Date,
            FieldType::DateTime => ColumnKind::DateTime { zone: surroundings.zone_name.clone() },
            FieldType::Time => ColumnKind::Time,
            _ => ColumnKind::Text,
        }
    }

    pub(crate) fn is_date(&self) -> bool {
        matches!(self.data_type, FieldType::Date | FieldType::DateTime)
    }

    /// A cell as people see it: the labels of picklist values.
    pub(crate) fn label_of(&self, value: &Value) -> Value {
        let label = |text: &str| {
            let found = self.data_type.picklist_values().iter().find(|known| known.value == text);
            found.map_or_else(|| text.to_owned(), |known| known.label.clone())
        };
        match (&self.data_type, value) {
            (FieldType::Picklist { .. }, Value::Text(text)) => Value::Text(label(text)),
            (FieldType::MultiPicklist { .. }, Value::Text(text)) => {
                Value::Text(text.split(';').map(label).collect::<Vec<_>>().join("; "))
            }
            _ => value.clone(),
        }
    }
}

/// Where and for whom a report runs, beside rights.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// ISO 4217.
    pub(crate) currency: String,
    pub(crate) zone: model::Zone,
    /// IANA.
    pub(crate) zone_name: String,
    /// The day that relative dates count from.
    pub(crate) today: model::Date,
    pub(crate) now: model::Instant,
    pub(crate) calendar: soql::dates::Calendar,
    pub(crate) formats: render::format::Formats,
}

/// At most 80 characters of what was given.
pub(crate) fn shown(text: &str) -> String {
    let mut out: String = text.chars().take(80).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}
