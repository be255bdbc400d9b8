//! Values of the interpreter, how they compare, and how they stand in a query.

use std::cmp::Ordering;

/// A number counts thousandths, a date days since 1970.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum V {
    Null,
    Text(String),
    Number(i64),
    Day(i64),
}

impl V {
    pub(super) fn text(text: &str) -> Self {
        if text.is_empty() { V::Null } else { V::Text(text.to_owned()) }
    }

    pub(super) fn is_null(&self) -> bool {
        *self == V::Null
    }

    pub(super) fn literal(&self) -> String {
        match self {
            V::Null => "null".to_owned(),
            V::Text(text) => platform::literal::quoted(text),
            V::Number(thousandths) => plain(*thousandths),
            V::Day(days) => day(*days),
        }
    }

    /// As the answers of queries show it.
    pub(super) fn shown(&self) -> String {
        match self {
            V::Null => String::new(),
            V::Text(text) => text.clone(),
            V::Number(thousandths) => plain(*thousandths),
            V::Day(days) => day(*days),
        }
    }
}

fn plain(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, rest) = (thousandths.abs() / 1000, thousandths.abs() % 1000);
    let text = format!("{sign}{whole}.{rest:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Days since 1970 as a date, by Howard Hinnant's `civil_from_days`.
fn day(days: i64) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

pub(super) fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Text in the form in which it sorts: without case, punctuation before digits before letters.
fn order_key(text: &str) -> Vec<u8> {
    text.to_ascii_lowercase()
        .bytes()
        .map(|byte| match byte {
            b'_' => 1,
            b'%' => 2,
            other => other,
        })
        .collect()
}

pub(super) fn equal(a: &V, b: &V) -> bool {
    match (a, b) {
        (V::Text(a), V::Text(b)) => a.eq_ignore_ascii_case(b),
        _ => a == b,
    }
}

/// The order of two values that are not null.
pub(super) fn order(a: &V, b: &V) -> Ordering {
    match (a, b) {
        (V::Text(a), V::Text(b)) => order_key(a).cmp(&order_key(b)),
        (V::Number(a), V::Number(b)) | (V::Day(a), V::Day(b)) => a.cmp(b),
        _ => panic!("{a:?} and {b:?} do not compare"),
    }
}

/// LIKE, by trying every length of every `%`.
pub(super) fn like(text: &[u8], pattern: &[u8]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [b'%', rest @ ..] => (0..=text.len()).any(|from| like(&text[from..], rest)),
        [b'_', rest @ ..] => !text.is_empty() && like(&text[1..], rest),
        [b'\\', plain, rest @ ..] | [plain, rest @ ..] => text.first() == Some(plain) && like(&text[1..], rest),
    }
}
