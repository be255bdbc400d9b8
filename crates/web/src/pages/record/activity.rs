//! Tasks and events around a record: what is next, and what was done.

use super::Seen;
use crate::kit::{Button, Empty, Event, Icon, Panel, Timeline, Tone};
use crate::server::params::address;
use crate::show::{Show, lines};
use maud::{Markup, Render, html};
use model::{Date, Instant, ObjectSchema, RecordId, Result, Value};
use platform::{Ctx, QueryOptions};

/// More activities than this are in the lists of tasks and events.
const MOST: usize = 100;
/// How many the side of the details shows.
const BESIDE: usize = 6;

/// One task or event.
struct Activity {
    id: RecordId,
    is_task: bool,
    subject: String,
    /// The day it is due or was done, and the exact time of a meeting.
    day: Option<Date>,
    time: Option<Instant>,
    done: bool,
    owner: Option<String>,
    text: Option<String>,
}

/// The fields by which activities point to an object's records.
fn links(ctx: &Ctx, activity: &ObjectSchema, object: &ObjectSchema) -> Vec<&'static str> {
    ["WhatId", "WhoId", "AccountId"]
        .into_iter()
        .filter(|name| {
            activity
                .find_field(name)
                .is_some_and(|field| field.targets.contains(&object.ix) && ctx.can_read_field(activity.ix, field.ix))
        })
        .collect()
}

pub(super) fn is_kept_for(ctx: &Ctx, object: &ObjectSchema) -> bool {
    ["Task", "Event"]
        .into_iter()
        .filter_map(|name| ctx.object(name).ok())
        .any(|activity| !links(ctx, activity, object).is_empty())
}

fn fetch(ctx: &Ctx, seen: &Seen<'_>) -> Result<Vec<Activity>> {
    let mut found = Vec::new();
    for (name, day, time) in [("Task", "ActivityDate", "CompletedDateTime"), ("Event", "ActivityDate", "StartDateTime")]
    {
        let Ok(object) = ctx.object(name) else { continue };
        let links = links(ctx, object, seen.object);
        if links.is_empty() {
            continue;
        }
        let condition: Vec<_> = links.iter().map(|link| format!("{link} = '{}'", seen.id)).collect();
        let closed = if name == "Task" { ", IsClosed" } else { "" };
        let order = if name == "Task" { day } else { time };
        let text = format!(
            "SELECT Subject, {day}, {time}, Owner.Name, Description{closed} FROM {name} WHERE {} ORDER BY {order} DESC NULLS FIRST LIMIT {MOST}",
            condition.join(" OR ")
        );
        let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
        found.extend(rows.iter().map(|row| {
            let value = |at: usize| row.cells.get(at).map_or(&Value::Null, platform::Cell::value);
            let time = value(2).as_instant();
            let is_task = name == "Task";
            let done = if is_task {
                value(5).as_bool().unwrap_or_default()
            } else {
                time.is_some_and(|time| time < ctx.now())
            };
            Activity {
                id: row.id,
                is_task,
                subject: value(0).as_text().unwrap_or("Without a subject").to_owned(),
                day: value(1).as_date().or_else(|| time.map(|time| time.date_in(&ctx.user().zone))),
                time: time.filter(|_| !is_task),
                done,
                owner: value(3).as_text().map(str::to_owned),
                text: value(4).as_text().map(str::to_owned),
            }
        }));
    }
    Ok(found)
}

fn timeline(ctx: &Ctx, show: &Show, mut all: Vec<Activity>, most: usize) -> Timeline {
    all.sort_by_key(|activity| std::cmp::Reverse((activity.day, activity.time)));
    let (done, mut next): (Vec<_>, Vec<_>) = all.into_iter().partition(|activity| activity.done);
    next.reverse();
    let room = most.saturating_sub(next.len());
    let mut timeline = Timeline::new();
    if !next.is_empty() {
        timeline = timeline.group("Next", next.iter().take(most).map(|activity| event(ctx, show, activity)).collect());
    }
    if !done.is_empty() && room > 0 {
        timeline = timeline.group("Done", done.iter().take(room).map(|activity| event(ctx, show, activity)).collect());
    }
    timeline
}

fn event(ctx: &Ctx, show: &Show, activity: &Activity) -> Event {
    let late = !activity.done && activity.is_task && activity.day.is_some_and(|day| day < ctx.today());
    let icon = match (activity.is_task, activity.subject.to_ascii_lowercase()) {
        (_, subject) if subject.contains("call") => Icon::Phone,
        (_, subject) if subject.contains("mail") => Icon::Mail,
        (true, _) => Icon::CheckCircle,
        (false, _) => Icon::Calendar,
    };
    let title = html! {
        a href={ "/r/" (activity.id) } { (activity.subject) }
        @if let Some(owner) = &activity.owner { " · " (owner) }
    };
    let time = html! {
        @match (activity.time, activity.day) {
            (Some(time), _) => (show.instant(time)),
            (None, Some(day)) => (show.date(day)),
            (None, None) => "no date",
        }
        @if late { " · overdue" }
    };
    let tone = match (activity.done, late) {
        (true, _) => Tone::Good,
        (false, true) => Tone::Bad,
        (false, false) => Tone::Neutral,
    };
    let event = Event::new(icon, title, time).tone(tone);
    match &activity.text {
        Some(text) => event.body(lines(text)),
        None => event,
    }
}

/// Buttons that plan or log something about the record.
fn new_buttons(ctx: &Ctx, seen: &Seen<'_>) -> Markup {
    let id = seen.id.to_string();
    let back = seen.href();
    let button = |name: &str| {
        let object = ctx.object(name).ok().filter(|object| ctx.object_permission(object.ix).create)?;
        let link = links(ctx, object, seen.object).into_iter().find(|link| *link != "AccountId")?;
        let href = address(&format!("/new/{name}"), [(link, id.as_str()), ("back", back.as_str())]);
        Some(Button::link(object.label(), href).quiet().small().icon(Icon::Plus))
    };
    html! { @for made in ["Task", "Event"].into_iter().filter_map(button) { (made) } }
}

fn none() -> Empty {
    Empty::new(
        Icon::Calendar,
        "Nothing is planned and nothing was logged. Plan the next step, so that it is not forgotten.",
    )
}

pub(super) fn panel(ctx: &Ctx, show: &Show, seen: &Seen<'_>) -> Result<Panel> {
    let all = fetch(ctx, seen)?;
    let count = all.len();
    let content = if count == 0 { none().render() } else { timeline(ctx, show, all, BESIDE).render() };
    let panel = Panel::new(content).title("Activity").actions(new_buttons(ctx, seen));
    Ok(if count > BESIDE {
        panel.foot(html! { a href={ (seen.href()) "?tab=activity" } { "All activity" } })
    } else {
        panel
    })
}

pub(super) fn page(ctx: &Ctx, show: &Show, seen: &Seen<'_>) -> Result<Markup> {
    let all = fetch(ctx, seen)?;
    let full = all.len() >= MOST;
    let content = if all.is_empty() { none().render() } else { timeline(ctx, show, all, 2 * MOST).render() };
    let panel = Panel::new(content).title("Activity").actions(new_buttons(ctx, seen));
    Ok(if full {
        panel
            .foot(html! { "The newest " (MOST) " tasks and events are shown; the lists of tasks and events hold all." })
    } else {
        panel
    }
    .render())
}
