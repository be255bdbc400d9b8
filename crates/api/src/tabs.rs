//! `tabs` and `theme`: the places of the org's pages, and how objects look there.

use crate::call::Call;
use crate::reply::Reply;
use model::{ObjectSchema, Result};
use platform::Ctx;
use platform::layout::{PLACES, has_place};
use serde_json::{Map, Value as Json, json};

/// Every place that the caller may go to: objects, then what the apps bring.
pub(crate) fn tabs(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let mut tabs: Vec<Json> = objects(ctx).iter().map(|object| of_object(call, object)).collect();
    for item in ctx.org().apps().iter().flat_map(|app| app.navigation()) {
        match item.href.strip_prefix("/o/") {
            Some(name) => tabs.extend(ctx.object(name).ok().map(|object| of_object(call, object))),
            None => tabs.push(tab(call, item.label, item.label, item.href, None)),
        }
    }
    Ok(Reply::json(&Json::Array(tabs)))
}

/// Objects by name. Their marks are drawn in the page's own colours and are no files, so that there are none to tell.
pub(crate) fn theme(ctx: &Ctx, _call: &Call) -> Result<Reply> {
    let items: Vec<Json> =
        objects(ctx).iter().map(|object| json!({"colors": null, "icons": null, "name": object.name()})).collect();
    Ok(Reply::json(&json!({"themeItems": items})))
}

fn objects(ctx: &Ctx) -> Vec<&ObjectSchema> {
    let standard = PLACES.iter().filter_map(|name| ctx.object(name).ok());
    let own = ctx.readable_objects().filter(|object| has_place(object));
    standard.chain(own).collect()
}

fn of_object(call: &Call, object: &ObjectSchema) -> Json {
    let name = if object.def.is_custom() { object.name().to_owned() } else { format!("standard-{}", object.name()) };
    let mut tab = tab(call, &object.def.label_plural, &name, &format!("/o/{}", object.name()), Some(object.name()));
    tab["custom"] = object.def.is_custom().into();
    tab
}

fn tab(call: &Call, label: &str, name: &str, path: &str, object: Option<&str>) -> Json {
    let mut tab = Map::new();
    tab.insert("colors".to_owned(), json!([]));
    tab.insert("custom".to_owned(), false.into());
    tab.insert("iconUrl".to_owned(), Json::Null);
    tab.insert("icons".to_owned(), json!([]));
    tab.insert("label".to_owned(), label.into());
    tab.insert("miniIconUrl".to_owned(), Json::Null);
    tab.insert("name".to_owned(), name.into());
    tab.insert("sobjectName".to_owned(), object.into());
    tab.insert("url".to_owned(), format!("{}{path}", call.shared.public_url).into());
    Json::Object(tab)
}
