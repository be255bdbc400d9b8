//! Text inside the XML of a workbook.

use std::fmt::Write;

/// Escapes text for element content and attributes. What XML cannot hold is written as the format's own `_xHHHH_`, and
/// text that already looks like such an escape is kept from being read as one.
pub(super) fn escape_into(out: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '_' if looks_escaped(&text.as_bytes()[at..]) => out.push_str("_x005F_"),
            // A line end inside a cell is LF alone.
            '\r' if text.as_bytes().get(at + 1) == Some(&b'\n') => {}
            // XML readers turn a bare CR into LF; the others are no XML characters at all.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\r' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "_x{:04X}_", u32::from(c));
            }
            other => out.push(other),
        }
    }
}

pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(&mut out, text);
    out
}

fn looks_escaped(bytes: &[u8]) -> bool {
    bytes.len() >= 7 && bytes[1] == b'x' && bytes[6] == b'_' && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
}

/// The letters of a column: 0 is `A`, 26 is `AA`.
pub(super) fn column_letters(out: &mut String, column: usize) {
    let mut letters = [0u8; 4];
    let mut at = letters.len();
    let mut rest = column + 1;
    while rest > 0 && at > 0 {
        at -= 1;
        let digit = (rest - 1) % 26;
        letters[at] = b'A' + u8::try_from(digit).unwrap_or_default();
        rest = (rest - 1) / 26;
    }
    out.extend(letters[at..].iter().copied().map(char::from));
}

/// The address of a cell: row and column from 0, `A1`.
pub(super) fn address(row: u32, column: usize) -> String {
    let mut out = String::new();
    column_letters(&mut out, column);
    // Writing to a String cannot fail.
    let _ = write!(out, "{}", row + 1);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_in_letters() {
        let letters = |column| address(0, column);
        assert_eq!([0, 25, 26, 701, 702, 16_383].map(letters), ["A1", "Z1", "AA1", "ZZ1", "AAA1", "XFD1"]);
    }

    #[test]
    fn what_xml_cannot_hold_is_escaped_and_lookalikes_are_kept_apart() {
        assert_eq!(escape("a\0<b>&\"c\"\r\n\r"), "a_x0000_&lt;b&gt;&amp;&quot;c&quot;\n_x000D_");
        assert_eq!(escape("_x0041_ and _x"), "_x005F_x0041_ and _x");
    }
}
