//! The page of one record: what it is, what belongs to it, what happened around it and to it.

mod access;
mod activity;
mod details;
mod header;
mod history;
mod reasons;
mod related;

use crate::kit::{Banner, Button, Tab, Tabs, Tone};
use crate::pages::{dashboards, password, report};
use crate::server::{Call, PageResult};
use crate::show::{Pick, Show};
use maud::html;
use model::{Error, FieldSchema, ObjectSchema, RecordId, Result, Value};
use platform::layout::is_presentable;
use platform::{Ctx, RecordRow};

/// A record as the reader sees it: every field they may read.
pub(crate) struct Seen<'a> {
    pub(crate) object: &'a ObjectSchema,
    pub(crate) id: RecordId,
    pub(crate) picks: Vec<Pick<'a>>,
    pub(crate) row: RecordRow,
}

impl<'a> Seen<'a> {
    /// Fetches a record.
    ///
    /// # Errors
    /// `NOT_FOUND`, alike for a record that is not there and one that the reader may not see; `ENTITY_IS_DELETED` for
    /// one in the recycle bin that they could see.
    pub(crate) fn fetch(ctx: &'a Ctx, id: RecordId) -> Result<Self> {
        let object = ctx.schema().find_by_prefix(id.prefix()).ok_or_else(Error::not_found)?;
        let object = ctx.object(object.name())?;
        let picks = Pick::all(ctx, object.fields.iter().filter(|field| is_presentable(ctx, object, field)));
        let fields: Vec<String> = vec![Pick::select(&picks)];
        let answer = ctx.record_get(object.name(), id, Some(&fields))?;
        let row = answer.records().first().cloned().ok_or_else(Error::not_found)?;
        Ok(Self { object, id, picks, row })
    }

    pub(crate) fn pick(&self, field: &FieldSchema) -> Option<&Pick<'a>> {
        self.picks.iter().find(|pick| pick.field.ix == field.ix)
    }

    /// The value of a field by name; null where the reader may not see it.
    pub(crate) fn value(&self, name: &str) -> &Value {
        let pick = self.object.find_field(name).and_then(|field| self.pick(field));
        pick.map_or(&Value::Null, |pick| pick.value(&self.row))
    }

    /// What the record is called; its object's label when it has no name.
    pub(crate) fn name(&self) -> String {
        let pick = self.pick(self.object.name_field());
        let text =
            pick.map(|pick| pick.name(&self.row).map_or_else(|| pick.value(&self.row).to_plain(), str::to_owned));
        text.filter(|text| !text.is_empty()).unwrap_or_else(|| self.object.label().to_owned())
    }

    pub(crate) fn href(&self) -> String {
        format!("/r/{}", self.id)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    /// What a report or a dashboard says, in front of how it is made.
    Answer,
    Details,
    Related,
    Activity,
    History,
    /// Who can see it, and why.
    Access,
}

/// Whether the record is a question whose answer comes first.
fn answers(object: &ObjectSchema) -> bool {
    matches!(object.name(), "Report" | "Dashboard")
}

pub(crate) fn page(call: &Call<'_>) -> PageResult {
    let ctx = call.ctx;
    let seen = Seen::fetch(ctx, call.visit.record_id()?)?;
    ctx.record_viewed(seen.id)?;
    let show = Show::of(ctx);
    let lists = related::lists(ctx, &seen)?;
    let has_activity = activity::is_kept_for(ctx, seen.object);
    let is_tracked =
        seen.object.fields.iter().any(|field| field.def.tracked && ctx.can_read_field(seen.object.ix, field.ix));
    // Rows about a record are seen as that record is, and its page says why.
    let has_access = !seen.object.is_about_a_record();
    let view = match call.visit.query.first("tab") {
        Some("related") if !lists.is_empty() => View::Related,
        Some("activity") if has_activity => View::Activity,
        Some("history") if is_tracked => View::History,
        Some("access") if has_access => View::Access,
        Some("details") => View::Details,
        _ if answers(seen.object) => View::Answer,
        _ => View::Details,
    };
    let href = seen.href();
    let tab = |label: &str, name: &str, this: View| {
        Tab::new(label, if name.is_empty() { href.clone() } else { format!("{href}?tab={name}") }).current(view == this)
    };
    let mut tabs = match answers(seen.object) {
        true => vec![tab(seen.object.label(), "", View::Answer), tab("Details", "details", View::Details)],
        false => vec![tab("Details", "", View::Details)],
    };
    if !lists.is_empty() {
        let total: u64 = lists.iter().map(|list| list.total).sum();
        let related = tab("Related", "related", View::Related);
        tabs.push(if total > 0 { related.count(show.whole(total)) } else { related });
    }
    if has_activity {
        tabs.push(tab("Activity", "activity", View::Activity));
    }
    if is_tracked {
        tabs.push(tab("History", "history", View::History));
    }
    if has_access {
        tabs.push(tab("Access", "access", View::Access));
    }
    let name = seen.name();
    let header = header::header(ctx, &show, &seen, &lists, &call.visit.raw_query).tabs(Tabs::new(name.clone(), tabs));
    let body = match view {
        View::Answer if seen.object.name() == "Dashboard" => dashboards::dashboard(call, &show, seen.id)?,
        View::Answer => report::report(call, &show, seen.id)?,
        View::Details if has_activity => html! {
            div.columns.main-side {
                div.stack { (details::details(ctx, &show, &seen)) }
                div.stack { (activity::panel(ctx, &show, &seen)?) }
            }
        },
        View::Details => details::details(ctx, &show, &seen),
        View::Related => related::page(ctx, &show, &lists)?,
        View::Activity => activity::page(ctx, &show, &seen)?,
        View::History => history::page(ctx, &show, &seen)?,
        View::Access => access::page(call, &show, &seen)?,
    };
    let dialog = header::delete_dialog(ctx, &seen, call.csrf);
    let notice = notice(call, &seen)?;
    Ok(call.page_as(
        &name,
        header,
        html! { @if let Some(notice) = notice { (notice) } (body) @if let Some(dialog) = dialog { (dialog) } },
        |page| page.record(),
    ))
}

/// What somebody who looks at the record ought to do about it first.
fn notice(call: &Call<'_>, seen: &Seen<'_>) -> Result<Option<Banner>> {
    if !password::is_missing(call, seen.id)? {
        return Ok(None);
    }
    let give = Button::link("Give a password", format!("{}/password", seen.href())).small();
    let words = html! { (seen.name()) " has no password yet and cannot sign in by one." };
    Ok(Some(Banner::new(Tone::Info, words).actions(html! { (give) })))
}
