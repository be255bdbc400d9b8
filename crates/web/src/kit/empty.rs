//! Empty states: one sentence that teaches, one action.

use super::{Button, Icon};
use maud::{Markup, Render, html};

/// What stands where there is nothing to show.
#[derive(Clone, Debug)]
pub struct Empty {
    icon: Icon,
    sentence: String,
    action: Option<Button>,
}

impl Empty {
    pub fn new(icon: Icon, sentence: impl Into<String>) -> Self {
        Self { icon, sentence: sentence.into(), action: None }
    }

    #[must_use]
    pub fn action(mut self, action: Button) -> Self {
        self.action = Some(action);
        self
    }
}

impl Render for Empty {
    fn render(&self) -> Markup {
        html! {
            div.empty {
                span.empty-icon { (self.icon.large()) }
                p { (self.sentence) }
                @if let Some(action) = &self.action { (action) }
            }
        }
    }
}
