//! The columns a report names: paths from its object up through lookups, tied to the schema and to what the reader
//! may see.

use crate::definition::refused;
use model::schema::{FieldType, Sealing};
use model::{Error, ErrorCode, ObjectSchema, Result, Value};
use platform::Ctx;
use render::ColumnKind;

/// What a polymorphic lookup shows of whatever it points to.
const SHARED_FIELDS: [&str; 7] = ["Id", "Name", "Type", "FirstName", "LastName", "Email", "Phone"];

/// A column tied to the schema.
#[derive(Clone, Debug)]
pub(crate) struct BoundColumn {
    /// From the report's object, in the schema's own case: `Account.Name`.
    pub(crate) path: String,
    pub(crate) label: String,
    pub(crate) data_type: FieldType,
    /// How the store keeps its values: encrypted ones cannot be compared at will.
    pub(crate) sealing: Sealing,
    /// Whether the reader may see every field on the way.
    pub(crate) is_readable: bool,
}

impl BoundColumn {
    /// Ties a name as a definition has it: `Amount`, `Account.Name`, `Opportunity.Account.Name`.
    ///
    /// # Errors
    /// Names the property and the column when there is no such column.
    pub(crate) fn bind(ctx: &Ctx, root: &ObjectSchema, property: &str, name: &str) -> Result<Self> {
        let unknown = || refused(property, format!("\"{}\" is no column of {}.", shown(name), root.def.label_plural));
        let steps: Vec<&str> = name.split('.').collect();
        let steps = match steps.as_slice() {
            [first, rest @ ..]
                if !rest.is_empty()
                    && first.eq_ignore_ascii_case(root.name())
                    && root.find_relationship(first).is_none() =>
            {
                rest
            }
            all => all,
        };
        let (last, up) = steps.split_last().ok_or_else(unknown)?;
        let schema = ctx.schema();
        let mut object = root;
        let mut path = String::new();
        let mut is_readable = ctx.object_permission(root.ix).read;
        let mut owner_label: Option<String> = None;
        for (at, step) in up.iter().enumerate() {
            let reference = object.find_relationship(step).ok_or_else(unknown)?;
            is_readable &= ctx.can_read_field(object.ix, reference.ix);
            let relationship =
                reference.data_type().as_reference().and_then(|reference| reference.relationship.as_deref());
            path.push_str(relationship.unwrap_or(step));
            path.push('.');
            owner_label = Some(match owner_label {
                Some(before) => format!("{before}: {}", reference.label()),
                None => reference.label().to_owned(),
            });
            match reference.targets.as_slice() {
                [one] => {
                    object = schema.object(*one);
                    is_readable &= ctx.object_permission(*one).read;
                }
                several if at + 1 == up.len() => {
                    let field =
                        SHARED_FIELDS.iter().find(|field| field.eq_ignore_ascii_case(last)).ok_or_else(unknown)?;
                    is_readable &= several.iter().any(|object| ctx.object_permission(*object).read);
                    path.push_str(field);
                    let label = owner_label.unwrap_or_default();
                    let label = if *field == "Name" { label } else { format!("{label}: {field}") };
                    let data_type = if *field == "Id" { FieldType::Id } else { FieldType::Text { length: 255 } };
                    // One sealed field among those it may show is enough: the column shows and does no more.
                    let is_sealed = |object: &model::ObjectIx| {
                        schema.object(*object).find_field(field).is_some_and(model::FieldSchema::is_sealed)
                    };
                    let sealing = if several.iter().any(is_sealed) { Sealing::Probabilistic } else { Sealing::None };
                    return Ok(Self { path, label, data_type, sealing, is_readable });
                }
                _ => return Err(unknown()),
            }
        }
        let field = object.find_field(last).ok_or_else(unknown)?;
        if field.data_type().is_shown_from_parts() {
            let kind = field.data_type().api_name();
            let parts = if kind == "address" { "city, country or another part" } else { "latitude or longitude" };
            return Err(refused(property, format!("\"{}\" is of type {kind}; name its {parts}.", shown(name))));
        }
        is_readable &= ctx.can_read_field(object.ix, field.ix);
        path.push_str(field.name());
        let is_name = field.ix == object.name_field;
        let label = match owner_label {
            Some(label) if is_name => label,
            Some(label) => format!("{label}: {}", field.label()),
            None => field.label().to_owned(),
        };
        Ok(Self {
            path,
            label,
            data_type: field.data_type().value_type().clone(),
            sealing: match ctx.reads_sealed(object.ix, field.ix) {
                true => Sealing::Probabilistic,
                false => field.sealing(),
            },
            is_readable,
        })
    }

    /// As [`BoundColumn::bind`], for a column that decides which rows or groups there are: it must be readable.
    ///
    /// # Errors
    /// Also `INSUFFICIENT_ACCESS_OR_READONLY` for a column that the reader may not see.
    pub(crate) fn bind_readable(ctx: &Ctx, root: &ObjectSchema, property: &str, name: &str) -> Result<Self> {
        let bound = Self::bind(ctx, root, property, name)?;
        if bound.is_readable {
            return Ok(bound);
        }
        Err(Error::new(
            ErrorCode::InsufficientAccessOrReadonly,
            format!(
                "{property}: the report depends on \"{}\", which {} may not read. An administrator can grant the field with \
                 a permission set.",
                shown(name),
                ctx.user().name
            ),
        )
        .with_field("Definition"))
    }

    pub(crate) fn is_filterable(&self) -> bool {
        self.data_type.is_filterable() && self.sealing != Sealing::Probabilistic
    }

    pub(crate) fn is_sortable(&self) -> bool {
        self.data_type.is_sortable() && !self.sealing.is_sealed()
    }

    pub(crate) fn is_groupable(&self) -> bool {
        self.data_type.is_groupable() && self.sealing != Sealing::Probabilistic
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
