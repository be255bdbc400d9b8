//! The list of mail.

use super::{size, state};
use crate::kit::{Cell, Column, Empty, Header, Icon, Row, Table};
use crate::server::{Call, PageResult};
use crate::show::Show;
use maud::html;

const SHOWN: u32 = 500;

pub(crate) fn list(call: &Call<'_>) -> PageResult {
    let ctx = call.ctx;
    let show = Show::of(ctx);
    let now = ctx.now();
    let items = ctx.outbox(SHOWN)?;
    let rows = items.iter().map(|(item, summary)| {
        let subject = if summary.subject.is_empty() { "Without a subject" } else { &summary.subject };
        Row::new(vec![
            Cell::text(subject),
            Cell::text(&summary.to),
            Cell::badge(state(item.state)),
            Cell::of(show.ago(item.created, now)),
            size(summary.bytes).into(),
            if item.reply.is_empty() { Cell::blank() } else { Cell::text(&item.reply) },
        ])
        .href(format!("/outbox/{}", item.seq))
    });
    let columns = vec![
        Column::text("Subject"),
        Column::text("To"),
        Column::text("State"),
        Column::text("Made"),
        Column::number("Size"),
        Column::text("Last word of the mail server").wide_only(),
    ];
    let table = Table::new("Mail", columns, rows.collect()).empty(Empty::new(
        Icon::Mail,
        "No mail yet. What reports and schedules send passes through here, and stays to be read.",
    ));
    let table = if items.len() >= SHOWN as usize {
        table.note(format!("The newest {SHOWN} messages are looked through."))
    } else {
        table
    };
    let header =
        Header::new("Outbox").icon(Icon::Mail).subtitle(html! { "Mail of this organization that you may see" });
    Ok(call.page_as("Outbox", header, html! { div.list { (table) } }, |page| page.fill()))
}
