//! Text-like controls and the checkbox.

use super::Ties;
use maud::{Markup, html};

/// A control of one line. Numbers are text with a numeric keyboard: a browser's number control rounds and reformats
/// exact decimals.
#[derive(Clone, Debug)]
pub struct Input {
    name: String,
    kind: &'static str,
    value: Option<String>,
    placeholder: Option<String>,
    autocomplete: Option<&'static str>,
    mode: Option<&'static str>,
    prefix: Option<String>,
    suffix: Option<String>,
    max_length: Option<u32>,
    range: (Option<String>, Option<String>),
    read_only: bool,
    numeric: bool,
    focused: bool,
}

impl Input {
    fn of_kind(name: impl Into<String>, kind: &'static str) -> Self {
        Self {
            name: name.into(),
            kind,
            value: None,
            placeholder: None,
            autocomplete: None,
            mode: None,
            prefix: None,
            suffix: None,
            max_length: None,
            range: (None, None),
            read_only: false,
            numeric: false,
            focused: false,
        }
    }

    pub fn text(name: impl Into<String>) -> Self {
        Self::of_kind(name, "text")
    }

    pub fn email(name: impl Into<String>) -> Self {
        Self::of_kind(name, "email")
    }

    pub fn phone(name: impl Into<String>) -> Self {
        Self::of_kind(name, "tel")
    }

    pub fn url(name: impl Into<String>) -> Self {
        Self::of_kind(name, "url")
    }

    pub fn password(name: impl Into<String>) -> Self {
        Self::of_kind(name, "password")
    }

    pub fn date(name: impl Into<String>) -> Self {
        Self::of_kind(name, "date")
    }

    pub fn date_time(name: impl Into<String>) -> Self {
        Self::of_kind(name, "datetime-local")
    }

    pub fn time(name: impl Into<String>) -> Self {
        Self::of_kind(name, "time")
    }

    pub fn file(name: impl Into<String>) -> Self {
        Self::of_kind(name, "file")
    }

    /// An exact number.
    pub fn number(name: impl Into<String>) -> Self {
        let mut input = Self::of_kind(name, "text");
        input.mode = Some("decimal");
        input.numeric = true;
        input
    }

    /// The six digits of an authenticator app.
    pub fn one_time_code(name: impl Into<String>) -> Self {
        let mut input = Self::of_kind(name, "text");
        input.mode = Some("numeric");
        input.autocomplete = Some("one-time-code");
        input
    }

    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// An example of a value. Never the label, never a rule.
    #[must_use]
    pub fn placeholder(mut self, example: impl Into<String>) -> Self {
        self.placeholder = Some(example.into());
        self
    }

    #[must_use]
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    /// Shown in front of the value: a currency code.
    #[must_use]
    pub fn prefix(mut self, words: impl Into<String>) -> Self {
        self.prefix = Some(words.into());
        self
    }

    /// Shown behind the value: a unit.
    #[must_use]
    pub fn suffix(mut self, words: impl Into<String>) -> Self {
        self.suffix = Some(words.into());
        self
    }

    #[must_use]
    pub fn max_length(mut self, characters: u32) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// The earliest value of a date control, in ISO form.
    #[must_use]
    pub fn min(mut self, least: impl Into<String>) -> Self {
        self.range.0 = Some(least.into());
        self
    }

    /// The latest value of a date control, in ISO form.
    #[must_use]
    pub fn max(mut self, most: impl Into<String>) -> Self {
        self.range.1 = Some(most.into());
        self
    }

    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Takes the focus when the page opens; at most one per page.
    #[must_use]
    pub fn focused(mut self) -> Self {
        self.focused = true;
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn markup(&self, ties: &Ties) -> Markup {
        let control = html! {
            input.control.numeric[self.numeric] type=(self.kind) id=(ties.id) name=(self.name) value=[&self.value]
                placeholder=[&self.placeholder] autocomplete=[self.autocomplete] inputmode=[self.mode]
                maxlength=[self.max_length] min=[&self.range.0] max=[&self.range.1] readonly[self.read_only]
                required[ties.required] autofocus[self.focused]
                aria-invalid=[ties.invalid.then_some("true")] aria-describedby=[&ties.described_by];
        };
        if self.prefix.is_none() && self.suffix.is_none() {
            return control;
        }
        html! {
            div.affixed {
                @if let Some(prefix) = &self.prefix { span.affix { (prefix) } }
                (control)
                @if let Some(suffix) = &self.suffix { span.affix { (suffix) } }
            }
        }
    }
}

/// A control of several lines, which grows with its text.
#[derive(Clone, Debug)]
pub struct TextArea {
    name: String,
    value: String,
    rows: u32,
    max_length: Option<u32>,
    code: bool,
}

impl TextArea {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), value: String::new(), rows: 3, max_length: None, code: false }
    }

    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    #[must_use]
    pub fn rows(mut self, rows: u32) -> Self {
        self.rows = rows;
        self
    }

    #[must_use]
    pub fn max_length(mut self, characters: u32) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// Equal widths and no spelling check, for formulas and queries.
    #[must_use]
    pub fn code(mut self) -> Self {
        self.code = true;
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn markup(&self, ties: &Ties) -> Markup {
        html! {
            // The line feed after the tag belongs to the markup: without it a value that starts with one would lose it.
            textarea.control.code[self.code] id=(ties.id) name=(self.name) rows=(self.rows) maxlength=[self.max_length]
                required[ties.required] spellcheck=[self.code.then_some("false")]
                aria-invalid=[ties.invalid.then_some("true")] aria-describedby=[&ties.described_by] { "\n" (self.value) }
        }
    }
}

/// A yes or no.
#[derive(Clone, Debug)]
pub struct Checkbox {
    name: String,
    value: String,
    checked: bool,
    switch: bool,
}

impl Checkbox {
    /// Sends `name=true` when ticked, nothing otherwise.
    pub fn new(name: impl Into<String>, checked: bool) -> Self {
        Self { name: name.into(), value: "true".into(), checked, switch: false }
    }

    /// The value to send when ticked.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Looks like a switch, for settings.
    #[must_use]
    pub fn switch(mut self) -> Self {
        self.switch = true;
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn markup(&self, ties: &Ties) -> Markup {
        html! {
            input.checkbox.switch[self.switch] type="checkbox" role=[self.switch.then_some("switch")] id=(ties.id)
                name=(self.name) value=(self.value) checked[self.checked] required[ties.required]
                aria-invalid=[ties.invalid.then_some("true")] aria-describedby=[&ties.described_by];
        }
    }
}
