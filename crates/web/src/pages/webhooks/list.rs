//! The list of webhooks.

use super::{PATH, objects, state, user_name};
use crate::kit::{Button, Cell, Column, Empty, Header, Icon, Row, Table};
use crate::server::{Call, PageResult};
use maud::html;

pub(crate) fn list(call: &Call<'_>) -> PageResult {
    let mut rows = Vec::new();
    for webhook in call.ctx.webhooks()? {
        rows.push(
            Row::new(vec![
                Cell::text(&webhook.name),
                Cell::badge(state(&webhook)),
                Cell::text(&webhook.url),
                Cell::text(objects(&webhook)),
                Cell::or_blank(user_name(call, &webhook)?),
            ])
            .href(format!("{PATH}/{}", webhook.id)),
        );
    }
    let columns = vec![
        Column::text("Webhook"),
        Column::text("State"),
        Column::text("Address"),
        Column::text("Tells changes of"),
        Column::text("As").wide_only(),
    ];
    let table = Table::new("Webhooks", columns, rows).empty(Empty::new(
        Icon::Send,
        "No webhook yet. A webhook pushes every change of records to an address of your choice, signed and in order.",
    ));
    let header = Header::new("Webhooks")
        .icon(Icon::Send)
        .subtitle(html! { "Where changes of records are pushed to" })
        .actions(html! { (Button::link("New webhook", "/webhooks/new").primary().icon(Icon::Plus)) });
    Ok(call.page("Webhooks", header, html! { div.list { (table) } }))
}
