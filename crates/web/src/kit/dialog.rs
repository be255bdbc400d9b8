//! Dialogs: the native element. Its opener is a link to a page with the same content, for when there is no script.

use super::{Button, Icon};
use maud::{Markup, Render, html};

/// A question or a short form above the page. Open it with [`Button::opens`].
#[derive(Clone, Debug)]
pub struct Dialog {
    id: String,
    title: String,
    body: Markup,
    actions: Markup,
    post: Option<(String, String)>,
    shown: bool,
}

impl Dialog {
    /// `actions` are the buttons of the foot, the main one last; [`Button::close_dialog`] closes without script.
    pub fn new(id: impl Into<String>, title: impl Into<String>, body: Markup, actions: Markup) -> Self {
        Self { id: id.into(), title: title.into(), body, actions, post: None, shown: false }
    }

    /// Makes the dialog a form that posts to this address with this anti-forgery token.
    #[must_use]
    pub fn posts_to(mut self, action: impl Into<String>, token: impl Into<String>) -> Self {
        self.post = Some((action.into(), token.into()));
        self
    }

    /// Shown without being opened, as part of the page: the page a dialog's opener leads to without script.
    #[must_use]
    pub fn shown(mut self) -> Self {
        self.shown = true;
        self
    }
}

impl Render for Dialog {
    fn render(&self) -> Markup {
        let title_id = format!("{}-title", self.id);
        let (method, action) = match &self.post {
            Some((action, _)) => ("post", Some(action)),
            None => ("dialog", None),
        };
        html! {
            dialog.dialog.dialog-inline[self.shown] id=(self.id) aria-labelledby=(title_id) open[self.shown] {
                form method=(method) action=[action] {
                    @if let Some((_, token)) = &self.post { input type="hidden" name="csrf_token" value=(token); }
                    header.dialog-head {
                        h2 id=(title_id) { (self.title) }
                        @if !self.shown { (Button::close_dialog("Close", &self.id).quiet().small().icon_only(Icon::Close)) }
                    }
                    div.dialog-body { (self.body) }
                    footer.dialog-foot { (self.actions) }
                }
            }
        }
    }
}
