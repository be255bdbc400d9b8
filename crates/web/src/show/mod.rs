//! Values as the reader sees them: in their locale and zone, references as links, with the exact value on hover.

mod field;
mod stages;

pub(crate) use field::{Pick, kind};
pub(crate) use stages::Stages;

use crate::kit::{Cell, moment};
use maud::{Markup, Render, html};
use model::schema::FieldType;
use model::{Date, Decimal, FieldSchema, Instant, Value, Zone};
use platform::Ctx;
use render::format::{Formats, Locale, NumberStyle};

/// Room around a chart of a page: the system's font may be wider than the one that its words were measured with.
pub(crate) const CHART_MARGIN: f64 = 14.0;

/// How one reader sees values.
#[derive(Clone)]
pub(crate) struct Show {
    pub(crate) formats: Formats,
    pub(crate) zone: Zone,
    pub(crate) zone_name: String,
    /// Of the org's amounts.
    pub(crate) currency: String,
    pub(crate) today: Date,
    pub(crate) stages: Stages,
}

/// Whether a number shows its currency: not where the column already does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Shown,
    InHeading,
}

impl Show {
    pub(crate) fn of(ctx: &Ctx) -> Self {
        let locale = Locale::find(&ctx.user().locale).unwrap_or_default();
        Self {
            formats: Formats::new(locale),
            zone: ctx.user().zone.clone(),
            zone_name: ctx.user().zone_name.clone(),
            currency: ctx.settings().currency.clone(),
            today: ctx.today(),
            stages: Stages::of(ctx),
        }
    }

    /// An amount without its currency, for where the heading names it.
    pub(crate) fn amount(&self, number: Decimal) -> String {
        let scale = render::format::currency_scale(&self.currency);
        self.formats.number(number, &NumberStyle::Plain { scale })
    }

    pub(crate) fn whole(&self, number: u64) -> String {
        self.formats.number(Decimal::from(number), &NumberStyle::Plain { scale: 0 })
    }

    pub(crate) fn date(&self, date: Date) -> Markup {
        let exact = date.to_civil().strftime("%A, %-d %B %Y").to_string();
        moment(&self.formats.date(date), &date.to_string(), &exact)
    }

    pub(crate) fn instant(&self, instant: Instant) -> Markup {
        moment(&self.formats.date_time(instant, &self.zone), &instant.to_timestamp().to_string(), &self.exact(instant))
    }

    /// As near as a reader wants it: minutes and hours today, days this week, then the date.
    pub(crate) fn ago(&self, instant: Instant, now: Instant) -> Markup {
        let minutes = (now.ms() - instant.ms()) / 60_000;
        let days = self.today.days() - instant.date_in(&self.zone).days();
        let words = match (minutes, days) {
            (..1, _) => "just now".to_owned(),
            (1, _) => "1 minute ago".to_owned(),
            (2..60, _) => format!("{minutes} minutes ago"),
            (60..120, 0) => "1 hour ago".to_owned(),
            (_, 0) => format!("{} hours ago", minutes / 60),
            (_, 1) => "yesterday".to_owned(),
            (_, 2..7) => format!("{days} days ago"),
            _ => self.formats.date(instant.date_in(&self.zone)),
        };
        moment(&words, &instant.to_timestamp().to_string(), &self.exact(instant))
    }

    fn exact(&self, instant: Instant) -> String {
        let zoned = instant.to_timestamp().to_zoned(self.zone.clone());
        format!("{} {}", zoned.strftime("%A, %-d %B %Y, %H:%M:%S"), self.zone_name)
    }

    /// A value in running text; nothing for an empty one. `name` is the name of the record that a reference leads to.
    pub(crate) fn value(&self, field: &FieldSchema, value: &Value, name: Option<&str>) -> Option<Markup> {
        self.styled(field, value, name, Unit::Shown)
    }

    /// A value in a table whose heading names currency and unit.
    pub(crate) fn cell(&self, field: &FieldSchema, value: &Value, name: Option<&str>) -> Cell {
        self.styled(field, value, name, Unit::InHeading).map_or_else(Cell::blank, Cell::of)
    }

    fn styled(&self, field: &FieldSchema, value: &Value, name: Option<&str>, unit: Unit) -> Option<Markup> {
        Some(match (field.data_type().value_type(), value) {
            (_, Value::Null) => return None,
            (FieldType::Reference(_), Value::Id(id)) => match name {
                Some(name) => html! { a href={ "/r/" (id) } { (name) } },
                None => html! { span.muted title="You cannot see this record, or it was deleted" { "Not visible" } },
            },
            (FieldType::Id, Value::Id(id)) => crate::kit::copyable(&id.to_string(), "the record id"),
            (FieldType::Email, Value::Text(text)) => html! { a href={ "mailto:" (text) } { (text) } },
            (FieldType::Phone, Value::Text(text)) => html! { a href={ "tel:" (dialled(text)) } { (text) } },
            (FieldType::Url, Value::Text(text)) => match web_address(text) {
                Some(href) => html! { a href=(href) rel="noopener noreferrer nofollow" target="_blank" { (text) } },
                None => html! { (text) },
            },
            (FieldType::MultiPicklist { .. }, Value::Text(text)) => {
                html! { (text.split(';').collect::<Vec<_>>().join(", ")) }
            }
            (FieldType::Picklist { .. }, Value::Text(text)) => match self.stages.badge(field, text) {
                Some(badge) => badge.render(),
                None => html! { (label_of(field, text)) },
            },
            (FieldType::Currency { .. }, number) if unit == Unit::InHeading => {
                html! { (self.amount(number.as_decimal().unwrap_or_default())) }
            }
            (FieldType::TextArea { .. }, Value::Text(text)) => lines(text),
            (_, Value::Date(date)) => self.date(*date),
            (_, Value::DateTime(instant)) => self.instant(*instant),
            (data_type, other) => {
                html! { (self.formats.value(other, &kind(data_type, &self.currency, &self.zone_name), Some(&self.zone))) }
            }
        })
    }
}

/// The label of a picklist value; the value itself where the list does not know it any more.
fn label_of<'a>(field: &'a FieldSchema, value: &'a str) -> &'a str {
    field.data_type().picklist_values().iter().find(|known| known.value == value).map_or(value, |known| &known.label)
}

/// Text with its line breaks.
pub(crate) fn lines(text: &str) -> Markup {
    html! { @for (at, line) in text.lines().enumerate() { @if at > 0 { br; } (line) } }
}

/// What a telephone understands of a number as people write it.
fn dialled(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#')).collect()
}

/// The address of a website: only the web, whatever was typed.
fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return Some(text.to_owned());
    }
    let is_host =
        !text.contains(|c: char| c.is_whitespace() || matches!(c, ':' | '"' | '<' | '>')) && text.contains('.');
    is_host.then(|| format!("https://{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_website_is_a_link_to_the_web_and_to_nothing_else() {
        assert_eq!(web_address("example.com").as_deref(), Some("https://example.com"));
        assert_eq!(web_address("HTTP://example.com/x").as_deref(), Some("HTTP://example.com/x"));
        for bad in ["javascript:alert(1)", "data:text/html,x", "nothing", "java script.x"] {
            assert_eq!(web_address(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_number_is_dialled_without_its_decoration() {
        assert_eq!(dialled("+49 (30) 123-45"), "+493012345");
    }
}
