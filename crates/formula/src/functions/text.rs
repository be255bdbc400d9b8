//! Text: parts, search, form, and the way to and from numbers.

use super::Outcome;
use crate::decimal;
use crate::eval::{Args, Fault, MAX_TEXT_CHARS};
use model::{Decimal, Instant, Value, format_decimal};
use rust_decimal::prelude::ToPrimitive;

fn number(number: usize) -> Value {
    Value::Number(Decimal::from(number))
}

pub(super) fn ascii(args: &Args) -> Outcome {
    Ok(args.text(0).chars().next().map_or(Value::Null, |c| Value::Number(Decimal::from(u32::from(c)))))
}

pub(super) fn begins(args: &Args) -> Outcome {
    Ok(Value::Bool(args.text(0).starts_with(args.text(1))))
}

pub(super) fn br(_: &Args) -> Outcome {
    Ok(Value::Text("\n".to_owned()))
}

pub(super) fn chr(args: &Args) -> Outcome {
    let code = args.number(0).trunc().to_u32().filter(|code| *code > 0);
    Ok(code.and_then(char::from_u32).map_or(Value::Null, |c| Value::Text(c.to_string())))
}

pub(super) fn contains(args: &Args) -> Outcome {
    Ok(Value::Bool(args.text(0).contains(args.text(1))))
}

pub(super) fn find(args: &Args) -> Outcome {
    let (search, text) = (args.text(0), args.text(1));
    let skipped = args.count(2).saturating_sub(1);
    let Some((from, _)) = text.char_indices().nth(skipped).filter(|_| !search.is_empty()) else { return Ok(number(0)) };
    Ok(number(text[from..].find(search).map_or(0, |offset| skipped + text[from..from + offset].chars().count() + 1)))
}

/// Upper case starts each word; a word is a run of digits and of letters that have a case.
pub(super) fn init_cap(args: &Args) -> Outcome {
    let mut out = String::with_capacity(args.text(0).len());
    let mut starts = true;
    for c in args.text(0).chars() {
        if starts {
            out.extend(c.to_uppercase())
        } else {
            out.extend(c.to_lowercase())
        }
        starts = !c.is_ascii_digit() && c.to_lowercase().eq(c.to_uppercase());
    }
    Ok(Value::Text(out))
}

pub(super) fn is_number(args: &Args) -> Outcome {
    Ok(Value::Bool(decimal::is_number(args.text(0).trim())))
}

pub(super) fn left(args: &Args) -> Outcome {
    Ok(Value::Text(args.text(0).chars().take(args.count(1)).collect()))
}

pub(super) fn len(args: &Args) -> Outcome {
    Ok(number(args.text(0).chars().count()))
}

/// Turkish and Azerbaijani pair `i` with `İ` and `ı` with `I`.
fn has_dotless_i(locale: &str) -> bool {
    let language = locale.split(['_', '-']).next().unwrap_or_default();
    matches!(language, "tr" | "az")
}

pub(super) fn lower(args: &Args) -> Outcome {
    let text = args.text(0);
    Ok(Value::Text(if has_dotless_i(args.text(1)) {
        text.replace('I', "ı").replace('İ', "i").to_lowercase()
    } else {
        text.to_lowercase()
    }))
}

pub(super) fn upper(args: &Args) -> Outcome {
    let text = args.text(0);
    Ok(Value::Text(if has_dotless_i(args.text(1)) {
        text.replace('i', "İ").to_uppercase()
    } else {
        text.to_uppercase()
    }))
}

pub(super) fn mid(args: &Args) -> Outcome {
    let skipped = args.count(1).saturating_sub(1);
    Ok(Value::Text(args.text(0).chars().skip(skipped).take(args.count(2)).collect()))
}

pub(super) fn lpad(args: &Args) -> Outcome {
    padded(args, |text, padding| padding + text)
}

pub(super) fn rpad(args: &Args) -> Outcome {
    padded(args, |text, padding| text.to_owned() + &padding)
}

/// Both pads: a blank text stays blank, a text that is long enough is cut, a pad of nothing fills with nothing.
fn padded(args: &Args, join: fn(&str, String) -> String) -> Outcome {
    let (text, length) = (args.text(0), args.count(1));
    let missing = length.saturating_sub(text.chars().count());
    if text.is_empty() || args.at(1).is_null() {
        return Ok(Value::Null);
    }
    if missing == 0 {
        return Ok(Value::Text(text.chars().take(length).collect()));
    }
    if length > MAX_TEXT_CHARS {
        return Err(Fault::TextTooLong(MAX_TEXT_CHARS));
    }
    let pad = if args.values.len() > 2 { args.text(2) } else { " " };
    Ok(Value::Text(join(text, pad.chars().cycle().take(missing).collect())))
}

pub(super) fn regex(args: &Args) -> Outcome {
    args.patterns.matches(args.text(1), args.text(0)).map(Value::Bool)
}

pub(super) fn reverse(args: &Args) -> Outcome {
    Ok(Value::Text(args.text(0).chars().rev().collect()))
}

pub(super) fn right(args: &Args) -> Outcome {
    let text = args.text(0);
    Ok(Value::Text(text.chars().skip(text.chars().count().saturating_sub(args.count(1))).collect()))
}

pub(super) fn substitute(args: &Args) -> Outcome {
    let (text, old, new) = (args.text(0), args.text(1), args.text(2));
    if old.is_empty() {
        return Ok(Value::Text(text.to_owned()));
    }
    // Counted before it is built: a few nested calls could ask for more than there is memory.
    let found = text.matches(old).count();
    if (text.len() - found * old.len()).saturating_add(found.saturating_mul(new.len())) > MAX_TEXT_CHARS * 4 {
        return Err(Fault::TextTooLong(MAX_TEXT_CHARS));
    }
    Ok(Value::Text(text.replace(old, new)))
}

pub(super) fn text(args: &Args) -> Outcome {
    Ok(Value::Text(match args.at(0) {
        Value::Number(number) => format_decimal(*number, None),
        Value::DateTime(instant) => gmt(*instant),
        Value::Time(time) => time.to_string(),
        other => other.to_plain(),
    }))
}

/// `2026-11-21 08:21:19Z`
fn gmt(instant: Instant) -> String {
    let text = instant.to_string();
    let seconds = text.split('.').next().unwrap_or_default();
    format!("{}Z", seconds.replacen('T', " ", 1))
}

pub(super) fn trim(args: &Args) -> Outcome {
    Ok(Value::Text(args.text(0).trim().to_owned()))
}

pub(super) fn value(args: &Args) -> Outcome {
    let text = args.text(0).trim();
    if !decimal::is_number(text) {
        return Err(Fault::NotANumber(args.text(0).to_owned()));
    }
    decimal::read(text).map(Value::Number).ok_or(Fault::TooBig)
}
