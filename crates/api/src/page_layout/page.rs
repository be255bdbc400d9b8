//! The layout of an object's page.

use super::{item, related};
use crate::call::Call;
use crate::describe::record_types;
use crate::quick_action;
use model::{FieldSchema, ObjectSchema, Result};
use platform::Ctx;
use platform::layout::{FieldGroup, groups, is_presentable};
use serde_json::{Value as Json, json};

/// Every layout of the object, and which record type has which.
pub(super) fn all(ctx: &Ctx, call: &Call, object: &ObjectSchema) -> Result<Json> {
    let types = ctx.record_types(object)?;
    let mut mappings = record_types(call, object, &types);
    for mapping in &mut mappings {
        mapping["layoutId"] = Json::Null;
        mapping["picklistsForRecordType"] = json!([]);
    }
    // Somebody with a choice is asked before they make a record.
    let choices = types.iter().filter(|of| of.active && of.available && of.id.is_some()).count();
    Ok(json!({
        "layouts": [layout(ctx, object)?],
        "recordTypeMappings": mappings,
        "recordTypeSelectorRequired": [choices > 1],
    }))
}

/// The one layout that all record types share.
pub(super) fn layout(ctx: &Ctx, object: &ObjectSchema) -> Result<Json> {
    let shown = groups(ctx, object, |field| is_presentable(ctx, object, field));
    let editable = |field: &FieldSchema| {
        is_presentable(ctx, object, field) && !object.def.read_only && ctx.can_edit_field(object.ix, field.ix)
    };
    let edited = groups(ctx, object, editable);
    Ok(json!({
        "buttonLayoutSection": {"detailButtons": buttons(ctx, object)},
        "detailLayoutSections": sections(ctx, object, &shown),
        "editLayoutSections": sections(ctx, object, &edited),
        "feedView": null,
        "highlightsPanelLayoutSection": null,
        "id": null,
        "multirowEditLayoutSections": [],
        "offlineLinks": [],
        "quickActionList": {"quickActionListItems": quick_action::list_items(ctx)},
        "relatedContent": null,
        "relatedLists": related::lists(ctx, object),
        "saveOptions": [],
    }))
}

fn sections(ctx: &Ctx, object: &ObjectSchema, groups: &[FieldGroup<'_>]) -> Vec<Json> {
    groups
        .iter()
        .map(|group| {
            let rows = item::rows(ctx, object, &group.fields);
            json!({
                "collapsed": false,
                "columns": 2,
                "heading": group.title,
                "layoutSectionId": null,
                "parentLayoutId": null,
                "rows": rows.len(),
                "layoutRows": rows,
                "tabOrder": "LeftToRight",
                "useCollapsibleSection": false,
                "useHeading": true,
            })
        })
        .collect()
}

/// What the caller may do with a record of the object, before any record is looked at.
fn buttons(ctx: &Ctx, object: &ObjectSchema) -> Vec<Json> {
    let permission = ctx.object_permission(object.ix);
    let changes = !object.def.read_only;
    [
        ("Edit", "Edit", changes && permission.edit),
        ("Delete", "Delete", changes && permission.delete),
        ("Convert", "Convert", object.name() == "Lead" && permission.edit),
    ]
    .into_iter()
    .filter(|(.., allowed)| *allowed)
    .map(|(name, label, _)| {
        json!({
            "behavior": null,
            "colors": null,
            "content": null,
            "contentSource": null,
            "custom": false,
            "encoding": null,
            "height": null,
            "icons": null,
            "label": label,
            "menubar": false,
            "name": name,
            "overridden": false,
            "resizeable": false,
            "scrollbars": false,
            "showsLocation": false,
            "showsStatus": false,
            "toolbar": false,
            "url": null,
            "width": null,
            "windowPosition": null,
        })
    })
    .collect()
}
