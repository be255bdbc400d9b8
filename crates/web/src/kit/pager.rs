//! The pager: which rows these are, of how many, and the way to the others.

use super::{Button, Icon};
use maud::{Markup, Render, html};

/// Where a page of rows stands in the whole.
#[derive(Clone, Debug)]
pub struct Pager {
    shown: String,
    previous: Option<String>,
    next: Option<String>,
    sizes: Vec<(String, String, bool)>,
}

impl Pager {
    /// `shown` says which rows these are: "1–50 of 1,248".
    pub fn new(shown: impl Into<String>) -> Self {
        Self { shown: shown.into(), previous: None, next: None, sizes: Vec::new() }
    }

    #[must_use]
    pub fn previous(mut self, href: Option<impl Into<String>>) -> Self {
        self.previous = href.map(Into::into);
        self
    }

    #[must_use]
    pub fn next(mut self, href: Option<impl Into<String>>) -> Self {
        self.next = href.map(Into::into);
        self
    }

    /// Offers another number of rows per page.
    #[must_use]
    pub fn size(mut self, label: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        self.sizes.push((label.into(), href.into(), current));
        self
    }
}

impl Render for Pager {
    fn render(&self) -> Markup {
        let step = |label: &str, icon: Icon, href: &Option<String>| {
            html! {
                @match href {
                    Some(href) => (Button::link(label, href).quiet().small().icon_only(icon)),
                    None => span.button.quiet.small.icon-only.spent aria-hidden="true" { (icon) },
                }
            }
        };
        html! {
            nav.pager aria-label="Pages" {
                @if !self.sizes.is_empty() {
                    span.pager-sizes {
                        "Rows"
                        @for (label, href, current) in &self.sizes {
                            a href=(href) aria-current=[current.then_some("true")] { (label) }
                        }
                    }
                }
                span.pager-shown { (self.shown) }
                (step("Previous page", Icon::ChevronLeft, &self.previous))
                (step("Next page", Icon::ChevronRight, &self.next))
            }
        }
    }
}
