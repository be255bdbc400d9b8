//! Every field of a record that the reader may see.

use super::Seen;
use crate::kit::{Detail, DetailList, copyable};
use crate::show::{Show, lines};
use maud::{Markup, html};
use model::{FieldSchema, Value};
use platform::Ctx;
use platform::layout::{FieldGroup, groups};

pub(super) fn details(ctx: &Ctx, show: &Show, seen: &Seen<'_>) -> Markup {
    let groups = groups(ctx, seen.object, |field| seen.pick(field).is_some());
    let may_edit = ctx.object_permission(seen.object.ix).edit && !seen.object.def.read_only;
    let (addresses, plain): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.whole.is_some());
    let mut addresses: Vec<Detail> = addresses.iter().map(|group| address(ctx, seen, group, may_edit)).collect();
    let mut lists = Vec::with_capacity(plain.len() + 1);
    let mut blank = Vec::new();
    for (at, group) in plain.into_iter().enumerate() {
        // Of what a record is about, a gap is news; of all the rest, only what is filled in.
        let (shown, empty): (Vec<_>, Vec<_>) =
            group.fields.into_iter().partition(|field| at == 0 || !is_blank(seen, field));
        blank.extend(empty.into_iter().filter(|field| !field.def.system && field.name() != "RecordTypeId"));
        let mut list: Vec<Detail> = shown.into_iter().map(|field| detail(ctx, show, seen, field, may_edit)).collect();
        // An address is one thing to a reader, and follows what the record is about.
        list.append(&mut addresses);
        if !list.is_empty() {
            lists.push(DetailList::new(list).title(group.title));
        }
    }
    let system = DetailList::new(system(show, seen)).title("System");
    html! {
        div {
            @for list in lists { (list) }
            @if !blank.is_empty() { (not_filled_in(ctx, seen, &blank, may_edit)) }
            (system)
        }
    }
}

fn is_blank(seen: &Seen<'_>, field: &FieldSchema) -> bool {
    match seen.pick(field).map(|pick| pick.value(&seen.row)) {
        None | Some(Value::Null) => true,
        Some(Value::Bool(flag)) => field.def.system && !flag,
        Some(_) => false,
    }
}

/// The rest in one line, each the way to its place in the form.
fn not_filled_in(ctx: &Ctx, seen: &Seen<'_>, fields: &[&FieldSchema], may_edit: bool) -> Markup {
    html! {
        p.not-filled {
            "Not filled in: "
            @for (at, field) in fields.iter().enumerate() {
                @if at > 0 { ", " }
                @if may_edit && ctx.can_edit_field(seen.object.ix, field.ix) { a href=(edit_href(seen, field)) { (field.label()) } } @else { (field.label()) }
            }
            "."
        }
    }
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
    let detail = if text.is_empty() {
        Detail::blank(group.title.clone())
    } else {
        Detail::new(group.title.clone(), lines(&text))
    };
    match group.fields.iter().find(|field| may_edit && ctx.can_edit_field(seen.object.ix, field.ix)) {
        Some(field) => detail.edit(edit_href(seen, field)),
        None => detail,
    }
}

fn system(show: &Show, seen: &Seen<'_>) -> Vec<Detail> {
    let by = |person: &str, moment: &str| {
        let name = seen
            .object
            .find_field(person)
            .and_then(|field| seen.pick(field))
            .and_then(|pick| pick.name(&seen.row))
            .map(str::to_owned);
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
