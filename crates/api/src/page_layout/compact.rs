//! What a record shows in brief: the columns of its list.

use super::item;
use crate::call::Call;
use crate::quick_action;
use model::{ObjectSchema, Result};
use platform::Ctx;
use platform::layout::usual;
use serde_json::{Value as Json, json};

/// The name of the layout that every object has.
const SYSTEM: &str = "SYSTEM";

pub(super) fn all(ctx: &Ctx, call: &Call, object: &ObjectSchema) -> Result<Json> {
    let address = format!("{}/sobjects/{}/describe/compactLayouts", call.base_path(), object.name());
    let mappings: Vec<Json> = ctx
        .record_types(object)?
        .iter()
        .map(|of| {
            let id = of.shown_id();
            json!({
                "available": of.available,
                "compactLayoutId": null,
                "compactLayoutName": SYSTEM,
                "recordTypeId": id,
                "recordTypeName": of.label,
                "urls": {"compactLayout": format!("{address}/{id}")},
            })
        })
        .collect();
    Ok(json!({
        "compactLayouts": [layout(ctx, object)],
        "defaultCompactLayoutId": null,
        "recordTypeCompactLayoutMappings": mappings,
        "urls": {"primary": format!("{address}/primary")},
    }))
}

pub(super) fn layout(ctx: &Ctx, object: &ObjectSchema) -> Json {
    let fields = usual(ctx, object);
    let items: Vec<Json> =
        fields.iter().enumerate().map(|(at, field)| item::item(ctx, object, field, at + 1)).collect();
    json!({
        "actions": quick_action::list_items(ctx),
        "fieldItems": items,
        "id": null,
        "imageItems": [],
        "label": "System Default",
        "name": SYSTEM,
        "objectType": object.name(),
    })
}
