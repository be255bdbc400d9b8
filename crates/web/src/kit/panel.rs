//! Panels: a framed part of a page with its own title and actions.

use maud::{Markup, Render, html};

/// A framed part of a page.
#[derive(Clone, Debug)]
pub struct Panel {
    title: Option<String>,
    subtitle: Option<String>,
    count: Option<String>,
    actions: Option<Markup>,
    body: Markup,
    flush: bool,
    foot: Option<Markup>,
}

impl Panel {
    pub fn new(body: Markup) -> Self {
        Self { title: None, subtitle: None, count: None, actions: None, body, flush: false, foot: None }
    }

    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    #[must_use]
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.subtitle = Some(subtitle.into());
        self
    }

    /// How many things are in it, beside the title.
    #[must_use]
    pub fn count(mut self, count: impl Into<String>) -> Self {
        self.count = Some(count.into());
        self
    }

    #[must_use]
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }

    /// Lets the content reach the frame: tables and lists.
    #[must_use]
    pub fn flush(mut self) -> Self {
        self.flush = true;
        self
    }

    /// A line under the content, such as "All 12 contacts".
    #[must_use]
    pub fn foot(mut self, foot: Markup) -> Self {
        self.foot = Some(foot);
        self
    }
}

impl Render for Panel {
    fn render(&self) -> Markup {
        html! {
            section.panel.flush[self.flush] {
                @if self.title.is_some() || self.actions.is_some() {
                    header.panel-head {
                        div.panel-title {
                            @if let Some(title) = &self.title { h2 { (title) } }
                            @if let Some(count) = &self.count { span.count { (count) } }
                            @if let Some(subtitle) = &self.subtitle { p { (subtitle) } }
                        }
                        @if let Some(actions) = &self.actions { div.panel-actions { (actions) } }
                    }
                }
                div.panel-body { (self.body) }
                @if let Some(foot) = &self.foot { footer.panel-foot { (foot) } }
            }
        }
    }
}
