//! The versions of the API that are answered. A version changes nothing but the depth of sub-queries.

use serde_json::{Value as Json, json};

pub(crate) const OLDEST: u16 = 37;
pub(crate) const NEWEST: u16 = 67;

/// Reads `60.0`.
pub(crate) fn parse(text: &str) -> Option<u16> {
    let number = text.strip_suffix(".0")?;
    // A plus sign or leading zeros would be another spelling of the same address.
    if !number.bytes().all(|byte| byte.is_ascii_digit()) || number.starts_with('0') {
        return None;
    }
    number.parse().ok().filter(|version| (OLDEST..=NEWEST).contains(version))
}

/// Every version, as `/services/data` lists them. Salesforce names three releases a year; 37.0 was Summer '16.
pub(crate) fn list() -> Vec<Json> {
    (OLDEST..=NEWEST)
        .map(|version| json!({"label": label(version), "url": format!("/services/data/v{version}.0"), "version": format!("{version}.0")}))
        .collect()
}

fn label(version: u16) -> String {
    let since = version - OLDEST;
    match since % 3 {
        0 => format!("Summer '{}", 16 + since / 3),
        // A winter release carries the number of the year it reaches into.
        1 => format!("Winter '{}", 17 + since / 3),
        _ => format!("Spring '{}", 17 + since / 3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_outside_the_list_are_not_read() {
        assert_eq!(parse("60.0"), Some(60));
        assert_eq!(parse("37.0"), Some(37));
        for text in ["36.0", "68.0", "60", "060.0", "+60.0", "60.1", "x"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn releases_are_named_three_a_year() {
        assert_eq!(label(37), "Summer '16");
        assert_eq!(label(59), "Winter '24");
        assert_eq!(label(60), "Spring '24");
        assert_eq!(label(61), "Summer '24");
    }
}
