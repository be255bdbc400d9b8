//! Fields as entries of a layout, and rows of them.

use crate::describe::describe_field;
use model::{FieldSchema, ObjectSchema};
use platform::Ctx;
use serde_json::{Value as Json, json};

/// Rows of fields, two in a row; a long text has a row to itself.
pub(super) fn rows(ctx: &Ctx, object: &ObjectSchema, fields: &[&FieldSchema]) -> Vec<Json> {
    let mut rows: Vec<Vec<Json>> = Vec::new();
    let mut room = false;
    for (at, field) in fields.iter().enumerate() {
        let entry = item(ctx, object, field, at + 1);
        let is_wide = field.data_type().is_long_text();
        match rows.last_mut() {
            Some(row) if room && !is_wide => {
                row.push(entry);
                room = false;
            }
            _ => {
                rows.push(vec![entry]);
                room = !is_wide;
            }
        }
    }
    rows.into_iter().map(|row| json!({"numItems": row.len(), "layoutItems": row})).collect()
}

/// One field with its label.
pub(super) fn item(ctx: &Ctx, object: &ObjectSchema, field: &FieldSchema, place: usize) -> Json {
    let changes = !object.def.read_only && ctx.can_edit_field(object.ix, field.ix);
    let permission = ctx.object_permission(object.ix);
    json!({
        "editableForNew": changes && permission.create,
        "editableForUpdate": changes && permission.edit,
        "label": field.label(),
        "layoutComponents": [{
            "apiName": field.name(),
            "details": describe_field(ctx, object, field),
            "displayLines": if field.data_type().is_long_text() { 6 } else { 1 },
            "tabOrder": place,
            "type": "Field",
            "value": field.name(),
        }],
        "placeholder": false,
        "required": field.def.required,
    })
}
