//! Chips: one applied filter, with the way to take it off.

use super::{Icon, visually_hidden};
use maud::{Markup, Render, html};

/// An applied filter, such as "Stage is Negotiation".
#[derive(Clone, Debug)]
pub struct Chip {
    field: String,
    condition: String,
    edit: Option<String>,
    remove: Option<String>,
}

impl Chip {
    pub fn new(field: impl Into<String>, condition: impl Into<String>) -> Self {
        Self { field: field.into(), condition: condition.into(), edit: None, remove: None }
    }

    /// Where the condition can be changed.
    #[must_use]
    pub fn edit(mut self, href: impl Into<String>) -> Self {
        self.edit = Some(href.into());
        self
    }

    /// The address of the same page without this filter.
    #[must_use]
    pub fn remove(mut self, href: impl Into<String>) -> Self {
        self.remove = Some(href.into());
        self
    }
}

impl Render for Chip {
    fn render(&self) -> Markup {
        let words = html! { span.chip-field { (self.field) } " " (self.condition) };
        html! {
            span.chip {
                @match &self.edit {
                    Some(href) => a.chip-words href=(href) { (words) },
                    None => span.chip-words { (words) },
                }
                @if let Some(href) = &self.remove {
                    a.chip-remove href=(href) {
                        (Icon::Close) (visually_hidden(&format!("Remove filter {} {}", self.field, self.condition)))
                    }
                }
            }
        }
    }
}
