//! The lists of records that point to this one.

use super::Seen;
use crate::frame::icon_of;
use crate::kit::{Button, Empty, Icon, Panel, Table};
use crate::pages::list::address::ListAddress;
use crate::pages::list::filter::{Filter, Op};
use crate::pages::list::lower;
use crate::pages::list::rows::Listing;
use crate::server::params::address;
use crate::show::Show;
use maud::{Markup, Render, html};
use model::schema::GrantRows;
use model::{FieldSchema, ObjectSchema, Result};
use platform::Ctx;

/// Rows shown of each list.
const SHOWN: usize = 6;

/// One list of children.
pub(super) struct RelatedList<'a> {
    pub(super) child: &'a ObjectSchema,
    field: &'a FieldSchema,
    title: String,
    address: ListAddress,
    pub(super) total: u64,
    /// The form for a new one, with the reference filled in.
    pub(super) new_href: Option<String>,
}

pub(super) fn lists<'a>(ctx: &'a Ctx, seen: &Seen<'a>) -> Result<Vec<RelatedList<'a>>> {
    let schema = ctx.schema();
    let mut lists = Vec::new();
    for relation in seen.object.children.iter().filter(|relation| relation.name.is_some()) {
        let child = schema.object(relation.child);
        let field = child.field(relation.field);
        let readable = ctx.object_permission(child.ix).read && ctx.can_read_field(child.ix, field.ix);
        // Activities and who has access have tabs of their own.
        let is_elsewhere = is_activity(child) || !child.members().is_empty();
        if !readable || is_elsewhere || child.grant_rows() == Some(GrantRows::Share) {
            continue;
        }
        let address = ListAddress::of(child.name())
            .changed(|list| list.filters.push(Filter::new(field.name(), Op::Is, &seen.id.to_string())));
        let total = Listing::of(ctx, child, &address).total(ctx)?;
        // What the platform keeps by itself is shown when there is something to show.
        if child.def.read_only && total == 0 {
            continue;
        }
        let creates =
            !child.def.read_only && ctx.object_permission(child.ix).create && ctx.can_edit_field(child.ix, field.ix);
        let new_href = creates.then(|| new_href(seen, child, field));
        let alone =
            seen.object.children.iter().filter(|other| other.name.is_some() && other.child == child.ix).count() == 1;
        let title = if alone {
            child.def.label_plural.clone()
        } else {
            format!("{} ({})", child.def.label_plural, lower(field.label()))
        };
        lists.push(RelatedList { child, field, title, address, total, new_href });
    }
    // What there is, first.
    lists.sort_by_key(|list| list.total == 0);
    Ok(lists)
}

pub(super) fn is_activity(object: &ObjectSchema) -> bool {
    matches!(object.def.sharing, model::schema::SharingKind::Activity)
}

fn new_href(seen: &Seen<'_>, child: &ObjectSchema, field: &FieldSchema) -> String {
    let id = seen.id.to_string();
    let back = format!("{}?tab=related", seen.href());
    let mut pairs = vec![(field.name(), id.as_str()), ("back", back.as_str())];
    // A deal's or a case's contact works at its account.
    let account = seen.value("AccountId").as_id().map(|id| id.to_string());
    if let (Some(account), Some(other)) = (&account, child.find_field("AccountId"))
        && other.ix != field.ix
        && other.is_writable()
    {
        pairs.push(("AccountId", account));
    }
    address(&format!("/new/{}", child.name()), pairs)
}

pub(super) fn page(ctx: &Ctx, show: &Show, lists: &[RelatedList<'_>]) -> Result<Markup> {
    let (filled, empty): (Vec<_>, Vec<_>) = lists.iter().partition(|list| list.total > 0);
    Ok(html! {
        div.stack {
            @for list in filled { (panel(ctx, show, list)?) }
            @if !empty.is_empty() { (nothing_yet(&empty)) }
        }
    })
}

fn panel(ctx: &Ctx, show: &Show, list: &RelatedList<'_>) -> Result<Panel> {
    let mut listing = Listing::of(ctx, list.child, &list.address);
    // Every row has the same parent: this page.
    listing.picks.retain(|pick| pick.field.ix != list.field.ix);
    let rows = listing.first(ctx, SHOWN)?;
    let editable = ctx.object_permission(list.child.ix).edit;
    let columns = listing.picks.iter().map(|pick| pick.column(&show.currency)).collect();
    let rows = rows.iter().map(|row| listing.row(show, row, editable)).collect();
    let panel = Panel::new(Table::new(list.title.clone(), columns, rows).render())
        .title(list.title.clone())
        .count(show.whole(list.total))
        .flush();
    let panel = match &list.new_href {
        Some(href) => panel.actions(html! { (Button::link("New", href.clone()).quiet().small().icon(Icon::Plus)) }),
        None => panel,
    };
    if list.total <= SHOWN as u64 {
        return Ok(panel);
    }
    Ok(panel.foot(html! { a href=(list.address.href()) { "All " (show.whole(list.total)) " " (lower(&list.child.def.label_plural)) } }))
}

/// Lists without rows take one line together instead of a panel each.
fn nothing_yet(lists: &[&RelatedList<'_>]) -> Markup {
    let creates: Vec<_> = lists.iter().filter_map(|list| Some((list, list.new_href.as_ref()?))).collect();
    if creates.is_empty() {
        return Empty::new(Icon::Link, "Nothing else belongs to this record yet.").render();
    }
    html! {
        (Panel::new(html! {
            div.related-none {
                @for (list, href) in creates {
                    (Button::link(format!("New {}", lower(list.child.label())), (*href).clone()).small().icon(icon_of(list.child.name())))
                }
            }
        }).title("Nothing here yet").subtitle("Lists fill as records point to this one."))
    }
}
