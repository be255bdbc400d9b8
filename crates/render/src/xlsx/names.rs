//! Sheet names: at most 31 characters, none of `[]:*?/\`, no apostrophe at either end, unique in the workbook.

/// Characters of a sheet name, counted as UTF-16 units.
const MAX_NAME: usize = 31;

/// The name of the n-th sheet of a table (1 is the first): `Pipeline`, `Pipeline (2)`.
pub fn sheet_name(title: &str, n: u32) -> String {
    let cleaned: String = title
        .chars()
        .map(|c| if c.is_control() || matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') { ' ' } else { c })
        .collect();
    let words = cleaned.split_whitespace().collect::<Vec<_>>().join(" ");
    let trimmed = words.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    // Excel keeps "History" for itself, and the notes have a sheet of their own.
    let base = match trimmed {
        "" => "Report",
        name if name.eq_ignore_ascii_case("history") => "History report",
        name if name.eq_ignore_ascii_case("notes") => "Notes report",
        name => name,
    };
    numbered(base, n)
}

/// Adds the number, shortening the name where both do not fit.
pub(super) fn numbered(base: &str, n: u32) -> String {
    let suffix = if n <= 1 { String::new() } else { format!(" ({n})") };
    let room = MAX_NAME - suffix.len();
    let mut units = 0;
    let kept: String = base
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units <= room
        })
        .collect();
    format!("{}{suffix}", kept.trim_end_matches(|c: char| c == '\'' || c.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_and_long_titles_become_a_name_that_opens() {
        assert_eq!(sheet_name("Q3/Q4: won? [EMEA]", 1), "Q3 Q4 won EMEA");
        assert_eq!(sheet_name("'quoted'", 1), "quoted");
        assert_eq!(sheet_name("  ", 1), "Report");
        assert_eq!(sheet_name("history", 1), "History report");
        assert_eq!(sheet_name("Opportunities by stage and owner", 1), "Opportunities by stage and owne");
        assert_eq!(sheet_name("Opportunities by stage and owner", 12), "Opportunities by stage and (12)");
    }

    #[test]
    fn a_name_is_measured_in_utf_16_and_no_character_is_split() {
        let name = sheet_name(&"😀".repeat(20), 2);
        assert!(name.encode_utf16().count() <= 31, "{name}");
        assert!(name.ends_with(" (2)"));
    }
}
