//! Breadcrumbs: the way up from this page.

use maud::{Markup, Render, html};

/// The pages above this one, outermost first. The page itself is the title and is not repeated.
#[derive(Clone, Debug, Default)]
pub struct Crumbs(Vec<(String, String)>);

impl Crumbs {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn link(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.0.push((label.into(), href.into()));
        self
    }
}

impl Render for Crumbs {
    fn render(&self) -> Markup {
        html! {
            nav.crumbs aria-label="Breadcrumb" {
                ol { @for (label, href) in &self.0 { li { a href=(href) { (label) } } } }
            }
        }
    }
}
