//! Progress of long work, and shares of a whole, drawn by the browser's own elements.

use maud::{Markup, Render, html};

/// How far something is.
#[derive(Clone, Debug)]
pub struct Progress {
    label: String,
    part: Option<(u64, u64)>,
    words: Option<String>,
    slim: bool,
}

impl Progress {
    /// `done` of `whole`.
    pub fn new(label: impl Into<String>, done: u64, whole: u64) -> Self {
        Self { label: label.into(), part: Some((done, whole.max(1))), words: None, slim: false }
    }

    /// Under way, with no known end.
    pub fn unknown(label: impl Into<String>) -> Self {
        Self { label: label.into(), part: None, words: None, slim: false }
    }

    /// What stands beside the label: "3,200 of 10,000 rows".
    #[must_use]
    pub fn words(mut self, words: impl Into<String>) -> Self {
        self.words = Some(words.into());
        self
    }

    /// The bar alone, for cells; the label becomes its accessible name.
    #[must_use]
    pub fn slim(mut self) -> Self {
        self.slim = true;
        self
    }
}

impl Render for Progress {
    fn render(&self) -> Markup {
        let value = self.part.map(|(done, _)| done);
        let max = self.part.map(|(_, whole)| whole);
        let bar = html! { progress value=[value] max=[max] aria-label=(self.label) { @if let Some(words) = &self.words { (words) } } };
        if self.slim {
            return html! {
                span.progress-slim { (bar) @if let Some(words) = &self.words { span.progress-words { (words) } } }
            };
        }
        html! {
            div.progress {
                div.progress-top {
                    span { (self.label) }
                    @if let Some(words) = &self.words { span.progress-words { (words) } }
                }
                (bar)
            }
        }
    }
}
