//! Deleting a record, and taking that back.

use super::edit::missing;
use super::record::Seen;
use super::reports;
use crate::frame::place_of;
use crate::kit::{Button, Crumbs, Form, Header, Section};
use crate::pages::list::lower;
use crate::server::flash::Happened;
use crate::server::{Call, PageResult, reply};
use maud::{Render, html};
use model::{Error, ErrorCode, ObjectSchema, Result};
use platform::Ctx;

fn check(ctx: &Ctx, object: &ObjectSchema) -> Result<()> {
    if ctx.object_permission(object.ix).delete && !object.def.read_only {
        Ok(())
    } else {
        Err(missing("delete", object))
    }
}

/// The question, for where there is no script.
pub(crate) fn confirm(call: &Call<'_>) -> PageResult {
    let seen = Seen::fetch(call.ctx, call.visit.record_id()?)?;
    check(call.ctx, seen.object)?;
    let form = Form::post(format!("{}/delete", seen.href()), call.csrf)
        .unguarded()
        .section(Section::new(Vec::new()).extra(html! { p { "What belongs to it alone goes with it. You can take this back from the message that follows." } }))
        .action(Button::submit("Delete").danger())
        .action(Button::link("Cancel", seen.href()).quiet());
    let crumbs = Crumbs::new()
        .link(seen.object.def.label_plural.clone(), place_of(seen.object.name()))
        .link(seen.name(), seen.href());
    let title = format!("Delete {}?", seen.name());
    Ok(call.page_as(&title, Header::new(title.clone()).crumbs(crumbs), form.render(), |page| page.form()))
}

pub(crate) fn delete(call: &Call<'_>) -> PageResult {
    let seen = Seen::fetch(call.ctx, call.visit.record_id()?)?;
    check(call.ctx, seen.object)?;
    if seen.object.name() == "Report"
        && let Some(words) = reports::kept_by(call.ctx, seen.id)?
    {
        return Err(Error::new(ErrorCode::DeleteFailed, words));
    }
    call.ctx.record_delete(seen.object.name(), seen.id).map_err(|error| match error.code() {
        ErrorCode::InsufficientAccessOrReadonly => Error::new(
            error.code(),
            format!(
                "You can see this {} but not delete it. Its owner, or somebody above them, can.",
                lower(seen.object.label())
            ),
        ),
        _ => error,
    })?;
    let list = reply::see_other(&place_of(seen.object.name()))?;
    Happened::Deleted(seen.id).tell(list, call.visit.state.secure_cookies)
}

pub(crate) fn undelete(call: &Call<'_>) -> PageResult {
    let id = call.visit.record_id()?;
    let object = call.ctx.schema().find_by_prefix(id.prefix()).ok_or_else(Error::not_found)?;
    let object = call.ctx.object(object.name())?;
    call.ctx.record_undelete(object.name(), id)?;
    Happened::Restored(id).tell(reply::see_other(&format!("/r/{id}"))?, call.visit.state.secure_cookies)
}
