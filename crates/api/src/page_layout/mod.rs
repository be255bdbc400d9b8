//! Layouts as clients read them: how an object's fields stand on its page, which lists of children follow, what a record
//! shows in brief. Nobody edits layouts here: they follow from the object and from what the caller may see, by the same
//! rule as the pages in the browser, and so have no ids.

mod compact;
mod item;
mod page;
mod related;

use crate::call::{Call, comma_list, required};
use crate::condition::{self, Version};
use crate::reply::Reply;
use model::{Error, ErrorCode, ObjectSchema, Result};
use platform::{Ctx, RecordTypeState};
use serde_json::{Map, Value as Json, json};

/// The one named layout: of users, under the name that clients know.
const NAMED: (&str, &str) = ("User", "UserAlt");

/// `describe/layouts`
pub(crate) fn layouts(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = object(ctx, call)?;
    answer(call, &page::all(ctx, call, object)?)
}

/// `describe/layouts/{recordTypeId}`
pub(crate) fn layout_of_type(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = object(ctx, call)?;
    record_type(ctx, call, object)?;
    answer(call, &page::layout(ctx, object)?)
}

/// `describe/namedLayouts/{name}`
pub(crate) fn named_layouts(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = object(ctx, call)?;
    let name = call.param("layout_name")?;
    if !names(object).any(|known| known.eq_ignore_ascii_case(name)) {
        return Err(Error::not_found());
    }
    answer(call, &page::all(ctx, call, object)?)
}

/// The named layouts of an object.
pub(crate) fn names(object: &ObjectSchema) -> impl Iterator<Item = &'static str> {
    let (of, name) = NAMED;
    (object.name() == of).then_some(name).into_iter()
}

/// `describe/compactLayouts`
pub(crate) fn compact_layouts(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = object(ctx, call)?;
    answer(call, &compact::all(ctx, call, object)?)
}

/// `describe/compactLayouts/primary` and `describe/compactLayouts/{recordTypeId}`
pub(crate) fn compact_layout_of_type(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let object = object(ctx, call)?;
    if !call.param("record_type")?.eq_ignore_ascii_case("primary") {
        record_type(ctx, call, object)?;
    }
    answer(call, &compact::layout(ctx, object))
}

/// `compactLayouts?q=Account,Contact`
pub(crate) fn compact_layouts_of(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let mut out = Map::new();
    for name in comma_list(required(call.query("q"), "q")?) {
        let object = ctx.listed_object(&name).map_err(|_| {
            let shown: String = name.chars().take(80).collect();
            Error::new(ErrorCode::InvalidType, format!("sObject type '{shown}' is not supported."))
        })?;
        out.insert(object.name().to_owned(), compact::layout(ctx, object));
    }
    answer(call, &Json::Object(out))
}

/// `describe/approvalLayouts`: nothing is approved here, so that no object has one.
pub(crate) fn approval_layouts(ctx: &Ctx, call: &Call) -> Result<Reply> {
    object(ctx, call)?;
    answer(call, &json!({"approvalLayouts": []}))
}

/// Whether records of an object have pages.
pub(crate) fn has_page(object: &ObjectSchema) -> bool {
    !object.def.computed && !object.is_view()
}

fn object<'a>(ctx: &'a Ctx, call: &Call) -> Result<&'a ObjectSchema> {
    ctx.object(call.param("object")?)
        .and_then(|object| if has_page(object) { Ok(object) } else { Err(Error::not_found()) })
}

/// The record type in the path, one of the object's.
fn record_type(ctx: &Ctx, call: &Call, object: &ObjectSchema) -> Result<RecordTypeState> {
    let wanted = call.param("record_type")?;
    // 15 or 18 characters name the same.
    let same = |of: &RecordTypeState| {
        let id = of.shown_id();
        id == wanted || id.get(..15) == Some(wanted)
    };
    ctx.record_types(object)?.into_iter().find(same).ok_or_else(Error::not_found)
}

fn answer(call: &Call, body: &Json) -> Result<Reply> {
    let body = body.to_string();
    condition::answer(call, Version::of(None, &body), body)
}
