//! Search boxes: the filter of a list, and the search of the top bar.

use super::Icon;
use maud::{Markup, Render, html};

/// A form with one search control.
#[derive(Clone, Debug)]
pub struct SearchBox {
    action: String,
    label: String,
    id: String,
    name: String,
    value: String,
    hint: Option<&'static str>,
    hidden: Vec<(String, String)>,
    partial: Option<String>,
}

impl SearchBox {
    /// `label` is its accessible name and its placeholder: "Filter opportunities".
    pub fn new(id: impl Into<String>, action: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            label: label.into(),
            id: id.into(),
            name: "q".into(),
            value: String::new(),
            hint: None,
            hidden: Vec::new(),
            partial: None,
        }
    }

    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// The name of the value in the address; `q` without it.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Takes the focus on `/`, and says so.
    #[must_use]
    pub fn page_filter(mut self) -> Self {
        self.hint = Some("/");
        self
    }

    /// A part of the page's address to keep: sort order, view.
    #[must_use]
    pub fn keep(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// With script, answers as one types: replaces the element with this id.
    #[must_use]
    pub fn partial(mut self, target_id: impl Into<String>) -> Self {
        self.partial = Some(target_id.into());
        self
    }
}

impl Render for SearchBox {
    fn render(&self) -> Markup {
        html! {
            form.search-box role="search" method="get" action=(self.action) data-partial=[&self.partial] {
                @for (name, value) in &self.hidden { input type="hidden" name=(name) value=(value); }
                label.visually-hidden for=(self.id) { (self.label) }
                (Icon::Search)
                input.control type="search" id=(self.id) name=(self.name) value=(self.value) placeholder=(self.label)
                    autocomplete="off" data-filter[self.hint.is_some()];
                @if let Some(hint) = self.hint { kbd aria-hidden="true" { (hint) } }
                button.visually-hidden type="submit" tabindex="-1" { "Search" }
            }
        }
    }
}
