//! One object: its fields and its validation rules.

use super::objects::access_words;
use super::sharing::is_shared;
use super::{PATH, check, crumbs, href, object};
use crate::frame::icon_of;
use crate::kit::{Badge, Button, Cell, Column, Empty, Form, Header, Icon, Panel, Row, Table, Tone};
use crate::server::{Call, PageResult, reply};
use maud::{Markup, html};
use model::schema::{FieldDef, RetiredField};
use model::{Error, FieldSchema, FieldType, ObjectSchema};
use platform::component::CustomField;

pub(crate) fn page(call: &Call<'_>) -> PageResult {
    check(call)?;
    let object = object(call)?;
    let mut actions =
        vec![Button::link("New field", format!("{}/fields/new", href(object))).primary().icon(Icon::Plus)];
    if is_shared(object) {
        actions.insert(0, Button::link("Sharing", format!("{}/sharing", href(object))).icon(Icon::People));
    }
    if object.def.is_custom() {
        actions.insert(0, Button::link("Edit", format!("{}/edit", href(object))).icon(Icon::Pencil));
    }
    let header = Header::new(object.label())
        .icon(icon_of(object.name()))
        .kind("Object")
        .crumbs(crumbs(None))
        .subtitle(html! { code { (object.name()) } ". Everybody may, without being given anything: " (access_words(object).to_lowercase()) "." })
        .actions(html! { @for action in &actions { (action) } });
    let body = html! {
        @if !object.def.description.is_empty() { p.consent-note { (object.def.description) } }
        (fields(object))
        (rules(object))
        (deleted(call, object))
    };
    Ok(call.page(object.label(), header, body))
}

fn fields(object: &ObjectSchema) -> Markup {
    let shown = |field: &&FieldSchema| field.part_of.is_none() || !field.def.is_custom();
    let mut all: Vec<&FieldSchema> = object.fields.iter().filter(shown).collect();
    all.sort_by_key(|field| (!field.def.is_custom(), field.label().to_lowercase()));
    let row = |field: &&FieldSchema| {
        let row = Row::new(vec![
            Cell::text(field.label()),
            Cell::of(html! { code { (field.name()) } }),
            Cell::text(type_words(&field.def)),
            Cell::of(marks(&field.def)),
        ]);
        if field.def.is_custom() { row.href(field_href(object, &field.def)) } else { row }
    };
    let columns = vec![
        Column::text("Field"),
        Column::text("Name for programs"),
        Column::text("Type"),
        Column::text("Rules").wide_only(),
    ];
    let count = all.len().to_string();
    let table = Table::new("Fields", columns, all.iter().map(row).collect());
    html! { (Panel::new(html! { (table) }).title("Fields").count(count).flush()) }
}

fn field_href(object: &ObjectSchema, field: &FieldDef) -> String {
    format!("{}/fields/{}", href(object), field.name)
}

/// A type in words, with what it points to or computes.
pub(super) fn type_words(field: &FieldDef) -> String {
    let kind = CustomField::of(field).and_then(|told| told.kind).unwrap_or_else(|| match &field.data_type {
        FieldType::Id => "Id".to_owned(),
        FieldType::Base64 => "File".to_owned(),
        _ => "Put together".to_owned(),
    });
    match &field.data_type {
        FieldType::Reference(reference) => format!("{kind} to {}", reference.targets.join(", ")),
        FieldType::Formula { .. } => format!("Formula giving {kind}"),
        FieldType::Text { length } | FieldType::EncryptedText { length, .. } => format!("{kind}, {length} characters"),
        FieldType::Number { precision, scale } | FieldType::Currency { precision, scale } => {
            format!("{kind}, {} digits and {scale} after the point", precision - scale)
        }
        _ => kind,
    }
}

fn marks(field: &FieldDef) -> Markup {
    let marks = [
        (field.required, "Required"),
        (field.unique, "Unique"),
        (field.external_id, "External id"),
        (field.tracked, "History"),
        (field.sealed != model::schema::Sealing::None, "Encrypted"),
        (field.system, "Set by the platform"),
    ];
    html! { @for (_, words) in marks.iter().filter(|(is_so, _)| *is_so) { (Badge::new(*words, Tone::Neutral)) " " } }
}

fn rules(object: &ObjectSchema) -> Markup {
    let new = format!("{}/rules/new", href(object));
    let row = |rule: &model::schema::ValidationRule| {
        let edit = format!("{}/rules/{}", href(object), rule.name);
        Row::new(vec![
            Cell::text(&rule.name),
            Cell::of(html! { code { (rule.condition) } }),
            Cell::text(&rule.message),
            Cell::badge(if rule.inactive { Badge::new("Off", Tone::Neutral) } else { Badge::new("On", Tone::Good) }),
        ])
        .href(edit)
    };
    let columns = vec![
        Column::text("Rule"),
        Column::text("A save is refused while").wide_only(),
        Column::text("Message"),
        Column::text("State"),
    ];
    let rows: Vec<Row> = object.def.validation_rules.iter().map(row).collect();
    let count = rows.len().to_string();
    let empty = Empty::new(Icon::Shield, "No save is refused by a rule.");
    let table = Table::new("Validation rules", columns, rows).empty(empty);
    let actions = html! { (Button::link("New rule", new).small().icon(Icon::Plus)) };
    html! { (Panel::new(html! { (table) }).title("Validation rules").count(count).actions(actions).flush()) }
}

/// Fields that can still be taken back.
fn deleted(call: &Call<'_>, object: &ObjectSchema) -> Markup {
    let gone: Vec<&RetiredField> = object.def.retired_fields.iter().filter(|gone| !gone.replaced).collect();
    let row = |gone: &&RetiredField| {
        let back = Form::post(href(object), call.csrf)
            .unguarded()
            .plain()
            .hidden("undelete", gone.field.name.as_str())
            .action(Button::submit("Take back").small());
        Row::new(vec![
            Cell::text(&gone.field.label),
            Cell::of(html! { code { (gone.field.name) } }),
            Cell::of(html! { div.row-actions { (back) } }),
        ])
    };
    let columns = vec![Column::text("Field"), Column::text("Name for programs"), Column::text("Change").label_hidden()];
    let table = Table::new("Deleted fields", columns, gone.iter().map(row).collect());
    let words = format!("With their values, for {} days after each was deleted", platform::BIN_DAYS);
    html! { @if !gone.is_empty() { (Panel::new(html! { (table) }).title("Deleted fields").subtitle(words).flush()) } }
}

/// What is changed from the page: a deleted field comes back; the object goes.
pub(crate) fn change(call: &Call<'_>) -> PageResult {
    check(call)?;
    let object = object(call)?;
    if let Some(field) = call.visit.form.given("undelete") {
        call.ctx.field_undelete(object.name(), field)?;
        return reply::see_other(&href(object));
    }
    if call.visit.form.has("delete") {
        call.ctx.object_delete(object.name())?;
        return reply::see_other(PATH);
    }
    Err(Error::not_found())
}
