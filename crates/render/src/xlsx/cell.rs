//! One value as one cell: a number, a truth value, a day, or a string that is never a formula.

use super::MAX_CELL_CHARS;
use super::notes::Kept;
use super::style::{Look, Styles};
use super::xml::{column_letters, escape_into};
use crate::csv::is_dangerous_text;
use crate::table::ColumnKind;
use model::{Date, Decimal, Instant, Value, Zone, format_decimal, round_to_scale};
use std::borrow::Cow;
use std::fmt::Write;

/// Excel keeps fifteen significant digits of a number.
const MAX_DIGITS: usize = 15;
/// The end of a text that was cut.
const CUT_MARK: &str = "… [cut, see Notes]";
/// 1900-03-01. Before it Excel counts a day that never was, so that its serials are wrong.
const FIRST_DAY: i32 = -25_508;
/// Days from Excel's day 0 to 1970-01-01.
const EPOCH_SERIAL: i32 = 25_569;
const MS_PER_DAY: i64 = 86_400_000;

/// A column as cells need it.
pub(super) struct CellColumn {
    pub(super) kind: ColumnKind,
    pub(super) zone: Zone,
}

/// Writes one cell; an empty one is left out. `format` is the place of its number format among the styles. Says what could
/// not be kept as it was.
pub(super) fn push_cell(
    out: &mut String,
    styles: &Styles,
    column: &CellColumn,
    (row, at): (u32, usize),
    look: Look,
    value: &Value,
    format: usize,
) -> Option<Kept> {
    let mut kept = None;
    let typed = styles.typed(look, format);
    match value {
        // A total line is drawn under every column, so its empty cells carry the style.
        Value::Null if look == Look::Total => push_open(out, row, at, styles.text(look, false, false), "", "/>"),
        Value::Null => {}
        Value::Bool(flag) => {
            push_open(out, row, at, typed, r#" t="b""#, ">");
            push_value(out, u8::from(*flag));
        }
        Value::Int(_) | Value::Number(_) => match stored_number(value.as_decimal().unwrap_or_default(), &column.kind) {
            Ok(number) => {
                // Under a column of text, a count has no number format of its own.
                let style = if column.kind.is_numeric() { typed } else { styles.text(look, false, false) };
                push_open(out, row, at, style, "", ">");
                push_value(out, number);
            }
            Err(text) => {
                kept = Some(Kept::LongNumber);
                push_text(out, row, at, styles.text(look, false, false), &text);
            }
        },
        Value::Date(date) => match date_serial(*date) {
            Some(serial) if matches!(column.kind, ColumnKind::Date) => {
                push_open(out, row, at, typed, "", ">");
                push_value(out, serial);
            }
            Some(_) => push_text(out, row, at, styles.text(look, false, false), &date.to_string()),
            None => {
                kept = Some(Kept::EarlyDate);
                push_text(out, row, at, styles.text(look, false, false), &date.to_string());
            }
        },
        Value::DateTime(instant) => match instant_serial(*instant, &column.zone) {
            Some(serial) if matches!(column.kind, ColumnKind::DateTime { .. }) => {
                push_open(out, row, at, typed, "", ">");
                push_value(out, serial);
            }
            Some(_) => push_text(out, row, at, styles.text(look, false, false), &instant.to_string()),
            None => {
                kept = Some(Kept::EarlyDate);
                push_text(out, row, at, styles.text(look, false, false), &instant.to_string());
            }
        },
        Value::Time(time) => {
            push_open(out, row, at, typed, "", ">");
            push_value(out, day_fraction(i64::from(time.ms())));
        }
        Value::Id(id) => push_text(out, row, at, styles.text(look, false, false), &id.to_string()),
        Value::Text(text) => {
            let (text, cut_from) = fit(text);
            kept = cut_from.map(|from| Kept::CutText { from });
            let style = styles.text(look, is_dangerous_text(&text), text.contains('\n'));
            push_text(out, row, at, style, &text);
        }
    }
    kept
}

fn push_open(out: &mut String, row: u32, column: usize, style: usize, cell_type: &str, end: &str) {
    out.push_str("<c r=\"");
    column_letters(out, column);
    // Writing to a String cannot fail.
    let _ = write!(out, "{}\" s=\"{style}\"{cell_type}{end}", row + 1);
}

fn push_value(out: &mut String, value: impl std::fmt::Display) {
    let _ = write!(out, "<v>{value}</v></c>");
}

/// A string in the cell itself: a shared table of strings would have to be held in memory to the end.
pub(super) fn push_text(out: &mut String, row: u32, column: usize, style: usize, text: &str) {
    push_open(out, row, column, style, r#" t="inlineStr""#, "><is><t xml:space=\"preserve\">");
    escape_into(out, text);
    out.push_str("</t></is></c>");
}

/// The number as Excel is to store it, or its full text when fifteen digits do not hold it.
fn stored_number(number: Decimal, kind: &ColumnKind) -> Result<Decimal, String> {
    let rounded = kind.scale().map_or(number, |scale| round_to_scale(number, scale)).normalize();
    let digits = rounded.mantissa().unsigned_abs().to_string();
    if digits.trim_end_matches('0').len() > MAX_DIGITS {
        return Err(format_decimal(number, kind.scale()));
    }
    Ok(match kind {
        ColumnKind::Percent { .. } => (rounded / Decimal::ONE_HUNDRED).normalize(),
        _ => rounded,
    })
}

fn date_serial(date: Date) -> Option<i32> {
    (date.days() >= FIRST_DAY).then(|| date.days() + EPOCH_SERIAL)
}

/// The serial of the clock on the wall of a zone: Excel knows no zones.
fn instant_serial(instant: Instant, zone: &Zone) -> Option<Decimal> {
    let zoned = instant.to_timestamp().to_zoned(zone.clone());
    let day = date_serial(Date::from_civil(zoned.date()))?;
    let time = zoned.time();
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    Some(Decimal::from(day) + day_fraction(seconds * 1000 + i64::from(time.millisecond())))
}

/// Ten places of a day are finer than the millisecond they came from.
fn day_fraction(ms: i64) -> Decimal {
    round_to_scale(Decimal::from(ms) / Decimal::from(MS_PER_DAY), 10).normalize()
}

/// The text as a cell can hold it, and its length where it had to be cut.
fn fit(text: &str) -> (Cow<'_, str>, Option<usize>) {
    // Bytes are never fewer than UTF-16 units, and counting bytes is free.
    if text.len() <= MAX_CELL_CHARS {
        return (Cow::Borrowed(text), None);
    }
    let length = text.encode_utf16().count();
    if length <= MAX_CELL_CHARS {
        return (Cow::Borrowed(text), None);
    }
    let room = MAX_CELL_CHARS - CUT_MARK.encode_utf16().count();
    let mut units = 0;
    let end = text
        .char_indices()
        .find(|(_, c)| {
            units += c.len_utf16();
            units > room
        })
        .map_or(text.len(), |(at, _)| at);
    (Cow::Owned(format!("{}{CUT_MARK}", &text[..end])), Some(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_as_excel_counts_them() {
        assert_eq!(Date::parse("1900-03-01").and_then(date_serial), Some(61));
        assert_eq!(Date::parse("1900-02-28").and_then(date_serial), None);
        assert_eq!(Date::parse("2026-11-21").and_then(date_serial), Some(46_347));
    }

    #[test]
    fn sixteen_digits_are_text_and_fifteen_are_a_number() {
        let kind = ColumnKind::Number { scale: 2 };
        assert!(stored_number("1234567890123.45".parse().expect("a number"), &kind).is_ok());
        assert_eq!(
            stored_number("12345678901234.56".parse().expect("a number"), &kind),
            Err("12345678901234.56".to_owned())
        );
        assert!(stored_number("10000000000000000000".parse().expect("a number"), &kind).is_ok());
    }

    #[test]
    fn percents_become_fractions() {
        assert_eq!(
            stored_number(Decimal::from(60), &ColumnKind::Percent { scale: 0 }).map(|number| number.to_string()),
            Ok("0.6".to_owned())
        );
    }

    #[test]
    fn a_cut_ends_with_its_mark_and_splits_no_character() {
        let (text, from) = fit("short");
        assert_eq!((text.as_ref(), from), ("short", None));
        let long = "😀".repeat(20_000);
        let (text, from) = fit(&long);
        assert_eq!(from, Some(40_000));
        assert!(text.encode_utf16().count() <= MAX_CELL_CHARS);
        assert!(text.ends_with(CUT_MARK));
    }
}
