//! Every field of a record that the reader may see.

use super::Seen;
use crate::kit::{Detail, DetailList, copyable};
use crate::pages::layout::{FieldGroup, groups};
use crate::show::{Show, lines};
use maud::{Markup, html};
use model::{FieldSchema, Value};
use platform::Ctx;

pub(super) fn details(ctx: &Ctx, show: &Show, seen: &Seen<'_>) -> Markup {
    let groups = groups(ctx, seen.object, |field| seen.pick(field).is_some());
    let may_edit = ctx.object_permission(seen.object.ix).edit && !seen.object.def.read_only;
    let (addresses, plain): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.whole.is_some());
    let mut addresses: Vec<Detail> = addresses.iter().map(|group| address(ctx, seen, group, may_edit)).collect();
    let mut lists = Vec::with_capacity(plain.len() + 1);
    for group in plain {
        let mut list: Vec<Detail> = group.fields.iter().map(|field| detail(ctx, show, seen, field, may_edit)).collect();
        // An address is one thing to a reader, and follows what the record is about.
        list.append(&mut addresses);
        lists.push(DetailList::new(list).title(group.title));
    }
    lists.push(DetailList::new(system(show, seen)).title("System"));
    html! { @for list in lists { (list) } }
}

fn detail(ctx: &Ctx, show: &Show, seen: &Seen<'_>, field: &FieldSchema, may_edit: bool) -> Detail {
    let Some(pick) = seen.pick(field) else { return Detail::blank(field.label()) };
    let shown = show.value(field, pick.value(&seen.row), pick.name(&seen.row));
    let mut detail = match shown {
        Some(value) => Detail::new(field.label(), value),
        None => Detail::blank(field.label()),
    };
    if field.data_type().is_long_text() {
        detail = detail.wide();
    }
    if !field.def.help.is_empty() {
        detail = detail.help(field.def.help.clone());
    }
    if may_edit && ctx.can_edit_field(seen.object.ix, field.ix) {
        detail = detail.edit(edit_href(seen, field));
    }
    detail
}

/// The form, at the field.
fn edit_href(seen: &Seen<'_>, field: &FieldSchema) -> String {
    format!("{}/edit#field-{}", seen.href(), field.name())
}

/// Street, then postal code and city, then state and country.
fn address(ctx: &Ctx, seen: &Seen<'_>, group: &FieldGroup<'_>, may_edit: bool) -> Detail {
    let part = |ending: &str| {
        let field = group.fields.iter().find(|field| field.name().ends_with(ending));
        field.and_then(|field| seen.pick(field)).map(|pick| pick.value(&seen.row).to_plain()).unwrap_or_default()
    };
    let joined = |parts: &[String]| parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ");
    let text = [part("Street"), joined(&[part("PostalCode"), part("City")]), joined(&[part("State"), part("Country")])]
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n");
    let detail = if text.is_empty() { Detail::blank(group.title.clone()) } else { Detail::new(group.title.clone(), lines(&text)) };
    match group.fields.iter().find(|field| may_edit && ctx.can_edit_field(seen.object.ix, field.ix)) {
        Some(field) => detail.edit(edit_href(seen, field)),
        None => detail,
    }
}

fn system(show: &Show, seen: &Seen<'_>) -> Vec<Detail> {
    let by = |person: &str, moment: &str| {
        let name = seen.object.find_field(person).and_then(|field| seen.pick(field)).and_then(|pick| pick.name(&seen.row)).map(str::to_owned);
        let at = match seen.value(moment) {
            Value::DateTime(instant) => Some(show.instant(*instant)),
            _ => None,
        };
        html! { @if let Some(name) = &name { (name) } @if name.is_some() && at.is_some() { ", " } @if let Some(at) = at { (at) } }
    };
    vec![
        Detail::new("Created", by("CreatedById", "CreatedDate")),
        Detail::new("Last modified", by("LastModifiedById", "LastModifiedDate")),
        Detail::new("Record ID", copyable(&seen.id.to_string(), "the record id")),
    ]
}
