//! Badges: a short state or category, such as a stage or "Overdue".

use super::{Icon, Tone};
use maud::{Markup, Render, html};

/// A short label with a tone.
#[derive(Clone, Debug)]
pub struct Badge {
    label: String,
    tone: Tone,
    icon: Option<Icon>,
    dot: bool,
}

impl Badge {
    pub fn new(label: impl Into<String>, tone: Tone) -> Self {
        Self { label: label.into(), tone, icon: None, dot: false }
    }

    /// Without a filled ground: a dot and the words, for columns where every row has one.
    #[must_use]
    pub fn dot(mut self) -> Self {
        self.dot = true;
        self
    }

    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }
}

impl Render for Badge {
    fn render(&self) -> Markup {
        html! {
            span.badge.badge-dot[self.dot] data-tone=(self.tone.as_str()) {
                @if let Some(icon) = self.icon { (icon) }
                span { (self.label) }
            }
        }
    }
}
