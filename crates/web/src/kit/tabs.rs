//! Tabs: pages of one thing, each with its own address.

use maud::{Markup, Render, html};

/// One tab.
#[derive(Clone, Debug)]
pub struct Tab {
    label: String,
    href: String,
    count: Option<String>,
    current: bool,
}

impl Tab {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), count: None, current: false }
    }

    #[must_use]
    pub fn count(mut self, count: impl Into<String>) -> Self {
        self.count = Some(count.into());
        self
    }

    #[must_use]
    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }
}

/// A row of tabs.
#[derive(Clone, Debug)]
pub struct Tabs {
    label: String,
    tabs: Vec<Tab>,
    segmented: bool,
}

impl Tabs {
    /// `label` names the row for assistive technology: "Opportunity".
    pub fn new(label: impl Into<String>, tabs: Vec<Tab>) -> Self {
        Self { label: label.into(), tabs, segmented: false }
    }

    /// Framed as one control, for switches inside a page: list or board, month or quarter.
    #[must_use]
    pub fn segmented(mut self) -> Self {
        self.segmented = true;
        self
    }
}

impl Render for Tabs {
    fn render(&self) -> Markup {
        html! {
            nav class=(if self.segmented { "segments" } else { "tabs" }) aria-label=(self.label) {
                ul {
                    @for tab in &self.tabs {
                        li {
                            a href=(tab.href) aria-current=[tab.current.then_some("page")] {
                                (tab.label)
                                @if let Some(count) = &tab.count { " " span.count { (count) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
