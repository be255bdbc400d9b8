//! What people type, in the marks of their locale and the hours of their zone ↔ typed values.

use crate::show::Show;
use jiff::civil;
use model::schema::FieldType;
use model::{Date, Decimal, FieldSchema, Instant, RecordId, TimeOfDay, Value, parse_decimal};
use render::format::NumberStyle;

/// The text of a value as its control shows it.
pub(super) fn text(show: &Show, field: &FieldSchema, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Int(_) | Value::Number(_) => {
            let number = value.as_decimal().unwrap_or_default();
            let places = u8::try_from(number.normalize().scale()).unwrap_or(u8::MAX);
            let scale = match field.data_type() {
                // An amount shows its cents or is whole.
                FieldType::Currency { scale, .. } if places > 0 => (*scale).max(places),
                _ => places,
            };
            show.formats.number(number, &NumberStyle::Plain { scale })
        }
        Value::DateTime(instant) => {
            instant.to_timestamp().to_zoned(show.zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()
        }
        Value::Time(time) => format!("{:02}:{:02}", time.ms() / 3_600_000, time.ms() / 60_000 % 60),
        other => other.to_plain(),
    }
}

/// The value of a typed text, or in plain words what is wrong with it.
pub(super) fn parse(show: &Show, field: &FieldSchema, text: &str) -> Result<Value, String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(if *field.data_type() == FieldType::Boolean { Value::Bool(false) } else { Value::Null });
    }
    let wrong = |what: &str| format!("“{}” is not {what}", shorten(trimmed));
    match field.data_type() {
        FieldType::Boolean => Ok(Value::Bool(matches!(trimmed, "true" | "on" | "1" | "yes"))),
        FieldType::Reference(_) | FieldType::Id => {
            RecordId::parse(trimmed).map(Value::Id).map_err(|_| wrong("a record id."))
        }
        FieldType::Date => {
            Date::parse(trimmed).map(Value::Date).ok_or_else(|| wrong("a date. Write it as 2026-11-21."))
        }
        FieldType::DateTime => local_instant(show, trimmed)
            .map(Value::DateTime)
            .ok_or_else(|| wrong("a date and time. Write it as 2026-11-21T14:30.")),
        FieldType::Time => {
            let seconds = if trimmed.len() == 5 { ":00" } else { "" };
            TimeOfDay::parse(&format!("{trimmed}{seconds}"))
                .map(Value::Time)
                .ok_or_else(|| wrong("a time. Write it as 14:30."))
        }
        FieldType::Int => match number(show, trimmed) {
            Some(number) if number.fract().is_zero() => {
                i64::try_from(number).map(Value::Int).map_err(|_| wrong("a number that fits here."))
            }
            _ => Err(wrong("a whole number. Use digits alone.")),
        },
        data_type if data_type.is_number() => {
            let example = show.formats.number(Decimal::new(18_450_050, 2), &NumberStyle::Plain { scale: 2 });
            number(show, trimmed)
                .map(Value::Number)
                .ok_or_else(|| wrong(&format!("a number. Use digits, for instance {example}.")))
        }
        _ => Ok(Value::Text(text.trim().replace("\r\n", "\n"))),
    }
}

/// A number in the reader's marks. A group mark must stand before three digits: `1,5` is no 15.
fn number(show: &Show, text: &str) -> Option<Decimal> {
    let locale = show.formats.locale;
    let clean: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '%')).collect();
    let (whole, fraction) = match clean.split_once(locale.decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (clean.as_str(), None),
    };
    let mut groups = whole.split(locale.group);
    let mut digits = groups.next()?.to_owned();
    for group in groups {
        if group.len() != 3 || digits.trim_start_matches('-').len() > 3 && !whole.contains(locale.group) {
            return None;
        }
        digits.push_str(group);
    }
    if fraction.is_some_and(|fraction| !fraction.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    match fraction {
        Some(fraction) if !fraction.is_empty() => {
            parse_decimal(&format!("{}.{fraction}", if digits.is_empty() { "0" } else { &digits }))
        }
        _ => parse_decimal(&digits),
    }
}

/// A moment in the reader's zone. In the hour that a clock skips, the later one; in the hour it repeats, the first.
fn local_instant(show: &Show, text: &str) -> Option<Instant> {
    if let Some(instant) = Instant::parse(text) {
        return Some(instant);
    }
    let civil: civil::DateTime = text.parse().ok()?;
    let zoned = civil.to_zoned(show.zone.clone()).ok()?;
    Some(Instant::from_timestamp(zoned.timestamp()))
}

fn shorten(text: &str) -> String {
    let mut out: String = text.chars().take(60).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::Stages;
    use model::Zone;
    use render::format::{Formats, Locale};

    fn show(locale: Locale) -> Show {
        Show {
            formats: Formats::new(locale),
            zone: Zone::get("Europe/Berlin").expect("a zone"),
            zone_name: "Europe/Berlin".to_owned(),
            currency: "EUR".to_owned(),
            today: Date::parse("2026-11-21").expect("a date"),
            stages: Stages::default(),
        }
    }

    #[test]
    fn numbers_are_read_in_the_marks_of_the_reader() {
        let (american, german) = (show(Locale::EN_US), show(Locale::DE_DE));
        let read = |show: &Show, text: &str| number(show, text).map(|number| number.to_string());
        assert_eq!(read(&american, "184,500.50").as_deref(), Some("184500.50"));
        assert_eq!(read(&german, "184.500,50").as_deref(), Some("184500.50"));
        assert_eq!(read(&american, "-1,000").as_deref(), Some("-1000"));
        assert_eq!(read(&german, ",5").as_deref(), Some("0.5"));
        for (show, text) in [
            (&american, "1,5"),
            (&german, "1.5"),
            (&american, "184,5OO.00"),
            (&american, "1.2.3"),
            (&german, "1,2,3"),
            (&american, "1,000,00"),
        ] {
            assert_eq!(read(show, text), None, "{text}");
        }
    }

    #[test]
    fn a_local_moment_is_read_in_the_zone_of_the_reader() {
        let show = show(Locale::EN_GB);
        let instant = local_instant(&show, "2026-07-01T14:30").expect("a moment");
        assert_eq!(instant.to_timestamp().to_string(), "2026-07-01T12:30:00Z");
    }
}
