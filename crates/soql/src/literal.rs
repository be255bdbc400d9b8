//! The text inside quotes: escapes read and written, for plain text and for LIKE patterns.

use std::fmt::{self, Write};

/// Reads what stands between the quotes. In a pattern `\_`, `\%` and `\\` keep their backslash, because they mean the
/// plain character there. Errs with the byte at which an escape is wrong.
pub(crate) fn unescape(raw: &str, pattern: bool) -> Result<String, usize> {
    if !raw.contains('\\') {
        return Ok(raw.to_owned());
    }
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next().map(|(_, escaped)| escaped) {
            Some(escaped @ ('\'' | '"')) => out.push(escaped),
            Some('\\') => out.push_str(if pattern { "\\\\" } else { "\\" }),
            Some('n' | 'N') => out.push('\n'),
            Some('r' | 'R') => out.push('\r'),
            Some('t' | 'T') => out.push('\t'),
            Some('b' | 'B') => out.push('\u{8}'),
            Some('f' | 'F') => out.push('\u{c}'),
            Some(wildcard @ ('_' | '%')) if pattern => out.extend(['\\', wildcard]),
            Some('u') => {
                let (decoded, digits) = code_point(&raw[at..]).ok_or(at)?;
                if pattern && matches!(decoded, '\\') {
                    out.push('\\');
                }
                out.push(decoded);
                // The digits, and the second half of a surrogate pair, are read already.
                for _ in 0..digits {
                    chars.next();
                }
            }
            _ => return Err(at),
        }
    }
    Ok(out)
}

/// `\uXXXX`, or a surrogate pair of two; with the number of characters after the first `\u`.
fn code_point(raw: &str) -> Option<(char, usize)> {
    let high = unit(raw)?;
    if let Some(c) = char::from_u32(high) {
        return Some((c, 4));
    }
    let low = unit(raw.get(6..)?)?;
    let both = [u16::try_from(high).ok()?, u16::try_from(low).ok()?];
    char::decode_utf16(both).next()?.ok().map(|c| (c, 10))
}

fn unit(raw: &str) -> Option<u32> {
    let digits = raw.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// Writes a text with its quotes.
pub(crate) fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('\'')?;
    for c in text.chars() {
        write_char(f, c)?;
    }
    f.write_char('\'')
}

/// Writes a LIKE pattern with its quotes: `\` before a wildcard or another `\` stays what it is.
pub(crate) fn write_pattern(f: &mut fmt::Formatter<'_>, pattern: &str) -> fmt::Result {
    f.write_char('\'')?;
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            write_char(f, c)?;
            continue;
        }
        match chars.next() {
            Some(wildcard @ ('_' | '%')) => write!(f, "\\{wildcard}")?,
            Some('\\') | None => f.write_str("\\\\")?,
            Some(other) => write_char(f, other)?,
        }
    }
    f.write_char('\'')
}

fn write_char(f: &mut fmt::Formatter<'_>, c: char) -> fmt::Result {
    match c {
        '\'' => f.write_str("\\'"),
        '\\' => f.write_str("\\\\"),
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        '\u{8}' => f.write_str("\\b"),
        '\u{c}' => f.write_str("\\f"),
        other => f.write_char(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read() {
        assert_eq!(unescape(r#"it\'s \"a\" \\ \n\t"#, false).as_deref(), Ok("it's \"a\" \\ \n\t"));
        assert_eq!(unescape(r"\u00e9\uD83D\uDE00.", false).as_deref(), Ok("é😀."));
    }

    #[test]
    fn any_other_backslash_is_refused_with_its_place() {
        assert_eq!(unescape(r"ab\q", false), Err(2));
        assert_eq!(unescape(r"\%", false), Err(0));
        assert_eq!(unescape(r"\uD83D", false), Err(0));
        assert_eq!(unescape(r"\u00g0", false), Err(0));
        assert_eq!(unescape("x\\", false), Err(1));
    }

    #[test]
    fn a_pattern_keeps_the_backslash_of_plain_wildcards() {
        assert_eq!(unescape(r"100\%\_\\x", true).as_deref(), Ok(r"100\%\_\\x"));
    }
}
