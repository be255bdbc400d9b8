//! Banners: a standing message across the page, such as an open support session or a sealed organisation.

use super::Tone;
use maud::{Markup, Render, html};

/// A message that stays until its cause is gone.
#[derive(Clone, Debug)]
pub struct Banner {
    tone: Tone,
    message: Markup,
    actions: Option<Markup>,
    urgent: bool,
}

impl Banner {
    pub fn new(tone: Tone, message: Markup) -> Self {
        Self { tone, message, actions: None, urgent: false }
    }

    #[must_use]
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }

    /// Is read out at once by assistive technology: for failures that follow an action.
    #[must_use]
    pub fn urgent(mut self) -> Self {
        self.urgent = true;
        self
    }
}

impl Render for Banner {
    fn render(&self) -> Markup {
        html! {
            div.banner data-tone=(self.tone.as_str()) role=(if self.urgent { "alert" } else { "note" }) {
                (self.tone.icon())
                div.banner-message { (self.message) }
                @if let Some(actions) = &self.actions { div.banner-actions { (actions) } }
            }
        }
    }
}
