//! A form as a browser without script sends it: every control with its value, read out of a page.

/// Names and values in the order of the page.
pub(crate) struct Sent(pub(crate) Vec<(String, String)>);

impl Sent {
    /// The controls of the form that has this id.
    pub(crate) fn of(page: &str, id: &str) -> Self {
        let from = page.find(&format!("id=\"{id}\"")).expect("the form");
        let text = &page[from..];
        let text = &text[..text.find("</form>").expect("the end of the form")];
        let mut sent = Vec::new();
        let mut select: Option<(String, Option<String>)> = None;
        for (at, _) in text.match_indices('<') {
            let rest = &text[at + 1..];
            let tag = &rest[..rest.find('>').expect("a closed tag")];
            let name = || attribute(tag, "name");
            let value = || attribute(tag, "value").unwrap_or_default();
            match tag.split([' ', '>']).next().unwrap_or_default() {
                "input" => {
                    let kind = attribute(tag, "type").unwrap_or_default();
                    let is_off = matches!(kind.as_str(), "checkbox" | "radio") && !has(tag, "checked");
                    if let (Some(name), false) = (name(), is_off) {
                        sent.push((name, value()));
                    }
                }
                "textarea" => {
                    let content = &rest[tag.len() + 1..];
                    let content = &content[..content.find("</textarea>").expect("the end of the text")];
                    // A browser leaves out the line break that a text begins with.
                    let content = plain(content.strip_prefix('\n').unwrap_or(content)).replace('\n', "\r\n");
                    sent.extend(name().map(|name| (name, content)));
                }
                "select" => select = name().map(|name| (name, None)),
                "option" => {
                    if let Some((_, chosen)) = &mut select
                        && (chosen.is_none() || has(tag, "selected"))
                    {
                        *chosen = Some(value());
                    }
                }
                "/select" => sent.extend(select.take().and_then(|(name, chosen)| Some((name, chosen?)))),
                _ => {}
            }
        }
        Self(sent)
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Types into a control, or ticks one.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Ticks a box beside others of its name.
    pub(crate) fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn pairs(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let text = &tag[from..];
    Some(plain(&text[..text.find('"')?]))
}

fn has(tag: &str, name: &str) -> bool {
    tag.split(' ').any(|word| word == name)
}

fn plain(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
