//! The toolbar of a list: filter, applied conditions, and what the list can do.

use super::{Chip, SearchBox};
use maud::{Markup, Render, html};

/// The line over a list.
#[derive(Clone, Debug, Default)]
pub struct Toolbar {
    start: Option<Markup>,
    search: Option<SearchBox>,
    chips: Vec<Chip>,
    chips_end: Option<Markup>,
    actions: Option<Markup>,
}

impl Toolbar {
    pub fn new() -> Self {
        Self::default()
    }

    /// In front of all: the menu of views.
    #[must_use]
    pub fn start(mut self, start: impl Render) -> Self {
        self.start = Some(start.render());
        self
    }

    #[must_use]
    pub fn search(mut self, search: SearchBox) -> Self {
        self.search = Some(search);
        self
    }

    #[must_use]
    pub fn chip(mut self, chip: Chip) -> Self {
        self.chips.push(chip);
        self
    }

    /// Behind the chips: "Add filter", "Clear all".
    #[must_use]
    pub fn chips_end(mut self, end: Markup) -> Self {
        self.chips_end = Some(end);
        self
    }

    /// At the end of the line: columns, export.
    #[must_use]
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }
}

impl Render for Toolbar {
    fn render(&self) -> Markup {
        html! {
            div.toolbar {
                div.toolbar-line {
                    @if let Some(start) = &self.start { (start) }
                    @if let Some(search) = &self.search { (search) }
                    @if let Some(actions) = &self.actions { div.toolbar-actions { (actions) } }
                }
                @if !self.chips.is_empty() || self.chips_end.is_some() {
                    div.chips {
                        @for chip in &self.chips { (chip) }
                        @if let Some(end) = &self.chips_end { (end) }
                    }
                }
            }
        }
    }
}
