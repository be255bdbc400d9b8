//! What needs attention, what is due, where the person was last.

use crate::frame::icon_of;
use crate::kit::{Badge, Cell, Column, Empty, Icon, Panel, Row, Table, Tone};
use crate::pages::list::address::ListAddress;
use crate::pages::list::filter::{Filter, ME, Op};
use crate::show::{Pick, Show};
use maud::{Render, html};
use model::{FieldSchema, ObjectSchema, Result};
use platform::{Ctx, QueryOptions};

const SHOWN: usize = 8;
/// Days without a change after which an open deal counts as quiet.
const QUIET_DAYS: i64 = 30;

/// The fields, if the person may read all of them.
fn fields<'o>(ctx: &Ctx, object: &'o ObjectSchema, names: &[&str]) -> Option<Vec<&'o FieldSchema>> {
    names.iter().map(|name| object.find_field(name).filter(|field| ctx.can_read_field(object.ix, field.ix))).collect()
}

/// Open deals that are past their date, close soon without a next step, or have gone quiet.
pub(super) fn attention(ctx: &Ctx, show: &Show) -> Result<Option<Panel>> {
    let Ok(object) = ctx.object("Opportunity") else { return Ok(None) };
    let Some(fields) = fields(ctx, object, &["Name", "Amount", "CloseDate", "NextStep", "LastModifiedDate"]) else {
        return Ok(None);
    };
    let picks = Pick::all(ctx, fields);
    let quiet = ctx.now().plus_ms(-QUIET_DAYS * 86_400_000);
    let text = format!(
        "SELECT {} FROM Opportunity WHERE IsClosed = false AND (CloseDate < TODAY OR (CloseDate <= NEXT_N_DAYS:14 AND NextStep = null) OR LastModifiedDate < {}) \
         ORDER BY CloseDate, Id LIMIT {SHOWN}",
        Pick::select(&picks),
        quiet.to_timestamp()
    );
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
    let [name, amount, close, next_step, _] = picks.as_slice() else { return Ok(None) };
    let soon = ctx.today().plus_days(14);
    let made = rows.iter().map(|row| {
        let date = close.value(row).as_date();
        let (reason, tone) = match date {
            Some(date) if date < ctx.today() => ("Overdue", Tone::Bad),
            Some(date) if date <= soon && next_step.value(row).is_null() => ("No next step", Tone::Warn),
            _ => ("Quiet for 30 days", Tone::Neutral),
        };
        Row::new(vec![
            Cell::text(name.value(row).to_plain()),
            Cell::badge(Badge::new(reason, tone)),
            show.cell(amount.field, amount.value(row), None),
            show.cell(close.field, close.value(row), None),
        ])
        .href(format!("/r/{}", row.id))
        .edit(format!("/r/{}/edit", row.id))
    });
    let columns = vec![
        Column::text("Deal"),
        Column::text("Why"),
        Column::number("Amount").unit(show.currency.clone()),
        Column::text("Close date"),
    ];
    let empty = Empty::new(Icon::CheckCircle, "Every open deal has a date ahead, a next step and a recent change.");
    let table = Table::new("Deals that need attention", columns, made.collect()).empty(empty);
    let open =
        ListAddress::of("Opportunity").changed(|list| list.filters = vec![Filter::new("IsClosed", Op::Is, "false")]);
    let panel = Panel::new(table.render()).title("Deals that need attention").flush();
    Ok(Some(if rows.len() == SHOWN {
        panel.foot(html! { "The first " (SHOWN) " by close date. " a href=(open.href()) { "All open deals" } })
    } else {
        panel
    }))
}

/// The person's own open tasks, the oldest first.
pub(super) fn tasks(ctx: &Ctx, show: &Show) -> Result<Option<Panel>> {
    let (Ok(object), Some(me)) = (ctx.object("Task"), ctx.user_id()) else { return Ok(None) };
    let Some(fields) = fields(ctx, object, &["Subject", "ActivityDate", "WhatId"]) else { return Ok(None) };
    let picks = Pick::all(ctx, fields);
    let text = format!(
        "SELECT {} FROM Task WHERE OwnerId = '{me}' AND IsClosed = false ORDER BY ActivityDate NULLS LAST, Id LIMIT {SHOWN}",
        Pick::select(&picks)
    );
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
    let [subject, due, what] = picks.as_slice() else { return Ok(None) };
    let body = html! {
        @if rows.is_empty() { (Empty::new(Icon::CheckCircle, "You have no open tasks.")) }
        @else {
            ul.plain-list {
                @for row in &rows {
                    li {
                        (Icon::CheckCircle)
                        div.plain-main {
                            a href={ "/r/" (row.id) } { (subject.value(row).as_text().unwrap_or("Without a subject")) }
                            @if let (Some(id), Some(name)) = (what.reference(row), what.name(row)) { span.muted { a.quiet-link href={ "/r/" (id) } { (name) } } }
                        }
                        @if let Some(date) = due.value(row).as_date() {
                            @if date < ctx.today() { span.late { (show.date(date)) } } @else { span.muted { (show.date(date)) } }
                        }
                    }
                }
            }
        }
    };
    let list = ListAddress::of("Task").changed(|list| {
        list.filters = vec![Filter::new("OwnerId", Op::Is, ME), Filter::new("IsClosed", Op::Is, "false")]
    });
    let panel = Panel::new(body).title("Your tasks");
    Ok(Some(if rows.len() == SHOWN {
        panel.foot(html! { a href=(list.href()) { "All your open tasks" } })
    } else {
        panel
    }))
}

/// Where the person was last.
pub(super) fn recent(ctx: &Ctx) -> Result<Option<Panel>> {
    let recent = ctx.records_recent(None, SHOWN)?;
    if recent.is_empty() {
        return Ok(None);
    }
    let body = html! {
        ul.plain-list {
            @for record in &recent {
                @let object = ctx.schema().object(record.object);
                li { (icon_of(object.name())) div.plain-main { a href={ "/r/" (record.id) } { (record.name) } } span.muted { (object.label()) } }
            }
        }
    };
    Ok(Some(Panel::new(body).title("Recently viewed")))
}
