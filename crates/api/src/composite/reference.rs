//! `@{ref.path}` in an address or a body: what an earlier part answered.

use serde_json::{Map, Value as Json};
use std::cell::Cell;

/// The most bytes that the references of one call may bring, all together: an answer may be named any number of times.
const MOST_COPIED: usize = 50 * 1024 * 1024;

/// Answers of parts by reference id; none for a part that failed.
#[derive(Default)]
pub(super) struct Answers {
    known: Vec<(String, Option<Json>)>,
    copied: Cell<usize>,
}

/// Why a reference has no value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The part it names failed.
    Failed,
    /// No part or no value of that name.
    Unknown(String),
    /// The references of the call bring more than it may hold.
    TooMuch,
}

impl Answers {
    pub(super) fn keep(&mut self, reference: &str, answer: Option<Json>) {
        self.known.push((reference.to_owned(), answer));
    }

    /// A body with its references replaced; a text that is one reference takes the value's own type.
    pub(super) fn fill(&self, json: &Json) -> Result<Json, Missing> {
        match json {
            Json::String(text) => match whole(text) {
                Some(reference) => self.counted(reference).cloned(),
                None => self.fill_text(text).map(Json::String),
            },
            Json::Array(items) => items.iter().map(|item| self.fill(item)).collect::<Result<_, _>>().map(Json::Array),
            Json::Object(object) => {
                let filled: Result<Map<_, _>, _> =
                    object.iter().map(|(name, item)| Ok((name.clone(), self.fill(item)?))).collect();
                filled.map(Json::Object)
            }
            other => Ok(other.clone()),
        }
    }

    /// A text with its references replaced.
    pub(super) fn fill_text(&self, text: &str) -> Result<String, Missing> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("@{") {
            let Some((reference, after)) = after.split_once('}') else { break };
            out.push_str(before);
            match self.counted(reference)? {
                Json::String(value) => out.push_str(value),
                other => out.push_str(&other.to_string()),
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// A value that is about to be copied.
    fn counted(&self, reference: &str) -> Result<&Json, Missing> {
        let value = self.value(reference)?;
        let left = MOST_COPIED.saturating_sub(self.copied.get());
        let size = size(value, left).filter(|size| *size <= left).ok_or(Missing::TooMuch)?;
        self.copied.set(self.copied.get() + size);
        Ok(value)
    }

    /// `ref.records[0].Id`; names ignore case.
    fn value(&self, reference: &str) -> Result<&Json, Missing> {
        let unknown = || Missing::Unknown(reference.to_owned());
        let mut steps = reference.split('.').flat_map(|step| step.split('[')).map(|step| step.trim_end_matches(']'));
        let name = steps.next().ok_or_else(unknown)?;
        let (_, answer) = self.known.iter().find(|(known, _)| known == name).ok_or_else(unknown)?;
        let mut value = answer.as_ref().ok_or(Missing::Failed)?;
        for step in steps {
            value = match value {
                Json::Array(items) => step.parse::<usize>().ok().and_then(|at| items.get(at)),
                Json::Object(object) => object.get(step).or_else(|| {
                    object.iter().find(|(name, _)| name.eq_ignore_ascii_case(step)).map(|(_, value)| value)
                }),
                _ => None,
            }
            .ok_or_else(unknown)?;
        }
        Ok(value)
    }
}

/// About how many bytes a value takes; none when it is more than `most`.
fn size(value: &Json, most: usize) -> Option<usize> {
    let own = 16 + value.as_str().map_or(0, str::len);
    let mut left = most.checked_sub(own)?;
    let mut add = |inner: &Json, name: usize| -> Option<()> {
        let size = size(inner, left)?.checked_add(name)?;
        left = left.checked_sub(size)?;
        Some(())
    };
    match value {
        Json::Array(items) => items.iter().try_for_each(|item| add(item, 0))?,
        Json::Object(object) => object.iter().try_for_each(|(name, item)| add(item, name.len()))?,
        _ => {}
    }
    Some(most - left)
}

/// The names of the parts whose answers a body or address uses.
pub(super) fn references<'a>(json: &'a Json, found: &mut Vec<&'a str>) {
    match json {
        Json::String(text) => {
            let inside = text.split("@{").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
            found.extend(inside.filter_map(|path| path.split(['.', '[']).next()));
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, found)),
        Json::Object(object) => object.values().for_each(|item| references(item, found)),
        _ => {}
    }
}

fn whole(text: &str) -> Option<&str> {
    text.strip_prefix("@{")?.strip_suffix('}').filter(|inside| !inside.contains('}'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answers() -> Answers {
        let mut answers = Answers::default();
        answers.keep("made", Some(json!({"id": "001A", "success": true})));
        answers.keep("found", Some(json!({"records": [{"Id": "003A", "Count": 2}]})));
        answers.keep("bad", None);
        answers
    }

    #[test]
    fn references_are_filled_in_texts_and_bodies() {
        let answers = answers();
        assert_eq!(answers.fill_text("/x/@{made.id}/y/@{found.records[0].id}").as_deref(), Ok("/x/001A/y/003A"));
        let body =
            json!({"A": "@{made.id}", "B": ["n=@{found.records[0].Count}", "@{found.records[0].Count}"], "C": 1});
        assert_eq!(answers.fill(&body), Ok(json!({"A": "001A", "B": ["n=2", 2], "C": 1})));
        assert_eq!(answers.fill_text("an @{open end").as_deref(), Ok("an @{open end"));
    }

    #[test]
    fn references_bring_only_so_much() {
        let mut answers = Answers::default();
        answers.keep("long", Some("x".repeat(1024 * 1024).into()));
        let body = Json::Array(vec!["@{long}".into(); 49]);
        assert!(answers.fill(&body).is_ok());
        assert_eq!(answers.fill_text("@{long} and @{long}"), Err(Missing::TooMuch));
    }

    #[test]
    fn a_reference_without_a_value_says_why() {
        let answers = answers();
        assert_eq!(answers.fill_text("@{bad.id}"), Err(Missing::Failed));
        for reference in ["nobody.id", "made.nothing", "found.records[7].Id", ""] {
            assert_eq!(answers.fill_text(&format!("@{{{reference}}}")), Err(Missing::Unknown(reference.to_owned())));
        }
    }
}
