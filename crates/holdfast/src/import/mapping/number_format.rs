//! Numbers as people write them: `1.234,56 EUR` → `1234.56`.

use model::{Decimal, parse_decimal};
use serde::Deserialize;

/// How the numbers of a column are written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberFormat {
    /// The character before the decimals.
    #[serde(default = "point")]
    pub decimal: char,
    /// The character between groups of three digits.
    pub thousands: Option<char>,
    /// Texts to drop, such as `$` or `EUR`.
    #[serde(default)]
    pub remove: Vec<String>,
    /// `(12.50)` means minus 12.50.
    #[serde(default)]
    pub parentheses_are_negative: bool,
}

fn point() -> char {
    '.'
}

impl NumberFormat {
    /// Reads one number.
    ///
    /// # Errors
    /// What the number was expected to look like.
    pub fn read(&self, text: &str) -> Result<Decimal, String> {
        self.try_read(text).ok_or_else(|| {
            let thousands = self.thousands.map_or(String::new(), |mark| format!(" and {mark:?} between thousands"));
            format!("{text:?} is not a number with {:?} before the decimals{thousands}", self.decimal)
        })
    }

    fn try_read(&self, text: &str) -> Option<Decimal> {
        let mut text = self.remove.iter().fold(text.to_owned(), |text, part| text.replace(part.as_str(), ""));
        let mut negative = false;
        text = text.trim().to_owned();
        if self.parentheses_are_negative
            && let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'))
        {
            negative = true;
            text = inner.trim().to_owned();
        }
        let (whole, decimals) = match text.split_once(self.decimal) {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (text.as_str(), None),
        };
        let whole = match self.thousands {
            Some(mark) if whole.contains(mark) => join_groups(whole, mark)?,
            _ => whole.to_owned(),
        };
        let plain = match decimals {
            Some(decimals) if decimals.bytes().all(|byte| byte.is_ascii_digit()) => format!("{whole}.{decimals}"),
            Some(_) => return None,
            None => whole,
        };
        let number = parse_decimal(&plain)?;
        Some(if negative { -number } else { number })
    }
}

/// Drops the marks between groups; groups that are not of three digits mean another format than was declared.
fn join_groups(whole: &str, mark: char) -> Option<String> {
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", whole),
    };
    let mut groups = digits.split(mark);
    let first = groups.next()?;
    let sound = (1..=3).contains(&first.len()) && groups.clone().all(|group| group.len() == 3);
    sound.then(|| format!("{sign}{first}{}", groups.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(text: &str) -> NumberFormat {
        toml::from_str(text).expect("a format")
    }

    #[test]
    fn both_usual_forms_of_thousands_are_read() {
        let german = format("decimal = \",\"\nthousands = \".\"\nremove = [\"EUR\"]");
        assert_eq!(german.read("1.234.567,50 EUR").map(|number| number.to_string()).as_deref(), Ok("1234567.50"));
        let english = format("thousands = \",\"\nremove = [\"$\"]\nparentheses_are_negative = true");
        assert_eq!(english.read("($1,234.56)").map(|number| number.to_string()).as_deref(), Ok("-1234.56"));
        assert_eq!(english.read("-12").map(|number| number.to_string()).as_deref(), Ok("-12"));
    }

    #[test]
    fn a_number_of_another_form_is_refused_and_not_misread() {
        let english = format("thousands = \",\"");
        for text in ["1.234,56", "1,23", "12,34,567", "", "n/a", "1.2.3", "(5)"] {
            assert!(english.read(text).is_err(), "{text}");
        }
        let german = format("decimal = \",\"");
        assert!(german.read("1.234").is_ok(), "no thousands mark was declared: 1.234 would be read as it stands");
    }
}
