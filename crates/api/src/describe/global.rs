//! The list of objects, and the brief form of one.

use crate::call::Call;
use crate::page_layout;
use model::ObjectSchema;
use platform::Ctx;
use serde_json::{Value as Json, json};

pub(super) fn describe(ctx: &Ctx, call: &Call) -> Json {
    let mut objects: Vec<_> = ctx.readable_objects().collect();
    objects.sort_by_key(|object| object.name().to_ascii_lowercase());
    let sobjects: Vec<Json> = objects.into_iter().map(|object| brief(ctx, call, object)).collect();
    json!({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": sobjects})
}

pub(crate) fn brief(ctx: &Ctx, call: &Call, object: &ObjectSchema) -> Json {
    let permission = ctx.object_permission(object.ix);
    let changes = !object.def.read_only;
    let is_union = !object.members().is_empty();
    let address = format!("{}/sobjects/{}", call.base_path(), object.name());
    json!({
        "activateable": false,
        "associateEntityType": null,
        "associateParentEntity": null,
        "createable": changes && permission.create,
        "custom": object.def.is_custom(),
        "customSetting": false,
        "deepCloneable": false,
        "deletable": changes && permission.delete,
        "deprecatedAndHidden": false,
        "feedEnabled": false,
        "hasSubtypes": false,
        "isInterface": false,
        "isSubtype": false,
        "keyPrefix": object.key_prefix().to_string(),
        "label": object.label(),
        "labelPlural": object.def.label_plural,
        "layoutable": page_layout::has_page(object),
        "mergeable": false,
        "mruEnabled": object.def.searchable,
        "name": object.name(),
        "queryable": permission.read && !is_union,
        "replicateable": permission.read && !is_union,
        "retrieveable": permission.read && !is_union,
        "searchable": object.def.searchable,
        "triggerable": false,
        "undeletable": changes && permission.delete,
        "updateable": changes && permission.edit,
        "urls": {
            "sobject": address,
            "describe": format!("{address}/describe"),
            "rowTemplate": format!("{address}/{{ID}}"),
        },
    })
}
