//! One object in full.

use super::{field, global, relationship};
use crate::call::Call;
use crate::page_layout;
use model::schema::SharingKind;
use model::{ObjectSchema, Result};
use platform::{Ctx, RecordTypeState};
use serde_json::{Value as Json, json};

pub(super) fn describe(ctx: &Ctx, call: &Call, object: &ObjectSchema) -> Result<Json> {
    let Json::Object(mut described) = global::brief(ctx, call, object) else {
        return Err(model::Error::internal("a brief description is an object"));
    };
    let fields = object.fields.iter().filter(|field| field::is_shown(ctx, object, field));
    let fields: Vec<Json> = fields.map(|field| field::describe(ctx, object, field)).collect();
    let layouts = format!("{}/sobjects/{}/describe/namedLayouts", call.base_path(), object.name());
    let named: Vec<Json> = page_layout::names(object)
        .map(|name| json!({"name": name, "urls": {"layout": format!("{layouts}/{name}")}}))
        .collect();
    let rest = json!({
        "actionOverrides": [],
        "childRelationships": relationship::children(ctx, object),
        "compactLayoutable": page_layout::has_page(object),
        "defaultImplementation": null,
        "extendedBy": null,
        "extendsInterfaces": null,
        "fields": fields,
        "implementedBy": null,
        "implementsInterfaces": null,
        "listviewable": null,
        "lookupLayoutable": null,
        "namedLayoutInfos": named,
        "networkScopeFieldName": null,
        "recordTypeInfos": record_types(call, object, &ctx.record_types(object)?),
        "searchLayoutable": false,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": scopes(object),
    });
    if let Json::Object(rest) = rest {
        described.extend(rest);
    }
    Ok(Json::Object(described))
}

fn scopes(object: &ObjectSchema) -> Json {
    let plural = &object.def.label_plural;
    let all = json!({"label": format!("All {plural}"), "name": "everything"});
    match object.owner_field {
        Some(_) if !matches!(object.sharing(), SharingKind::Setting) => {
            json!([all, {"label": format!("My {plural}"), "name": "mine"}])
        }
        _ => json!([all]),
    }
}

/// The record types of the object as the caller has them, and Master, which every object has.
pub(crate) fn record_types(call: &Call, object: &ObjectSchema, types: &[RecordTypeState]) -> Vec<Json> {
    let layouts = format!("{}/sobjects/{}/describe/layouts", call.base_path(), object.name());
    let shown = types.iter().map(|of| {
        let id = of.shown_id();
        json!({
            "active": of.active,
            "available": of.available,
            "defaultRecordTypeMapping": of.is_default,
            "developerName": of.developer_name,
            "master": of.id.is_none(),
            "name": of.label,
            "recordTypeId": id,
            "urls": {"layout": format!("{layouts}/{id}")},
        })
    });
    shown.collect()
}
