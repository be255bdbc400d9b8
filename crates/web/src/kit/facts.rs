//! Names and values of one record: the key facts under a title, and the details of the record page.

use super::{Icon, visually_hidden, why};
use maud::{Markup, Render, html};

/// The few facts that answer the page's question, under the title.
#[derive(Clone, Debug, Default)]
pub struct KeyFacts(Vec<(String, Markup)>);

impl KeyFacts {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn fact(mut self, label: impl Into<String>, value: impl Render) -> Self {
        self.0.push((label.into(), value.render()));
        self
    }
}

impl Render for KeyFacts {
    fn render(&self) -> Markup {
        html! {
            dl.key-facts { @for (label, value) in &self.0 { div { dt { (label) } dd { (value) } } } }
        }
    }
}

/// One field of a record.
#[derive(Clone, Debug)]
pub struct Detail {
    label: String,
    value: Option<Markup>,
    help: Option<String>,
    why: Option<String>,
    edit: Option<String>,
    wide: bool,
}

impl Detail {
    pub fn new(label: impl Into<String>, value: impl Render) -> Self {
        Self { label: label.into(), value: Some(value.render()), help: None, why: None, edit: None, wide: false }
    }

    /// A field without a value.
    pub fn blank(label: impl Into<String>) -> Self {
        Self { label: label.into(), value: None, help: None, why: None, edit: None, wide: false }
    }

    /// The field's help text, on hover and for assistive technology.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Where the reason of a computed value can be read.
    #[must_use]
    pub fn why(mut self, href: impl Into<String>) -> Self {
        self.why = Some(href.into());
        self
    }

    /// Where this field can be edited.
    #[must_use]
    pub fn edit(mut self, href: impl Into<String>) -> Self {
        self.edit = Some(href.into());
        self
    }

    /// Takes both columns: long text.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }
}

impl Render for Detail {
    fn render(&self) -> Markup {
        html! {
            div.detail.wide[self.wide] {
                dt title=[&self.help] {
                    (self.label)
                    @if let Some(help) = &self.help { (visually_hidden(&format!(" ({help})"))) }
                }
                dd {
                    @match &self.value {
                        Some(value) => span.detail-value { (value) },
                        None => span.blank { "–" (visually_hidden(" no value")) },
                    }
                    @if let Some(href) = &self.why { (why(href, &self.label)) }
                    @if let Some(href) = &self.edit {
                        a.detail-edit href=(href) { (Icon::Pencil) (visually_hidden(&format!("Edit {}", self.label))) }
                    }
                }
            }
        }
    }
}

/// The fields of one section of a record, in two columns where there is room.
#[derive(Clone, Debug, Default)]
pub struct DetailList {
    title: Option<String>,
    details: Vec<Detail>,
    single: bool,
}

impl DetailList {
    pub fn new(details: Vec<Detail>) -> Self {
        Self { title: None, details, single: false }
    }

    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// One column at every width, for side panels.
    #[must_use]
    pub fn single(mut self) -> Self {
        self.single = true;
        self
    }
}

impl Render for DetailList {
    fn render(&self) -> Markup {
        html! {
            section.details {
                @if let Some(title) = &self.title { h3.section-title { (title) } }
                dl.detail-list.single[self.single] { @for detail in &self.details { (detail) } }
            }
        }
    }
}
