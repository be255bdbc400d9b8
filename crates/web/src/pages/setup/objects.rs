//! The list of objects.

use super::{PATH, check, href};
use crate::kit::{Badge, Button, Cell, Column, Header, Icon, Row, Table, Tone};
use crate::server::{Call, PageResult};
use maud::html;
use model::ObjectSchema;
use model::schema::{AccessDefault, SharingKind};

/// Objects that hold what people work with: those whose fields and rules administrators look at.
fn is_shown(object: &ObjectSchema) -> bool {
    object.def.is_custom() || (!object.def.read_only && !object.def.computed && object.grant_rows().is_none())
}

pub(crate) fn list(call: &Call<'_>) -> PageResult {
    check(call)?;
    let mut objects: Vec<&ObjectSchema> = call.ctx.readable_objects().filter(|object| is_shown(object)).collect();
    // What people work with comes before what the organization itself is set up by.
    let is_setting = |object: &ObjectSchema| *object.sharing() == SharingKind::Setting || !object.def.searchable;
    objects.sort_by_key(|object| (!object.def.is_custom(), is_setting(object), object.label().to_lowercase()));
    let row = |object: &&ObjectSchema| {
        let own = object.def.fields.iter().filter(|field| field.is_custom()).count();
        let kind = match object.def.is_custom() {
            true => Badge::new("Custom", Tone::Info),
            false => Badge::new("Standard", Tone::Neutral),
        };
        Row::new(vec![
            Cell::text(object.label()),
            Cell::of(html! { code { (object.name()) } }),
            Cell::badge(kind),
            Cell::text(access_words(object)),
            Cell::text(object.def.fields.len().to_string()),
            Cell::text(own.to_string()),
            Cell::text(object.def.validation_rules.len().to_string()),
        ])
        .href(href(object))
    };
    let columns = vec![
        Column::text("Object"),
        Column::text("Name for programs"),
        Column::text("Kind"),
        Column::text("Everybody may").wide_only(),
        Column::number("Fields"),
        Column::number("Your own fields"),
        Column::number("Rules"),
    ];
    let table = Table::new("Objects", columns, objects.iter().map(row).collect());
    let header = Header::new("Objects")
        .icon(Icon::Database)
        .subtitle(html! { "What this organization keeps records of, field by field" })
        .actions(html! { (Button::link("New object", format!("{PATH}/new")).primary().icon(Icon::Plus)) });
    Ok(call.page("Objects", header, html! { div.list { (table) } }))
}

/// What everybody holds on the records without being given anything.
pub(super) fn access_words(object: &ObjectSchema) -> &'static str {
    match (object.sharing(), object.def.access_default) {
        (SharingKind::Detail { .. }, _) | (_, AccessDefault::ControlledByParent) => "As with the record above",
        (SharingKind::Activity, _) => "Their own, and those of records they see",
        (_, AccessDefault::Private) => "Nothing: private",
        (_, AccessDefault::PublicRead) => "Read",
        (_, AccessDefault::PublicReadWrite) => "Read and change",
        (_, AccessDefault::PublicReadWriteTransfer) => "Read, change and hand over",
    }
}
