//! Links and pictures inside a formula's text, as `HYPERLINK` and `IMAGE` put them there.
//!
//! They travel in the text between control characters, never as HTML: whoever shows the text cuts it into [`parts`] and
//! escapes each, so that no value of a field can become markup. Addresses are checked again on the way out.

const EDGE: char = '\u{1c}';
const SEPARATOR: char = '\u{1f}';
const LINK: &str = "link";
const IMAGE: &str = "image";

/// A piece of a text with links and pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    Text(&'a str),
    Link { url: &'a str, label: &'a str, target: &'a str },
    Image { url: &'a str, alternate: &'a str, height: Option<u32>, width: Option<u32> },
}

/// Cuts a text into plain pieces, links and pictures.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for (at, piece) in text.split(EDGE).enumerate() {
        if piece.is_empty() {
            continue;
        }
        // Between edges every second piece is marked up.
        let marked = if at % 2 == 1 { read(piece) } else { None };
        parts.push(marked.unwrap_or(Part::Text(piece)));
    }
    parts
}

/// The text as it reads without links and pictures: labels and alternate texts stay.
pub fn plain(text: &str) -> String {
    parts(text)
        .into_iter()
        .map(|part| match part {
            Part::Text(text) => text,
            Part::Link { label, .. } => label,
            Part::Image { alternate, .. } => alternate,
        })
        .collect()
}

/// Whether an address may stand in a link: of the web, of mail, of telephone, or a path.
pub fn is_allowed(url: &str) -> bool {
    if url.chars().any(char::is_control) {
        return false;
    }
    let before_path = url.split(['/', '?', '#']).next().unwrap_or_default();
    match before_path.split_once(':') {
        Some((scheme, _)) => ["http", "https", "mailto", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known)),
        None => true,
    }
}

pub(crate) fn link(url: &str, label: &str, target: &str) -> String {
    mark(&[LINK, url, label, target])
}

pub(crate) fn image(url: &str, alternate: &str, height: &str, width: &str) -> String {
    mark(&[IMAGE, url, alternate, height, width])
}

fn mark(fields: &[&str]) -> String {
    let clean: Vec<String> =
        fields.iter().map(|field| field.chars().filter(|c| !matches!(*c, EDGE | SEPARATOR)).collect()).collect();
    format!("{EDGE}{}{EDGE}", clean.join("\u{1f}"))
}

fn read(piece: &str) -> Option<Part<'_>> {
    let fields: Vec<&str> = piece.split(SEPARATOR).collect();
    match fields[..] {
        [LINK, url, label, target] if is_allowed(url) => Some(Part::Link { url, label, target }),
        [LINK, _, label, _] => Some(Part::Text(label)),
        [IMAGE, url, alternate, height, width] if is_allowed(url) => {
            Some(Part::Image { url, alternate, height: height.parse().ok(), width: width.parse().ok() })
        }
        [IMAGE, _, alternate, _, _] => Some(Part::Text(alternate)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_cut_out_of_the_text_around_it() {
        let text = format!("See {}, or not", link("https://example.com/a?b=c", "<b>this</b>", "_blank"));
        assert_eq!(
            parts(&text),
            [
                Part::Text("See "),
                Part::Link { url: "https://example.com/a?b=c", label: "<b>this</b>", target: "_blank" },
                Part::Text(", or not"),
            ]
        );
        assert_eq!(plain(&text), "See <b>this</b>, or not");
    }

    #[test]
    fn a_field_cannot_break_out_of_a_label() {
        let text = link("/001", "a\u{1f}b\u{1c}c", "");
        assert_eq!(parts(&text), [Part::Link { url: "/001", label: "abc", target: "" }]);
    }

    #[test]
    fn a_forged_link_to_a_script_reads_as_its_label() {
        assert_eq!(parts("\u{1c}link\u{1f}javascript:alert(1)\u{1f}click\u{1f}\u{1c}"), [Part::Text("click")]);
    }

    #[test]
    fn only_harmless_addresses_are_allowed() {
        for url in
            ["https://a.example", "HTTP://a", "mailto:a@b.example", "tel:+1", "/path:x", "page", "?a=b:c", "#x:y"]
        {
            assert!(is_allowed(url), "{url}");
        }
        for url in
            ["javascript:alert(1)", " javascript:x", "java\tscript:x", "data:text/html,x", "vbscript:x", "file:///etc"]
        {
            assert!(!is_allowed(url), "{url}");
        }
    }
}
