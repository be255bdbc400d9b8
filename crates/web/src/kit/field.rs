//! One field of a form: label, control, help and error, tied together for assistive technology.

use super::{Checkbox, Icon, Input, Lookup, RadioGroup, Select, TextArea, visually_hidden};
use maud::{Markup, Render, html};

/// What a control must carry so that label, help and error belong to it.
#[derive(Clone, Debug)]
pub struct Ties {
    pub(super) id: String,
    pub(super) described_by: Option<String>,
    pub(super) invalid: bool,
    pub(super) required: bool,
}

/// The control of a field. Each kind converts into it.
#[derive(Clone, Debug)]
pub enum Control {
    Input(Input),
    TextArea(TextArea),
    Select(Select),
    Radio(RadioGroup),
    Checkbox(Checkbox),
    Lookup(Lookup),
}

macro_rules! controls {
    ($($from:ident => $variant:ident),*) => { $(
        impl From<$from> for Control {
            fn from(control: $from) -> Self { Control::$variant(control) }
        }
    )* };
}
controls!(Input => Input, TextArea => TextArea, Select => Select, RadioGroup => Radio, Checkbox => Checkbox, Lookup => Lookup);

impl Control {
    fn name(&self) -> &str {
        match self {
            Control::Input(control) => control.name(),
            Control::TextArea(control) => control.name(),
            Control::Select(control) => control.name(),
            Control::Radio(control) => control.name(),
            Control::Checkbox(control) => control.name(),
            Control::Lookup(control) => control.name(),
        }
    }

    fn markup(&self, ties: &Ties) -> Markup {
        match self {
            Control::Input(control) => control.markup(ties),
            Control::TextArea(control) => control.markup(ties),
            Control::Select(control) => control.markup(ties),
            Control::Radio(control) => control.markup(ties),
            Control::Checkbox(control) => control.markup(ties),
            Control::Lookup(control) => control.markup(ties),
        }
    }
}

/// A labelled control with its help and its error.
#[derive(Clone, Debug)]
pub struct Field {
    label: String,
    control: Control,
    id: Option<String>,
    help: Option<String>,
    error: Option<String>,
    required: bool,
    wide: bool,
    label_hidden: bool,
    aside: Option<Markup>,
}

impl Field {
    pub fn new(label: impl Into<String>, control: impl Into<Control>) -> Self {
        Self {
            label: label.into(),
            control: control.into(),
            id: None,
            help: None,
            error: None,
            required: false,
            wide: false,
            label_hidden: false,
            aside: None,
        }
    }

    /// The control's id. Without it, `field-` and the control's name; give one where two forms share a name.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// One sentence under the control.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What is wrong with the value, and what to do.
    #[must_use]
    pub fn error(mut self, error: impl Into<String>) -> Self {
        self.error = Some(error.into());
        self
    }

    /// The error if there is one.
    #[must_use]
    pub fn error_if(mut self, error: Option<impl Into<String>>) -> Self {
        self.error = error.map(Into::into);
        self
    }

    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Takes both columns of the form.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// Keeps the label for assistive technology only, where the place says what the control is for.
    #[must_use]
    pub fn label_hidden(mut self) -> Self {
        self.label_hidden = true;
        self
    }

    /// A small link at the end of the label's line, such as "Forgot password".
    #[must_use]
    pub fn aside(mut self, aside: Markup) -> Self {
        self.aside = Some(aside);
        self
    }

    /// The id of the control, for links from a summary of errors.
    pub fn control_id(&self) -> String {
        self.id.clone().unwrap_or_else(|| format!("field-{}", self.control.name()))
    }

    pub(super) fn problem(&self) -> Option<(String, &str, &str)> {
        self.error.as_deref().map(|error| (self.control_id(), self.label.as_str(), error))
    }

    fn label_words(&self) -> Markup {
        html! {
            (self.label)
            @if self.required { span.required aria-hidden="true" { "*" } (visually_hidden(" (required)")) }
        }
    }
}

impl Render for Field {
    fn render(&self) -> Markup {
        let id = self.control_id();
        let help_id = format!("{id}-help");
        let error_id = format!("{id}-error");
        let described: Vec<&str> =
            [self.error.is_some().then_some(&*error_id), self.help.is_some().then_some(&*help_id)]
                .into_iter()
                .flatten()
                .collect();
        let ties = Ties {
            id: id.clone(),
            described_by: (!described.is_empty()).then(|| described.join(" ")),
            invalid: self.error.is_some(),
            required: self.required,
        };
        let notes = html! {
            @if let Some(error) = &self.error { p.field-error id=(error_id) { (Icon::Error) span { (error) } } }
            @if let Some(help) = &self.help { p.field-help id=(help_id) { (help) } }
        };
        let control = self.control.markup(&ties);
        html! {
            @match &self.control {
                Control::Checkbox(_) => div.field.field-check.wide[self.wide].invalid[ties.invalid] {
                    div.check { (control) label for=(id) { (self.label_words()) } }
                    (notes)
                },
                Control::Radio(_) => fieldset.field.wide[self.wide].invalid[ties.invalid] aria-describedby=[&ties.described_by] {
                    legend.field-label.visually-hidden[self.label_hidden] { (self.label_words()) }
                    (control)
                    (notes)
                },
                _ => div.field.wide[self.wide].invalid[ties.invalid] {
                    div.field-top {
                        label.field-label.visually-hidden[self.label_hidden] for=(id) { (self.label_words()) }
                        @if let Some(aside) = &self.aside { span.field-aside { (aside) } }
                    }
                    (control)
                    (notes)
                },
            }
        }
    }
}
