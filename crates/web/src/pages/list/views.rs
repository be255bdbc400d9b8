//! The ready-made views of a list: each is an address like any other.

use super::address::ListAddress;
use super::filter::{Filter, ME, Op};
use crate::kit::{Icon, Menu, MenuItem};
use maud::html;
use model::ObjectSchema;
use platform::Ctx;

pub(super) fn menu(ctx: &Ctx, object: &ObjectSchema, address: &ListAddress) -> Menu {
    let plural = super::lower(&object.def.label_plural);
    let views = views(ctx, object);
    let same = |view: &ListAddress| view.filters == address.filters && address.words.is_empty();
    let current =
        views.iter().find(|(_, view)| same(view)).map_or_else(|| "Filtered".to_owned(), |(label, _)| label.clone());
    let items = views
        .iter()
        .map(|(label, view)| {
            // Columns and order are the reader's own and stay.
            let href = address.changed(|list| {
                list.words.clear();
                list.filters.clone_from(&view.filters);
            });
            MenuItem::link(label.clone(), href.href()).current(same(view))
        })
        .collect();
    Menu::new(format!("View of {plural}: {current}"), items)
        .face(html! { span { (current) } (Icon::ChevronDown) })
        .start()
}

fn views(ctx: &Ctx, object: &ObjectSchema) -> Vec<(String, ListAddress)> {
    let plural = super::lower(&object.def.label_plural);
    let all = ListAddress::of(object.name());
    let with = |filters: &[(&str, Op, &str)]| {
        all.changed(|list| {
            list.filters = filters.iter().map(|(field, op, value)| Filter::new(field, *op, value)).collect()
        })
    };
    let mut views = vec![(format!("All {plural}"), all.clone())];
    if object.owner_field.is_some() {
        views.push((format!("My {plural}"), with(&[("OwnerId", Op::Is, ME)])));
    }
    match object.name() {
        "Opportunity" => views.extend([
            ("Open".to_owned(), with(&[("IsClosed", Op::Is, "false")])),
            ("My open".to_owned(), with(&[("OwnerId", Op::Is, ME), ("IsClosed", Op::Is, "false")])),
            (
                "Closing this month".to_owned(),
                with(&[("IsClosed", Op::Is, "false"), ("CloseDate", Op::During, "THIS_MONTH")]),
            ),
            (
                "Overdue".to_owned(),
                with(&[
                    ("IsClosed", Op::Is, "false"),
                    ("CloseDate", Op::AtMost, &ctx.today().plus_days(-1).to_string()),
                ]),
            ),
            (
                "Won this quarter".to_owned(),
                with(&[("IsWon", Op::Is, "true"), ("CloseDate", Op::During, "THIS_QUARTER")]),
            ),
        ]),
        "Case" => views.push(("Open".to_owned(), with(&[("IsClosed", Op::Is, "false")]))),
        "Lead" => views.push(("Not converted".to_owned(), with(&[("IsConverted", Op::Is, "false")]))),
        "Task" => views.extend([
            ("Open".to_owned(), with(&[("IsClosed", Op::Is, "false")])),
            ("My open".to_owned(), with(&[("OwnerId", Op::Is, ME), ("IsClosed", Op::Is, "false")])),
        ]),
        "User" => views.push(("Active".to_owned(), with(&[("IsActive", Op::Is, "true")]))),
        _ => {}
    }
    if object.find_field("LastModifiedDate").is_some() {
        views.push((
            "Changed in the last 30 days".to_owned(),
            with(&[("LastModifiedDate", Op::During, "LAST_N_DAYS:30")]),
        ));
    }
    views
}
