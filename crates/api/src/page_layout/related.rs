//! The lists of children on an object's page.

use super::has_page;
use model::{FieldSchema, ObjectSchema};
use platform::Ctx;
use platform::layout::{usual, usual_order};
use serde_json::{Value as Json, json};

/// Rows of a list before "all of them".
const ROWS: usize = 6;

pub(super) fn lists(ctx: &Ctx, object: &ObjectSchema) -> Vec<Json> {
    let schema = ctx.schema();
    object
        .children
        .iter()
        .filter_map(|relation| Some((relation.name.as_deref()?, schema.object(relation.child), relation.field)))
        .map(|(name, child, field)| (name, child, child.field(field)))
        .filter(|(_, child, field)| {
            has_page(child) && ctx.object_permission(child.ix).read && ctx.can_read_field(child.ix, field.ix)
        })
        .map(|(name, child, field)| list(ctx, name, child, field))
        .collect()
}

fn list(ctx: &Ctx, name: &str, child: &ObjectSchema, field: &FieldSchema) -> Json {
    let (order, descending) = usual_order(child);
    let creates =
        !child.def.read_only && ctx.object_permission(child.ix).create && ctx.can_edit_field(child.ix, field.ix);
    // Every row has the same parent: the page they stand on.
    let columns = usual(ctx, child).into_iter().filter(|column| column.ix != field.ix);
    let columns: Vec<Json> = columns
        .map(|column| {
            json!({
                "field": format!("{}.{}", child.name(), column.name()),
                "fieldApiName": column.name(),
                "format": (column.data_type().api_name() == "datetime").then_some("datetime"),
                "label": column.label(),
                "lookupId": (column.ix == child.name_field).then_some("Id"),
                "name": column.name(),
                "sortable": column.is_sortable(),
            })
        })
        .collect();
    json!({
        "accessLevelRequiredForCreate": null,
        "buttons": if creates { json!([{"label": format!("New {}", child.label()), "name": "New"}]) } else { json!([]) },
        "columns": columns,
        "custom": child.def.is_custom(),
        "field": field.name(),
        "label": child.def.label_plural,
        "limitRows": ROWS,
        "name": name,
        "sobject": child.name(),
        "sort": [{"ascending": !descending, "column": format!("{}.{order}", child.name())}],
    })
}
