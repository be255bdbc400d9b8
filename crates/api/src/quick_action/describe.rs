//! What an action asks for, and what it begins with.

use super::{beginnings, brief, named};
use crate::call::Call;
use crate::describe::describe_field;
use crate::reply::Reply;
use model::{Error, FieldSchema, ObjectSchema, RecordId, Result, Value};
use platform::{Ctx, view};
use serde_json::{Map, Value as Json, json};

/// `quickActions/{name}/describe`
pub(crate) fn describe(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let (action, object) = named(ctx, call)?;
    let fields = fields(ctx, object, action.fields);
    let rows: Vec<Json> = fields
        .iter()
        .enumerate()
        .map(|(at, field)| {
            let component = json!({
                "details": describe_field(ctx, object, field),
                "displayLines": if field.data_type().is_long_text() { 6 } else { 1 },
                "tabOrder": at + 1,
                "type": "Field",
                "value": field.name(),
            });
            let item = json!({
                "editableForNew": true,
                "editableForUpdate": false,
                "label": field.label(),
                "layoutComponents": [component],
                "placeholder": false,
                "required": field.def.required,
            });
            json!({"layoutItems": [item], "numItems": 1})
        })
        .collect();
    let mut described = brief(call, action);
    described["accessLevelRequired"] = Json::Null;
    described["canvasApplicationId"] = Json::Null;
    described["colors"] = json!([]);
    described["contextSobjectType"] = Json::Null;
    described["defaultValues"] = Json::Null;
    described["fields"] = fields.iter().map(|field| json!({"name": field.name()})).collect();
    described["height"] = Json::Null;
    described["iconName"] = Json::Null;
    described["iconUrl"] = Json::Null;
    described["icons"] = json!([]);
    described["layout"] = json!({"id": null, "layoutRows": rows, "name": action.name});
    described["miniIconUrl"] = Json::Null;
    described["showQuickActionLcHeader"] = false.into();
    described["showQuickActionVfHeader"] = false.into();
    described["targetParentField"] = Json::Null;
    described["targetRecordTypeId"] = Json::Null;
    described["targetSobjectType"] = object.name().into();
    described["visualforcePageName"] = Json::Null;
    described["width"] = Json::Null;
    Ok(Reply::json(&described))
}

/// `quickActions/{name}/defaultValues`, and the same behind the id of the record in view.
pub(crate) fn default_values(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let (action, object) = named(ctx, call)?;
    let context = match call.param("id") {
        Ok(text) => {
            let id = RecordId::parse(text)?;
            let of = ctx.schema().find_by_prefix(id.prefix()).ok_or_else(Error::not_found)?;
            if ctx.readable_among(ctx.object(of.name())?, &[id])?.is_empty() {
                return Err(Error::not_found());
            }
            Some(id)
        }
        Err(_) => None,
    };
    let begun = beginnings(ctx, action, object, context);
    let mut values = Map::new();
    values.insert("attributes".to_owned(), json!({"type": object.name()}));
    for field in fields(ctx, object, action.fields) {
        let value = begun.iter().find(|(ix, _)| *ix == field.ix).map_or(&field.def.default, |(_, value)| value);
        values.insert(field.name().to_owned(), json_of(value));
    }
    Ok(Reply::json(&Json::Object(values)))
}

/// The fields of the action that the caller may fill in.
fn fields<'a>(ctx: &Ctx, object: &'a ObjectSchema, names: &[&str]) -> Vec<&'a FieldSchema> {
    let usable = |field: &&FieldSchema| ctx.can_edit_field(object.ix, field.ix);
    names.iter().filter_map(|name| object.find_field(name)).filter(usable).collect()
}

fn json_of(value: &Value) -> Json {
    let mut out = String::new();
    view::value(&mut out, value);
    serde_json::from_str(&out).unwrap_or_default()
}
