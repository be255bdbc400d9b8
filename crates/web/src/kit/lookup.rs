//! Choosing one of many records: type, and pick from what matches.

use super::{Icon, Ties};
use maud::{Markup, html};

/// A record that a lookup may point to.
#[derive(Clone, Debug)]
pub struct LookupChoice {
    id: String,
    label: String,
    detail: Option<String>,
}

impl LookupChoice {
    pub fn new(id: impl Into<String>, label: impl Into<String>) -> Self {
        Self { id: id.into(), label: label.into(), detail: None }
    }

    /// What tells this record from others of its name: a place, an owner.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// A combobox over the records of an object.
///
/// It sends two values: `name` with the id of the chosen record, and `name.text` with the text as typed. With script the
/// two always agree, and an unfinished text leaves the id empty. Without script the id stays as it was while the text
/// changes: a server that gets a text other than the record's name searches for it, and answers with the form and the
/// matches in [`Lookup::matches`] when there is more than one.
#[derive(Clone, Debug)]
pub struct Lookup {
    name: String,
    source: String,
    chosen: Option<LookupChoice>,
    text: Option<String>,
    matches: Vec<LookupChoice>,
    placeholder: Option<String>,
}

impl Lookup {
    /// `source` answers `?q=` with JSON: `[{"id": …, "label": …, "detail": …}]`.
    pub fn new(name: impl Into<String>, source: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            source: source.into(),
            chosen: None,
            text: None,
            matches: Vec::new(),
            placeholder: None,
        }
    }

    #[must_use]
    pub fn chosen(mut self, choice: LookupChoice) -> Self {
        self.chosen = Some(choice);
        self
    }

    /// The text as typed, when it is not the name of the chosen record.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// The records that a typed text may have meant, offered as radio buttons.
    #[must_use]
    pub fn matches(mut self, matches: Vec<LookupChoice>) -> Self {
        self.matches = matches;
        self
    }

    #[must_use]
    pub fn placeholder(mut self, words: impl Into<String>) -> Self {
        self.placeholder = Some(words.into());
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn markup(&self, ties: &Ties) -> Markup {
        let shown = self.text.as_deref().or(self.chosen.as_ref().map(|choice| choice.label.as_str()));
        let list_id = format!("{}-list", ties.id);
        html! {
            div.lookup data-lookup=(self.source) {
                (Icon::Search)
                input.control type="text" id=(ties.id) name={ (self.name) ".text" } value=[shown]
                    placeholder=[&self.placeholder] autocomplete="off" required[ties.required] data-lookup-list=(list_id)
                    aria-invalid=[ties.invalid.then_some("true")] aria-describedby=[&ties.described_by];
                @if self.matches.is_empty() {
                    input type="hidden" name=(self.name) value=(self.chosen.as_ref().map_or("", |choice| &choice.id));
                }
                button.lookup-clear type="button" data-lookup-clear data-needs-script aria-label="Clear" title="Clear" { (Icon::Close) }
                ul.options id=(list_id) role="listbox" aria-label="Matches" hidden {}
            }
            @if !self.matches.is_empty() {
                div.radios.lookup-matches {
                    @for (at, choice) in self.matches.iter().enumerate() {
                        @let id = format!("{}-match-{at}", ties.id);
                        div.check {
                            input.radio type="radio" id=(id) name=(self.name) value=(choice.id);
                            label for=(id) {
                                (choice.label)
                                @if let Some(detail) = &choice.detail { " " span.muted { (detail) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
