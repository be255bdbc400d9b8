//! Choosing filters and columns: small forms over the list whose answer is an address.

use super::address::ListAddress;
use super::columns;
use super::filter::{Filter, ME, Op, PERIODS, can_filter};
use crate::kit::{Button, Checkbox, Choice, Field, Form, Input, Lookup, Panel, Section, Select};
use crate::server::Params;
use crate::show::Show;
use maud::{Markup, Render, html};
use model::schema::FieldType;
use model::{FieldSchema, ObjectSchema};
use platform::Ctx;

/// The address that a filled-in chooser stands for.
pub(super) fn settled(ctx: &Ctx, object: &ObjectSchema, address: &ListAddress, query: &Params) -> Option<ListAddress> {
    if query.has("col") {
        let chosen: Vec<String> = query.all("col").map(str::to_owned).collect();
        // Columns that stay keep their place, new ones follow.
        let shown = columns::chosen(ctx, object, address.columns.as_deref());
        let kept = shown.iter().map(|field| field.name().to_owned()).filter(|name| chosen.contains(name));
        let mut names: Vec<String> = kept.collect();
        names.extend(chosen.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        let usual: Vec<_> = columns::usual(ctx, object).iter().map(|field| field.name().to_owned()).collect();
        return Some(address.changed(|list| list.columns = (names != usual).then_some(names)));
    }
    let field = query.given("ff").and_then(|name| object.find_field(name))?;
    let op = query.given("fo").and_then(Op::parse)?;
    let value = match op {
        Op::During => query.given("fp"),
        _ => query.given("fv"),
    };
    let complete = !op.needs_value() || value.is_some();
    complete
        .then(|| address.changed(|list| list.filters.push(Filter::new(field.name(), op, value.unwrap_or_default()))))
}

/// The chooser that the address has open.
pub(super) fn open(
    ctx: &Ctx,
    object: &ObjectSchema,
    show: &Show,
    address: &ListAddress,
    query: &Params,
) -> Option<Markup> {
    if query.first("choose") == Some("columns") {
        return Some(columns_panel(ctx, object, address));
    }
    // A filter sent without its value comes back here.
    let field = query.first("add").or_else(|| query.first("ff"))?;
    let panel = match object.find_field(field).filter(|field| can_filter(ctx, object, field)) {
        Some(field) => condition_panel(object, show, address, field, query.has("fo")),
        None => field_panel(ctx, object, address),
    };
    Some(panel)
}

fn form(object: &ObjectSchema, address: &ListAddress) -> Form {
    let form = Form::get(format!("/o/{}", object.name())).plain().unguarded();
    address.changed(|_| ()).pairs().into_iter().fold(form, |form, (name, value)| form.hidden(name, value))
}

fn cancel(address: &ListAddress) -> Button {
    Button::link("Cancel", address.href()).quiet()
}

/// First the field; what can be asked of it follows from its type.
fn field_panel(ctx: &Ctx, object: &ObjectSchema, address: &ListAddress) -> Markup {
    let mut fields: Vec<_> = object.fields.iter().filter(|field| can_filter(ctx, object, field)).collect();
    fields.sort_by_key(|field| model::text::fold(field.label()));
    let choices = fields.into_iter().map(|field| Choice::new(field.name(), field.label())).collect();
    let select = Select::new("add", choices).blank("Choose a field").submits();
    let form = form(object, address)
        .section(Section::new(vec![Field::new("Filter by", select)]))
        .action(Button::submit("Next").primary())
        .action(cancel(address));
    panel("Add a filter", form)
}

fn condition_panel(
    object: &ObjectSchema,
    show: &Show,
    address: &ListAddress,
    field: &FieldSchema,
    incomplete: bool,
) -> Markup {
    let ops = Op::of(field).iter().map(|op| Choice::new(op.name(), op.words(field))).collect();
    let words = format!("Give {} a value to compare with, or choose “is blank”.", super::lower(field.label()));
    let mut fields = vec![Field::new(field.label(), Select::new("fo", ops))];
    let value = |control: Field| control.error_if(incomplete.then_some(words.clone()));
    match field.data_type().value_type() {
        FieldType::Boolean => fields.push(value(Field::new(
            "Value",
            Select::new("fv", vec![Choice::new("true", "yes"), Choice::new("false", "no")]),
        ))),
        FieldType::Picklist { values, .. } | FieldType::MultiPicklist { values, .. } => {
            let choices = values.iter().map(|known| Choice::new(known.value.clone(), known.label.clone())).collect();
            fields.push(value(Field::new("Value", Select::new("fv", choices).blank("Choose a value"))));
        }
        FieldType::Reference(_) => {
            let source = format!("/lookup/{}?field={}", object.name(), field.name());
            let lookup = Lookup::new("fv", source).placeholder("Search by name");
            let is_user = field
                .data_type()
                .as_reference()
                .is_some_and(|reference| reference.targets.iter().any(|target| target == "User"));
            let mut control = value(Field::new("Value", lookup));
            if is_user {
                let me = address.changed(|list| list.filters.push(Filter::new(field.name(), Op::Is, ME)));
                control = control.aside(html! { a href=(me.href()) { "Me" } });
            }
            fields.push(control);
        }
        FieldType::Date | FieldType::DateTime => {
            let periods = PERIODS.iter().map(|(period, words)| Choice::new(*period, *words)).collect();
            fields.push(value(Field::new("Period", Select::new("fp", periods).selected("THIS_MONTH"))));
            fields.push(Field::new("Or a day", Input::date("fv").value(show.today.to_string())));
        }
        data_type if data_type.is_number() => fields.push(value(Field::new("Value", Input::number("fv").focused()))),
        _ => fields.push(value(Field::new("Value", Input::text("fv").focused()))),
    }
    let form = form(object, address)
        .hidden("ff", field.name())
        .section(Section::new(fields).two_columns())
        .action(Button::submit("Add filter").primary())
        .action(cancel(address));
    panel("Add a filter", form)
}

fn columns_panel(ctx: &Ctx, object: &ObjectSchema, address: &ListAddress) -> Markup {
    let shown = columns::chosen(ctx, object, address.columns.as_deref());
    let fields = columns::possible(ctx, object)
        .into_iter()
        .filter(|field| field.ix != object.name_field)
        .map(|field| {
            let checked = shown.iter().any(|known| known.ix == field.ix);
            Field::new(field.label(), Checkbox::new("col", checked).value(field.name()))
                .id(format!("column-{}", field.name()))
        })
        .collect();
    let without = address.changed(|list| list.columns = None);
    let mut form = form(object, address).section(Section::new(fields).two_columns());
    form = form.hidden("col", object.name_field().name()).action(Button::submit("Show these columns").primary());
    panel("Choose columns", form.action(Button::link("Usual columns", without.href())).action(cancel(address)))
}

fn panel(title: &str, form: Form) -> Markup {
    html! { div.chooser { (Panel::new(form.render()).title(title)) } }
}
