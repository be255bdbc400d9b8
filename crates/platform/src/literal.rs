//! Literals of the query language.

/// A text literal.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// A pattern that finds `text` anywhere, or at the start; its own wildcards stand for themselves.
pub fn pattern(text: &str, anywhere: bool) -> String {
    let mut literal = String::from("'");
    if anywhere {
        literal.push('%');
    }
    let body = quoted(text);
    for c in body[1..body.len() - 1].chars() {
        if matches!(c, '%' | '_') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal.push_str("%'");
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_leave_its_literal() {
        assert_eq!(quoted(r"O'Neil \ x"), r"'O\'Neil \\ x'");
        assert_eq!(pattern("5%_'", true), r"'%5\%\_\'%'");
        assert_eq!(pattern("ab", false), "'ab%'");
    }
}
