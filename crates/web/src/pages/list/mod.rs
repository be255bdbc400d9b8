//! The list of an object's records: which there are, filtered, ordered, with chosen columns. Everything is in the
//! address, so that a list can be kept, shared and gone back to.

pub(crate) mod address;
mod choose;
pub(crate) mod columns;
mod export;
pub(crate) mod filter;
pub(crate) mod rows;
mod views;

pub(crate) use export::export;

use crate::frame::icon_of;
use crate::kit::{Button, Chip, Empty, Header, Icon, Order, Pager, SearchBox, Table, Toolbar};
use crate::server::{Call, PageResult, reply};
use crate::show::Show;
use address::{ListAddress, SIZES};
use maud::{Markup, Render, html};
use model::{ObjectSchema, Result};
use platform::Ctx;
use rows::{Listing, can_sort};

pub(crate) fn page(call: &Call<'_>) -> PageResult {
    let ctx = call.ctx;
    let object = ctx.listed_object(call.visit.captured("object")?)?;
    let address = ListAddress::read(object.name(), &call.visit.query);
    if let Some(settled) = choose::settled(ctx, object, &address, &call.visit.query) {
        return reply::see_other(&settled.href());
    }
    let show = Show::of(ctx);
    let listing = Listing::of(ctx, object, &address);
    let total = listing.total(ctx)?;
    let last_page = total.div_ceil(u64::from(address.size)).max(1);
    if address.page > last_page {
        let mut nearest = address;
        nearest.page = last_page;
        return reply::see_other(&nearest.href());
    }
    let mut toolbar = Toolbar::new().start(views::menu(ctx, object, &address));
    if object.name_field().data_type().is_text() {
        toolbar = toolbar.search(search(object, &address));
    }
    let chooser = choose::open(ctx, object, &show, &address, &call.visit.query);
    // A chooser over the list needs its room: the page scrolls then, not the table.
    let fills = chooser.is_none();
    let body = html! {
        (toolbar)
        @if let Some(chooser) = chooser { (chooser) }
        div.list #list { (part(ctx, &show, &listing, &address, total)?) }
    };
    Ok(call.page_as(&object.def.label_plural, header(ctx, object, &show, total), body, |page| {
        if fills { page.fill() } else { page }
    }))
}

fn header(ctx: &Ctx, object: &ObjectSchema, show: &Show, total: u64) -> Header {
    let label = lower(object.label());
    let header = Header::new(object.def.label_plural.clone())
        .icon(icon_of(object.name()))
        .subtitle(html! { (counted(show, object, total)) });
    if !ctx.object_permission(object.ix).create || object.def.read_only {
        return header;
    }
    header.actions(html! { (Button::link(format!("New {label}"), format!("/new/{}", object.name())).primary().icon(Icon::Plus).shortcut("c")) })
}

fn search(object: &ObjectSchema, address: &ListAddress) -> SearchBox {
    let label = format!("Filter {}", lower(&object.def.label_plural));
    let search = SearchBox::new("list-filter", format!("/o/{}", object.name()), label)
        .value(address.words.clone())
        .page_filter()
        .partial("list");
    address
        .changed(|list| list.words.clear())
        .pairs()
        .into_iter()
        .fold(search, |search, (name, value)| search.keep(name, value))
}

/// The part of the page that a filter replaces while one types.
fn part(ctx: &Ctx, show: &Show, listing: &Listing<'_>, address: &ListAddress, total: u64) -> Result<Markup> {
    let object = listing.object;
    let rows = if total == 0 { Vec::new() } else { listing.page(ctx, address.page, address.size)? };
    let editable = ctx.object_permission(object.ix).edit && !object.def.read_only;
    let columns = listing.picks.iter().map(|pick| {
        let column = pick.column(&show.currency);
        if !can_sort(ctx, object, pick.field) {
            return column;
        }
        let current = (listing.order.0.ix == pick.field.ix).then_some(listing.order.1);
        let next = address.changed(|list| list.sort = Some((pick.field.name().to_owned(), current == Some(false))));
        column
            .sort(next.href(), current.map(|descending| if descending { Order::Descending } else { Order::Ascending }))
    });
    let table = Table::new(
        object.def.label_plural.clone(),
        columns.collect(),
        rows.iter().map(|row| listing.row(show, row, editable)).collect(),
    )
    .empty(empty(ctx, object, address));
    Ok(html! {
        (bar(ctx, show, object, address))
        (table)
        @if total > 0 { (pager(show, address, total)) }
    })
}

