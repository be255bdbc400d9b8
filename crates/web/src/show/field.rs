//! Fields as columns: what to select for one, how wide it is, what its values are for the renderer.

use crate::kit::Column;
use model::schema::FieldType;
use model::{FieldSchema, RecordId, Value};
use platform::{Cell, Ctx, RecordRow};
use render::ColumnKind;

/// One field picked for a table or a page, with the place of its values in the rows of an answer.
#[derive(Clone)]
pub(crate) struct Pick<'a> {
    pub(crate) field: &'a FieldSchema,
    /// The path to the name of the record that a reference leads to.
    pub(crate) name_path: Option<String>,
    at: usize,
}

impl<'a> Pick<'a> {
    /// The fields in order, each at its place in a SELECT made by [`Pick::select`].
    pub(crate) fn all(ctx: &Ctx, fields: impl IntoIterator<Item = &'a FieldSchema>) -> Vec<Self> {
        let mut at = 0;
        fields
            .into_iter()
            .map(|field| {
                let pick = Self { field, name_path: name_path(ctx, field), at };
                at += 1 + usize::from(pick.name_path.is_some());
                pick
            })
            .collect()
    }

    /// The list after SELECT; `Id` where there is no field at all.
    pub(crate) fn select(picks: &[Self]) -> String {
        let mut names: Vec<&str> = Vec::new();
        for pick in picks {
            names.push(pick.field.name());
            names.extend(pick.name_path.as_deref());
        }
        if names.is_empty() { "Id".to_owned() } else { names.join(", ") }
    }

    pub(crate) fn value<'r>(&self, row: &'r RecordRow) -> &'r Value {
        row.cells.get(self.at).map_or(&Value::Null, Cell::value)
    }

    /// The name of the record that the reference leads to, where the reader may see it.
    pub(crate) fn name<'r>(&self, row: &'r RecordRow) -> Option<&'r str> {
        self.name_path.as_ref()?;
        row.cells.get(self.at + 1).map(Cell::value).and_then(Value::as_text)
    }

    pub(crate) fn reference(&self, row: &RecordRow) -> Option<RecordId> {
        self.value(row).as_id()
    }

    /// The heading of its column.
    pub(crate) fn column(&self, currency: &str) -> Column {
        let data_type = self.field.data_type();
        if !data_type.is_number() {
            return Column::text(self.field.label());
        }
        let column = Column::number(self.field.label().trim_end_matches(" (%)"));
        match data_type.value_type() {
            FieldType::Currency { .. } => column.unit(currency),
            _ => column,
        }
    }
}

/// The path from a reference to the name of its record.
fn name_path(ctx: &Ctx, field: &FieldSchema) -> Option<String> {
    let step = field.data_type().as_reference()?.relationship.as_deref()?;
    if field.is_polymorphic() {
        return Some(format!("{step}.Name"));
    }
    let target = ctx.schema().object(*field.targets.first()?);
    let name = target.name_field();
    let visible = ctx.object_permission(target.ix).read && ctx.can_read_field(target.ix, name.ix);
    (visible && name.data_type().is_text()).then(|| format!("{step}.{}", name.name()))
}

/// What the renderer needs to know of a field's values.
pub(crate) fn kind(data_type: &FieldType, currency: &str, zone: &str) -> ColumnKind {
    match data_type.value_type() {
        FieldType::Boolean => ColumnKind::Boolean,
        FieldType::Int => ColumnKind::Number { scale: 0 },
        FieldType::Number { scale, .. } => ColumnKind::Number { scale: *scale },
        FieldType::Currency { .. } => ColumnKind::Currency { code: currency.to_owned() },
        FieldType::Percent { scale, .. } => ColumnKind::Percent { scale: *scale },
        FieldType::Date => ColumnKind::Date,
        FieldType::DateTime => ColumnKind::DateTime { zone: zone.to_owned() },
        FieldType::Time => ColumnKind::Time,
        _ => ColumnKind::Text,
    }
}
