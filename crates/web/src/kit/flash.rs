//! Flashes: what just happened, with the way back.

use super::{Button, Icon, Tone};
use maud::{Markup, Render, html};

/// The form that takes an action back.
#[derive(Clone, Debug)]
pub struct Undo {
    action: String,
    token: String,
    fields: Vec<(String, String)>,
}

impl Undo {
    /// Posts to `action` with this anti-forgery token.
    pub fn new(action: impl Into<String>, token: impl Into<String>) -> Self {
        Self { action: action.into(), token: token.into(), fields: Vec::new() }
    }

    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }
}

/// A message about an action just done, shown over the foot of the page. The script takes it away after a while,
/// never while it is pointed at or focused, and never a failure.
#[derive(Clone, Debug)]
pub struct Flash {
    tone: Tone,
    message: String,
    link: Option<(String, String)>,
    undo: Option<Undo>,
}

impl Flash {
    pub fn new(tone: Tone, message: impl Into<String>) -> Self {
        Self { tone, message: message.into(), link: None, undo: None }
    }

    /// Leads to what was made.
    #[must_use]
    pub fn link(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.link = Some((label.into(), href.into()));
        self
    }

    #[must_use]
    pub fn undo(mut self, undo: Undo) -> Self {
        self.undo = Some(undo);
        self
    }
}

impl Render for Flash {
    fn render(&self) -> Markup {
        let stays = matches!(self.tone, Tone::Bad | Tone::Warn);
        html! {
            div.toast data-tone=(self.tone.as_str()) data-toast=(if stays { "stays" } else { "leaves" })
                role=(if stays { "alert" } else { "status" }) {
                (self.tone.icon())
                span.toast-message { (self.message) }
                @if let Some((label, href)) = &self.link { a href=(href) { (label) } }
                @if let Some(undo) = &self.undo {
                    form method="post" action=(undo.action) {
                        input type="hidden" name="csrf_token" value=(undo.token);
                        @for (name, value) in &undo.fields { input type="hidden" name=(name) value=(value); }
                        (Button::submit("Undo").small().icon(Icon::Undo))
                    }
                }
                button.button.quiet.small.icon-only type="button" data-command="close-toast" data-needs-script
                    aria-label="Dismiss" title="Dismiss" { (Icon::Close) }
            }
        }
    }
}
