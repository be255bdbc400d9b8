//! One object in full.

use super::{field, global, relationship};
use crate::call::Call;
use model::schema::SharingKind;
use model::{ObjectSchema, Result};
use platform::{Ctx, QueryOptions};
use serde_json::{Value as Json, json};

/// The record type of records that have none.
const MASTER_RECORD_TYPE: &str = "012000000000000AAA";

pub(super) fn describe(ctx: &Ctx, call: &Call, object: &ObjectSchema) -> Result<Json> {
    let Json::Object(mut described) = global::brief(ctx, call, object) else {
        return Err(model::Error::internal("a brief description is an object"));
    };
    let fields = object.fields.iter().filter(|field| field::is_shown(ctx, object, field));
    let fields: Vec<Json> = fields.map(|field| field::describe(ctx, object, field)).collect();
    let rest = json!({
        "actionOverrides": [],
        "childRelationships": relationship::children(ctx, object),
        "compactLayoutable": false,
        "defaultImplementation": null,
        "extendedBy": null,
        "extendsInterfaces": null,
        "fields": fields,
        "implementedBy": null,
        "implementsInterfaces": null,
        "listviewable": null,
        "lookupLayoutable": null,
        "namedLayoutInfos": [],
        "networkScopeFieldName": null,
        "recordTypeInfos": record_types(ctx, call, object)?,
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

/// The record types that an administrator made for the object, and Master, which every object has.
fn record_types(ctx: &Ctx, call: &Call, object: &ObjectSchema) -> Result<Vec<Json>> {
    let mut types = Vec::new();
    if ctx.object("RecordType").is_ok() && object.find_field("RecordTypeId").is_some() {
        let text = format!(
            "SELECT Name, DeveloperName, IsActive FROM RecordType WHERE SobjectType = '{}' ORDER BY Name",
            object.name()
        );
        let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
        types.extend(rows.iter().map(|row| {
            let text = |at: usize| row.cells[at].value().to_plain();
            let active = row.cells[2].value().as_bool().unwrap_or(false);
            record_type(call, object, &row.id.to_string(), &text(0), &text(1), active, false)
        }));
    }
    types.push(record_type(call, object, MASTER_RECORD_TYPE, "Master", "Master", true, true));
    Ok(types)
}

fn record_type(
    call: &Call,
    object: &ObjectSchema,
    id: &str,
    name: &str,
    api_name: &str,
    active: bool,
    master: bool,
) -> Json {
    json!({
        "active": active,
        "available": active,
        "defaultRecordTypeMapping": master,
        "developerName": api_name,
        "master": master,
        "name": name,
        "recordTypeId": id,
        "urls": {"layout": format!("{}/sobjects/{}/describe/layouts/{id}", call.base_path(), object.name())},
    })
}
