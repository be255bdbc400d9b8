//! The lists of children that a record can have.

use model::ObjectSchema;
use model::schema::OnDelete;
use platform::Ctx;
use serde_json::{Value as Json, json};

pub(super) fn children(ctx: &Ctx, object: &ObjectSchema) -> Vec<Json> {
    let mut shown: Vec<_> = object
        .children
        .iter()
        .map(|child| (child, ctx.schema().object(child.child)))
        .filter(|(child, of)| ctx.object_permission(of.ix).read && ctx.can_read_field(of.ix, child.field))
        .collect();
    shown.sort_by_key(|(child, of)| (of.name().to_owned(), child.field));
    shown
        .into_iter()
        .map(|(child, of)| {
            let field = of.field(child.field);
            let on_delete = field.data_type().as_reference().map(|reference| reference.on_delete);
            // What is said of users, who are deactivated and not deleted, never comes to pass.
            let acts = field.is_writable();
            json!({
                "cascadeDelete": acts && on_delete == Some(OnDelete::Cascade),
                "childSObject": of.name(),
                "deprecatedAndHidden": false,
                "field": field.name(),
                "junctionIdListNames": [],
                "junctionReferenceTo": [],
                "relationshipName": child.name,
                "restrictedDelete": acts && on_delete == Some(OnDelete::Restrict),
            })
        })
        .collect()
}
