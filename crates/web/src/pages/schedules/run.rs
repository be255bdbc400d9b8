//! One run: the proof of what was sent, and what became of it for each recipient.

use super::{PATH, crumbs, id_of, one, rows, state_of_delivery, state_of_run, text};
use crate::kit::{
    Button, Cell, Column, Detail, DetailList, Empty, Form, Header, Icon, KeyFacts, Panel, Row, SearchBox, Table,
};
use crate::server::{Call, PageResult, reply};
use crate::show::Show;
use app_delivery::Decision;
use maud::{Render, html};
use model::{Error, RecordId};
use platform::literal::pattern;

const RUN: &str = "DeliveryRun";
const SHOWN: usize = 1_000;

pub(crate) fn run(call: &Call<'_>) -> PageResult {
    let id = id_of(call, RUN)?;
    let row = one(
        call,
        &format!(
            "SELECT Slot, State, Schedule.Name, ScheduleId, Reason, RowsRead, AsOf, RunAs.Name, FileName, FileBytes, Sha256, \
             Parts, RowsUnassigned, StartedAt, FinishedAt, Kind FROM {RUN} WHERE Id = '{id}'"
        ),
    )?;
    let show = Show::of(call.ctx);
    let at = |at: usize| text(&row, at);
    let words = call.visit.query.given("q").unwrap_or_default();
    let search = if words.is_empty() {
        String::new()
    } else {
        let like = pattern(words, true);
        format!(" AND (Recipient LIKE {like} OR Address LIKE {like} OR State LIKE {like})")
    };
    let found = rows(
        call,
        &format!(
            "SELECT Recipient, Address, State, Reason, Reply, Attempts, BurstKey, RowsSent, OutboxNumber, SettledAt, Sha256 FROM \
             Delivery WHERE RunId = '{id}'{search} ORDER BY Recipient LIMIT {SHOWN}"
        ),
    )?;
    let is_full = found.len() >= SHOWN;
    let own = format!("/delivery-runs/{id}");
    let act = |delivery: RecordId, what: &str, label: &str| {
        Form::post(own.as_str(), call.csrf)
            .unguarded()
            .plain()
            .hidden("delivery", delivery.to_string())
            .hidden("act", what)
            .action(Button::submit(label).small())
    };
    let lines = found.iter().map(|row| {
        let state = text(row, 2);
        let what = [text(row, 3), text(row, 4)].into_iter().find(|words| !words.is_empty());
        let doing = html! {
            @if state == "uncertain" { (act(row.id, "assume", "Take for delivered")) }
            @if matches!(state.as_str(), "uncertain" | "failed") && !text(row, 8).is_empty() { (act(row.id, "resend", "Send again")) }
        };
        Row::new(vec![
            Cell::text(text(row, 0)),
            Cell::or_blank(Some(text(row, 1)).filter(|text| !text.is_empty())),
            Cell::badge(state_of_delivery(&state)),
            Cell::or_blank(what),
            Cell::text(text(row, 5)),
            Cell::or_blank(Some(text(row, 6)).filter(|text| !text.is_empty())),
            Cell::text(text(row, 7)),
            Cell::of(doing),
        ])
    });
    let columns = vec![
        Column::text("Recipient"),
        Column::text("Address"),
        Column::text("State"),
        Column::text("Why, or the mail server's answer"),
        Column::number("Attempts").wide_only(),
        Column::text("Part").wide_only(),
        Column::number("Rows").wide_only(),
        Column::text("Decide").label_hidden(),
    ];
    let table = Table::new("Recipients", columns, lines.collect()).empty(Empty::new(Icon::Mail, "No recipient here."));
    let table = if is_full { table.note(format!("The first {SHOWN} recipients; search for others.")) } else { table };
    let header = Header::new(at(0))
        .icon(Icon::Clock)
        .kind("Run")
        .crumbs(crumbs().link(at(2), format!("{PATH}/{}", at(3))))
        .badge(state_of_run(&at(1)))
        .facts(KeyFacts::new().fact("What happened", at(4)).fact("Rows", at(5)).fact("Runs as", at(7)));
    let or_blank =
        |label: &str, value: String| if value.is_empty() { Detail::blank(label) } else { Detail::new(label, value) };
    let instant = |label: &str, place: usize| {
        row.cells[place]
            .value()
            .as_instant()
            .map_or_else(|| Detail::blank(label), |at| Detail::new(label, show.instant(at)))
    };
    let body = html! {
        div.stack {
            (DetailList::new(vec![
                instant("Data as of", 6),
                instant("Started", 13),
                instant("Ended", 14),
                or_blank("Kind", at(15)),
                or_blank("File", at(8)),
                or_blank("Bytes", at(9)),
                if at(10).is_empty() { Detail::blank("SHA-256 of the file") } else { Detail::new("SHA-256 of the file", html! { code { (at(10)) } }).wide() },
                or_blank("Parts", at(11)),
                or_blank("Rows that belong to no part", at(12)),
            ]).title("Proof"))
            (Panel::new(html! { (SearchBox::new(own.as_str(), "q", "Search recipients").value(words)) (table.render()) }).title("Recipients").count(found.len().to_string()).flush())
        }
    };
    Ok(call.page(&format!("Run {}", at(0)), header, body))
}

pub(crate) fn decide(call: &Call<'_>) -> PageResult {
    let id = id_of(call, RUN)?;
    one(call, &format!("SELECT Id FROM {RUN} WHERE Id = '{id}'"))?;
    let form = &call.visit.form;
    let delivery = RecordId::parse(form.first("delivery").unwrap_or_default()).map_err(|_| Error::not_found())?;
    let decision = match form.given("act") {
        Some("resend") => Decision::Resend,
        Some("assume") => Decision::AssumeDelivered,
        _ => return Err(Error::not_found()),
    };
    app_delivery::decide(call.ctx, delivery, decision)?;
    reply::see_other(&format!("/delivery-runs/{id}"))
}
