//! Delivery as a whole, for who manages all schedules: the switch, what is due and late, what fails, by owner.

use super::{PATH, SCHEDULE, crumbs, rows, state_of_run, text};
use crate::kit::{Banner, Button, Cell, Column, Empty, Form, Header, Icon, KeyFacts, Panel, Row, Table, Tone};
use crate::server::{Call, PageResult, reply};
use crate::show::Show;
use app_delivery::{Switch, delivery_release, delivery_switch, delivery_switch_put};
use maud::{Markup, Render, html};
use model::{Error, Result};
use platform::SystemPermission;
use std::collections::BTreeMap;

const SHOWN: usize = 100;
const DAY_MS: i64 = 86_400_000;

fn check(call: &Call<'_>) -> Result<()> {
    call.ctx.object(SCHEDULE)?;
    call.ctx.require(SystemPermission::ManageAllSchedules)
}

pub(crate) fn operations(call: &Call<'_>) -> PageResult {
    check(call)?;
    let ctx = call.ctx;
    let (show, now) = (Show::of(ctx), ctx.now());
    let switch = delivery_switch(ctx)?;
    let schedules = rows(call, &format!("SELECT State, Owner.Name, NextRun, Name FROM {SCHEDULE}"))?;
    let count = |state: &str| schedules.iter().filter(|row| text(row, 0) == state).count();
    let late = schedules
        .iter()
        .filter(|row| row.cells[2].value().as_instant().is_some_and(|next| now.ms() - next.ms() > 5 * 60_000))
        .count();
    let since = now.plus_ms(-DAY_MS).to_timestamp();
    let open = rows(call, "SELECT State FROM Delivery WHERE State IN ('queued', 'sending', 'deferred', 'uncertain')")?;
    let of = |state: &str| open.iter().filter(|row| text(row, 0) == state).count();
    let failing = rows(
        call,
        &format!(
            "SELECT Slot, State, Schedule.Name, Reason, Schedule.Owner.Name, FinishedAt FROM DeliveryRun WHERE State IN \
             ('failed', 'missed') AND DueAt >= {since} ORDER BY DueAt DESC LIMIT {SHOWN}"
        ),
    )?;
    let mut owners: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for row in &schedules {
        let counts = owners.entry(text(row, 1)).or_default();
        match text(row, 0).as_str() {
            "active" => counts[0] += 1,
            "suspended" => counts[1] += 1,
            _ => counts[2] += 1,
        }
    }
    let header = Header::new("Delivery")
        .icon(Icon::Chart)
        .crumbs(crumbs())
        .subtitle(html! { "All schedules of this organization" })
        .facts(
            KeyFacts::new()
                .fact("Active", count("active").to_string())
                .fact("Stopped", count("suspended").to_string())
                .fact("Late", late.to_string())
                .fact("Waiting", of("queued").to_string())
                .fact("Tried again later", of("deferred").to_string())
                .fact("Nobody knows", of("uncertain").to_string()),
        );
    let failed = failing.iter().map(|row| {
        Row::new(vec![
            Cell::text(text(row, 2)),
            Cell::text(text(row, 0)),
            Cell::badge(state_of_run(&text(row, 1))),
            Cell::text(text(row, 3)),
            Cell::text(text(row, 4)),
            row.cells[5].value().as_instant().map_or_else(Cell::blank, |at| Cell::of(show.ago(at, now))),
        ])
        .href(format!("/delivery-runs/{}", row.id))
    });
    let columns = vec![
        Column::text("Schedule"),
        Column::text("Run"),
        Column::text("State"),
        Column::text("Why"),
        Column::text("Owner").wide_only(),
        Column::text("Ended").wide_only(),
    ];
    let failed = Table::new("Failed and missed runs", columns, failed.collect())
        .empty(Empty::new(Icon::CheckCircle, "Nothing failed in the last day."));
    let by_owner = owners.iter().map(|(owner, [active, stopped, other])| {
        Row::new(vec![
            Cell::text(owner),
            Cell::text(active.to_string()),
            Cell::text(stopped.to_string()),
            Cell::text(other.to_string()),
        ])
    });
    let columns =
        vec![Column::text("Owner"), Column::number("Active"), Column::number("Stopped"), Column::number("Others")];
    let by_owner =
        Table::new("By owner", columns, by_owner.collect()).empty(Empty::new(Icon::People, "No schedule yet."));
    let body = html! {
        div.stack {
            (switch_panel(call, switch))
            (Panel::new(failed.render()).title("Failed and missed in the last day").count(failing.len().to_string()).flush())
            (Panel::new(by_owner.render()).title("By owner").flush())
            (Panel::new(html! {
                ul.plain-list {
                    li { a href="/o/DeliveryDomainRule" { "Domain rules" } }
                    li { a href="/o/DeliverySuppression" { "Suppressed addresses" } }
                    li { a href=(PATH) { "All schedules" } }
                }
            }).title("Limits"))
        }
    };
    Ok(call.page("Delivery", header, body))
}

fn switch_panel(call: &Call<'_>, switch: Switch) -> Markup {
    let act = |what: &str, button: Button| {
        Form::post("/deliveries", call.csrf).unguarded().plain().hidden("act", what).action(button)
    };
    match switch {
        Switch::On => Panel::new(html! {
            p { "Schedules run and their mail leaves." }
            (act("off", Button::submit("Switch delivery off").danger().small()))
        })
        .title("Delivery is on")
        .render(),
        Switch::Off => html! {
            (Banner::new(Tone::Bad, html! { "Delivery is switched off: nothing runs and nothing leaves." }))
            (act("on", Button::submit("Switch delivery on").primary().small()))
        },
        Switch::Held => html! {
            (Banner::new(Tone::Warn, html! {
                "This organization was restored, and its ledger may not know what was sent since. Nothing leaves until you decide."
            }))
            div.row-actions {
                (act("catch-up", Button::submit("Catch up: send what was missed").primary().small()))
                (act("skip", Button::submit("Skip to the next runs").small()))
            }
        },
    }
}

pub(crate) fn operate(call: &Call<'_>) -> PageResult {
    check(call)?;
    let ctx = call.ctx;
    match call.visit.form.given("act") {
        Some("on") => delivery_switch_put(ctx, Switch::On)?,
        Some("off") => delivery_switch_put(ctx, Switch::Off)?,
        Some("catch-up") => delivery_release(ctx, true)?,
        Some("skip") => delivery_release(ctx, false)?,
        _ => return Err(Error::not_found()),
    }
    reply::see_other("/deliveries")
}
