//! Creating and changing records, with forms made from metadata.

mod form;
mod input;
pub(crate) mod lookup;
mod typed;
mod words;

pub(crate) use lookup::lookup;

use crate::pages::list::lower;
use crate::pages::record::Seen;
use crate::server::flash::Happened;
use crate::server::{Call, PageResult, reply};
use crate::show::Show;
use form::RecordForm;
use http::StatusCode;
use model::{Error, ErrorCode, ObjectSchema, RecordId, Result, Value};
use platform::{Ctx, RecordDraft, SaveOptions};

pub(crate) fn new(call: &Call<'_>) -> PageResult {
    let object = creatable(call.ctx, call.visit.captured("object")?)?;
    let show = Show::of(call.ctx);
    let form = RecordForm::blank(call.ctx, &show, object, &call.visit.query)?;
    Ok(form.page(call, &show, StatusCode::OK))
}

pub(crate) fn create(call: &Call<'_>) -> PageResult {
    let ctx = call.ctx;
    let object = creatable(ctx, call.visit.captured("object")?)?;
    let show = Show::of(ctx);
    let mut form = RecordForm::sent(ctx, &show, object, None, &call.visit.form)?;
    let values = form.values(ctx, &show)?;
    if form.is_sound() {
        let draft = RecordDraft { id: None, values };
        let outcome = ctx.records_create(object.name(), vec![draft], SaveOptions::default());
        if let Some(id) = form.accept(outcome)? {
            let to = destination(call, &form, id, object);
            return Happened::Created(id).tell(reply::see_other(&to)?, call.visit.state.secure_cookies);
        }
    }
    Ok(form.page(call, &show, StatusCode::UNPROCESSABLE_ENTITY))
}

pub(crate) fn edit(call: &Call<'_>) -> PageResult {
    let seen = Seen::fetch(call.ctx, call.visit.record_id()?)?;
    editable(call.ctx, seen.object)?;
    let show = Show::of(call.ctx);
    let form = RecordForm::of(call.ctx, &show, &seen, &call.visit.query)?;
    Ok(form.page(call, &show, StatusCode::OK))
}

pub(crate) fn save(call: &Call<'_>) -> PageResult {
    let ctx = call.ctx;
    let seen = Seen::fetch(ctx, call.visit.record_id()?)?;
    editable(ctx, seen.object)?;
    let show = Show::of(ctx);
    let mut form = RecordForm::sent(ctx, &show, seen.object, Some(&seen), &call.visit.form)?;
    let mut values = form.values(ctx, &show)?;
    form.notice_changes_since(&show, &seen);
    if form.is_sound() {
        // What stayed as it is was not written by this person: somebody else's change to it is kept, too.
        values.retain(|(ix, value)| {
            seen.pick(seen.object.field(*ix)).is_none_or(|pick| !same(pick.value(&seen.row), value))
        });
        let id = if values.is_empty() {
            Some(seen.id)
        } else {
            let draft = RecordDraft { id: Some(seen.id), values };
            let outcome = ctx.records_update(seen.object.name(), vec![draft], SaveOptions::default());
            form.accept(outcome)?
        };
        if let Some(id) = id {
            let to = destination(call, &form, id, seen.object);
            return Happened::Saved(id).tell(reply::see_other(&to)?, call.visit.state.secure_cookies);
        }
    }
    Ok(form.page(call, &show, StatusCode::UNPROCESSABLE_ENTITY))
}

/// Whether a typed value is the one that the record has: `10` is `10.00`.
fn same(stored: &Value, typed: &Value) -> bool {
    match (stored.as_decimal(), typed.as_decimal()) {
        (Some(stored), Some(typed)) => stored == typed,
        _ => stored == typed,
    }
}

/// Where a person goes after saving.
fn destination(call: &Call<'_>, form: &RecordForm<'_>, id: RecordId, object: &ObjectSchema) -> String {
    if call.visit.form.first("then") == Some("new") {
        return format!("/new/{}", object.name());
    }
    form.back.clone().unwrap_or_else(|| format!("/r/{id}"))
}

fn creatable<'a>(ctx: &'a Ctx, name: &str) -> Result<&'a ObjectSchema> {
    let object = ctx.object(name)?;
    if ctx.object_permission(object.ix).create && !object.def.read_only {
        return Ok(object);
    }
    Err(missing("create", object))
}

fn editable(ctx: &Ctx, object: &ObjectSchema) -> Result<()> {
    if ctx.object_permission(object.ix).edit && !object.def.read_only {
        return Ok(());
    }
    Err(missing("edit", object))
}

/// A refusal that names the permission and who can give it.
pub(crate) fn missing(verb: &str, object: &ObjectSchema) -> Error {
    let plural = lower(&object.def.label_plural);
    let words = if object.def.read_only {
        format!("{} are kept by the platform and cannot be changed by hand.", object.def.label_plural)
    } else {
        format!(
            "You cannot {verb} {plural}. It needs the permission “{verb}” on {}; an administrator can grant it with a permission set.",
            object.label()
        )
    };
    Error::new(ErrorCode::InsufficientAccessOrReadonly, words)
}
