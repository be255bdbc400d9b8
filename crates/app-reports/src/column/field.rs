//! A path of names from an object up through its lookups, tied to the schema and to what the reader may see.

use super::alias;
use model::schema::{FieldType, Sealing};
use model::{FieldSchema, ObjectIx, ObjectSchema};
use platform::Ctx;

/// What a polymorphic lookup shows of whatever it points to.
const SHARED_FIELDS: [&str; 7] = ["Id", "Name", "Type", "FirstName", "LastName", "Email", "Phone"];

/// A field at the end of a path.
#[derive(Clone, Debug)]
pub(super) struct FoundField {
    /// From its object, in the schema's own case: `Account.Name`.
    pub(super) path: String,
    /// What the way to it is called: `Account`, `Account: Owner`.
    pub(super) way: Option<String>,
    pub(super) label: String,
    pub(super) is_name: bool,
    pub(super) data_type: FieldType,
    pub(super) sealing: Sealing,
    pub(super) is_readable: bool,
}

/// Why a path leads to no column.
pub(super) enum Missing {
    Unknown,
    /// The field is made of others; its type, and what to name instead.
    Parts(&'static str, &'static str),
}

/// Finds a field by its path, or by the name that reports of standard objects have for it.
pub(super) fn find(ctx: &Ctx, object: &ObjectSchema, steps: &[&str]) -> Result<FoundField, Missing> {
    match follow(ctx, object, steps) {
        Err(Missing::Unknown) if steps.len() == 1 => {
            let path = alias::path(object, steps[0]).ok_or(Missing::Unknown)?;
            follow(ctx, object, &path.split('.').collect::<Vec<_>>())
        }
        found => found,
    }
}

fn follow(ctx: &Ctx, object: &ObjectSchema, steps: &[&str]) -> Result<FoundField, Missing> {
    let (last, up) = steps.split_last().ok_or(Missing::Unknown)?;
    let schema = ctx.schema();
    let mut is_readable = ctx.object_permission(object.ix).read;
    let mut object = object;
    let mut path = String::new();
    let mut way: Option<String> = None;
    for (at, step) in up.iter().enumerate() {
        let reference = object.find_relationship(step).ok_or(Missing::Unknown)?;
        is_readable &= ctx.can_read_field(object.ix, reference.ix);
        let relationship = reference.data_type().as_reference().and_then(|reference| reference.relationship.as_deref());
        path.push_str(relationship.unwrap_or(step));
        path.push('.');
        way = Some(match way {
            Some(before) => format!("{before}: {}", reference.label()),
            None => reference.label().to_owned(),
        });
        match reference.targets.as_slice() {
            [one] => {
                object = schema.object(*one);
                is_readable &= ctx.object_permission(*one).read;
            }
            several if at + 1 == up.len() => return shared(ctx, several, path, way, last, is_readable),
            _ => return Err(Missing::Unknown),
        }
    }
    let field = object.find_field(last).ok_or(Missing::Unknown)?;
    is_readable &= ctx.can_read_field(object.ix, field.ix);
    if field.data_type().is_shown_from_parts() {
        let kind = field.data_type().api_name();
        let parts = if kind == "address" { "city, country or another part" } else { "latitude or longitude" };
        return Err(if is_readable { Missing::Parts(kind, parts) } else { Missing::Unknown });
    }
    path.push_str(field.name());
    Ok(FoundField {
        path,
        way,
        label: field.label().to_owned(),
        is_name: field.ix == object.name_field,
        data_type: field.data_type().value_type().clone(),
        sealing: match ctx.reads_sealed(object.ix, field.ix) {
            true => Sealing::Probabilistic,
            false => field.sealing(),
        },
        is_readable,
    })
}

fn shared(
    ctx: &Ctx,
    targets: &[ObjectIx],
    mut path: String,
    way: Option<String>,
    last: &str,
    mut is_readable: bool,
) -> Result<FoundField, Missing> {
    let field = SHARED_FIELDS.iter().find(|field| field.eq_ignore_ascii_case(last)).ok_or(Missing::Unknown)?;
    is_readable &= targets.iter().any(|object| ctx.object_permission(*object).read);
    path.push_str(field);
    // One sealed field among those it may show is enough: the column shows and does no more.
    let is_sealed =
        |object: &ObjectIx| ctx.schema().object(*object).find_field(field).is_some_and(FieldSchema::is_sealed);
    Ok(FoundField {
        path,
        way,
        label: (*field).to_owned(),
        is_name: *field == "Name",
        data_type: if *field == "Id" { FieldType::Id } else { FieldType::Text { length: 255 } },
        sealing: if targets.iter().any(is_sealed) { Sealing::Probabilistic } else { Sealing::None },
        is_readable,
    })
}

impl FoundField {
    /// What its column is called, reached through `before`.
    pub(super) fn label_from(&self, before: Option<&str>) -> String {
        let way = match (before, &self.way) {
            (Some(before), Some(way)) => Some(format!("{before}: {way}")),
            (before, way) => before.map(str::to_owned).or_else(|| way.clone()),
        };
        match way {
            Some(way) if self.is_name => way,
            Some(way) => format!("{way}: {}", self.label),
            None => self.label.clone(),
        }
    }
}
