//! One schedule: what it sends, when next, how its runs fared, and what can be done with it.

use super::{PATH, SCHEDULE, crumbs, id_of, one, recipients, recurrence, rows, state_of_run, state_of_schedule, text};
use crate::kit::{
    Banner, Button, Cell, Column, Detail, DetailList, Empty, Field, Form, Header, Icon, KeyFacts, Lookup, Panel, Row,
    Section, Table, Tone,
};
use crate::server::failure::sentence;
use crate::server::{Call, PageResult, reply};
use crate::show::{Show, lines};
use app_delivery::recurrence::Rule;
use app_delivery::{PendingChange, pending_change, send_now, send_test};
use http::StatusCode;
use maud::{Markup, Render, html};
use model::{Error, RecordId, Result, Value};
use platform::{RecordDraft, SystemPermission};

const RUNS: usize = 100;

const FIELDS: &str = "Name, State, SuspendReason, Report.Name, ReportId, Owner.Name, OwnerId, Rule, NextRun, Recipients, \
                      Mode, Formats, LastOutcome, RunAsMode, Bursting, SubjectTemplate, BodyTemplate, SuspendCode";

pub(crate) fn page(call: &Call<'_>) -> PageResult {
    shown(call, None)
}

fn shown(call: &Call<'_>, error: Option<&Error>) -> PageResult {
    let id = id_of(call, SCHEDULE)?;
    let ctx = call.ctx;
    let row = one(call, &format!("SELECT {FIELDS} FROM {SCHEDULE} WHERE Id = '{id}'"))?;
    let show = Show::of(ctx);
    let at = |at: usize| text(&row, at);
    let (name, state) = (at(0), at(1));
    let is_owner = row.cells[6].value().as_id() == ctx.user_id();
    let pending = pending_change(ctx, id)?;
    let grants = rows(
        call,
        &format!(
            "SELECT GrantedAt, ExpiresAt, User.Name FROM DeliveryGrant WHERE ScheduleId = '{id}' AND IsRevoked = false ORDER BY GrantedAt DESC LIMIT 1"
        ),
    )?;
    let mut facts =
        KeyFacts::new().fact("Report", html! { a href={ "/r/" (at(4)) } { (at(3)) } }).fact("Runs as", at(5));
    if let Some(next) = row.cells[8].value().as_instant() {
        facts = facts.fact("Next run", show.instant(next));
    }
    if !at(12).is_empty() {
        facts = facts.fact("Last run", at(12));
    }
    let own = format!("{PATH}/{id}");
    let act = |what: &str, button: Button| {
        Form::post(own.as_str(), call.csrf).unguarded().plain().hidden("act", what).action(button)
    };
    let header = Header::new(name.clone())
        .icon(Icon::Send)
        .crumbs(crumbs())
        .badge(state_of_schedule(&state))
        .facts(facts)
        .actions(html! {
            @if is_owner {
                (act("test", Button::submit("Test to me")))
                @if state == "active" { (act("now", Button::submit("Send now"))) }
            }
            @if state == "active" { (act("pause", Button::submit("Pause"))) }
            @else if pending.is_none() { (act("activate", Button::submit(if state == "paused" { "Resume" } else { "Activate" }).primary())) }
            (Button::link("Change", format!("{own}/edit")).icon(Icon::Pencil))
        });
    let rule = Rule::parse(&at(7));
    let list: Vec<serde_json::Value> = serde_json::from_str(&at(9)).unwrap_or_default();
    let body = html! {
        div.stack {
            @if let Some(error) = error { (Banner::new(Tone::Bad, html! { (sentence(error.message())) })) }
            @if state == "suspended" { (Banner::new(Tone::Bad, html! { "Stopped. " (at(2)) })) }
            @if let Some(pending) = &pending { (change(call, &own, &state, pending, is_owner)?) }
            (Panel::new(runs(call, id, &show)?.render()).title("Runs").flush())
            @if let Ok(rule) = &rule {
                (Panel::new(recurrence::next_runs(rule, ctx.now(), 10)).title("Next runs").subtitle(if state == "active" { "" } else { "Were it active" }))
            }
            (DetailList::new(vec![
                Detail::new("Recipients", html! { ul.plain-list { @for one in &list { li { (recipients::words(ctx, one)) } } } }).wide(),
                Detail::new("The mail holds", at(10)),
                Detail::new("Files", at(11)),
                Detail::new("Whose rows", if at(13) == "each_recipient" { "Each user's own" } else { "The owner's" }),
                if at(14).is_empty() { Detail::blank("Parts") } else { Detail::new("Parts", html! { code { (at(14)) } }) },
                if at(15).is_empty() { Detail::blank("Subject") } else { Detail::new("Subject", html! { code { (at(15)) } }) },
                if at(16).is_empty() { Detail::blank("Message") } else { Detail::new("Message", lines(&at(16))).wide() },
            ]).title("What it sends"))
            (Panel::new(html! {
                div.stack {
                    @match grants.first() {
                        Some(grant) => {
                            p { (text(grant, 2)) " lets it run with their rights since " (moment(&show, grant.cells[0].value())) ", until " (moment(&show, grant.cells[1].value())) "." }
                            (act("revoke", Button::submit("Revoke").danger().small()))
                        }
                        None => p.muted { "Nobody lets it run yet. Its owner does so by activating it." },
                    }
                    @if ctx.has(SystemPermission::TransferAnyEntity) || is_owner {
                        (Form::post(own.as_str(), call.csrf).unguarded().plain().hidden("act", "transfer")
                            .section(Section::new(vec![Field::new("Give it to", Lookup::new("owner", "/lookup/User"))
                                .help("It stops until the new owner has looked at it and approved it: it then sends what they may read.")]))
                            .action(Button::submit("Give").small()))
                    }
                }
            }).title("Who lets it run"))
        }
    };
    let mut response = call.page(&name, header, body);
    if error.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn moment(show: &Show, value: &Value) -> Markup {
    value.as_instant().map_or_else(|| html! { "–" }, |instant| show.instant(instant))
}

/// What somebody else changed, part by part, and the button that lets it through.
fn change(call: &Call<'_>, own: &str, state: &str, pending: &PendingChange, is_owner: bool) -> Result<Markup> {
    let who = match pending.changed_by {
        Some(id) => rows(call, &format!("SELECT Name FROM User WHERE Id = '{id}'"))?.first().map(|row| text(row, 0)),
        None => None,
    };
    let may = is_owner || (call.ctx.has(SystemPermission::ApproveDelivery) && pending.changed_by != call.ctx.user_id());
    let label = |field: &str| match field {
        "Definition" => "Report",
        "ReportId" => "Which report",
        "OwnerId" => "Owner",
        "RunAsMode" => "Whose rows",
        "SubjectTemplate" => "Subject",
        "BodyTemplate" => "Message",
        "Bursting" => "Parts",
        "Formats" => "Files",
        "Mode" => "What the mail holds",
        "Recipients" => "Recipients",
        _ => "Condition",
    };
    Ok(Panel::new(html! {
        div.stack {
            p { (who.as_deref().unwrap_or("Somebody")) " changed what this sends. Nothing of it is sent until the change is approved." }
            @for change in &pending.changes {
                div {
                    strong { (label(&change.field)) }
                    p.muted { "Agreed: " code { @if change.agreed.is_empty() { "nothing" } @else { (change.agreed) } } }
                    p { "Now: " code { @if change.now.is_empty() { "nothing" } @else { (change.now) } } }
                }
            }
            @if may {
                (Form::post(own, call.csrf).unguarded().plain().hidden("act", "approve").hidden("digest", pending.digest.as_str())
                    .action(Button::submit(if state == "suspended" { "Approve and go on" } else { "Approve" }).primary()))
            } @else { p.muted { "Its owner approves it, or somebody else with the permission to approve deliveries." } }
        }
    }).title("A change that waits for approval").render())
}

fn runs(call: &Call<'_>, id: RecordId, show: &Show) -> Result<Table> {
    let found = rows(
        call,
        &format!(
            "SELECT Slot, Kind, State, IsLate, RowsRead, Reason, FinishedAt FROM DeliveryRun WHERE ScheduleId = '{id}' ORDER BY DueAt DESC, Id DESC LIMIT {RUNS}"
        ),
    )?;
    let now = call.ctx.now();
    let is_full = found.len() >= RUNS;
    let lines = found.iter().map(|row| {
        let kind = match text(row, 1).as_str() {
            "now" => " · sent by hand",
            "test" => " · test",
            _ if row.cells[3].value() == &Value::Bool(true) => " · late",
            _ => "",
        };
        Row::new(vec![
            Cell::text(format!("{}{kind}", text(row, 0))),
            Cell::badge(state_of_run(&text(row, 2))),
            Cell::text(text(row, 4)),
            Cell::or_blank(Some(text(row, 5)).filter(|words| !words.is_empty())),
            row.cells[6].value().as_instant().map_or_else(Cell::blank, |at| Cell::of(show.ago(at, now))),
        ])
        .href(format!("/delivery-runs/{}", row.id))
    });
    let columns = vec![
        Column::text("Run"),
        Column::text("State"),
        Column::number("Rows"),
        Column::text("What happened"),
        Column::text("Ended").wide_only(),
    ];
    let table = Table::new("Runs", columns, lines.collect()).empty(Empty::new(Icon::Clock, "It has not run yet."));
    Ok(if is_full { table.note(format!("The newest {RUNS} runs.")) } else { table })
}

pub(crate) fn act(call: &Call<'_>) -> PageResult {
    let id = id_of(call, SCHEDULE)?;
    one(call, &format!("SELECT Id FROM {SCHEDULE} WHERE Id = '{id}'"))?;
    match carry_out(call, id) {
        Err(error) if error.code().http_status() < 500 && !error.fields().is_empty() => shown(call, Some(&error)),
        Err(error) => Err(error),
        Ok(()) => reply::see_other(&format!("{PATH}/{id}")),
    }
}

fn carry_out(call: &Call<'_>, id: RecordId) -> Result<()> {
    let (ctx, form) = (call.ctx, &call.visit.form);
    let set = |field: &str, value: Value| {
        let draft = RecordDraft::of(id).set(ctx.object(SCHEDULE)?, field, value)?;
        ctx.record_update(SCHEDULE, draft)
    };
    // A click is a run; the same click twice within the second is the same run.
    let key = format!("page-{}", ctx.now().ms() / 1_000);
    match form.given("act") {
        Some("now") => send_now(ctx, id, &key).map(drop),
        Some("test") => send_test(ctx, id, &key).map(drop),
        Some("pause") => set("State", "paused".into()),
        Some("activate") => set("State", "active".into()),
        Some("approve") => set("Approval", form.first("digest").unwrap_or_default().into()),
        Some("transfer") => {
            let owner = form.given("owner").ok_or_else(|| {
                Error::new(model::ErrorCode::RequiredFieldMissing, "Choose whom to give it to.").with_field("OwnerId")
            })?;
            set("OwnerId", RecordId::parse(owner)?.into())
        }
        Some("revoke") => {
            let live =
                rows(call, &format!("SELECT Id FROM DeliveryGrant WHERE ScheduleId = '{id}' AND IsRevoked = false"))?;
            let object = ctx.object("DeliveryGrant")?;
            live.iter().try_for_each(|row| {
                ctx.record_update("DeliveryGrant", RecordDraft::of(row.id).set(object, "IsRevoked", true)?)
            })
        }
        _ => Err(Error::not_found()),
    }
}
