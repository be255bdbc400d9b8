//! Choosing one of a known, short list: a select, or radio buttons where the choices deserve to be seen at once.

use super::{Icon, Ties};
use maud::{Markup, html};

/// One choice.
#[derive(Clone, Debug)]
pub struct Choice {
    value: String,
    label: String,
    detail: Option<String>,
    group: Option<String>,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), detail: None, group: None }
    }

    /// A choice whose value is its label.
    pub fn plain(label: impl Into<String>) -> Self {
        let label = label.into();
        Self::new(label.clone(), label)
    }

    /// Whether it stands for a value.
    pub fn is(&self, value: &str) -> bool {
        self.value == value
    }

    /// A sentence under the label, shown by radio buttons.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The heading under which a select lists this choice; choices of one group stand together.
    #[must_use]
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }
}

/// A native select.
#[derive(Clone, Debug)]
pub struct Select {
    name: String,
    choices: Vec<Choice>,
    selected: Option<String>,
    blank: Option<String>,
    submits: bool,
}

impl Select {
    pub fn new(name: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self { name: name.into(), choices, selected: None, blank: None, submits: false }
    }

    /// The current value. A value outside the choices (a retired picklist value) is kept and shown.
    #[must_use]
    pub fn selected(mut self, value: impl Into<String>) -> Self {
        self.selected = Some(value.into());
        self
    }

    /// Allows no choice, under this label.
    #[must_use]
    pub fn blank(mut self, label: impl Into<String>) -> Self {
        self.blank = Some(label.into());
        self
    }

    /// Sends the form when changed, where there is script; give the form a button for where there is none.
    #[must_use]
    pub fn submits(mut self) -> Self {
        self.submits = true;
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn markup(&self, ties: &Ties) -> Markup {
        let selected = self.selected.as_deref();
        let retired =
            selected.filter(|value| !value.is_empty() && !self.choices.iter().any(|choice| choice.value == *value));
        let groups = self.choices.chunk_by(|a, b| a.group == b.group);
        let option = |choice: &Choice| {
            html! { option value=(choice.value) selected[selected == Some(&*choice.value)] { (choice.label) } }
        };
        html! {
            div.select {
                select.control id=(ties.id) name=(self.name) required[ties.required] data-submits[self.submits]
                    aria-invalid=[ties.invalid.then_some("true")] aria-describedby=[&ties.described_by] {
                    @if let Some(blank) = &self.blank { option value="" { (blank) } }
                    @if let Some(retired) = retired { option value=(retired) selected { (retired) } }
                    @for group in groups {
                        @match group.first().and_then(|choice| choice.group.as_ref()) {
                            Some(label) => optgroup label=(label) { @for choice in group { (option(choice)) } },
                            None => @for choice in group { (option(choice)) },
                        }
                    }
                }
                (Icon::ChevronDown)
            }
        }
    }
}

/// Radio buttons.
#[derive(Clone, Debug)]
pub struct RadioGroup {
    name: String,
    choices: Vec<Choice>,
    selected: Option<String>,
}

impl RadioGroup {
    pub fn new(name: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self { name: name.into(), choices, selected: None }
    }

    #[must_use]
    pub fn selected(mut self, value: impl Into<String>) -> Self {
        self.selected = Some(value.into());
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn markup(&self, ties: &Ties) -> Markup {
        html! {
            div.radios {
                @for (at, choice) in self.choices.iter().enumerate() {
                    // The first radio carries the field's id, so that a summary of errors can lead to it.
                    @let id = if at == 0 { ties.id.clone() } else { format!("{}-{at}", ties.id) };
                    div.check {
                        input.radio type="radio" id=(id) name=(self.name) value=(choice.value) required[ties.required]
                            checked[self.selected.as_deref() == Some(&*choice.value)]
                            aria-describedby=[choice.detail.is_some().then(|| format!("{id}-detail"))];
                        div {
                            label for=(id) { (choice.label) }
                            @if let Some(detail) = &choice.detail { p.field-help id={ (id) "-detail" } { (detail) } }
                        }
                    }
                }
            }
        }
    }
}
