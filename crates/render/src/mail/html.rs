//! Small pieces of HTML for mail readers: everything inline, nothing loaded, no style sheet needed.

/// Escapes text for element content and quoted attributes. Control characters have no place in HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Text with its line ends kept.
pub(super) fn escape_lines(text: &str) -> String {
    escape(&text.replace("\r\n", "\n").replace('\r', "\n")).replace('\n', "<br>")
}

/// The colours and letters of a mail. Concrete values, because mail readers know no custom properties.
pub(super) mod look {
    pub(in crate::mail) const FONT: &str =
        "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
    pub(in crate::mail) const INK: &str = "#1a1f29";
    pub(in crate::mail) const MUTED: &str = "#5b6472";
    pub(in crate::mail) const LINE: &str = "#e3e6eb";
    pub(in crate::mail) const STRONG_LINE: &str = "#aab1bd";
    pub(in crate::mail) const SURFACE: &str = "#ffffff";
    pub(in crate::mail) const GROUND: &str = "#f4f5f7";
    pub(in crate::mail) const BAND: &str = "#f8f9fb";
    pub(in crate::mail) const ACCENT: &str = "#2459c9";
    pub(in crate::mail) const GOOD: &str = "#1a7f4b";
    pub(in crate::mail) const BAD: &str = "#b3372f";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_text_stays_text() {
        assert_eq!(escape("<b a='1'>\"&\u{7}"), "&lt;b a=&#39;1&#39;&gt;&quot;&amp;\u{fffd}");
        assert_eq!(escape_lines("a\r\nb\rc"), "a<br>b<br>c");
    }
}
