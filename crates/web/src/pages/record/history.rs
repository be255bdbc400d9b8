//! Who changed what, of the fields that the org tracks and the reader may see.

use super::Seen;
use crate::kit::{Empty, Event, Icon, Panel, Timeline};
use crate::pages::list::filter::name_of;
use crate::show::Show;
use maud::{Markup, Render, html};
use model::{FieldSchema, Instant, RecordId, Result, Value};
use platform::{Ctx, HistoryRow, values};
use std::collections::HashMap;

const MOST: u32 = 500;

pub(super) fn page(ctx: &Ctx, show: &Show, seen: &Seen<'_>) -> Result<Markup> {
    let rows = ctx.record_history(seen.id, MOST)?;
    if rows.is_empty() {
        return Ok(Empty::new(Icon::History, "No tracked field was changed since the record was created.").render());
    }
    let mut names = Names { ctx, known: HashMap::new() };
    let mut timeline = Timeline::new();
    for day in rows.chunk_by(|a, b| a.at.date_in(&show.zone) == b.at.date_in(&show.zone)) {
        let date = day[0].at.date_in(&show.zone);
        let heading = match show.today.days() - date.days() {
            0 => "Today".to_owned(),
            1 => "Yesterday".to_owned(),
            _ => show.formats.date(date),
        };
        timeline = timeline
            .group(heading, day.iter().filter_map(|row| event(show, seen, &mut names, row, ctx.now())).collect());
    }
    let panel = Panel::new(timeline.render()).title("Field history");
    Ok(if rows.len() >= MOST as usize {
        panel.foot(html! { "The newest " (MOST) " changes are shown." })
    } else {
        panel
    }
    .render())
}

fn event(show: &Show, seen: &Seen<'_>, names: &mut Names<'_>, row: &HistoryRow, now: Instant) -> Option<Event> {
    let field = seen.object.find_field(&row.field)?;
    let actor = names.actor(&row.actor);
    let title = html! { strong { (actor) } " changed " strong { (field.label()) } };
    let change = html! {
        span.change { (value(show, names, field, &row.old_value)) (Icon::ArrowRight.labelled("to")) (value(show, names, field, &row.new_value)) }
    };
    Some(Event::new(Icon::Pencil, title, show.ago(row.at, now)).body(change))
}

fn value(show: &Show, names: &mut Names<'_>, field: &FieldSchema, text: &str) -> Markup {
    let parsed = values::from_text(field, text).unwrap_or_else(|_| Value::from(text));
    let name = parsed.as_id().and_then(|id| names.of(id));
    show.value(field, &parsed, name.as_deref()).unwrap_or_else(|| html! { span.muted { "blank" } })
}

/// Names of records, each looked up once.
struct Names<'a> {
    ctx: &'a Ctx,
    known: HashMap<RecordId, Option<String>>,
}

impl Names<'_> {
    fn of(&mut self, id: RecordId) -> Option<String> {
        self.known.entry(id).or_insert_with(|| name_of(self.ctx, id)).clone()
    }

    /// The log names people by id and services by name.
    fn actor(&mut self, text: &str) -> String {
        let id = text.strip_prefix("user:").unwrap_or(text);
        match RecordId::parse(id) {
            Ok(id) => self.of(id).unwrap_or_else(|| "Somebody you cannot see".to_owned()),
            Err(_) => format!("The platform ({})", text.trim_start_matches("service:")),
        }
    }
}
