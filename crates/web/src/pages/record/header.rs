//! The head of a record page: what it is, its key facts, what can be done with it.

use super::Seen;
use super::related::RelatedList;
use crate::frame::{icon_of, place_of};
use crate::kit::{Button, Crumbs, Dialog, Header, Icon, KeyFacts, Menu, MenuItem, PersonTag, Step, Steps};
use crate::pages::list::{columns, lower};
use crate::pages::{connections, convert, dashboards, password, report};
use crate::show::Show;
use maud::{Render, html};
use model::Value;
use platform::Ctx;

/// How many facts fit under a title.
const FACTS: usize = 5;

pub(super) fn header(ctx: &Ctx, show: &Show, seen: &Seen<'_>, lists: &[RelatedList<'_>], raw_query: &str) -> Header {
    let object = seen.object;
    let crumbs = Crumbs::new().link(object.def.label_plural.clone(), place_of(object.name()));
    let mut header = Header::new(seen.name())
        .icon(icon_of(object.name()))
        .kind(object.label())
        .crumbs(crumbs)
        .actions(actions(ctx, seen, lists, raw_query));
    let state = ["StageName", "Status"].into_iter().filter_map(|name| object.find_field(name)).find_map(|field| {
        let value = seen.pick(field)?.value(&seen.row).as_text()?.to_owned();
        show.stages.badge(field, &value)
    });
    if let Some(badge) = state {
        header = header.badge(badge);
    }
    header = header.facts(facts(ctx, show, seen));
    match stages(show, seen) {
        Some(steps) => header.below(steps),
        None => header,
    }
}

fn facts(ctx: &Ctx, show: &Show, seen: &Seen<'_>) -> KeyFacts {
    let shown = columns::usual(ctx, seen.object)
        .into_iter()
        .filter(|field| field.ix != seen.object.name_field && !matches!(field.name(), "StageName" | "Status"))
        .filter_map(|field| {
            let pick = seen.pick(field)?;
            let value = pick.value(&seen.row);
            let content = match (field.name(), value, pick.name(&seen.row)) {
                ("OwnerId", Value::Id(id), Some(name)) => PersonTag::new(name).href(format!("/r/{id}")).render(),
                (_, value, name) => show.value(field, value, name)?,
            };
            Some((field.label().to_owned(), content))
        })
        .take(FACTS);
    shown.fold(KeyFacts::new(), |facts, (label, content)| facts.fact(label, content))
}

/// The way of a deal through the org's stages.
fn stages(show: &Show, seen: &Seen<'_>) -> Option<Steps> {
    if seen.object.name() != "Opportunity" {
        return None;
    }
    let name = seen.value("StageName").as_text()?;
    let now = show.stages.find(name)?;
    let open: Vec<_> = show.stages.all().iter().filter(|stage| !stage.closed).collect();
    let mut labels: Vec<String> = open.iter().map(|stage| stage.name.clone()).collect();
    labels.push(if now.closed { now.name.clone() } else { "Closed".to_owned() });
    let at = labels.iter().position(|label| *label == now.name)?;
    let steps = Steps::new("Stage", labels.into_iter().map(Step::new).collect(), at);
    Some(match (now.closed, now.won) {
        (true, true) => steps.finished(),
        (true, false) => steps.failed(),
        (false, _) => steps,
    })
}

fn actions(ctx: &Ctx, seen: &Seen<'_>, lists: &[RelatedList<'_>], raw_query: &str) -> maud::Markup {
    let object = seen.object;
    let permission = ctx.object_permission(object.ix);
    let changes = !object.def.read_only;
    let is_converted = *seen.value("IsConverted") == Value::Bool(true);
    let mut items: Vec<MenuItem> = lists
        .iter()
        .filter_map(|list| {
            Some(
                MenuItem::link(format!("New {}", lower(list.child.label())), list.new_href.clone()?)
                    .icon(icon_of(list.child.name())),
            )
        })
        .collect();
    if changes && permission.delete {
        if !items.is_empty() {
            items.push(MenuItem::Separator);
        }
        items.push(MenuItem::link("Delete", format!("{}/delete", seen.href())).icon(Icon::Trash).opens(DELETE));
    }
    html! {
        @if object.name() == "Report" { (report::actions(seen.id, raw_query)) }
        @if object.name() == "Dashboard" { (dashboards::actions()) }
        @if connections::is_offered(ctx, seen.id) { (Button::link("Connections", format!("{}/connections", seen.href())).icon(Icon::Key)) }
        @if password::is_offered(ctx, seen.id) { (Button::link("Password", format!("{}/password", seen.href())).icon(Icon::Shield)) }
        @if convert::is_offered(ctx, seen) { (Button::link("Convert", format!("{}/convert", seen.href()))) }
        @if !items.is_empty() { (Menu::more("More actions", items)) }
        @if changes && permission.edit && !is_converted { (Button::link("Edit", edit_href(seen)).primary().icon(Icon::Pencil).shortcut("e")) }
    }
}

/// Where a record is changed: reports in their builder.
fn edit_href(seen: &Seen<'_>) -> String {
    match seen.object.name() {
        "Report" => format!("/reports/{}/edit", seen.id),
        "Dashboard" => format!("/dashboards/{}/edit", seen.id),
        _ => format!("{}/edit", seen.href()),
    }
}

const DELETE: &str = "delete-record";

pub(super) fn delete_dialog(ctx: &Ctx, seen: &Seen<'_>, csrf: &str) -> Option<Dialog> {
    if seen.object.def.read_only || !ctx.object_permission(seen.object.ix).delete {
        return None;
    }
    let body =
        html! { p { "What belongs to it alone goes with it. You can take this back from the message that follows." } };
    let actions = html! { (Button::close_dialog("Cancel", DELETE)) (Button::submit("Delete").danger()) };
    let title = format!("Delete {}?", seen.name());
    Some(Dialog::new(DELETE, title, body, actions).posts_to(format!("{}/delete", seen.href()), csrf))
}
