//! A reader of the kit's own HTML: strict where a browser would forgive.

/// One start tag with its attributes, or a piece of text (named `#text`).
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) text: String,
    /// The names of the open elements around it, outermost first.
    pub(super) within: Vec<String>,
}

impl Tag {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

const VOID: &[&str] = &["input", "meta", "link", "br", "hr", "img", "!doctype"];

/// Every start tag in order. Panics where elements are not closed in order.
pub(super) fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let text = rest[..start].trim();
        if !text.is_empty() {
            tags.push(Tag { name: "#text".into(), attributes: Vec::new(), text: text.into(), within: open.clone() });
        }
        rest = &rest[start + 1..];
        let end = end_of_tag(rest);
        let (inside, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        if let Some(name) = inside.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "an element is closed out of order");
            continue;
        }
        let (name, attributes) = split(inside.trim_end_matches('/'));
        tags.push(Tag { name: name.clone(), attributes, text: String::new(), within: open.clone() });
        if !VOID.contains(&name.as_str()) && !inside.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    tags
}

fn end_of_tag(text: &str) -> usize {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at,
            _ => {}
        }
    }
    panic!("a tag is not closed: {}", &text[..text.len().min(80)]);
}

fn split(tag: &str) -> (String, Vec<(String, String)>) {
    let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let mut attributes: Vec<(String, String)> = Vec::new();
    rest = rest.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let value = match rest.strip_prefix("=\"") {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"').expect("an attribute's value is quoted");
                rest = after;
                value.to_owned()
            }
            None => {
                assert!(!rest.starts_with('='), "an attribute's value has no quotes: {key}");
                String::new()
            }
        };
        assert!(!attributes.iter().any(|(each, _)| *each == key), "{key} stands twice in <{tag}>");
        attributes.push((key, value));
        rest = rest.trim_start();
    }
    (name.to_lowercase(), attributes)
}