/// Applied filters, and what can be done with the rows as they are.
fn bar(ctx: &Ctx, show: &Show, object: &ObjectSchema, address: &ListAddress) -> Markup {
    let chips = address.filters.iter().enumerate().map(|(at, filter)| {
        let without = address.changed(|list| {
            list.filters.remove(at);
        });
        // A filter that narrows nothing must not look as if it did.
        let chip = match filter.field(ctx, object) {
            Some(field) if filter.condition(ctx, field).is_some() => {
                Chip::new(field.label(), filter.words(ctx, show, field))
            }
            Some(field) => Chip::new(field.label(), "left out: no such value"),
            None => Chip::new(filter.field.clone(), "left out: cannot be filtered by"),
        };
        chip.remove(without.href())
    });
    html! {
        div.list-bar {
            div.chips {
                @for chip in chips { (chip) }
                (Button::link("Add filter", address.href_with("add", "")).quiet().small().icon(Icon::Filter))
                @if address.is_filtered() { (Button::link("Clear", address.changed(|list| { list.words.clear(); list.filters.clear(); }).href()).quiet().small()) }
            }
            div.list-actions {
                (Button::link("Columns", address.href_with("choose", "columns")).quiet().small().icon(Icon::Columns))
                (Button::link("Export", address.href_to(&format!("/o/{}/export.csv", object.name()))).quiet().small().icon(Icon::Download))
            }
        }
    }
}

fn pager(show: &Show, address: &ListAddress, total: u64) -> Markup {
    let size = u64::from(address.size);
    let first = (address.page - 1) * size + 1;
    let last = (address.page * size).min(total);
    let at = |page: u64| {
        let mut other = address.clone();
        other.page = page;
        other.href()
    };
    let pager = Pager::new(format!("{}–{} of {}", show.whole(first), show.whole(last), show.whole(total)))
        .previous((address.page > 1).then(|| at(address.page - 1)))
        .next((last < total).then(|| at(address.page + 1)));
    let sized = SIZES.iter().fold(pager, |pager, size| {
        pager.size(size.to_string(), address.changed(|list| list.size = *size).href(), *size == address.size)
    });
    sized.render()
}

fn empty(ctx: &Ctx, object: &ObjectSchema, address: &ListAddress) -> Empty {
    let plural = &object.def.label_plural;
    if address.is_filtered() {
        let all = ListAddress::of(object.name());
        return Empty::new(Icon::Filter, format!("No {} that you can see match these filters.", lower(plural)))
            .action(Button::link("Clear filters", all.href()));
    }
    let teaching = match object.name() {
        "Account" => "Accounts are the companies you do business with; people, deals and cases hang on them.",
        "Contact" => "Contacts are the people you talk to, each at an account.",
        "Opportunity" => "Opportunities are deals under way; their stages and amounts make the forecast.",
        "Lead" => "Leads are people who might buy and whom nobody has qualified yet.",
        "Case" => "Cases are what customers ask or report, from the first word to the answer.",
        "Task" => "Tasks are what is to be done, with whom and about what.",
        "Event" => "Events are meetings and calls with a time and a place.",
        _ => "There is nothing here yet that you can see.",
    };
    let empty = Empty::new(icon_of(object.name()), teaching);
    if ctx.object_permission(object.ix).create && !object.def.read_only {
        return empty.action(
            Button::link(format!("New {}", lower(object.label())), format!("/new/{}", object.name())).icon(Icon::Plus),
        );
    }
    empty
}

fn counted(show: &Show, object: &ObjectSchema, total: u64) -> String {
    let noun = if total == 1 { object.label() } else { &object.def.label_plural };
    format!("{} {}", show.whole(total), lower(noun))
}

/// A label inside a sentence; a word that is not written like others (CRM, iPad) stays as it is.
pub(crate) fn lower(label: &str) -> String {
    let mut chars = label.chars();
    match (chars.next(), label.chars().nth(1)) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(chars).collect(),
        _ => label.to_owned(),
    }
}
